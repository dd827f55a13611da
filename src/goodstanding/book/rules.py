"""What can't be true of a loan: every contradiction, its sentence, and the SQL that finds it.

A rule's SQL returns row, loan_no, borrower_id, found and expected. Rules over whole files see the tables loans,
borrowers, contact_points and those of FACTS; rules over a slice see its loans as L, instalments as I (of the first schedule)
and J (of versions), transactions as T (each counted once), openings as O, versions as V, and as S the schedules of each
loan that has an opening or a version (slices.py says its columns), with unreadable rows left out. A rule that a left-out row
could mislead looks only at loans without one. `money(minor)` writes an amount, `cut_off()` is the book's.

Whether a version's principals add up depends on what was paid until then, and how that was spread is for the lender's policy
to say. What no policy could make true is found here; the rest is set aside by the assessment.
"""

# ruff: noqa: S608 - SQL is put together from our own names only; what comes from a file is always a value.

from dataclasses import dataclass

from goodstanding.book.conduct_files import CONDUCT_NAMES
from goodstanding.book.schema import KIND_CODES
from goodstanding.core.loan import Kind
from goodstanding.core.money import LARGEST_AMOUNT

FEE, REVERSAL, CHARGEBACK = (KIND_CODES[kind] for kind in (Kind.FEE, Kind.REVERSAL, Kind.CHARGEBACK))
UNDOING = f"({REVERSAL}, {CHARGEBACK})"
PAID = f"({KIND_CODES[Kind.PAYMENT]}, {KIND_CODES[Kind.RECOVERY]})"
MEETING = f"({KIND_CODES[Kind.PAYMENT]}, {KIND_CODES[Kind.RECOVERY]}, {KIND_CODES[Kind.WAIVER]})"


@dataclass(frozen=True, slots=True)
class Rule:
    """file, column: where its findings point. what_to_do: the advice beside each."""

    name: str
    file: str
    column: str
    what_to_do: str
    sql: str


OFFSET = r"(Z|[+-]\d\d:?\d\d)$"
DAYS_AFTER_CUT_OFF = 7
"""How long after the book's cut-off somebody may have learnt of a hold or a wish: files are seldom of one and the same day."""
ONE_LOAN = "NULL::VARCHAR AS borrower_id"

