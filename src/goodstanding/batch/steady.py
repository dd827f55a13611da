"""The short way for loans that run steadily, under a policy of the common kind; equal to the long way, several times as fast.

Such a loan has payments and no pauses, bills, contract fees, changed schedules or opening position; its policy meets the
oldest instalment first and keeps the schedule's interest. Then instalments are met one after another: a place in the
schedule says what is paid, and only an instalment that is due and unpaid when something happens is laid out as an account.
Whatever turns up that isn't so steady (credit held while something is to come, money that is directed) sends the loan the long way.
"""

import numpy as np

from goodstanding.batch.compiling import part
from goodstanding.batch.exact import days_between, divided_product, rounded
from goodstanding.batch.layout import *
from goodstanding.batch.stepping.account import late_parts, open_charge, open_of, rest_of
from goodstanding.batch.stepping.accrual import bears_penalty, follow, keep, post
from goodstanding.batch.stepping.charges import charge_late_fee
from goodstanding.batch.stepping.counting import day_number, delinquent_days
from goodstanding.batch.stepping.places import account
from goodstanding.batch.stepping.reading import band, bucket_of
from goodstanding.batch.stepping.unpaid import is_past_due, is_unpaid
from goodstanding.batch.stepping.versions import add_account

NOT_STEADY = -1
_TOO_LARGE = 1 << 44


@part
def judge_schedule(due_on, principal, interest, fee, start, stop):
    """The principal of a schedule that is in order, without fees and within limits; or NOT_STEADY."""
    if start == stop or due_on[start] < EARLIEST_DAY or due_on[stop - 1] > LATEST_DAY:
        return NOT_STEADY
    total, together, bits, before, is_rising = 0, 0, 0, NONE, True
    for place in range(start, stop):
        bits |= principal[place] | interest[place]
        total += principal[place]
        together += principal[place] + interest[place]
        is_rising &= due_on[place] > before and fee[place] == 0
        before = np.int64(due_on[place])
    if not is_rising or bits < 0 or bits >= _TOO_LARGE or together > LARGEST_AMOUNT:
        return NOT_STEADY
    return total


@part
def lay_out(w, place, start, due_on, principal, interest):
    """Make an account of an instalment of which nothing is met; row 1 is the first of the schedule."""
    w[ACCOUNTS] = place - start
    add_account(w, np.int64(due_on[place]), principal[place], interest[place], 0, NONE)


@part
def begin_day(w, start, first, laid_out, due, was_due, day, due_on, principal, interest):
    """What happens to instalments [first, due) between two days: they fall due, grace runs out, fees and interest arise.

    was_due: up to which they were due before. Returns up to which they are laid out. Grace runs out in the order of due
    dates, and so do fees arise: each looks on from where it stopped. Penalty that may wait is posted when it is read.
    """
    for place in range(max(first, was_due), due):
        if place >= laid_out:
            lay_out(w, place, start, due_on, principal, interest)
            laid_out = place + 1
        follow(w, place - start + 1, np.int64(due_on[place]), True)
    w[LAPSED_TO] = max(w[LAPSED_TO], first)
    while w[LAPSED_TO] < due and day >= w[account(w[LAPSED_TO] - start + 1) + LAPSES]:
        lapse_one(w, w[LAPSED_TO] - start + 1)
        w[LAPSED_TO] += 1
    if w[POLICY + HAS_LATE_FEE]:
        w[FEES_TO] = max(w[FEES_TO], first)
        while w[FEES_TO] < due and w[account(w[FEES_TO] - start + 1) + FEE_ON] <= day:
            row = w[FEES_TO] - start + 1
            if is_unpaid(w, row, True):
                charge_late_fee(w, row, False, w[account(row) + FEE_ON])
            w[FEES_TO] += 1
    w[POSTED_ON] = day
    if w[POLICY + ROUNDS] == EACH_PERIOD:
        post_open(w, start, first, due)
    return laid_out


@part
def post_open(w, start, first, due):
    """Post the penalty of instalments [first, due) up to the day."""
    for place in range(first, due):
        post(w, place - start + 1)


