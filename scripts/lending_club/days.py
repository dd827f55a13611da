"""Days: the data has months only. Which day of the month lets a loan's days past due agree with its status?

Everything is moved on by the same 101 months, so that the data's June 2018 becomes November 2026. The day of the month is
chosen among those on which the status holds; of these, where there are any, among those whose weekday in 2018 accounts
for the days of interest that the lender didn't charge (interest began on the second business day after the issue).
"""

from datetime import date, timedelta

from goodstanding.core.dates import add_months, last_day_of_month
from lending_club.source import CHARGED_OFF, CURRENT, GRACE, LATE_16, LATE_31, SourceLoan

CUT_OFF = date(2026, 11, 23)
MONTHS_ON = 101
BANDS = {CURRENT: (None, 0), GRACE: (1, 15), LATE_16: (16, 30), LATE_31: (31, 120)}
HOLIDAYS = (date(2018, 1, 1), date(2018, 1, 15), date(2018, 2, 19))
A_DAY = timedelta(days=1)


def issued_on(loan: SourceLoan, day: int) -> date:
    return add_months(loan.issue_month, MONTHS_ON, day=day)


def possible_days(loan: SourceLoan) -> range:
    moved = add_months(loan.issue_month, MONTHS_ON)
    return range(1, last_day_of_month(moved.year, moved.month) + 1)


def due_on(issued: date, number: int, moved_after: int | None = None, moved_days: int = 0) -> date:
    """The due date of an instalment; number 0 is the day of issue. From `moved_after` on it lies moved_days later."""
    if moved_after is None or number <= moved_after:
        return add_months(issued, number)
    first_moved = add_months(issued, moved_after + 1) + moved_days * A_DAY
    return add_months(first_moved, number - moved_after - 1)


def agrees(status: str, first_unpaid_due_on: date) -> bool:
    """Whether a loan whose oldest unpaid instalment was due then has its status at the cut-off."""
    if status not in BANDS:
        return True
    least, most = BANDS[status]
    days = (CUT_OFF - first_unpaid_due_on).days
    return (least is None or days >= least) and days <= most


def possible_numbers_paid(loan: SourceLoan) -> list[int]:
    """How many instalments may have been paid, if none was paid ahead, so that some day of issue gives the status."""
    return [
        paid
        for paid in range(8)
        if any(
            due_on(issued_on(loan, day), paid) <= CUT_OFF
            and agrees(loan.status, due_on(issued_on(loan, day), paid + 1))
            for day in possible_days(loan)
        )
    ]


def days_without_interest(day: date) -> int:
    """Calendar days from an issue in 2018 to the second business day after it."""
    end, business_days = day, 0
    while business_days < 2:
        end += A_DAY
        business_days += end.weekday() < 5 and end not in HOLIDAYS
    return (end - day).days


def is_business_day(day: date) -> bool:
    return day.weekday() < 5 and day not in HOLIDAYS


def choose_day(
    loan: SourceLoan,
    paid: int,
    *,
    days_credited: int = 0,
    moved_after: int | None = None,
    moved_days: int = 0,
    latest_payment: tuple[int, int] = (0, 0),
) -> tuple[int, bool]:
    """Return a day of the month and whether the status agrees on it; the same loan always gets the same day.

    latest_payment: the instalment after which, and how many days after it, the last payment was made.
    """
    in_force = [day for day in possible_days(loan) if _agrees_on(loan, day, paid, moved_after, moved_days)]
    after, days_after = latest_payment

    def is_not_ahead(day: int) -> bool:
        issued = issued_on(loan, day)
        dues = [due_on(issued, number, moved_after, moved_days) for number in (paid, after)]
        return dues[0] <= CUT_OFF and dues[1] + days_after * A_DAY <= CUT_OFF

    def accounts_for_credit(day: int) -> bool:
        if day > last_day_of_month(loan.issue_month.year, loan.issue_month.month):
            return False
        in_2018 = loan.issue_month.replace(day=day)
        return is_business_day(in_2018) and days_credited in (0, days_without_interest(in_2018))

    not_ahead = [day for day in in_force if is_not_ahead(day)]
    choices = [day for day in not_ahead if accounts_for_credit(day)] or not_ahead or in_force[:1]
    if choices:
        return choices[loan.row * 7919 % len(choices)], True
    return list(possible_days(loan))[loan.row * 7919 % 28], False


def _agrees_on(loan: SourceLoan, day: int, paid: int, moved_after: int | None, moved_days: int) -> bool:
    if loan.status == CHARGED_OFF:
        return True
    return agrees(loan.status, due_on(issued_on(loan, day), paid + 1, moved_after, moved_days))