WHOLE_FILE_RULES = (
    Rule(
        "duplicate_loan",
        "loans",
        "loan_id",
        "Keep one row for the loan; if these are two loans, give each its own loan_id.",
        f"""SELECT row, loan_no, {ONE_LOAN}, loan_id AS found, 'one row per loan (it has ' || times || ')' AS expected
        FROM loans JOIN (SELECT loan_no, count(*) AS times FROM loans GROUP BY ALL HAVING times > 1) USING (loan_no)""",
    ),
    Rule(
        "loan_without_borrower",
        "loans",
        "borrower_id",
        "Add the borrower to borrowers, or correct borrower_id.",
        f"""SELECT row, loan_no, {ONE_LOAN}, borrower_id AS found, 'a borrower_id that borrowers has' AS expected
        FROM loans WHERE borrower_id IS NOT NULL AND borrower_id NOT IN
        (SELECT borrower_id FROM borrowers WHERE borrower_id IS NOT NULL)""",
    ),
    Rule(
        "after_cut_off",
        "loans",
        "disbursed_on",
        "Correct the day, or cut_off in book.toml if the files are of a later day.",
        f"""SELECT row, loan_no, {ONE_LOAN}, disbursed_on::VARCHAR AS found,
        'a day up to the cut-off, ' || cut_off()::VARCHAR AS expected FROM loans WHERE disbursed_on > cut_off()""",
    ),
    Rule(
        "no_rate",
        "loans",
        "annual_rate",
        "Give annual_rate or rate_per_day; 0 if the loan bears no interest.",
        f"""SELECT row, loan_no, {ONE_LOAN}, '' AS found, 'annual_rate or rate_per_day' AS expected
        FROM loans WHERE annual_rate IS NULL AND rate_per_day IS NULL AND bad = 0""",
    ),
    Rule(
        "two_rates",
        "loans",
        "rate_per_day",
        "Keep the rate that the contract states.",
        f"""SELECT row, loan_no, {ONE_LOAN}, rate_per_day || ' ppm a year' AS found,
        'the same as annual_rate, ' || annual_rate || ' ppm' AS expected FROM loans WHERE annual_rate <> rate_per_day""",
    ),
    Rule(
        "daily_rate_day_count",
        "loans",
        "day_count",
        "Leave day_count empty, or give the rate as annual_rate.",
        f"""SELECT row, loan_no, {ONE_LOAN}, day_count AS found, 'act/365, as a rate a day is taken times 365' AS expected
        FROM loans WHERE rate_per_day IS NOT NULL AND annual_rate IS NULL AND day_count <> 'act/365'""",
    ),
    Rule(
        "contradictory_borrower",
        "borrowers",
        "borrower_id",
        "Keep the row that is right.",
        """SELECT row, NULL::INTEGER AS loan_no, borrower_id, borrower_id AS found,
        'one row per borrower, or rows that agree' AS expected FROM borrowers WHERE borrower_id IN
        (SELECT borrower_id FROM borrowers GROUP BY borrower_id
        HAVING count(DISTINCT {'n': name, 'l': language, 'i': id_number, 'c': country, 'r': region, 'z': zone, 'b': bad}) > 1)""",
    ),
    Rule(
        "unknown_borrower",
        "contact_points",
        "borrower_id",
        "Add the borrower to borrowers, or correct borrower_id.",
        """SELECT row, NULL::INTEGER AS loan_no, borrower_id, borrower_id AS found,
        'a borrower_id that borrowers has' AS expected
        FROM contact_points WHERE borrower_id IS NOT NULL AND borrower_id NOT IN
        (SELECT borrower_id FROM borrowers WHERE borrower_id IS NOT NULL)""",
    ),
    *(
        Rule(
            "unknown_person",
            name,
            "borrower_id",
            "Add the person to borrowers, or correct borrower_id: until then the row tells us of nobody.",
            f"""SELECT row, NULL::INTEGER AS loan_no, borrower_id, borrower_id AS found,
            'a borrower_id that borrowers has' AS expected
            FROM {name} WHERE borrower_id IS NOT NULL AND borrower_id NOT IN
            (SELECT borrower_id FROM borrowers WHERE borrower_id IS NOT NULL)""",
        )
        for name in CONDUCT_NAMES
    ),
    Rule(
        "promise_of_a_stranger",
        "promises",
        "borrower_id",
        "Correct borrower_id, add the person to parties, or leave it empty where the borrower promised; until then nobody is approached about the loan.",
        f"""SELECT row, loan_no, {ONE_LOAN}, promises.borrower_id AS found,
        'the loan''s borrower_id, or one that parties has for the loan' AS expected
        FROM promises WHERE loan_no IS NOT NULL AND promises.borrower_id IS NOT NULL
        AND (loan_no, promises.borrower_id) NOT IN (SELECT (loan_no, borrower_id) FROM loans WHERE loan_no IS NOT NULL AND borrower_id IS NOT NULL)
        AND (loan_no, promises.borrower_id) NOT IN (SELECT (loan_no, borrower_id) FROM parties WHERE loan_no IS NOT NULL AND borrower_id IS NOT NULL)""",
    ),
    Rule(
        "hours_without_times",
        "consents",
        "from_time",
        "Give from_time and to_time of the hours that the person agreed to.",
        """SELECT row, NULL::INTEGER AS loan_no, borrower_id, '' AS found, 'from_time and to_time, as it is about hours' AS expected
        FROM consents WHERE what = 'hours' AND (from_time IS NULL OR to_time IS NULL) AND bad = 0""",
    ),
    Rule(
        "wish_about_nothing",
        "preferences",
        "wish",
        "Say which channels, addresses or places the wish is about.",
        """SELECT row, NULL::INTEGER AS loan_no, borrower_id, wish AS found,
        CASE wish WHEN 'not_at_address' THEN 'addresses' WHEN 'not_at_place' THEN 'places' ELSE 'channels' END || ' that it is about' AS expected
        FROM preferences WHERE bad = 0 AND ((wish IN ('not_by_channel', 'only_by_channel') AND channels IS NULL)
        OR (wish = 'not_at_address' AND addresses IS NULL) OR (wish = 'not_at_place' AND places IS NULL))""",
    ),
    Rule(
        "hold_of_unknown_loan",
        "holds",
        "loan_id",
        "Correct loan_id, or leave it empty: the hold is then on all that the person owes.",
        """SELECT row, NULL::INTEGER AS loan_no, borrower_id, loan_id AS found, 'loan_ids that loans has, with ; between' AS expected
        FROM holds WHERE row IN (SELECT row FROM (SELECT row, trim(unnest(string_split(loan_id, ';'))) AS one FROM holds
        WHERE loan_id IS NOT NULL) WHERE one <> '' AND one NOT IN (SELECT loan_id FROM loan_keys))""",
    ),
    Rule(
        "hold_order",
        "holds",
        "until",
        "Give until as the instant from which the hold is over, or leave it empty.",
        """SELECT row, NULL::INTEGER AS loan_no, borrower_id, until AS found, 'an instant after began_at, ' || began_at AS expected
        FROM holds WHERE TRY_CAST(until AS TIMESTAMPTZ) <= TRY_CAST(began_at AS TIMESTAMPTZ)
        AND regexp_matches(until, '(Z|[+-]\\d\\d:?\\d\\d)$') = regexp_matches(began_at, '(Z|[+-]\\d\\d:?\\d\\d)$')""",
    ),
    *(
        Rule(
            "withdrawn_too_soon",
            name,
            "withdrawn_at",
            "Give withdrawn_at as the instant of a later withdrawal, or leave it empty: until then nobody knows whether it stands.",
            f"""SELECT row, NULL::INTEGER AS loan_no, borrower_id, withdrawn_at AS found, 'an instant after {since}, ' || {since} AS expected
            FROM {name} WHERE TRY_CAST(withdrawn_at AS TIMESTAMPTZ) <= TRY_CAST({since} AS TIMESTAMPTZ)
            AND regexp_matches(withdrawn_at, '{OFFSET}') = regexp_matches({since}, '{OFFSET}')""",
        )
        for name, since in (("preferences", "received_at"), ("consents", "given_at"))
    ),
    *(
        Rule(
            "still_to_come",
            name,
            since,
            "Correct the day; or cut_off in book.toml, if the files are of a later day. It is in force from when you learnt of it.",
            f"""SELECT row, NULL::INTEGER AS loan_no, borrower_id, {since} AS found,
            'a day up to a week after the cut-off, ' || cut_off()::VARCHAR AS expected
            FROM {name} WHERE TRY_CAST(left({since}, 10) AS DATE) > cut_off() + {DAYS_AFTER_CUT_OFF}""",
        )
        for name, since in (("holds", "began_at"), ("preferences", "received_at"))
    ),
    Rule(
        "contact_value",
        "contact_points",
        "value",
        "Correct the address or number.",
        """SELECT row, NULL::INTEGER AS loan_no, borrower_id, value AS found,
        CASE kind WHEN 'email' THEN 'an address such as name@example.com' ELSE 'a number of at least five digits' END
        AS expected FROM contact_points
        WHERE (kind = 'email' AND NOT regexp_full_match(value, '[^@\\s]+@[^@\\s]+'))
        OR (kind = 'phone' AND length(regexp_replace(value, '[^0-9]', '', 'g')) < 5)""",
    ),
    Rule(
        "pause_order",
        "pauses",
        "until_on",
        "Give until_on as the first day on which the pause no longer holds.",
        f"""SELECT row, loan_no, {ONE_LOAN}, until_on::VARCHAR AS found,
        'a day after from_on, ' || from_on::VARCHAR AS expected FROM pauses WHERE until_on <= from_on""",
    ),
    Rule(
        "party_without_person",
        "parties",
        "borrower_id",
        "Add the person to borrowers, or correct borrower_id.",
        f"""SELECT row, loan_no, {ONE_LOAN}, borrower_id AS found, 'a borrower_id that borrowers has' AS expected
        FROM parties WHERE borrower_id IS NOT NULL AND borrower_id NOT IN
        (SELECT borrower_id FROM borrowers WHERE borrower_id IS NOT NULL)""",
    ),
    Rule(
        "duplicate_party",
        "parties",
        "borrower_id",
        "Keep one row for the person, in the role that the contract gives; the borrower needs none.",
        f"""SELECT row, loan_no, {ONE_LOAN}, borrower_id AS found, 'one role for each person of a loan' AS expected
        FROM parties WHERE loan_no IS NOT NULL AND (loan_no, borrower_id) IN
        (SELECT (loan_no, borrower_id) FROM (SELECT loan_no, borrower_id FROM parties UNION ALL
        SELECT DISTINCT loan_no, borrower_id FROM loans) GROUP BY ALL HAVING count(*) > 1)""",
    ),
    Rule(
        "guarantee_of_no_guarantor",
        "parties",
        "guarantee",
        "Leave guarantee empty, or correct role.",
        f"""SELECT row, loan_no, {ONE_LOAN}, guarantee AS found, 'nothing, as the person is no guarantor' AS expected
        FROM parties WHERE guarantee IS NOT NULL AND role <> 'guarantor'""",
    ),
    Rule(
        "duplicate_version",
        "versions",
        "from_on",
        "Keep one row for the schedule; its instalments are those whose counts_from is this day.",
        f"""SELECT row, loan_no, {ONE_LOAN}, from_on::VARCHAR AS found, 'one schedule from each day within a loan' AS expected
        FROM versions JOIN (SELECT loan_no, from_on FROM versions GROUP BY ALL HAVING count(*) > 1) USING (loan_no, from_on)""",
    ),
    Rule(
        "duplicate_opening",
        "openings",
        "loan_id",
        "Keep the row that is right.",
        f"""SELECT row, loan_no, {ONE_LOAN}, loan_id AS found, 'one opening per loan (it has ' || times || ')' AS expected
        FROM openings JOIN (SELECT loan_no, count(*) AS times FROM openings GROUP BY ALL HAVING times > 1) USING (loan_no)""",
    ),
    Rule(
        "after_cut_off",
        "openings",
        "on",
        "Correct the day, or cut_off in book.toml if the files are of a later day.",
        f"""SELECT row, loan_no, {ONE_LOAN}, "on"::VARCHAR AS found,
        'a day up to the cut-off, ' || cut_off()::VARCHAR AS expected FROM openings WHERE "on" > cut_off()""",
    ),
    Rule(
        "nothing_overdue",
        "openings",
        "overdue_since",
        "Give what was due and unpaid, by component, or leave overdue_since empty.",
        f"""SELECT row, loan_no, {ONE_LOAN}, overdue_since::VARCHAR AS found, 'empty, as nothing was unpaid' AS expected
        FROM openings WHERE overdue_since IS NOT NULL AND bad = 0 AND coalesce(principal, 0) + coalesce(interest, 0)
        + coalesce(penalty, 0) + coalesce(compound, 0) + coalesce(fee, 0) = 0""",
    ),
    Rule(
        "duplicate_classification",
        "classifications",
        "from_on",
        "Keep the decision that stands.",
        f"""SELECT row, loan_no, {ONE_LOAN}, from_on::VARCHAR AS found, 'one decision from each day within a loan' AS expected
        FROM classifications JOIN (SELECT loan_no, from_on FROM classifications GROUP BY ALL HAVING count(*) > 1)
        USING (loan_no, from_on)""",
    ),
    Rule(
        "classification_order",
        "classifications",
        "until_on",
        "Give until_on as the first day on which the category no longer stands, or leave it empty.",
        f"""SELECT row, loan_no, {ONE_LOAN}, until_on::VARCHAR AS found,
        'a day after from_on, ' || from_on::VARCHAR AS expected FROM classifications WHERE until_on <= from_on""",
    ),
)

