"""The ten measures, compiled: each drafts payments and, perhaps, a new schedule on the desk and returns a DRAFT_STATUS.

What they do and why is said in core/plans/measures, a module each; here is the same in whole numbers.
"""

from goodstanding.batch.compiling import part
from goodstanding.batch.drafting.amortising import amortise, interest_for, part_of
from goodstanding.batch.drafting.desk import *
from goodstanding.batch.drafting.laying_down import (
    add_as_scheduled,
    add_new,
    pay,
    pay_charges_with_first,
    put_as_scheduled,
)
from goodstanding.batch.drafting.rhythm import add_months, after, day_of_month, first_after, months_after
from goodstanding.batch.drafting.tables import *
from goodstanding.batch.exact import BEYOND, divided_product
from goodstanding.batch.layout import COMPOUND, FEE, NEVER, NONE, PENALTY

PPM = 1_000_000


@part
def is_late(w):
    """Whether an instalment is past due and not paid."""
    for place in range(w[GROUND_FALLEN_N]):
        if w[part_at(w, place) + PART_IS_LATE]:
            return True
    return False


@part
def later_from(w):
    """The place of the first instalment that is due after the offer's end."""
    return w[GROUND_FALLEN_N] + w[GROUND_BETWEEN_N]


@part
def put_later_days(w):
    """The due dates after the offer's end, each once, as the days of a new schedule."""
    w[DAYS_N] = 0
    for place in range(later_from(w), w[GROUND_PARTS_N]):
        put_day(w, w[part_at(w, place) + PART_DUE_ON])


@part
def put_day(w, day):
    """Add a day that isn't before the last of DAYS, unless it is that one."""
    if w[DAYS_N] == 0 or w[w[DAYS_AT] + w[DAYS_N] - 1] != day:
        w[w[DAYS_AT] + w[DAYS_N]] = day
        w[DAYS_N] += 1


@part
def last_principal_on(w, first):
    """The last day on which instalments from a place on ask for principal; NONE where none does."""
    found = NONE
    for place in range(first, w[GROUND_PARTS_N]):
        if w[part_at(w, place) + PART_PRINCIPAL]:
            found = w[part_at(w, place) + PART_DUE_ON]
    return found


@part
def pay_as_usual(w, until):
    """What the contract asks for up to a day and isn't late, on its day."""
    for place in range(w[GROUND_PARTS_N]):
        at = part_at(w, place)
        if not w[at + PART_IS_LATE] and w[AS_OF] <= w[at + PART_DUE_ON] <= until:
            pay(w, max(w[at + PART_DUE_ON], w[GROUND_PAYS_FROM]), 0, w[at + PART_ASKS], 0)


@part
def pause(w, until):
    w[DRAFT + DRAFT_PAUSE_FROM], w[DRAFT + DRAFT_PAUSE_UNTIL] = w[AS_OF], until


@part
def as_a_version(w, months):
    """What drafts of a new schedule share: freed money meets the first payments, and the night of as_of bears no penalty."""
    w[CREDIT], w[DRAFT + DRAFT_MONTHS] = w[GROUND_CREDIT], months
    pause(w, w[COUNTS_FROM])
    return DRAFTED


@part
def sum_of(w, field, first, stop):
    total = 0
    for place in range(first, stop):
        total += w[part_at(w, place) + field]
    return total


# -- arrears paid off -------------------------------------------------------------------------------------------------


@part
def arrears_instalments(w, months):
    """The arrears in so many parts on the next due dates. A pause, if charges rest, is set once its end is known."""
    if w[GROUND_ARREARS] == 0:
        return NOTHING_OVERDUE
    put_later_days(w)
    w[DAYS_N] = min(w[DAYS_N], months)
    while w[DAYS_N] < months:
        known = w[DAYS_N] > 0
        put_day(w, after(w, w[w[DAYS_AT] + w[DAYS_N] - 1], 1) if known else first_after(w, w[ACCEPT_BY]))
    pay_as_usual(w, w[w[DAYS_AT] + months - 1])
    for place in range(months):
        pay(w, w[w[DAYS_AT] + place], part_of(w[GROUND_ARREARS], months, place), 0, 0)
    w[CREDIT], w[DRAFT + DRAFT_MONTHS] = w[GROUND_HELD], months
    return DRAFTED


