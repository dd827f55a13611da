"""Measure the arrears engine and write bench/results.md."""

from datetime import date

import numpy as np
import pyarrow as pa

from goodstanding.batch import layout
from goodstanding.book.schema import HISTORY, NESTED, PAUSED, SCHEDULE

AS_OF = date(2026, 11, 22)
INSTALMENTS = 12


def book(count: int, rng: np.random.Generator, first: int = 0) -> pa.RecordBatch:
    """Loans of twelve monthly instalments, on average eight of them paid; about one in six in arrears."""
    cut_off = np.datetime64(AS_OF)
    principal = rng.integers(5_000, 500_000, count) * 10
    age = rng.integers(4, 14, count)
    day = rng.integers(1, 29, count)
    month = cut_off.astype("datetime64[M]") - age
    disbursed = month.astype("datetime64[D]") + (day - 1)
    place = np.tile(np.arange(INSTALMENTS), count)
    of = np.repeat(np.arange(count), INSTALMENTS)
    due = (month[of] + place + 1).astype("datetime64[D]") + (day[of] - 1)
    share = principal // INSTALMENTS
    part = share[of] + np.where(place == 0, (principal - share * INSTALMENTS)[of], 0)
    interest = (principal[of] - share[of] * place) * 15 // 1000
    late = np.where(rng.random(len(of)) < 0.12, rng.integers(1, 4, len(of)), -rng.integers(0, 3, len(of)))
    missed = np.where(rng.random(count) < 0.15, rng.integers(1, 5, count), 0)
    paid_on = due + late
    is_paid = (paid_on <= cut_off) & (place < (age - missed)[of])
    amount = part + interest
    short = is_paid & (rng.random(len(of)) < 0.003)
    amount = np.where(short, amount // 2, amount)
    schedule_at = np.arange(count + 1, dtype=np.int32) * INSTALMENTS
    moves_at = np.append(0, np.cumsum(np.bincount(of[is_paid], minlength=count))).astype(np.int32)
    days = paid_on[is_paid].astype("datetime64[D]").astype(np.int32)
    order = np.lexsort((days, of[is_paid]))
    moves = len(days)
    schedule = pa.StructArray.from_arrays(
        [
            pa.array(due.astype("datetime64[D]").astype(np.int32)).view(pa.date32()),
            pa.array(part),
            pa.array(interest),
            pa.array(np.zeros(len(of), np.int64)),
            pa.nulls(len(of), pa.int64()),
        ],
        fields=list(SCHEDULE),
    )
    history = pa.StructArray.from_arrays(
        [
            pa.array(np.char.add("T", np.arange(moves).astype(str))),
            pa.array(np.full(moves, layout.PAYMENT, np.int8)),
            pa.array(amount[is_paid][order]),
            pa.array(days[order]).view(pa.date32()),
            pa.array(days[order]).view(pa.date32()),
            pa.nulls(moves, pa.int32()),
            pa.nulls(moves, pa.int8()),
            pa.nulls(moves, pa.int32()),
        ],
        fields=list(HISTORY),
    )
    none = pa.array(np.zeros(count + 1, np.int32))
    texts = [
        pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), pa.array([text])).cast(pa.string())
        for text in ("cash", "USD", "act/365")
    ]
    columns = {
        "loan_id": pa.array([f"L{first + n:09}" for n in range(count)]),
        "borrower_id": pa.array([f"B{first + n:09}" for n in range(count)]),
        "product": texts[0],
        "currency": texts[1],
        "principal": pa.array(principal),
        "annual_rate_ppm": pa.array(np.full(count, 180_000)),
        "day_count": texts[2],
        "disbursed_on": pa.array(disbursed.astype("datetime64[D]").astype(np.int32)).view(pa.date32()),
        "lender_days_past_due": pa.nulls(count, pa.int32()),
        "lender_balance": pa.nulls(count, pa.int64()),
        "schedule": pa.ListArray.from_arrays(pa.array(schedule_at), schedule, type=NESTED.field("schedule").type),
        "transactions": pa.ListArray.from_arrays(pa.array(moves_at), history, type=NESTED.field("transactions").type),
        "pauses": pa.ListArray.from_arrays(none, PAUSED_NONE, type=NESTED.field("pauses").type),
    }
    return pa.RecordBatch.from_arrays([columns[name] for name in NESTED.names], schema=NESTED)


PAUSED_NONE = pa.array([], PAUSED)