TERMS_RULES = (
    Rule(
        "no_schedule",
        "loans",
        "loan_id",
        "Add the loan's instalments, or its terms (instalments, first_due_on).",
        f"""SELECT row, loan_no, {ONE_LOAN}, 'no instalments' AS found, 'rows in instalments, or terms in loans' AS expected
        FROM L ANTI JOIN I USING (loan_no) ANTI JOIN O USING (loan_no)
        WHERE NOT has_bad AND instalments IS NULL AND first_due_on IS NULL""",
    ),
    Rule(
        "terms_incomplete",
        "loans",
        "instalments",
        "Give instalments, first_due_on and principal, or rows in instalments.",
        f"""SELECT row, loan_no, {ONE_LOAN}, concat_ws(', ', instalments || ' instalments', 'first due ' ||
        first_due_on::VARCHAR, 'principal ' || money(principal)) AS found,
        'instalments, first_due_on and a principal above 0' AS expected
        FROM L ANTI JOIN I USING (loan_no) WHERE NOT has_bad AND (instalments IS NOT NULL OR first_due_on IS NOT NULL)
        AND (instalments IS NULL OR first_due_on IS NULL OR coalesce(principal, 0) = 0)""",
    ),
    Rule(
        "due_before_disbursement",
        "loans",
        "first_due_on",
        "Correct first_due_on or disbursed_on.",
        f"""SELECT row, loan_no, {ONE_LOAN}, first_due_on::VARCHAR AS found,
        'a day after disbursed_on, ' || disbursed_on::VARCHAR AS expected
        FROM L ANTI JOIN I USING (loan_no) WHERE first_due_on <= disbursed_on""",
    ),
)
"""Over a slice too, before schedules are built from terms: whether they can be."""

