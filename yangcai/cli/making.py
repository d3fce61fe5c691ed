"""How is the district's year made beside a demo that is served already? By a child process with a low priority, which
ends with the demo, however that ends."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from yangcai.cli import console
from yangcai.cli.commands.live import tie_to_parent
from yangcai.demo.prepared import MAKING, alone, is_ready, url


@contextlib.contextmanager
def preparing(home: Path) -> Iterator[None]:
    """While the block runs the year is made, unless it is there or somebody else makes it; whatever is unfinished at
    its end begins anew the next time."""
    with alone(home) as is_mine:
        if is_ready(home) or not is_mine:
            yield
            return
        with _child(home):
            yield


def _stay_behind() -> None:
    """In the new process: what is served goes first, and nothing is made for a demo that was killed."""
    os.nice(10)
    tie_to_parent()


@contextlib.contextmanager
def _child(home: Path) -> Iterator[None]:
    environment = {**os.environ, "DATABASE_URL": url(home, MAKING), "YANGCAI_HOME": str(home)}
    line = [sys.executable, "-m", "yangcai", "demo", "--prepare", "--quiet", "--lang", console.language()]
    with subprocess.Popen(
        line,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_stay_behind,
    ) as made:
        try:
            yield
        finally:
            made.terminate()
