"""Random books that reach every convention, a product for each policy, and what the local runner makes of them."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

from goodstanding.batch.nesting import nest
from goodstanding.batch.policies import PolicyTable, policy_table
from goodstanding.core.loan import Loan
from tests.batch.random_books import a_plain_policy, a_policy, any_loan
from tests.core.portfolios import START

AS_OF = START + timedelta(days=300)
KNOWN_ON = START + timedelta(days=250)


def a_book(count: int, seed: int = 7) -> tuple[list[Loan], PolicyTable]:
    """Loans of some sixty policies; every third policy is one of the usual."""
    dice = Random(seed)
    policies = {f"P{n}": (a_plain_policy if n % 3 == 0 else a_policy)(dice) for n in range(60)}
    products = list(policies)
    loans = []
    for place in range(count):
        product = products[place % len(products)]
        loans.append(replace(any_loan(dice, policies[product]), id=f"L{place:05}", product=product))
    return loans, policy_table(policies)


def written(path: Path, loans: list[Loan], row_group_size: int) -> Path:
    pq.write_table(pa.Table.from_batches([nest(loans)]), path, row_group_size=row_group_size)
    return path