SLICE_RULES = (
    Rule(
        "principal_sum",
        "loans",
        "principal",
        "Correct principal, or the instalment that is missing or wrong.",
        f"""SELECT L.row, loan_no, {ONE_LOAN}, coalesce(money(L.principal), '') AS found,
        money(total) || ', what its ' || times || ' instalments add up to' AS expected
        FROM (SELECT loan_no, sum(principal) AS total, count(*) AS times, count(minimum_payment) AS bills FROM I GROUP BY ALL)
        JOIN L USING (loan_no) ANTI JOIN O USING (loan_no)
        WHERE bills = 0 AND NOT has_bad AND L.principal IS DISTINCT FROM total""",
    ),
    Rule(
        "principal_of_opening",
        "loans",
        "principal",
        "Correct principal, which is what was lent, or the opening, or the instalments after it.",
        f"""SELECT L.row, loan_no, {ONE_LOAN}, coalesce(money(L.principal), '') AS found, 'at least ' || money(brought) ||
        ', what the opening and the instalments after it come to' AS expected
        FROM (SELECT loan_no, sum(brought)::BIGINT AS brought FROM S WHERE opened_on IS NOT NULL GROUP BY ALL HAVING
        sum(bills) = 0) JOIN L USING (loan_no) WHERE L.principal IS NULL OR L.principal < brought""",
    ),
    Rule(
        "schedule_too_large",
        "loans",
        "principal",
        "Check the loan's instalments for a slip.",
        f"""SELECT L.row, loan_no, {ONE_LOAN}, money(total) AS found,
        'instalments of at most ' || money({LARGEST_AMOUNT}) || ' together' AS expected
        FROM (SELECT loan_no, max(total) AS total FROM (
            SELECT loan_no, sum(principal + interest + coalesce(fee, 0)) AS total FROM I GROUP BY ALL
            UNION ALL SELECT loan_no, sum(principal + interest + coalesce(fee, 0)) FROM J GROUP BY loan_no, counts_from)
        WHERE total > {LARGEST_AMOUNT} GROUP BY ALL) JOIN L USING (loan_no)""",
    ),
    Rule(
        "due_before_disbursement",
        "instalments",
        "due_on",
        "Correct due_on, or disbursed_on in loans.",
        f"""SELECT I.row, loan_no, {ONE_LOAN}, due_on::VARCHAR AS found,
        'a day from disbursed_on on, ' || disbursed_on::VARCHAR AS expected
        FROM I JOIN L USING (loan_no) WHERE due_on < disbursed_on""",
    ),
    Rule(
        "duplicate_due_date",
        "instalments",
        "due_on",
        "Put what falls due on one day into one row; of a credit line, one for each drawdown.",
        f"""SELECT row, loan_no, {ONE_LOAN}, due_on::VARCHAR AS found, 'each due date once within a loan' AS expected
        FROM (SELECT *, count(*) OVER (PARTITION BY loan_no, due_on, coalesce(drawdown, '')) AS times FROM I)
        WHERE times > 1
        UNION ALL SELECT row, loan_no, {ONE_LOAN}, due_on::VARCHAR, 'each due date once within a schedule'
        FROM (SELECT *, count(*) OVER (PARTITION BY loan_no, counts_from, due_on, coalesce(drawdown, '')) AS times FROM J)
        WHERE times > 1""",
    ),
    Rule(
        "minimum_over_bill",
        "instalments",
        "minimum_payment",
        "Correct minimum_payment; it is the part of the bill that must be paid by the due date.",
        f"""SELECT row, loan_no, {ONE_LOAN}, money(minimum_payment) AS found,
        'at most the bill, ' || money(principal + interest + coalesce(fee, 0)) AS expected
        FROM (FROM I UNION ALL BY NAME FROM J) WHERE minimum_payment > principal + interest + coalesce(fee, 0)""",
    ),
    Rule(
        "unknown_version",
        "instalments",
        "counts_from",
        "Add the schedule to versions, or correct counts_from; empty means the loan's first schedule.",
        f"""SELECT J.row, loan_no, {ONE_LOAN}, counts_from::VARCHAR AS found, 'a from_on that versions has for the loan' AS expected
        FROM J JOIN L USING (loan_no) LEFT JOIN V ON V.loan_no = J.loan_no AND V.from_on = J.counts_from
        WHERE V.row IS NULL AND NOT has_bad""",
    ),
    Rule(
        "due_before_version",
        "instalments",
        "due_on",
        "Correct due_on, or counts_from and from_on in versions.",
        f"""SELECT row, loan_no, {ONE_LOAN}, due_on::VARCHAR AS found,
        'a day from counts_from on, ' || counts_from::VARCHAR AS expected FROM J WHERE due_on < counts_from""",
    ),
    Rule(
        "version_without_instalments",
        "versions",
        "from_on",
        "Add the schedule's instalments, with this day as their counts_from.",
        f"""SELECT V.row, loan_no, {ONE_LOAN}, from_on::VARCHAR AS found, 'rows in instalments that count from this day' AS
        expected FROM V JOIN L USING (loan_no) ANTI JOIN J ON J.loan_no = V.loan_no AND J.counts_from = V.from_on
        WHERE NOT has_bad""",
    ),
    Rule(
        "version_before_disbursement",
        "versions",
        "from_on",
        "Correct from_on, or disbursed_on in loans.",
        f"""SELECT V.row, loan_no, {ONE_LOAN}, from_on::VARCHAR AS found,
        'a day from disbursed_on on, ' || disbursed_on::VARCHAR AS expected
        FROM V JOIN L USING (loan_no) WHERE from_on < disbursed_on""",
    ),
    Rule(
        "version_principal",
        "versions",
        "from_on",
        "Make its principals add up to the principal that it replaces; interest isn't added to it.",
        f"""SELECT row, loan_no, {ONE_LOAN}, money(planned) || ' of principal' AS found,
        CASE WHEN least = most THEN money(most) || ', what it replaces'
            WHEN planned > most THEN 'at most ' || money(most) || ', the principal of the loan'
            ELSE 'at least ' || money(least) || ': ' || money(most) || ' less ' || money(met) || ' that was paid or waived before'
                || CASE WHEN takes_over THEN '' ELSE ' and ' || money(fallen_due) || ' that fell due' END END AS expected
        FROM (SELECT *, CASE WHEN from_on > cut_off() + 1 THEN 0
            ELSE greatest(0, most - met - CASE WHEN takes_over THEN 0 ELSE fallen_due END) END AS least
            FROM (SELECT S.*, sum(brought) OVER (PARTITION BY loan_no)::BIGINT AS most,
                coalesce(sum(may_fall_due) OVER (PARTITION BY loan_no ORDER BY from_on
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::BIGINT AS fallen_due,
                coalesce((SELECT sum(amount) FROM T WHERE T.loan_no = S.loan_no AND kind IN {MEETING}
                    AND effective_on < S.from_on), 0)::BIGINT AS met FROM S))
        WHERE row IS NOT NULL AND times > 0 AND most > 0 AND (opened_on IS NULL OR from_on > opened_on)
        AND planned NOT BETWEEN least AND most""",
    ),
    Rule(
        "opening_before_disbursement",
        "openings",
        "on",
        "Correct the day, or disbursed_on in loans.",
        f"""SELECT O.row, loan_no, {ONE_LOAN}, opened_on::VARCHAR AS found,
        'a day from disbursed_on on, ' || disbursed_on::VARCHAR AS expected
        FROM O JOIN L USING (loan_no) WHERE opened_on < disbursed_on""",
    ),
    *(
        Rule(
            "outside_the_history",
            "openings",
            column,
            f"Correct {column}, or the opening's day.",
            f"""SELECT O.row, loan_no, {ONE_LOAN}, {column}::VARCHAR AS found, 'a day from ' || disbursed_on::VARCHAR ||
            ', when the loan was made, to ' || opened_on::VARCHAR || ', the opening''s' AS expected
            FROM O JOIN L USING (loan_no)
            WHERE opened_on >= disbursed_on AND ({column} < disbursed_on OR {column} > opened_on)""",
        )
        for column in ("overdue_since", "period_from")
    ),
    Rule(
        "contradictory_transaction",
        "transactions",
        "transaction_id",
        "Keep the row that is right; if these are two transactions, give each its own transaction_id.",
        f"""SELECT row, loan_no, {ONE_LOAN}, transaction_id AS found,
        'one transaction per transaction_id, or rows that agree' AS expected
        FROM contradictory""",
    ),
    Rule(
        "before_disbursement",
        "transactions",
        "effective_on",
        "Correct effective_on, or disbursed_on in loans.",
        f"""SELECT T.row, loan_no, {ONE_LOAN}, effective_on::VARCHAR AS found,
        'a day from disbursed_on on, ' || disbursed_on::VARCHAR AS expected
        FROM T JOIN L USING (loan_no) WHERE effective_on < disbursed_on AND kind <> {FEE}""",
    ),
    Rule(
        "before_opening",
        "transactions",
        "effective_on",
        "Leave it out, as the opening holds what it did; or correct the day of one of the two.",
        f"""SELECT T.row, loan_no, {ONE_LOAN}, effective_on::VARCHAR AS found,
        'a day after the opening, ' || opened_on::VARCHAR AS expected
        FROM T JOIN O USING (loan_no) WHERE effective_on <= opened_on""",
    ),
    Rule(
        "after_cut_off",
        "transactions",
        "effective_on",
        "Leave it out until it has happened, or correct cut_off in book.toml if the files are of a later day.",
        f"""SELECT row, loan_no, {ONE_LOAN}, greatest(effective_on, booked_on)::VARCHAR AS found,
        'a day up to the cut-off, ' || cut_off()::VARCHAR AS expected
        FROM T WHERE effective_on > cut_off() OR booked_on > cut_off()""",
    ),
    Rule(
        "reverses_without_reversal",
        "transactions",
        "reverses",
        "Make it a row of kind reversal or chargeback, or leave reverses empty.",
        f"""SELECT row, loan_no, {ONE_LOAN}, reverses AS found, 'empty, as the row undoes nothing' AS expected
        FROM T WHERE kind NOT IN {UNDOING} AND reverses IS NOT NULL""",
    ),
    Rule(
        "reversal_of_nothing",
        "transactions",
        "reverses",
        "Name the transaction_id of what it undoes; that row must be in the file.",
        f"""SELECT T.row, T.loan_no, {ONE_LOAN}, coalesce(T.reverses, '') AS found,
        'the transaction_id of a transaction of the same loan' AS expected
        FROM T JOIN L USING (loan_no) LEFT JOIN T AS undone ON undone.loan_no = T.loan_no
        AND undone.transaction_id = T.reverses WHERE T.kind IN {UNDOING} AND undone.row IS NULL AND NOT has_bad""",
    ),
    Rule(
        "chargeback_of_no_payment",
        "transactions",
        "reverses",
        "Name the payment that the bank took back; anything else is undone by a reversal.",
        f"""SELECT T.row, T.loan_no, {ONE_LOAN}, T.reverses AS found, 'the transaction_id of a payment' AS expected
        FROM T JOIN T AS undone ON undone.loan_no = T.loan_no AND undone.transaction_id = T.reverses
        WHERE T.kind = {CHARGEBACK} AND undone.kind NOT IN {PAID}""",
    ),
    Rule(
        "chargeback_amount",
        "transactions",
        "amount",
        "Give what the bank took back; all in all it can't be more than the payment.",
        f"""SELECT T.row, loan_no, {ONE_LOAN}, money(taken_back) AS found,
        'at most ' || money(undone.amount) || ' taken back, the amount of ' || T.reverses AS expected
        FROM T JOIN (SELECT loan_no, reverses, sum(amount) AS taken_back FROM T WHERE kind = {CHARGEBACK} GROUP BY ALL)
        USING (loan_no, reverses) JOIN (SELECT loan_no, transaction_id AS reverses, amount, kind FROM T) AS undone
        USING (loan_no, reverses)
        WHERE T.kind = {CHARGEBACK} AND undone.kind IN {PAID} AND taken_back > undone.amount""",
    ),
    Rule(
        "reversal_of_reversal",
        "transactions",
        "reverses",
        "Book the payment again instead of undoing its reversal.",
        f"""SELECT T.row, T.loan_no, {ONE_LOAN}, T.reverses AS found, 'a transaction that is no reversal itself' AS expected
        FROM T JOIN T AS undone ON undone.loan_no = T.loan_no AND undone.transaction_id = T.reverses
        WHERE T.kind = {REVERSAL} AND undone.kind = {REVERSAL}""",
    ),
    Rule(
        "reversed_twice",
        "transactions",
        "reverses",
        "Keep the reversal that happened.",
        f"""SELECT row, loan_no, {ONE_LOAN}, reverses AS found, 'one reversal per transaction, and then no chargeback' AS
        expected FROM T JOIN (SELECT loan_no, reverses FROM T WHERE kind IN {UNDOING} AND reverses IS NOT NULL
        GROUP BY ALL HAVING count(*) > 1 AND bool_or(kind = {REVERSAL})) USING (loan_no, reverses)
        WHERE kind IN {UNDOING}""",
    ),
    Rule(
        "reversal_amount",
        "transactions",
        "amount",
        "Give the amount of the transaction that it undoes; a part given back is a refund.",
        f"""SELECT T.row, T.loan_no, {ONE_LOAN}, money(T.amount) AS found,
        money(undone.amount) || ', the amount of ' || T.reverses AS expected
        FROM T JOIN T AS undone ON undone.loan_no = T.loan_no AND undone.transaction_id = T.reverses
        WHERE T.kind = {REVERSAL} AND undone.kind <> {REVERSAL} AND T.amount <> undone.amount""",
    ),
    Rule(
        "reversal_before_its_transaction",
        "transactions",
        "effective_on",
        "Correct the day of one of the two.",
        f"""SELECT T.row, T.loan_no, {ONE_LOAN}, T.effective_on::VARCHAR AS found,
        'a day from that of ' || T.reverses || ' on, ' || undone.effective_on::VARCHAR AS expected
        FROM T JOIN T AS undone ON undone.loan_no = T.loan_no AND undone.transaction_id = T.reverses
        WHERE T.kind IN {UNDOING} AND undone.kind NOT IN {UNDOING} AND T.effective_on < undone.effective_on""",
    ),
    Rule(
        "unknown_instalment",
        "transactions",
        "instalment",
        "Give the instalment's number by due date; 1 is the first, or what an opening holds; a version numbers on.",
        f"""SELECT T.row, loan_no, {ONE_LOAN}, T.instalment::VARCHAR AS found, 'a number from 1 to ' || times AS expected
        FROM T JOIN L USING (loan_no) JOIN (SELECT loan_no, count(*) AS times FROM I GROUP BY ALL) USING (loan_no)
        ANTI JOIN S USING (loan_no) WHERE NOT has_bad AND T.instalment > times
        UNION ALL SELECT T.row, T.loan_no, {ONE_LOAN}, T.instalment::VARCHAR, 'a number from 1 to ' || sum(numbers)
        FROM T JOIN S ON S.loan_no = T.loan_no AND S.from_on <= T.effective_on
        WHERE opened_on IS NULL OR T.effective_on > opened_on
        GROUP BY T.row, T.loan_no, T.instalment HAVING T.instalment > sum(numbers)""",
    ),
)

