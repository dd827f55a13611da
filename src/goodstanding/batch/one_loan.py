"""One loan at once: a row of the nested book in, its assessment out, in microseconds and equal to a batch of one."""

from array import array
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from goodstanding.batch import layout
from goodstanding.batch.columns import standing_category
from goodstanding.batch.instalments import room_for_detail
from goodstanding.batch.kernel import COLUMN_TYPES, NO_DETAIL, Columns, Detail, assess_columns
from goodstanding.batch.policies import COMPONENTS, DAY_COUNTS, EPOCH, PolicyTable
from goodstanding.core.rates import DayCount

_KINDS: dict[str, Any] = {name: np.dtype(str(kind.dtype)) for name, kind in COLUMN_TYPES.items() if name != "openings"}
_CODES = {name: kind.char if kind.itemsize < np.dtype(np.int64).itemsize else "q" for name, kind in _KINDS.items()}
_DAY_COUNT_CODES = {count.value: place for place, count in enumerate(DAY_COUNTS)} | {
    count: place for place, count in enumerate(DayCount)
}
_COMPONENTS = tuple(one.value for one in COMPONENTS)
_DAYS = frozenset(("oldest_due_on", "arrears_since", "next_due_on", "charged_off_on"))
_FIELDS = tuple(
    (name, place, name in _DAYS)
    for place, name in enumerate(layout.RESULTS)
    if name not in ("status", "bucket", "classification", "classified_as", "by_steps")
)


class LoanSetAside(ValueError):
    """A loan that can't be computed. reason: for programs; column: of the book, that it points to."""

    def __init__(self, reason: layout.Reason) -> None:
        super().__init__(f"{reason.column}: {reason.sentence}")
        self.reason, self.column = reason.name, reason.column


def _fixed(values: Sequence[int], name: str) -> Any:
    """A column of numbers that nobody can change: numpy takes the bytes of a plain array three times faster than a list."""
    return np.frombuffer(array(_CODES[name], values).tobytes(), _KINDS[name])


_EMPTY = {name: _fixed((), name) for name in _KINDS}
_NO_OPENINGS = np.empty((0, len(layout.OPENING_COLUMNS)), np.int64)
_NO_OPENINGS.flags.writeable = False


def assess_one(
    loan: Mapping[str, Any],
    policies: PolicyTable,
    *,
    as_of: date,
    known_on: date | None = None,
    instalments: bool = False,
) -> dict[str, Any]:
    """Return the single-valued fields of an assessment of a loan given as a row of the nested book.

    instalments: also `instalments` and `drawdowns`, lists of dicts in the shape of core's positions.
    Raises LoanSetAside with the reason when it can't be computed.
    """
    out = np.empty((len(layout.RESULTS), 1), np.int64)
    known = layout.NONE if known_on is None else known_on.toordinal() - EPOCH
    place = policies.place_of(loan["product"])
    if policies.currency and loan["currency"] != policies.currency:
        raise LoanSetAside(layout.REASONS[layout.OTHER_CURRENCY])
    try:
        columns = Columns(**(_EMPTY | _columns_of(loan, place)), openings=_opening(loan.get("opening")))
    except OverflowError:
        raise LoanSetAside(layout.REASONS[layout.AMOUNT_OUT_OF_RANGE]) from None
    except (TypeError, AttributeError):
        raise LoanSetAside(layout.REASONS[layout.IS_NULL]) from None
    detail, names = NO_DETAIL, [""]
    if instalments or loan.get("versions") or len({one["due_on"] for one in loan["schedule"]}) < len(loan["schedule"]):
        columns, names = _with_drawdowns(columns, loan)
    if instalments:
        detail = room_for_detail(columns)
    assess_columns(columns, policies.rows, policies.extra, as_of.toordinal() - EPOCH, known, out, detail)
    values = out[:, 0].tolist()
    if values[layout.OUT_STATUS] != layout.OK:
        raise LoanSetAside(layout.REASONS[values[layout.OUT_STATUS]])
    found = {
        name: values[row]
        if not is_day
        else None
        if values[row] == layout.NONE
        else date.fromordinal(values[row] + EPOCH)
        for name, row, is_day in _FIELDS
    }
    found |= {name: loan[name] for name in ("loan_id", "currency", "product")}
    found["as_of"] = as_of
    found["bucket"] = policies.bucket_names[place][values[layout.OUT_BUCKET]]
    category = values[layout.OUT_CLASS]
    found["classification"] = "" if category == layout.NONE else policies.class_names[place][category]
    found["classified_as"] = standing_category(loan.get("classified_as") or (), as_of)
    if instalments:
        found |= _positions(detail, names, policies.bucket_names[place])
    return found


def _with_drawdowns(columns: Columns, loan: Mapping[str, Any]) -> tuple[Columns, list[str]]:
    """Columns in which instalments name their drawdowns by number, and the names."""
    texts = [one.get("drawdown") or "" for one in loan["schedule"]]
    of_versions = [one.get("drawdown") or "" for version in loan.get("versions") or () for one in version["schedule"]]
    names = sorted({"", *texts, *of_versions})
    if len(names) == 1:
        return columns, names
    return columns._replace(
        drawdown=_fixed([names.index(text) for text in texts], "drawdown"),
        version_drawdown=_fixed([names.index(text) for text in of_versions], "version_drawdown"),
    ), names


def _positions(detail: Detail, names: Sequence[str], buckets: Sequence[str]) -> dict[str, Any]:
    return {
        "instalments": [
            _position(values, names, buckets) for values in detail.positions[:, : detail.positions_at[1]].T.tolist()
        ],
        "drawdowns": [
            dict(zip(layout.DRAWDOWNS, values, strict=True))
            | {"drawdown": names[values[layout.DRAWN_NAME]], "bucket": buckets[values[layout.DRAWN_BUCKET]]}
            for values in detail.drawn[:, : detail.drawn_at[1]].T.tolist()
        ],
    }