@part
def waiver(w, components, share, whole):
    """One payment of the arrears less a share of the charges that a mask of components names."""
    if w[GROUND_ARREARS] == 0:
        return NOTHING_OVERDUE
    given = 0
    for component, field in ((FEE, GROUND_FEE), (PENALTY, GROUND_PENALTY), (COMPOUND, GROUND_COMPOUND)):
        if components >> component & 1:
            down, rest = divided_product(w[field], share, whole)
            if down == BEYOND:
                w[IS_ODD] = 1
            w[WAIVE + component] = down + 1 if rest else down
            w[DRAFT + DRAFT_WAIVED + component] = w[WAIVE + component]
            given += w[WAIVE + component]
    if given == 0:
        return NO_SUCH_CHARGES
    if given >= w[GROUND_ARREARS]:
        return ONLY_CHARGES
    pay_as_usual(w, w[ACCEPT_BY])
    pay(w, w[ACCEPT_BY], w[GROUND_ARREARS] - given, 0, 0)
    pause(w, w[ACCEPT_BY] + 1)
    w[CREDIT], w[WAIVED_ON] = w[GROUND_HELD], w[ACCEPT_BY]
    return DRAFTED


@part
def settlement(w, parts, share, whole):
    """Payments that close the loan for a share of its payoff today; all that is open falls due on their days."""
    if not is_late(w):
        return NOTHING_OVERDUE
    amount, _ = divided_product(w[GROUND_PAYOFF], share, whole)
    if amount == BEYOND:
        w[IS_ODD] = 1
    if amount < parts:
        return NOTHING_LEFT
    if amount >= w[GROUND_PAYOFF]:
        return NOTHING_GIVEN_UP
    if w[ACCEPT_BY] < w[COUNTS_FROM]:
        return NEEDS_A_DAY
    charges = w[GROUND_FEE] + w[GROUND_PENALTY] + w[GROUND_COMPOUND]
    interest, fee = interest_beside(w), fee_beside(w)
    principal = sum_of(w, PART_PRINCIPAL, 0, w[GROUND_PARTS_N])
    day = w[ACCEPT_BY]
    for place in range(parts):
        day = add_months(w[ACCEPT_BY], place, day_of_month(w[ACCEPT_BY]))
        room = part_of(amount, parts, place)
        pay(w, day, 0, 0, room)
        if place == parts - 1:
            add_new(w, day, principal, interest, fee, 0)
            break
        met = min(charges, room)
        charges, room = charges - met, room - met
        of_interest = min(interest, room)
        of_fee = min(fee, room - of_interest)
        of_principal = min(principal, room - of_interest - of_fee)
        if of_interest or of_fee or of_principal:
            add_new(w, day, of_principal, of_interest, of_fee, 0)
        interest, fee, principal = interest - of_interest, fee - of_fee, principal - of_principal
    as_a_version(w, parts)
    pause(w, day + 1)
    w[CREDIT] = 0
    return DRAFTED


@part
def interest_beside(w):
    """Interest that closing the loan today asks for beside principal and charges; of bills all that they hold."""
    fallen = w[GROUND_FALLEN_N]
    later = sum_of(w, PART_WHOLE_INTEREST, fallen, w[GROUND_PARTS_N]) if w[IS_BILLED] else w[GROUND_RUN_SO_FAR]
    return sum_of(w, PART_INTEREST, 0, fallen) + later


@part
def fee_beside(w):
    """Fees that closing the loan today asks for, beside charges."""
    fallen = w[GROUND_FALLEN_N]
    later = sum_of(w, PART_WHOLE_FEE, fallen, w[GROUND_PARTS_N]) if w[IS_BILLED] else 0
    return sum_of(w, PART_FEE, 0, fallen) + later


# -- instalments moved ------------------------------------------------------------------------------------------------


@part
def move(w, place, until, bears_interest):
    """Move an instalment to a new day, with interest for the time gained on its principal."""
    at, gained = part_at(w, place), 0
    principal, due_on = w[at + PART_PRINCIPAL], w[at + PART_DUE_ON]
    if bears_interest:
        gained = interest_for(w, principal, max(w[AS_OF], due_on), until)
    is_due = due_on <= w[AS_OF]
    interest = w[at + PART_INTEREST] if is_due else w[at + PART_WHOLE_INTEREST]
    fee = w[at + PART_FEE] if is_due else w[at + PART_WHOLE_FEE]
    add_new(w, until, principal, interest + gained, fee, w[at + PART_DRAWDOWN])
    asked = principal + interest + fee
    pay(w, until, asked if is_due else 0, 0 if is_due else asked, gained)