COMMITMENT_RULES = (
    Rule(
        "promise_contradicts",
        "promises",
        "promise_id",
        "Correct the promise; until then nobody is approached about the loan.",
        "",
    ),
    Rule("unknown_plan", "promises", "about", "Correct about, or add the plan to plans.", ""),
    Rule(
        "plan_contradicts",
        "plans",
        "plan_id",
        "Correct the plan's rows; until then nobody is approached about the loan.",
        "",
    ),
    Rule("unknown_plan", "plan_payments", "plan_id", "Correct plan_id, or add the plan to plans.", ""),
    Rule("unknown_plan", "plan_changes", "plan_id", "Correct plan_id, or add the plan to plans.", ""),
    Rule("unknown_meaning", "meant_for", "meant_for", "Correct it, or leave it empty for none of them.", ""),
)
"""Found by making promises and plans of the rows (commitments.py)."""
UNKNOWN_LOAN = Rule("unknown_loan", "", "loan_id", "Add the loan to loans, or correct loan_id.", "")
INSTALMENT_DIFFERS = Rule(
    "instalment_differs",
    "loans",
    "instalment_amount",
    "Correct the terms or their rounding, or give the loan's instalments row by row.",
    "",
)
TERMS_CONTRADICT = Rule(
    "terms_contradict", "loans", "instalments", "Correct the terms, or give the loan's instalments row by row.", ""
)
IRREGULAR = {
    "fields": Rule(
        "fields",
        "",
        "",
        "Put text that holds a comma into quotation marks, and an amount without separators.",
        "",
    ),
    "quote": Rule("quote", "", "", "Close the quotation mark, or take it out.", ""),
    "line_break": Rule("line_break", "", "", "Take it out, or correct the quotation marks around it.", ""),
    "encoding": Rule("encoding", "", "", "Save the file again in one encoding, UTF-8 at best.", ""),
}