def _position(values: Sequence[int], names: Sequence[str], buckets: Sequence[str]) -> dict[str, Any]:
    def owed(first: int) -> dict[str, int]:
        return dict(zip(_COMPONENTS, values[first : first + len(_COMPONENTS)], strict=True))

    return {
        "number": values[layout.POSITION_NUMBER],
        "due_on": date.fromordinal(values[layout.POSITION_DUE_ON] + EPOCH),
        "drawdown": names[values[layout.POSITION_DRAWDOWN]],
        "due": owed(layout.POSITION_DUE),
        "paid": owed(layout.POSITION_PAID),
        "open": owed(layout.POSITION_OPEN),
        "overdue": owed(layout.POSITION_OVERDUE),
        "days": values[layout.POSITION_DAYS],
        "delinquent_days": values[layout.POSITION_DELINQUENT],
        "bucket": buckets[values[layout.POSITION_BUCKET]],
    }


def _columns_of(loan: Mapping[str, Any], place: int) -> dict[str, Any]:
    moves, schedule = loan["transactions"], loan["schedule"]
    numbers = _fixed((loan["principal"], loan["annual_rate_ppm"], 0, len(moves)), "principal")
    places = _fixed((place, _day(loan["disbursed_on"])), "policy_of")
    columns = {
        "policy_of": places[:1],
        "principal": numbers[:1],
        "rate_ppm": numbers[1:2],
        "day_count": _fixed((_DAY_COUNT_CODES.get(loan["day_count"], -1),), "day_count"),
        "disbursed_on": places[1:],
        "moves_at": numbers[2:],
        **_schedule("due_on due_principal due_interest due_fee minimum schedule_at".split(), schedule),
    }
    if moves:
        columns["kind"] = _fixed([one["kind"] for one in moves], "kind")
        columns["amount"] = _fixed([one["amount"] for one in moves], "amount")
        columns["effective_on"] = _fixed([one["effective_on"].toordinal() - EPOCH for one in moves], "effective_on")
        columns["booked_on"] = _fixed([one["booked_on"].toordinal() - EPOCH for one in moves], "booked_on")
        for name, none in (("reverses", layout.NONE), ("component", -1), ("instalment", layout.NONE)):
            values = [one[name] for one in moves]
            if values.count(None) < len(values):
                columns[name] = _fixed([none if value is None else value for value in values], name)
        ids = [one["id"] for one in moves]
        if len(set(ids)) < len(ids):
            columns["repeats"] = _repeats(ids)
    if loan.get("pauses"):
        pauses = loan["pauses"]
        columns["pauses_at"] = _fixed((0, len(pauses)), "pauses_at")
        columns["paused_from"] = _fixed([_day(one["from_on"]) for one in pauses], "paused_from")
        columns["paused_until"] = _fixed([_day(one["until_on"]) for one in pauses], "paused_until")
        columns["stops_penalty"] = _fixed([one["stops_penalty"] for one in pauses], "stops_penalty")
        columns["stops_fees"] = _fixed([one["stops_fees"] for one in pauses], "stops_fees")
    if loan.get("opening"):
        columns["opening_of"] = _fixed((0,), "opening_of")
    if loan.get("versions"):
        columns |= _versions(loan["versions"])
    return columns


def _repeats(ids: Sequence[str | None]) -> Any:
    """Of each transaction the place of the one before it with the same id; ids that are missing aren't compared."""
    latest: dict[str, int] = {}
    places = []
    for place, one in enumerate(ids):
        places.append(latest.get(one, layout.NONE) if one else layout.NONE)
        if one:
            latest[one] = place
    return _fixed(places, "repeats")


def _schedule(names: Sequence[str], schedule: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    due_on, principal, interest, fee, minimum, offsets = names
    columns = {
        due_on: _fixed([one["due_on"].toordinal() - EPOCH for one in schedule], due_on),
        principal: _fixed([one["principal"] for one in schedule], principal),
        interest: _fixed([one["interest"] for one in schedule], interest),
        fee: _fixed([one["fee"] for one in schedule], fee),
        offsets: _fixed((0, len(schedule)), offsets),
    }
    minimums = [one["minimum"] for one in schedule]
    if minimums.count(None) < len(minimums):
        columns[minimum] = _fixed([layout.NONE if one is None else one for one in minimums], minimum)
    return columns


def _versions(versions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    names = [f"version_{name}" for name in "due_on principal interest fee minimum schedule_at".split()]
    columns = _schedule(names, [part for one in versions for part in one["schedule"]])
    offsets = [0]
    for one in versions:
        offsets.append(offsets[-1] + len(one["schedule"]))
    columns["version_schedule_at"] = _fixed(offsets, "version_schedule_at")
    columns["versions_at"] = _fixed((0, len(versions)), "versions_at")
    columns["version_from"] = _fixed([_day(one["from_on"]) for one in versions], "version_from")
    columns["takes_over"] = _fixed([one["takes_over"] for one in versions], "takes_over")
    return columns


def _opening(opening: Mapping[str, Any] | None) -> Any:
    if not opening:
        return _NO_OPENINGS
    values = [opening[name] for name in layout.OPENING_COLUMNS]
    row = np.array([[_day(one) if isinstance(one, date) else layout.NONE if one is None else one for one in values]])
    row.flags.writeable = False
    return row


def _day(day: date) -> int:
    return day.toordinal() - EPOCH