@part
def move_to(w, first, place):
    """The day to which an instalment moves; an overdue one without principal no further than the last principal does."""
    day = w[w[TO_AT] + place]
    return day if first == NONE else min(day, first)


@part
def extension(w, bears_interest):
    """Each overdue instalment moves behind the last due date, one due date each."""
    if not is_late(w):
        return NOTHING_OVERDUE
    if w[IS_BILLED]:
        return IS_A_BILL
    fallen = w[GROUND_FALLEN_N]
    if sum_of(w, PART_ASKS, fallen, w[GROUND_PARTS_N]) == 0:
        return NOTHING_TO_COME
    late = count_late_days(w)
    holds_principal = NONE
    for place in range(fallen):
        at = part_at(w, place)
        places = late_place(w, w[at + PART_DUE_ON])
        if places == 0:
            places = late if w[at + PART_DUE_ON] >= w[AS_OF] else 1
        w[w[TO_AT] + place] = after(w, w[GROUND_LAST_DUE_ON], places)
        if w[at + PART_PRINCIPAL]:
            holds_principal = max(holds_principal, w[w[TO_AT] + place])
    if holds_principal == NONE:
        holds_principal = last_principal_on(w, fallen)
    for place in range(fallen, w[GROUND_PARTS_N]):
        add_as_scheduled(w, place)
    for place in range(fallen):
        move(w, place, move_to(w, holds_principal, place), bears_interest)
    pay_charges_with_first(w)
    return as_a_version(w, late)


@part
def count_late_days(w):
    """Put the due dates of late instalments into DAYS, each once and in order; return how many."""
    w[DAYS_N] = 0
    for place in range(w[GROUND_FALLEN_N]):
        if w[part_at(w, place) + PART_IS_LATE]:
            put_day_in_order(w, w[part_at(w, place) + PART_DUE_ON])
    return w[DAYS_N]


@part
def put_day_in_order(w, day):
    """Put a day into its place among DAYS, unless it is there."""
    place = w[DAYS_N]
    while place > 0 and w[w[DAYS_AT] + place - 1] > day:
        place -= 1
    if place > 0 and w[w[DAYS_AT] + place - 1] == day:
        return
    for later in range(w[DAYS_N], place, -1):
        w[w[DAYS_AT] + later] = w[w[DAYS_AT] + later - 1]
    w[w[DAYS_AT] + place] = day
    w[DAYS_N] += 1


@part
def late_place(w, day):
    """Which of DAYS a day is, from 1 up; 0 where it is none of them."""
    for place in range(w[DAYS_N]):
        if w[w[DAYS_AT] + place] == day:
            return place + 1
    return 0


@part
def deferral(w, months, bears_interest):
    """Nothing is due for some months; then all that is open follows in its order."""
    if not is_late(w):
        return NOTHING_OVERDUE
    if w[IS_BILLED]:
        return IS_A_BILL
    first = months_after(w, first_after(w, w[ACCEPT_BY]), months)
    w[DAYS_N] = 0
    for place in range(w[GROUND_PARTS_N]):
        if is_waiting(w, place):
            put_day_in_order(w, w[part_at(w, place) + PART_DUE_ON])
    holds_principal = NONE
    for place in range(w[GROUND_PARTS_N]):
        if is_waiting(w, place):
            at = part_at(w, place)
            w[w[TO_AT] + place] = after(w, first, late_place(w, w[at + PART_DUE_ON]) - 1)
            if w[at + PART_PRINCIPAL]:
                holds_principal = max(holds_principal, w[w[TO_AT] + place])
    if holds_principal == NONE:
        holds_principal = last_principal_on(w, w[GROUND_FALLEN_N])
    for place in range(w[GROUND_PARTS_N]):
        at = part_at(w, place)
        if is_waiting(w, place):
            is_bound = w[at + PART_DUE_ON] <= w[AS_OF] and w[at + PART_PRINCIPAL] == 0
            move(w, place, move_to(w, holds_principal if is_bound else NONE, place), bears_interest)
        elif w[GROUND_FALLEN_N] <= place < later_from(w):
            add_as_scheduled(w, place)
    pay_charges_with_first(w)
    return as_a_version(w, months)


@part
def is_waiting(w, place):
    """Whether an instalment is fallen due, or due after the offer's end, with something open."""
    at = part_at(w, place)
    is_between = w[GROUND_FALLEN_N] <= place < later_from(w)
    return not is_between and w[at + PART_PRINCIPAL] + w[at + PART_INTEREST] + w[at + PART_FEE] != 0


