"""What would somebody with raw SQL try, and which name must the database answer with?

One table per noun, one row per attack: where it begins (worlds.py), the name, what is tried, the SQL.
"""

from dataclasses import dataclass

from tests.invariants.attacks import (
    acceptance,
    awards,
    bids,
    budget,
    cases,
    consortia,
    contracts,
    dialogue,
    draws,
    evaluation,
    frameworks,
    ledger,
    log,
    objections,
    outages,
    payments,
    plans,
    prequalification,
    releases,
    sealed,
    solicitation,
    visits,
)


@dataclass(frozen=True)
class Attack:
    world: str
    constraint: str
    what: str
    sql: str


_TABLES = (
    budget,
    releases,
    ledger,
    plans,
    cases,
    awards,
    solicitation,
    prequalification,
    bids,
    consortia,
    sealed,
    dialogue,
    draws,
    evaluation,
    contracts,
    objections,
    payments,
    acceptance,
    frameworks,
    log,
    outages,
    visits,
)

ATTACKS = tuple(Attack(*row) for table in _TABLES for row in table.ROWS)
