"""The simplified sum in Polars, by its streaming engine; needs Polars."""

from pathlib import Path

import polars as pl

from .books import AS_OF


def sum_in_polars(book: Path, out: Path) -> None:
    """From the nested book's Parquet file to a Parquet file; running totals inside the lists, then a row per instalment."""
    amount = pl.when(pl.element().struct["effective_on"] <= AS_OF).then(pl.element().struct["amount"]).otherwise(0)
    asked = pl.element().struct["principal"] + pl.element().struct["interest"]
    parts = (
        pl.scan_parquet(book)
        .select(
            "loan_id",
            "schedule",
            paid=pl.col("transactions").list.eval(amount).list.sum(),
            asked=pl.col("schedule").list.eval(asked.cum_sum()),
        )
        .with_row_index("loan")
        .explode("schedule", "asked")
        .unnest("schedule")
    )
    principal, interest, due_on = pl.col("principal"), pl.col("interest"), pl.col("due_on")
    rest = pl.max_horizontal(0, pl.col("paid") - pl.col("asked") + principal + interest)
    open_interest = pl.max_horizontal(0, interest - rest)
    open_principal = principal - pl.min_horizontal(principal, pl.max_horizontal(0, rest - interest))
    is_past = due_on < AS_OF
    (
        parts.select("loan", "loan_id", "due_on", interest=open_interest, principal=open_principal)
        .group_by("loan")
        .agg(
            pl.col("loan_id").first(),
            days_past_due=(pl.lit(AS_OF) - due_on.filter(is_past & (principal + interest > 0)).min())
            .dt.total_days()
            .fill_null(0),
            overdue_principal=principal.filter(is_past).sum(),
            overdue_interest=interest.filter(is_past).sum(),
            outstanding_principal=principal.sum(),
        )
        .drop("loan")
        .sink_parquet(out, engine="streaming")
    )