# -- re-age -----------------------------------------------------------------------------------------------------------


@part
def re_age(w, bears_interest):
    """What is overdue spread over the instalments after the offer's end, each drawdown by itself."""
    if not is_late(w):
        return NOTHING_OVERDUE
    if w[IS_BILLED]:
        return next_bill(w)
    fallen, until = w[GROUND_FALLEN_N], last_principal_on(w, later_from(w))
    if until == NONE:
        if sum_of(w, PART_PRINCIPAL, 0, fallen) == 0:
            return NOTHING_TO_COME
        until = NEVER
    drawdown = next_drawdown(w, -1, 0, fallen)
    while drawdown < NEVER:
        if asked_later(w, drawdown, until) == 0:
            return NOTHING_TO_COME
        drawdown = next_drawdown(w, drawdown, 0, fallen)
    for place in range(fallen, w[GROUND_PARTS_N]):
        add_as_scheduled(w, place)
    drawdown = next_drawdown(w, -1, 0, fallen)
    while drawdown < NEVER:
        spread(w, drawdown, until, bears_interest)
        drawdown = next_drawdown(w, drawdown, 0, fallen)
    pay_charges_with_first(w)
    put_later_days(w)
    return as_a_version(w, w[DAYS_N])


@part
def next_drawdown(w, before, first, stop):
    """The next drawdown, in the order of their names, of instalments at these places; NEVER where there is none."""
    found = NEVER
    for place in range(first, stop):
        name = w[part_at(w, place) + PART_DRAWDOWN]
        if before < name < found:
            found = name
    return found


@part
def is_of(w, place, drawdown, until):
    at = part_at(w, place)
    return w[at + PART_DRAWDOWN] == drawdown and w[at + PART_DUE_ON] <= until


@part
def asked_later(w, drawdown, until):
    total = 0
    for place in range(later_from(w), w[GROUND_PARTS_N]):
        if is_of(w, place, drawdown, until):
            total += w[part_at(w, place) + PART_ASKS]
    return total


@part
def fallen_of(w, field, drawdown):
    total = 0
    for place in range(w[GROUND_FALLEN_N]):
        if w[part_at(w, place) + PART_DRAWDOWN] == drawdown:
            total += w[part_at(w, place) + field]
    return total


@part
def spread(w, drawdown, until, bears_interest):
    """What is overdue of a drawdown in equal parts on its days to come, with interest for the time gained."""
    count, last = 0, 0
    for place in range(later_from(w), w[GROUND_PARTS_N]):
        if is_of(w, place, drawdown, until):
            count, last = count + 1, place
    is_reversed = w[part_at(w, last) + PART_PRINCIPAL] == 0
    interest, fee = fallen_of(w, PART_INTEREST, drawdown), fallen_of(w, PART_FEE, drawdown)
    principal, nth = fallen_of(w, PART_PRINCIPAL, drawdown), 0
    for place in range(later_from(w), w[GROUND_PARTS_N]):
        if is_of(w, place, drawdown, until):
            day = w[part_at(w, place) + PART_DUE_ON]
            own = part_of(principal, count, count - 1 - nth if is_reversed else nth)
            gained = interest_for(w, own, w[AS_OF], day) if bears_interest else 0
            own_interest, own_fee = part_of(interest, count, nth), part_of(fee, count, nth)
            add_new(w, day, own, own_interest + gained, own_fee, drawdown)
            pay(w, day, own + own_interest + own_fee, 0, gained)
            nth += 1


@part
def next_bill(w):
    """The unpaid bills join the next one to come, which asks for its own minimum; where none has come, for that of the last."""
    fallen, stop, joins = w[GROUND_FALLEN_N], w[GROUND_PARTS_N], w[GROUND_FALLEN_N] + w[GROUND_BETWEEN_N]
    for place in range(fallen, stop):
        add_bill(w, put_as_scheduled(w, place), place == joins)
    if joins == stop:
        last = 0
        for place in range(1, fallen):
            if w[part_at(w, place) + PART_DUE_ON] > w[part_at(w, last) + PART_DUE_ON]:
                last = place
        new = add_new(w, first_after(w, w[ACCEPT_BY]), 0, 0, 0, w[part_at(w, last) + PART_DRAWDOWN])
        w[new + SCHEDULED_MINIMUM] = w[part_at(w, last) + PART_MINIMUM]
        add_bill(w, new, True)
    if w[NEW_N] != stop - fallen + (1 if joins == stop else 0):
        w[IS_ODD] = 1  # core doesn't add up bills of one day
    pay_charges_with_first(w)
    return as_a_version(w, 0)


