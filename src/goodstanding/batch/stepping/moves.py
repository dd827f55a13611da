"""What each kind of transaction does to a loan: `core/arrears/moves.py` again."""

from goodstanding.batch.compiling import part
from goodstanding.batch.layout import *
from goodstanding.batch.stepping.account import wake, wake_all
from goodstanding.batch.stepping.accrual import post_all
from goodstanding.batch.stepping.charges import add_fee
from goodstanding.batch.stepping.payments import allocate, hold, pay, settle, undo, waterfall
from goodstanding.batch.stepping.places import account, held_at, met_at, move_at
from goodstanding.batch.stepping.unpaid import may_reach_payoff, payoff


@part
def named(w, move):
    """The instalment that a transaction names, or 0."""
    number = w[move_at(w, move) + AT]
    if number == NONE:
        return 0
    if number < 1 or number > w[ACCOUNTS]:
        w[STATUS] = NO_SUCH_INSTALMENT
        return 0
    return number


@part
def receive(w, move, day):
    amount, source, directed = w[move_at(w, move) + AMOUNT], move, w[move_at(w, move) + DIRECTED]
    if w[DUE_COUNT] < w[ACCOUNTS] and w[SETTLED_ON] == NONE and may_reach_payoff(w, amount):
        post_all(w)
        settles = payoff(w, day)
        if amount >= settles > 0:
            settle(w, day, source)
    at = named(w, move)
    if w[STATUS] != OK:
        return
    left = amount
    if at or directed != NONE:
        order, count = COMPONENTS + directed, 1
        if directed == NONE:
            order, count = waterfall(w, day) + ORDER_PAST, 5
        left = allocate_directed(w, left, at, day, order, count, source)
    pay(w, source, left, day)


@part
def allocate_directed(w, left, at, day, order, count, source):
    """To the instalment named, or to the component named of all: those due, then those to come."""
    by_component = w[POLICY + WATERFALL + ORDER_BY]
    due, last = w[DUE_COUNT], w[ACCOUNTS]
    if at:
        return allocate(w, left, at, at + 1, 1, 1, day, order, count, by_component, source, False)
    left = allocate(w, left, w[FIRST_ACTIVE], due + 1, 1, 1, day, order, count, by_component, source, False)
    if w[POLICY + EXCESS] == LAST:
        return allocate(w, left, last, due, -1, 1, day, order, count, by_component, source, False)
    return allocate(w, left, due + 1, last + 1, 1, 1, day, order, count, by_component, source, False)


@part
def waive(w, move, day):
    at = named(w, move)
    directed = w[move_at(w, move) + DIRECTED]
    order, count = (COMPONENTS, 5) if directed == NONE else (COMPONENTS + directed, 1)
    first, stop = (at, at + 1) if at else (w[FIRST_ACTIVE], w[DUE_COUNT] + 1)
    allocate(
        w, w[move_at(w, move) + AMOUNT], first, stop, 1, 1, day, order, count, w[POLICY + WATERFALL + ORDER_BY], 0, True
    )


@part
def give_back(w, move):
    """Money returned to the borrower: what is held first, then the latest payments are undone."""
    left, kept = w[move_at(w, move) + AMOUNT], 0
    for place in range(w[HELD]):
        amount = w[held_at(w, place) + HELD_AMOUNT]
        taken = min(amount, left)
        left -= taken
        if amount > taken:
            w[held_at(w, kept) + HELD_FROM], w[held_at(w, kept) + HELD_AMOUNT] = (
                w[held_at(w, place) + HELD_FROM],
                amount - taken,
            )
            kept += 1
    w[HELD] = kept
    for source in range(w[MOVES] - 1, -1, -1):
        left = undo(w, source, left)
    if left:
        w[STATUS] = REFUND_TOO_LARGE


@part
def drop_held(w, source):
    """Take what is held of a payment off the list; return how much it was."""
    total, kept = 0, 0
    for place in range(w[HELD]):
        if w[held_at(w, place) + HELD_FROM] == source:
            total += w[held_at(w, place) + HELD_AMOUNT]
        else:
            w[held_at(w, kept) + HELD_FROM], w[held_at(w, kept) + HELD_AMOUNT] = (
                w[held_at(w, place) + HELD_FROM],
                w[held_at(w, place) + HELD_AMOUNT],
            )
            kept += 1
    w[HELD] = kept
    return total


@part
def take_back(w, move):
    source = w[move_at(w, move) + REVERSES]
    total = 0
    place = w[w[LATEST_AT] + source]
    while place >= 0:
        total += w[met_at(w, place) + MET_AMOUNT]
        place = w[met_at(w, place) + MET_BEFORE]
    held = drop_held(w, source)
    if total + held != w[move_at(w, source) + AMOUNT]:
        w[STATUS] = NOT_WHOLE
        return
    undo(w, source, total)
    if source == w[SETTLED_BY]:
        unsettle(w)


@part
def charge_back(w, move):
    """Take back up to the amount of one payment, what it met last first; what of it is held goes before that."""
    source, amount = w[move_at(w, move) + REVERSES], w[move_at(w, move) + AMOUNT]
    held = drop_held(w, source)
    kept = max(0, held - amount)
    if kept:
        hold(w, source, kept)
    beyond_held = amount - (held - kept)
    if undo(w, source, beyond_held):
        w[STATUS] = CHARGEBACK_TOO_LARGE
        return
    if beyond_held and source == w[SETTLED_BY]:
        unsettle(w)


@part
def unsettle(w):
    """The payment that settled the loan bounced: interest and fees that settling took away are owed again."""
    w[SETTLED_ON], w[SETTLED_BY] = NONE, NONE
    for row in range(1, w[ACCOUNTS] + 1):
        for which in range(2):
            component = INTEREST if which == 0 else FEE
            w[account(row) + ASKED + component] += w[account(row) + NOT_ASKED + which]
            w[account(row) + WAIVED + component] += w[account(row) + NOT_GIVEN + which]
        forget_settling(w, row)
    wake_all(w)


@part
def forget_settling(w, row):
    for which in range(2):
        w[account(row) + NOT_ASKED + which], w[account(row) + NOT_GIVEN + which] = 0, 0


@part
def last_fallen_due(w):
    """The last instalment that fell due, or the first to come; one that was replaced before its day never fell due."""
    for row in range(w[DUE_COUNT], 0, -1):
        if not w[account(row) + IS_REPLACED]:
            return row
    return w[DUE_COUNT] + 1 if w[DUE_COUNT] < w[ACCOUNTS] else 1


@part
def apply_move(w, move, day):
    kind = w[move_at(w, move) + KIND]
    if kind == PAYMENT or kind == RECOVERY:
        receive(w, move, day)
    elif kind == PAY_FEE:
        row = named(w, move) or last_fallen_due(w)
        add_fee(w, row, w[move_at(w, move) + AMOUNT])
        wake(w, row)
        if row > w[DUE_COUNT]:
            w[FEES_AHEAD_TO] = max(w[FEES_AHEAD_TO], row)
    elif kind == PAY_WAIVER:
        waive(w, move, day)
    elif kind == REFUND:
        give_back(w, move)
    elif kind == REVERSAL:
        take_back(w, move)
    elif kind == CHARGEBACK:
        charge_back(w, move)
    elif w[CHARGED_OFF_ON] == NONE:
        w[CHARGED_OFF_ON] = day
