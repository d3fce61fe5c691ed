"""What dies in the middle of a round of the public log? Our process, at each place in turn, by SIGKILL or an error.

Called by tests/faults/test_log.py in a process of its own: HOME POINT:HOW … For each it appends a line, lets a child
die there, lets another child make a round, and writes what a client saw: the line's leaf hash, the checkpoint.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import django
from django.conf import settings

django.setup()

from tests.kernel.log.world import NOW, Fixed, submit, use  # noqa: E402
from yangcai.kernel import log_files, log_tiles, log_witnesses, sequencer  # noqa: E402


class Broken(Exception):
    """The other way to end."""


def end(how: str) -> NoReturn:
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    raise Broken


def before(module: Any, name: str, how: str) -> None:
    """The process ends where this would be called."""
    setattr(module, name, lambda *_args, **_kwargs: end(how))


def after(module: Any, name: str, how: str) -> None:
    ordinary: Callable[..., Any] = getattr(module, name)

    def then_end(*args: Any, **kwargs: Any) -> NoReturn:
        ordinary(*args, **kwargs)
        end(how)

    setattr(module, name, then_end)


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


def note(**seen: str) -> None:
    sys.stdout.write(json.dumps(seen) + "\n")
    sys.stdout.flush()


def child(deed: Callable[[], Any]) -> int:
    """Done in a child of its own, with a connection of its own; its exit code, negative for a signal."""
    pid = os.fork()
    if not pid:
        code = 0
        try:
            deed()
        except Broken:
            code = 3
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def main(home: str, *cases: str) -> None:
    use(settings, Path(home))
    for number, case in enumerate(cases):
        point, how = case.split(":")

        def dying(number: int = number, point: str = point, how: str = how) -> None:
            appended = submit(number)
            note(leaf=appended.hash.hex())
            POINTS[point](how)
            sequencer.sequence(now=NOW, chance=Fixed(number))

        assert child(dying) == (-signal.SIGKILL if how == "kill" else 3), case
        path = log_files.folder() / "checkpoint"
        note(checkpoint=path.read_text() if path.exists() else "")
        assert child(lambda number=number: sequencer.sequence(now=NOW, chance=Fixed(number))) == 0  # type: ignore[misc]
        note(checkpoint=path.read_text())


if __name__ == "__main__":
    main(*sys.argv[1:])
