"""What dies or stalls in a round of the public log? Our process, at each place in turn (programs/dying.py).

Called by tests/faults/test_f02_sequencer.py in a process of its own: FILE POINT:HOW … Each line of the file is a bid
that can be handed in. For each case a bidder gets its receipt, a child makes a round and dies there, another child
makes a round; the journal holds, in order, what clients have in hand: receipts, and checkpoints as they were published.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import django
from django.conf import settings

django.setup()

from django.db import connection, connections  # noqa: E402

from tests.faults.programs import finalising  # noqa: E402
from tests.faults.programs.dying import FENCED, acknowledge, after, before, forked, reaped, tried  # noqa: E402
from tests.kernel.log.world import NOW, Fixed, submit, use  # noqa: E402
from yangcai.kernel import log_files, log_tiles, log_witnesses, sequencer  # noqa: E402

#: SBP/1 appendix C, and one more: between the files and the checkpoint that promises them.
POINTS: dict[str, Callable[[str], None]] = {
    "after_assign": lambda how: before(log_tiles, "grow", how),
    "after_tile_write": lambda how: before(sequencer, "_keep_head", how),
    "after_tree_commit": lambda how: before(sequencer, "_sign", how),
    "after_sign": lambda how: before(sequencer, "_keep_signed", how),
    "after_persist": lambda how: before(sequencer, "_publish", how),
    "after_files": lambda how: before(log_files, "publish_checkpoint", how),
    "after_publish": lambda how: before(log_witnesses, "ask_all", how),
    "after_witness": lambda how: after(log_witnesses, "ask_all", how),
}


def round_of(number: int) -> None:
    sequencer.sequence(now=NOW, chance=Fixed(number))


def seen(journal: Path) -> None:
    """Somebody fetches the checkpoint, and keeps it."""
    path = log_files.folder() / "checkpoint"
    if path.exists():
        acknowledge(journal, checkpoint=path.read_text())


def main(file: str, cases: list[str]) -> None:
    use(settings, Path(file).parent)
    connections.close_all()
    journal, backend = Path(file).with_suffix(".journal"), Path(file).with_suffix(".backend")
    for number, (line, case) in enumerate(zip(Path(file).read_text().splitlines(), cases, strict=True)):
        point, _colon, how = case.partition(":")
        request = json.loads(line)
        assert reaped(forked(lambda request=request: finalising.ask(request, journal))) == 0  # type: ignore[misc]

        def dies(number: int = number, point: str = point, how: str = how) -> None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                backend.write_text(str(cursor.fetchone()[0]))
            POINTS[point](how)
            round_of(number)

        def again(number: int = number, how: str = how) -> None:
            seen(journal)
            if how.startswith(FENCED):  # the database thinks that the first is dead, and there is more to tell
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [int(backend.read_text())])
                submit(number)
            round_of(number)
            seen(journal)

        ended, went = tried(dies, again, how=how)
        seen(journal)
        sys.stdout.write(json.dumps({"case": case, "ended": ended, "again": went}) + "\n")
        sys.stdout.flush()
    assert reaped(forked(lambda: round_of(0))) == 0
    seen(journal)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
