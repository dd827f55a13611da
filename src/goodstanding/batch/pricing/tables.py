"""Where things lie in the tables of pricing: int64 arrays of shape (fields, rows), beside those of drafts (drafting/tables.py).

Amounts: minor units; days: numbers since 1970-01-01; layout.NONE where there is none.
"""

# -- a loan as it would be --------------------------------------------------------------------------------------------
(
    WORLD_LOAN,
    WORLD_PAYMENTS_AT,
    WORLD_PAYMENTS_N,
    WORLD_WAIVERS_AT,
    WORLD_WAIVERS_N,
    WORLD_SCHEDULE_AT,
    WORLD_SCHEDULE_N,
    WORLD_PAUSE_FROM,
    WORLD_PAUSE_UNTIL,
) = range(9)
WORLD_SIZE = 9
"""LOAN: its place in the columns. SCHEDULE_N: 0 where no other schedule takes over. PAUSE_FROM: NONE where nothing is paused. The
lists lie in the tables of payments, waivers and schedules."""

# -- what the engine answers about one, core's Figure -------------------------------------------------------------------
(
    ANSWER_STATUS,
    ANSWER_PAYOFF,
    ANSWER_HELD,
    ANSWER_PRINCIPAL,
    ANSWER_CURE,
    ANSWER_OVERDUE,
    ANSWER_IS_LATE,
    ANSWER_DUE,
    ANSWER_OPENED,
) = range(9)
ANSWER_AHEAD = ANSWER_OPENED + 5
ANSWER_SIZE = ANSWER_AHEAD + 1
"""STATUS: layout's. OPENED: five fields in layout's order of components; AHEAD: paid towards instalments due later."""

# -- why a draft isn't offered: DRAFT_STATUS beyond drafting's own ------------------------------------------------------
(
    TOO_LONG_BY_LAW,
    TOO_LONG,
    RE_AGED_TOO_OFTEN,
    NO_PRINCIPAL,
    NOT_ALL_GIVEN_UP,
    PAST_DUE_BETWEEN,
    WORTH_TOO_LITTLE,
) = range(100, 107)
"""A and B: of TOO_LONG_BY_LAW the months and which limit of the product's; of TOO_LONG the months; of RE_AGED_TOO_OFTEN how often; of
PAST_DUE_BETWEEN what is past due and the day, beside `Price.before`; of WORTH_TOO_LITTLE the present value and the payoff."""