@part
def add_bill(w, at, takes_fallen):
    """Pay what a bill of the new schedule asks for, with the fallen ones added if they join it."""
    if takes_fallen:
        w[at + SCHEDULED_PRINCIPAL] += sum_of(w, PART_PRINCIPAL, 0, w[GROUND_FALLEN_N])
        w[at + SCHEDULED_INTEREST] += sum_of(w, PART_INTEREST, 0, w[GROUND_FALLEN_N])
        w[at + SCHEDULED_FEE] += sum_of(w, PART_FEE, 0, w[GROUND_FALLEN_N])
    asked = w[at + SCHEDULED_PRINCIPAL] + w[at + SCHEDULED_INTEREST] + w[at + SCHEDULED_FEE]
    if w[at + SCHEDULED_MINIMUM] != NONE:
        asked = min(asked, w[at + SCHEDULED_MINIMUM])
        if takes_fallen:
            w[at + SCHEDULED_MINIMUM] = asked
    pay(w, w[at + SCHEDULED_ON], 0, asked, 0)


# -- the balance spread anew ------------------------------------------------------------------------------------------


@part
def re_amortise(w, kind, months, rate, whole):
    """All that is open spread over the days the contract still has, or for so many months beyond them; at a lower rate if that is the measure."""
    if not is_late(w):
        return NOTHING_OVERDUE
    if w[IS_BILLED]:
        return IS_A_BILL
    if kind == LOWER_RATE and w[GROUND_BY_DAY]:
        return RATE_STAYS
    if kind == LOWER_RATE and rate * PPM >= w[GROUND_RATE] * whole:
        w[DRAFT + DRAFT_A] = w[GROUND_RATE]
        return RATE_NOT_LOWER
    if kind == RE_AMORTISE or months == 0:
        put_later_days(w)
    else:
        put_days_until_longer(w, months)
    if w[DAYS_N] == 0:
        return NOTHING_TO_COME
    is_longer = kind != RE_AMORTISE and months > 0
    is_lower = kind == LOWER_RATE
    re_amortised(w, rate if is_lower else w[GROUND_RATE], whole if is_lower else PPM)
    return as_a_version(w, months if is_longer else w[DAYS_N])


@part
def put_days_until_longer(w, months):
    """The due dates after the offer's end, and those of the contract's rhythm for so many months after the last of them."""
    put_later_days(w)
    if w[DAYS_N]:
        first = w[w[DAYS_AT] + w[DAYS_N] - 1]
        until = months_after(w, first, months)
    else:
        first = first_after(w, w[ACCEPT_BY])
        until = months_after(w, first, months - 1)
        put_day(w, first)
    places, day = 1, after(w, first, 1)
    while day <= until:
        put_day(w, day)
        places += 1
        day = after(w, first, places)


@part
def re_amortised(w, rate, whole):
    """All that is open spread over DAYS at a rate, each drawdown by itself; what falls due before the offer's end is paid as usual."""
    for place in range(w[GROUND_FALLEN_N], later_from(w)):
        if is_empty(w, place):
            pay(w, w[part_at(w, place) + PART_DUE_ON], 0, 0, 0)
        else:
            add_as_scheduled(w, place)
    drawdown = next_drawdown(w, -1, 0, w[GROUND_PARTS_N])
    while drawdown < NEVER:
        spread_anew(w, drawdown, rate, whole)
        drawdown = next_drawdown(w, drawdown, 0, w[GROUND_PARTS_N])
    for place in range(w[NEW_N]):
        at = new_at(w, place)
        if w[at + SCHEDULED_ON] >= w[w[DAYS_AT]]:
            amount = w[at + SCHEDULED_PRINCIPAL] + w[at + SCHEDULED_INTEREST] + w[at + SCHEDULED_FEE]
            pay(w, w[at + SCHEDULED_ON], 0, 0, amount)
    pay_charges_with_first(w)


@part
def is_empty(w, place):
    """Whether an instalment to come asks for nothing as scheduled: a new schedule leaves it out."""
    at = part_at(w, place)
    return w[at + PART_PRINCIPAL] + w[at + PART_WHOLE_INTEREST] + w[at + PART_WHOLE_FEE] == 0