@part
def lapse_one(w, row):
    at = account(row)
    post(w, row)
    w[at + HAS_LAPSED] = 1
    unpaid = bears_penalty(w, row, True)
    for which in range(2):
        if unpaid:
            keep(w, row, which, w[at + PENDING + which])
        else:
            accrual = at + ACCRUAL + which * ACCRUAL_SIZE
            w[accrual + WHOLE], w[accrual + REST], w[accrual + POSTED] = 0, 0, 0
        w[at + PENDING + which] = 0


@part
def first_unpaid(w, start, first, laid_out, stop, principal, interest):
    """The first of instalments [first, stop) that counts as unpaid; stop if none does. Some aren't laid out yet."""
    for place in range(first, stop):
        if place < laid_out:
            if is_unpaid(w, place - start + 1, True):
                return place
        else:
            rest = principal[place] + interest[place]
            share, _ = divided_product(rest, w[POLICY + TOLERANCE_SHARE], 1_000_000)
            if rest > w[POLICY + TOLERANCE] and rest > share:
                return place
    return stop


@part
def pay_one(w, row, left, order):
    """Meet an instalment's claims in an order of the policy; return what is left and how much of it was principal."""
    post(w, row)
    met_principal = 0
    for step in range(5):
        component = w[POLICY + order + step]
        met = min(left, open_of(w, row, component))
        if met > 0:
            w[account(row) + MET + component] += met
            left -= met
            if component == PRINCIPAL:
                met_principal = met
    return left, met_principal


@part
def passes_over(w, row, day, is_followed):
    """Whether a payment passes over the rest of an instalment that counts as paid for something else: then by its steps.

    That is another instalment that is due (is_followed), or its own charges, whatever the order says.
    """
    if not is_past_due(w, row, day) or is_unpaid(w, row, True) or rest_of(w, row) == 0:
        return False
    post(w, row)
    has_charge = open_charge(w, row, FEE) + open_charge(w, row, PENALTY) + open_charge(w, row, COMPOUND) != 0
    return is_followed or has_charge


@part
def is_all_met(w, row):
    for component in range(5):
        if open_of(w, row, component) != 0:
            return False
    return True


@part
def prepaid_interest(w, start, first, laid_out, due, interest):
    """Interest paid on instalments that aren't due yet."""
    total = 0
    for place in range(due, first):
        total += interest[place]
    if due <= first < laid_out:
        total += w[account(first - start + 1) + MET + INTEREST]
    return total


@part
def interest_so_far(w, start, stop, due, as_of, disbursed_on, due_on, interest):
    """Contract interest of the period that runs, for the days gone by; rounded once."""
    if due == stop:
        return 0
    begun = np.int64(due_on[due - 1]) if due > start else disbursed_on
    if as_of <= begun:
        return 0
    whole = days_between(begun, np.int64(due_on[due]), w[CONTRACT_COUNT])
    if whole <= 0:
        return 0
    gone = min(max(0, days_between(begun, as_of, w[CONTRACT_COUNT])), whole)
    amount, rest = divided_product(interest[due], gone, whole)
    return rounded(amount, rest, whole, w[POLICY + ROUNDING])


@part
def payoff_on(w, start, first, laid_out, due, outstanding, accrued, interest):
    """What settles the loan, as far as nothing is held: principal, interest to the day, charges."""
    total = outstanding - prepaid_interest(w, start, first, laid_out, due, interest)
    for place in range(first, due):
        row = place - start + 1
        total += open_of(w, row, INTEREST)
        total += open_charge(w, row, FEE) + open_charge(w, row, PENALTY) + open_charge(w, row, COMPOUND)
    return total + accrued


