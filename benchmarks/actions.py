"""What does an Action cost through `perform`, beside the same rows written by hand in one transaction?

By hand: the very statements that `perform` wrote (recorded, rolled back, the sequences set back), with their values,
through psycopg alone in one transaction: no rule is checked, no row read, no task derived. Both are committed to disk.
"""

import functools
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import psycopg
from django.db import connection, transaction

from benchmarks import site
from benchmarks.measure import Figure, Timing, beside, timed
from benchmarks.published import Published, publish
from benchmarks.scale import Scale
from yangcai.kernel.actions import ACTIONS, perform

#: DESIGN: any Action costs at most twice what its rows cost by hand.
AT_MOST = 2
WRITES = ("INSERT", "UPDATE", "DELETE", "WITH")


@dataclass
class Recorder:
    """The statements of one Action: those that write, with their values, and how many there are in all."""

    writes: list[tuple[str, Any]] = field(default_factory=list)
    total: int = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.total += 1
        if sql.lstrip().startswith(WRITES):
            self.writes.append((sql, params))
        return execute(sql, params, many, context)


@dataclass(frozen=True)
class Deed:
    """One Action on one row by one post."""

    code: str
    subject: Any
    by: Any
    data: dict[str, Any]
    now: Any

    def perform(self) -> Any:
        return perform(ACTIONS[self.code], self.subject, by=self.by, now=self.now, **self.data)


def record(deed: Deed) -> Recorder:
    """What the Action would write, without a trace: sequences stand where they stood."""
    recorder = Recorder()
    with connection.cursor() as cursor:
        cursor.execute("SELECT schemaname || '.' || sequencename, last_value FROM pg_sequences")
        sequences = cursor.fetchall()
    with transaction.atomic():
        with connection.execute_wrapper(recorder):
            deed.perform()
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        for name, last in sequences:
            if last is not None:
                cursor.execute("SELECT setval(%s, %s)", [name, last])
    return recorder


def write(hand: psycopg.Connection, writes: list[tuple[str, Any]]) -> None:
    """The recorded statements in one transaction."""
    with hand.transaction(), hand.cursor() as cursor:
        for sql, params in writes:
            cursor.execute(sql, params)


def run(scale: Scale) -> list[Figure]:
    """A supplier fetches documents, asks, bids; a buyer publishes an intention (with its notice)."""
    places = publish(cases=2 * scale.acts)
    figures = []
    with site.connect() as hand:
        hand.autocommit = True
        commit = _bare_commit(hand, runs=scale.acts)
        for code, deed in _deeds(places).items():
            through, by_hand, written, total = _compare(hand, deed, acts=scale.acts)
            figures.append(_figure(code, through, by_hand, written=written, total=total, commit=commit))
    return figures


def _deeds(places: Published) -> dict[str, Callable[[int], Deed]]:
    """Action -> the n-th deed; each on a case of its own, in an order that the rules allow."""

    def of(code: str, subject: Callable[[Any], Any], *, supplier: bool = True, **data: Any) -> Callable[[int], Deed]:
        def deed(n: int) -> Deed:
            case = places.cases[n]
            by = places.supplier(n) if supplier else places.officer(case)
            return Deed(code, subject(case), by, data, places.now)

        return deed

    return {
        "documents.obtain": of("documents.obtain", lambda case: case),
        "enquiry.ask": of("enquiry.ask", lambda case: case, question="投标产品能否提供同等规格的型号？"),
        "bid.submit": of(
            "bid.submit",
            lambda case: case.lots.get(),
            price=Decimal("1480000.00"),
            delivery="60 日",
            commitment=True,
        ),
        "intention.publish": of(
            "intention.publish",
            lambda case: case.plan_item.appropriation,
            supplier=False,
            title="下一年度设备更新",
            overview="计算机和打印设备",
            amount=Decimal("100000.00"),
            expected_on=places.now.date().replace(month=12),
            for_sme=True,
        ),
    }


def _compare(hand: psycopg.Connection, deed: Callable[[int], Deed], *, acts: int) -> tuple[Timing, Timing, int, int]:
    """In turn through `perform` and by hand, on neighbouring cases."""
    through, by_hand = [], []
    written = total = 0
    numbers = itertools.count()
    for _ in range(acts):
        through.append(timed(deed(next(numbers)).perform))
        recorder = record(deed(next(numbers)))
        written, total = len(recorder.writes), recorder.total
        by_hand.append(timed(functools.partial(write, hand, recorder.writes)))
    return Timing(tuple(through)), Timing(tuple(by_hand)), written, total


def _bare_commit(hand: psycopg.Connection, *, runs: int) -> Timing:
    """What this machine takes to commit one row."""
    hand.execute("CREATE TABLE one_row (id bigserial PRIMARY KEY, said text)")
    found = Timing(tuple(timed(lambda: hand.execute("INSERT INTO one_row (said) VALUES ('x')")) for _ in range(runs)))
    hand.execute("DROP TABLE one_row")
    return found


def _figure(code: str, through: Timing, by_hand: Timing, *, written: int, total: int, commit: Timing) -> Figure:
    note = (
        f"{1 / through.median:.0f} per second on one connection; {total} statements, {written} of them write;"
        f" one row committed: {commit.median * 1000:.1f} ms"
    )
    return beside(f"{code} through perform", through, "same rows by hand", by_hand, at_most=AT_MOST, note=note)
