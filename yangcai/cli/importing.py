"""How do rows of a file become rows of the platform? Each by the Action that a page would take, and each by itself.

What is done stays done: a row that is refused is told with its row and column, the others go in. The same batch again
does nothing twice (each row has an idempotency key of its own), so an import that broke off is simply given again.
"""

import argparse
import datetime
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from yangcai.cli import console, rowfile
from yangcai.cli.console import Stop, answer, say, tell
from yangcai.cli.rowfile import Columns, Row
from yangcai.kernel.actions import Action, perform, rehearse
from yangcai.kernel.models import IdempotencyKey
from yangcai.kernel.refusals import Refused

#: Every so many rows it is said how far it has come.
TOLD_EVERY = 100


@dataclass(frozen=True)
class Importer:
    """One kind of file: by which Action its rows come in, on which row of the platform, by whom."""

    action: Action
    columns: Columns
    subject: Callable[[Row], Any]
    by: Any
    always: dict[str, Any] = field(default_factory=dict)


@dataclass
class Outcome:
    """What became of the rows."""

    rows: int = 0
    done: int = 0
    again: int = 0
    faults: list[dict[str, Any]] = field(default_factory=list)


def run(options: argparse.Namespace, importer: Importer, *, now: datetime.datetime) -> int:
    """0 when every row is in, 3 when some are, 5 when none is."""
    rows = rowfile.read(options.file, importer.columns, renamed=rowfile.mapping(options.map))
    batch = options.batch_id or hashlib.sha256(options.file.read_bytes()).hexdigest()[:16]
    outcome = Outcome(rows=len(rows))
    for number, row in enumerate(rows, start=1):
        _take(row, importer, outcome, key=f"{batch}:{row.number}", dry=options.dry_run, now=now)
        if number % TOLD_EVERY == 0 or number == len(rows):
            tell(options, zh=f"{number}/{len(rows)} 行", en=f"{number}/{len(rows)} rows")
    return _told(options, outcome, batch)


def _take(row: Row, importer: Importer, outcome: Outcome, *, key: str, dry: bool, now: datetime.datetime) -> None:
    if row.faults:
        outcome.faults += [{"row": row.number, "column": "", "code": "cell", "text": text} for text in row.faults]
        return
    given = {name: value for name, value in row.data.items() if name in importer.columns.fields and value != ""}
    data = importer.always | given
    try:
        subject = importer.subject(row)
        if dry:
            if IdempotencyKey.objects.filter(person_id=importer.by.person_id, key=key).exists():
                outcome.again += 1
            else:
                rehearse(importer.action, subject, by=importer.by, now=now, **data)
                outcome.done += 1
            return
        done = perform(importer.action, subject, by=importer.by, now=now, idempotency_key=key, **data)
    except Refused as refused:
        outcome.faults += [_fault(row, refusal, importer) for refusal in refused.refusals]
    except Stop as stop:
        text = say(zh=f"第 {row.number} 行：{stop.zh}", en=f"Row {row.number}: {stop.en}")
        outcome.faults.append({"row": row.number, "column": "", "code": "not_found", "text": text})
    else:
        outcome.again += done.again
        outcome.done += not done.again


def _fault(row: Row, refusal: Any, importer: Importer) -> dict[str, Any]:
    column = importer.columns.title_of(refusal.field) if refusal.field in importer.columns.fields else ""
    where = say(zh=f"第 {row.number} 行", en=f"Row {row.number}") + (f" “{column}”" if column else "")
    return {"row": row.number, "column": column, "code": refusal.code, "text": f"{where}: {refusal.cited}"}


def _told(options: argparse.Namespace, outcome: Outcome, batch: str) -> int:
    bad = len({fault["row"] for fault in outcome.faults})
    data = {
        "rows": outcome.rows,
        "imported": 0 if options.dry_run else outcome.done,
        "checked": outcome.done if options.dry_run else 0,
        "already_there": outcome.again,
        "refused": bad,
        "batch_id": batch,
        "dry_run": options.dry_run,
        "faults": outcome.faults,
    }
    done = say(zh="可以导入", en="in order") if options.dry_run else say(zh="已导入", en="imported")
    text = say(
        zh=f"共 {outcome.rows} 行：{done} {outcome.done}，此前已导入 {outcome.again}，有错 {bad}（批次 {batch}）",
        en=f"{outcome.rows} rows: {outcome.done} {done}, {outcome.again} there already, {bad} refused (batch {batch})",
    )
    errors = [fault["text"] for fault in outcome.faults]
    if bad and not options.dry_run:
        errors.append(
            say(
                zh=f"改正后再次导入：--batch-id {batch}，已导入的行不会重复",
                en=f"mend these and import again with --batch-id {batch}: what is in is not imported twice",
            )
        )
    answer(options, data=data, text=text, errors=errors)
    if not bad:
        return console.OK
    return console.PARTIAL if outcome.done or outcome.again else console.NOT_MET
