"""How is a file that somebody handed in taken apart by a library, without it holding or harming the process that asks?

In a process of its own, which begins as Python does: it knows no setting, secret or database of this platform, writes
no file, and has so much memory and so many seconds of a processor. Its answer comes as JSON, which can be nothing else
than data. A file that makes more of it ends that process alone.
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

#: Bytes of memory beside thrice the content, which a parser may hold in several forms; seconds of a processor.
MEMORY, SECONDS = 512 * 2**20, 30
#: So many seconds it is waited for, whatever else the machine does.
PATIENCE = 60
#: Bytes of its answer that are read: whoever asks has other things in its memory.
ANSWER = 32 * 2**20


class TooMuch(ValueError):
    """The file took more than it may, or made the parser fall: it would again."""


class NoAnswer(Exception):
    """It was waited for in vain, which may be the machine's fault: ask again later."""


def apart(work: Callable[[bytes], Any], content: bytes, *, seconds: int = SECONDS, memory: int = MEMORY) -> Any:
    """What a function of a module makes of the content: data that JSON knows. Its ValueError comes back as one, with
    its first words. Raises TooMuch, NoAnswer."""
    named = f"{work.__module__}:{work.__qualname__}"
    most = str(memory + 3 * len(content))
    # -P: what lies in the folder in which the platform was started is no module of it.
    command = [sys.executable, "-P", "-m", __name__, named, str(seconds), most]
    knows = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command,
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=knows,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoAnswer(str(error)) from error
    if done.returncode != 0:
        raise TooMuch(f"the process for it ended with {done.returncode}")
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise ValueError(answer["refused"])
    return answer["made"]


def _bound(*, seconds: int, memory: int) -> None:
    """From here on this process has no more than that, and leaves nothing behind."""
    for what, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _main(named: str, seconds: str, memory: str) -> None:
    _bound(seconds=int(seconds), memory=int(memory))
    module, _colon, name = named.partition(":")
    work = getattr(import_module(module), name)
    try:
        answer = {"made": work(sys.stdin.buffer.read())}
    except ValueError as error:
        answer = {"refused": str(error)[:200]}
    said = json.dumps(answer)
    if len(said) > ANSWER:
        sys.exit("the answer is too long")
    sys.stdout.write(said)


if __name__ == "__main__":
    _main(*sys.argv[1:])