@part
def assess_steadily(
    w,
    out,
    loan,
    as_of,
    known_on,
    disbursed_on,
    start,
    stop,
    due_on,
    principal,
    interest,
    fee,
    moves_start,
    moves_stop,
    kind,
    amount,
    effective_on,
    booked_on,
    component,
    has_component,
    instalment,
    has_instalment,
):
    """Assess a loan the short way; return its status, or NOT_STEADY when it has to go the long way.

    first: the oldest instalment that isn't wholly met; due: how many are due on the day `today`.
    """
    outstanding = judge_schedule(due_on, principal, interest, fee, start, stop)
    if outstanding == NOT_STEADY or due_on[start] < disbursed_on:
        return NOT_STEADY
    first, laid_out, due, today = start, start, start, NONE
    since, charged_off_on, last_kind, last_booked, held = NONE, NONE, 0, NONE, 0
    settled_at, settled_interest = stop, 0
    w[LAPSED_TO], w[FEES_TO], w[POSTED_ON] = start, start, NONE
    is_first_day = w[POLICY + DUE_DATE_IS_DAY]
    tolerates = w[POLICY + TOLERANCE] != 0 or w[POLICY + TOLERANCE_SHARE] != 0
    patience = w[POLICY + GRACE]
    if w[POLICY + HAS_LATE_FEE]:
        patience = min(patience, w[POLICY + LATE_AFTER])
    for move in range(moves_start, moves_stop):
        day = np.int64(effective_on[move])
        if day > as_of or (known_on != NONE and booked_on[move] > known_on):
            continue
        what, left, booked = np.int64(kind[move]), amount[move], np.int64(booked_on[move])
        if left < 0 or left > LARGEST_AMOUNT or day < disbursed_on or day > LATEST_DAY:
            return NOT_STEADY
        if booked < EARLIEST_DAY or booked > LATEST_DAY:
            return NOT_STEADY
        if what == CHARGE_OFF:
            charged_off_on = day if charged_off_on == NONE else min(charged_off_on, day)
            continue
        if what != PAYMENT and what != RECOVERY:
            return NOT_STEADY
        if (has_component and component[move] >= 0) or (has_instalment and instalment[move] != NONE):
            return NOT_STEADY
        if day < today or (day == today and (what < last_kind or (what == last_kind and booked < last_booked))):
            return NOT_STEADY
        last_kind, last_booked = what, booked
        if first == stop:
            held += left
            today = day
            continue
        if day > today and first == laid_out:
            # Nothing is met in part. Where nothing is due, or the one instalment that is due is paid before being late
            # costs anything, there is nothing to lay out.
            coming = due
            while coming < stop and due_on[coming] <= day:
                coming += 1
            if coming <= first:
                due, today, since = coming, day, NONE
            elif coming == first + 1 and day <= due_on[first] + patience and (coming == stop or left < outstanding):
                asked = principal[first] + interest[first]
                if left >= asked:
                    left -= asked
                    outstanding -= principal[first]
                    first += 1
                    laid_out, due, today, since = first, coming, day, NONE
        if day > today:
            if today != NONE:
                since = end_day(w, start, first, due, today, since, due_on)
            since, due, laid_out = step_to(
                w, start, stop, first, laid_out, due, day, since, is_first_day, due_on, principal, interest
            )
            today = day
        if due < stop and left >= outstanding - prepaid_interest(w, start, first, laid_out, due, interest):
            post_open(w, start, first, due)
            accrued = interest_so_far(w, start, stop, due, day, disbursed_on, due_on, interest)
            settles = payoff_on(w, start, first, laid_out, due, outstanding, accrued, interest)
            if left >= settles > 0:
                held += left - settles
                settled_at, settled_interest = due, accrued
                outstanding, first, laid_out, due = 0, stop, stop, stop
                continue
        while left > 0 and first < stop:
            if first >= due and w[POLICY + EXCESS] == UNAPPLIED:
                return NOT_STEADY
            if first == laid_out:
                asked = principal[first] + interest[first]
                if left >= asked:
                    left -= asked
                    outstanding -= principal[first]
                    first += 1
                    laid_out = first
                    continue
                lay_out(w, first, start, due_on, principal, interest)
                laid_out = first + 1
            row = first - start + 1
            if tolerates and first < due and passes_over(w, row, day, first + 1 < due):
                return NOT_STEADY
            order = WATERFALL + (
                ORDER_ADVANCE if first >= due else (ORDER_TODAY if due_on[first] == day else ORDER_PAST)
            )
            left, met_principal = pay_one(w, row, left, order)
            outstanding -= met_principal
            if not is_all_met(w, row):
                break
            first += 1
        held += left
        while first < stop and first < laid_out and is_all_met(w, first - start + 1):
            first += 1
        laid_out = max(first, laid_out)
    if today != NONE:
        since = end_day(w, start, first, due, today, since, due_on)
    if as_of > today:
        since, due, laid_out = step_to(
            w, start, stop, first, laid_out, due, as_of, since, is_first_day, due_on, principal, interest
        )
        since = end_day(w, start, first, due, as_of, since, due_on)
    w[POSTED_ON] = as_of
    post_open(w, start, first, due)
    if w[STATUS] != OK:
        return w[STATUS]
    if out.shape[0] > OUT_OPENED:
        write_sums(
            w,
            out,
            loan,
            as_of,
            start,
            stop,
            first,
            laid_out,
            due,
            settled_at,
            settled_interest,
            due_on,
            principal,
            interest,
        )
    return write_steady(
        w,
        out,
        loan,
        as_of,
        disbursed_on,
        start,
        stop,
        first,
        laid_out,
        due,
        outstanding,
        held,
        since,
        charged_off_on,
        due_on,
        principal,
        interest,
    )