@part
def spread_anew(w, drawdown, rate, whole):
    """The balance of a drawdown in equal instalments; interest and fees owed already, and what has run, lie beside it."""
    principal, fee = fallen_of(w, PART_PRINCIPAL, drawdown), fallen_of(w, PART_FEE, drawdown)
    overdue, beside = principal, fallen_of(w, PART_INTEREST, drawdown)
    for place in range(later_from(w), w[GROUND_PARTS_N]):
        at = part_at(w, place)
        if w[at + PART_DRAWDOWN] == drawdown:
            principal += w[at + PART_PRINCIPAL]
            fee += w[at + PART_WHOLE_FEE]
    if w[GROUND_BETWEEN_N] == 0:
        since, run = w[AS_OF], run_of(w, drawdown)
    else:
        since = w[part_at(w, later_from(w) - 1) + PART_DUE_ON]
        w[RATE_PARTS], w[RATE_WHOLE] = w[GROUND_RATE], PPM
        run = interest_for(w, overdue, w[AS_OF], since)
    w[RATE_PARTS], w[RATE_WHOLE] = rate, whole
    amortise(w, principal, since, beside + run, fee, drawdown)


@part
def run_of(w, drawdown):
    """What has run so far of a drawdown's period: of several that fall due together each has the share of its interest."""
    first, stop, whole = w[GROUND_FALLEN_N], w[GROUND_FALLEN_N], 0
    if first == w[GROUND_PARTS_N]:
        return 0
    day = w[part_at(w, first) + PART_DUE_ON]
    while stop < w[GROUND_PARTS_N] and w[part_at(w, stop) + PART_DUE_ON] == day:
        whole += w[part_at(w, stop) + PART_WHOLE_INTEREST]
        stop += 1
    if whole == 0:
        return w[GROUND_RUN_SO_FAR] if drawdown == w[part_at(w, first) + PART_DRAWDOWN] else 0
    odd, own, takes_odd = w[GROUND_RUN_SO_FAR], 0, -1
    for place in range(first, stop):
        at = part_at(w, place)
        name = w[at + PART_DRAWDOWN]
        if takes_odd < 0 and w[at + PART_WHOLE_INTEREST]:
            takes_odd = name
        if next_of(w, name, place + 1, stop) == stop:
            share, _ = divided_product(w[GROUND_RUN_SO_FAR], w[at + PART_WHOLE_INTEREST], whole)
            odd -= share
            own = share if name == drawdown else own
    return own + odd if takes_odd == drawdown else own


@part
def next_of(w, drawdown, first, stop):
    """The place of the next instalment of a drawdown; stop where there is none."""
    while first < stop and w[part_at(w, first) + PART_DRAWDOWN] != drawdown:
        first += 1
    return first


@part
def personal_plan(w, months, bears_interest):
    """The whole balance, charges included, in equal monthly instalments."""
    if not is_late(w):
        return NOTHING_OVERDUE
    if w[GROUND_BY_DAY] and not bears_interest and w[GROUND_RATE]:
        return INTEREST_RUNS_ON
    first = first_after(w, w[ACCEPT_BY])
    due_day = w[GROUND_DUE_DAY] if w[IS_MONTHLY] else day_of_month(first)
    w[DAYS_N] = 0
    for place in range(months):
        put_day(w, add_months(first, place, due_day) if place else first)
    charges = w[GROUND_FEE] + w[GROUND_PENALTY] + w[GROUND_COMPOUND]
    met = min(charges, w[GROUND_FREED])
    if not bears_interest:
        w[RATE_PARTS] = 0
    fee = fee_beside(w) + charges - met
    amortise(w, sum_of(w, PART_PRINCIPAL, 0, w[GROUND_PARTS_N]), w[AS_OF], interest_beside(w), fee, 0)
    for place in range(w[NEW_N]):
        at = new_at(w, place)
        amount = w[at + SCHEDULED_PRINCIPAL] + w[at + SCHEDULED_INTEREST] + w[at + SCHEDULED_FEE]
        pay(w, w[at + SCHEDULED_ON], 0, 0, amount)
    as_a_version(w, months)
    w[CREDIT], w[WAIVED_ON] = max(0, w[GROUND_CREDIT] - met), w[COUNTS_FROM]
    if met == 0:
        w[WAIVE + FEE], w[WAIVE + PENALTY], w[WAIVE + COMPOUND] = w[GROUND_FEE], w[GROUND_PENALTY], w[GROUND_COMPOUND]
    elif charges > met:
        w[WAIVE + OF_ALL] = charges - met
    return DRAFTED
