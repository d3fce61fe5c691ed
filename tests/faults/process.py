"""How does a fault program break what its own process stands on? It runs in a process apart, and says what it found.

`found("failover:run", seed=1)` calls `run(seed=1)` of programs/failover.py there; its answer is a dictionary.
The program gets clusters (clusters.py), and loads Django on one of them by `site_on`.
"""

import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
#: Of what a program wrote, its end.
LONGEST = 6000
#: What the tests' own process says of its database is nothing to a program with one of its own.
OURS = frozenset({"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "YANGCAI_HOME", "YANGCAI_DEBUG", "YANGCAI_TEST_DB"})


def found(program: str, *, seconds: float = 280, **given: Any) -> dict[str, Any]:
    """What the program says it found. Fails with what it wrote when it did not come to its end."""
    environment = {name: value for name, value in os.environ.items() if name not in OURS} | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.faults.process", program, json.dumps(given)]
    pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=environment, **pipes) as child:
        try:
            answer, said = child.communicate(timeout=seconds)
        except BaseException:
            child.terminate()  # it takes its clusters down and ends
            raise
    assert child.returncode == 0, said[-LONGEST:]
    told: dict[str, Any] = json.loads(answer.splitlines()[-1])
    return told


@contextlib.contextmanager
def site_on(address: str, home: Path) -> Iterator[None]:
    """The site on this database, with its keys and files under `home`; once in a process."""
    from tests.faults import clusters

    home.mkdir(exist_ok=True)
    os.environ |= clusters.environment(address, home)
    import django

    django.setup()
    from django.db import connections
    from django.test.utils import setup_test_environment

    setup_test_environment(debug=False)
    try:
        yield
    finally:
        connections.close_all()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))  # so that nothing is left behind
    where, _colon, function = sys.argv[1].partition(":")
    module = importlib.import_module(f"tests.faults.programs.{where}")
    answer = getattr(module, function)(**json.loads(sys.argv[2]))
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    os._exit(0)  # a thread that waits for a server that is gone does not hold the answer back