@part
def step_to(w, start, stop, first, laid_out, due, day, since, is_first_day, due_on, principal, interest):
    """Go from the end of one day to before the payments of another: (arrears since, instalments due, laid out)."""
    was_due = due
    while due < stop and due_on[due] <= day:
        due += 1
    if first >= due:
        return since, due, laid_out
    if since == NONE and due_on[first] + 1 - is_first_day < day:
        place = first_unpaid(w, start, first, laid_out, due, principal, interest)
        if place < due and due_on[place] + 1 - is_first_day < day:
            since = np.int64(due_on[place])
    laid_out = begin_day(w, start, first, laid_out, due, was_due, day, due_on, principal, interest)
    return since, due, laid_out


@part
def end_day(w, start, first, due, day, since, due_on):
    """After a day's payments: what bears interest from now on; return the day from which the loan is in arrears.

    Of instalments still open, payments can have touched the first alone.
    """
    if first < due:
        follow(w, first - start + 1, day, True)
    for place in range(first, due):
        row = place - start + 1
        if is_past_due(w, row, day) and is_unpaid(w, row, True):
            return np.int64(due_on[place]) if since == NONE else since
    return NONE


@part
def write_steady(
    w,
    out,
    loan,
    as_of,
    disbursed_on,
    start,
    stop,
    first,
    laid_out,
    due,
    outstanding,
    held,
    arrears_since,
    charged_off_on,
    due_on,
    principal,
    interest,
):
    """Write where the loan stands into column `loan` of the results."""
    count, oldest, next_on, next_due = 0, -1, NONE, 0
    overdue_interest, overdue_principal = 0, 0
    fees, penalty, compound = 0, 0, 0
    for place in range(first, due):
        row = place - start + 1
        fees += open_charge(w, row, FEE)
        penalty += open_charge(w, row, PENALTY)
        compound += open_charge(w, row, COMPOUND)
        if is_past_due(w, row, as_of) and is_unpaid(w, row, True):
            if count == 0:
                oldest = place
            count += 1
            _, late_interest, late_principal = late_parts(w, row)
            overdue_interest += late_interest
            overdue_principal += late_principal
        elif next_on == NONE and due_on[place] >= as_of:
            next_due = rest_of(w, row)
            if next_due:
                next_on = np.int64(due_on[place])
    place = max(first, due)
    while next_due == 0 and place < stop:
        next_due = principal[place] + interest[place]
        if place < laid_out:
            next_due = rest_of(w, place - start + 1)
        if next_due:
            next_on = np.int64(due_on[place])
        place += 1
    since, days, counted = NONE, 0, 0
    if count:
        since = np.int64(due_on[oldest])
        if w[POLICY + FIRST_DEFAULT] and arrears_since != NONE:
            since = min(since, arrears_since)
        days, counted = day_number(w, since, as_of), delinquent_days(w, since, as_of)
    charges = fees + penalty + compound
    total = overdue_principal + overdue_interest + charges
    accrued, paid_ahead = 0, 0
    if due < stop:
        accrued = interest_so_far(w, start, stop, due, as_of, disbursed_on, due_on, interest)
        if due < first:
            paid_ahead = interest[due]
        elif due < laid_out:
            paid_ahead = w[account(due - start + 1) + MET + INTEREST]
    settles = payoff_on(w, start, first, laid_out, due, outstanding, accrued, interest)
    out[OUT_STATUS, loan] = OK
    out[OUT_DAYS, loan] = days
    out[OUT_DELINQUENT, loan] = counted
    out[OUT_BUCKET, loan] = bucket_of(w, counted, total)
    out[OUT_INSTALMENTS, loan] = count
    out[OUT_OLDEST, loan] = due_on[oldest] if count else NONE
    out[OUT_SINCE, loan] = arrears_since
    out[OUT_PRINCIPAL, loan] = overdue_principal
    out[OUT_INTEREST, loan] = overdue_interest
    out[OUT_PENALTY, loan] = penalty
    out[OUT_COMPOUND, loan] = compound
    out[OUT_FEES, loan] = fees
    out[OUT_CURE, loan] = total
    out[OUT_NEXT_ON, loan] = next_on
    out[OUT_NEXT, loan] = next_due
    out[OUT_OUTSTANDING, loan] = outstanding
    out[OUT_ACCRUED, loan] = max(0, accrued - paid_ahead)
    out[OUT_PAYOFF, loan] = max(0, settles - held)
    out[OUT_UNAPPLIED, loan] = held
    out[OUT_CHARGED_OFF, loan] = charged_off_on
    out[OUT_CLASS, loan] = NONE
    if w[POLICY + CLASSES]:
        out[OUT_CLASS, loan] = (
            0
            if total < w[POLICY + CLASS_LEAST_AMOUNT]
            else band(w, w[POLICY + CLASSES_AT], w[POLICY + CLASSES], counted)
        )
    out[OUT_CLASSIFIED, loan] = 0
    out[OUT_BY_STEPS, loan] = 0
    return OK


@part
def write_sums(
    w,
    out,
    loan,
    as_of,
    start,
    stop,
    first,
    laid_out,
    due,
    settled_at,
    settled_interest,
    due_on,
    principal,
    interest,
):
    """Write what is open of all instalments by component, and what is paid towards those that fall due after the day.

    A payment that settled the loan when instalments from settled_at on weren't due met all of their principal, of the first
    the interest that had run, and of the others none.
    """
    fees, penalty, compound, open_interest, open_principal, ahead = 0, 0, 0, 0, 0, 0
    for place in range(first, stop):
        if place < laid_out:
            row = place - start + 1
            fees += open_of(w, row, FEE)
            penalty += open_of(w, row, PENALTY)
            compound += open_of(w, row, COMPOUND)
            open_interest += open_of(w, row, INTEREST)
            open_principal += open_of(w, row, PRINCIPAL)
        else:
            open_interest += interest[place]
            open_principal += principal[place]
    place = stop - 1
    while place >= start and due_on[place] > as_of:
        if place >= settled_at:
            ahead += principal[place] + (settled_interest if place == settled_at else 0)
        elif place < first:
            ahead += principal[place] + interest[place]
        elif place < laid_out:
            for component in range(5):
                ahead += w[account(place - start + 1) + MET + component]
        place -= 1
    out[OUT_OPENED + FEE, loan], out[OUT_OPENED + PENALTY, loan] = fees, penalty
    out[OUT_OPENED + COMPOUND, loan], out[OUT_OPENED + INTEREST, loan] = compound, open_interest
    out[OUT_OPENED + PRINCIPAL, loan], out[OUT_AHEAD, loan] = open_principal, ahead
