"""How long do answers take? Every process counts its own, and writes what it counted to a file of the day each minute.

Nothing is written for a request: its time, from the first of our code to the last, goes into one of the STEPS or beyond
the last (each millisecond up to 6, then preferred numbers of the series R10 of ISO 3, rounded). A figure read from here
is the end of a step: up to 10 s it is too high by less than the step is wide, which is a millisecond up to 6 ms and a
third at most above; of what took longer than 10 s it says 10 s, which is too low. Files lie in YANGCAI_HOME/timings,
for the platform's own account alone, a line of JSON per process and minute, for KEPT days; they are of this machine
alone. What the network adds, and files and pushed events, are not in it.

How often an address is asked would tell how many bids come in (87号令 art. 28). So whatever writes is counted together,
forms and programs alike, without an address; so is what programs read, and so are the pages on the way to a bid.
"""

import bisect
import datetime
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)
#: Milliseconds; the last step has no end.
STEPS = (
    1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 32, 40, 50, 63, 80, 100, 125, 160, 200, 250, 315, 400, 500, 630, 800, 1000,
    1250, 1600, 2000, 2500, 3150, 4000, 5000, 6300, 8000, 10_000,
)  # fmt: skip
#: Seconds between two lines of a process; days for which the files stay.
EVERY, KEPT = 60, 8
#: What an answer is: a page of everybody's, one of a desk, what came of something sent, an answer to a program.
PAGE, DESK, FORM, PROGRAM = "page", "desk", "form", "program"
#: In place of an address: counted together with others of the kind.
TOGETHER = "*"
#: How the addresses of programs begin, and those of pages that bidders ask for.
PROGRAMS = ("api/", "sbp/", "ocds/")
BIDDING = (
    "hall/", "sealing/", "work/bid/", "work/do/", "work/done/", "work/environment/", "work/paper/bid_receipt/",
    "work/paper/security_receipt/", "work/seal/", "work/tenders/", "work/try/",
)  # fmt: skip
#: Step of STEPS (as far as it holds, one more beyond the last) -> how many answers.
Counts = Mapping[int, int]


def step_of(milliseconds: float) -> int:
    """The step into which a time falls: the first that is no shorter."""
    return bisect.bisect_left(STEPS, milliseconds)


def share(counts: Counts, percent: int) -> int | None:
    """Within how many milliseconds so many percent of the answers came: the end of the step, the last step's beginning.
    None of none."""
    total, sum_so_far = sum(counts.values()), 0
    for step in sorted(counts):
        sum_so_far += counts[step]
        if sum_so_far * 100 >= total * percent:
            return STEPS[min(step, len(STEPS) - 1)]
    return None


def kind_of(method: str, route: str) -> str:
    """What an answer at this address is."""
    if method not in {"GET", "HEAD", "OPTIONS"}:
        return FORM
    if route.startswith(PROGRAMS):
        return PROGRAM
    return DESK if route.startswith("work/") else PAGE


def counted_as(method: str, route: str) -> tuple[str, str]:
    """The kind and the address under which an answer is counted."""
    kind = kind_of(method, route)
    return kind, TOGETHER if kind in {FORM, PROGRAM} or route.startswith(BIDDING) else route


@dataclass
class Recorder:
    """What one process counted since its last line."""

    folder: Callable[[], Path]
    counts: dict[tuple[str, str], dict[int, int]] = field(default_factory=dict)
    begun_at: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, route: str, milliseconds: float, *, at: float) -> None:
        """Count one answer at the moment `at` (seconds since 1970); write the line where its minute is over."""
        step, due = step_of(milliseconds), None
        with self.lock:
            if self.counts and at - self.begun_at >= EVERY:
                due, self.counts = (self.begun_at, self.counts), {}
            if not self.counts:
                self.begun_at = at
            steps = self.counts.setdefault((kind, route), {})
            steps[step] = steps.get(step, 0) + 1
        if due is not None:
            self.write(*due)

    def unwritten(self) -> dict[str, Any]:
        """What was counted since the last line, as a line of its own."""
        with self.lock:
            return {"at": self.begun_at, "n": [[*key, dict(steps)] for key, steps in self.counts.items()]}

    def write(self, begun_at: float, counts: dict[tuple[str, str], dict[int, int]]) -> None:
        """One line, whole: several processes append to the file. Where it cannot be written, pages go on."""
        said = {"at": int(begun_at), "n": [[kind, route, steps] for (kind, route), steps in counts.items()]}
        line = json.dumps(said, separators=(",", ":")).encode() + b"\n"
        folder, day = self.folder(), _day(begun_at)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.chmod(0o700)  # one that was there before
            path = folder / f"{day.isoformat()}.jsonl"
            if not path.exists():
                _clear(folder, before=day - datetime.timedelta(days=KEPT))
            with open(path, "ab", buffering=0, opener=_own) as out:
                out.write(line)
        except OSError as error:
            logger.warning("the times of answers are not kept: %s", error)


def _day(at: float) -> datetime.date:
    return datetime.datetime.fromtimestamp(at, tz=datetime.UTC).date()


def _own(name: str, flags: int) -> int:
    """Nobody else's to read, whatever the mask of the process."""
    return os.open(name, flags, 0o600)


def _clear(folder: Path, *, before: datetime.date) -> None:
    for path in folder.glob("*.jsonl"):
        if path.stem < before.isoformat():
            path.unlink(missing_ok=True)


def folder() -> Path:
    """Where the lines lie."""
    return Path(settings.YANGCAI_HOME) / "timings"


RECORDER = Recorder(folder)


class TimingMiddleware:
    """The outermost: counts every answer of a view that is given whole."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        if match is not None and not response.streaming:
            kind, route = counted_as(request.method or "", match.route)
            RECORDER.add(kind, route, (time.perf_counter() - begun) * 1000, at=time.time())
        return response


# --- what was counted -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """What one process counted at one address in the minute from `at`."""

    at: datetime.datetime
    kind: str
    route: str
    counts: Counts


def lines(*, since: datetime.datetime, until: datetime.datetime) -> Iterator[Line]:
    """Everything that was counted between two moments, of this process what it has not written yet too."""
    day = since.astimezone(datetime.UTC).date()
    while day <= until.astimezone(datetime.UTC).date():
        for said in _written(folder() / f"{day.isoformat()}.jsonl"):
            yield from _within(said, since, until)
        day += datetime.timedelta(days=1)
    yield from _within(RECORDER.unwritten(), since, until)


def _written(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a day; one that a full disk cut off is passed over."""
    try:
        content = path.read_bytes()
    except OSError:
        return
    for line in content.splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue


def _within(said: dict[str, Any], since: datetime.datetime, until: datetime.datetime) -> Iterator[Line]:
    at = datetime.datetime.fromtimestamp(said["at"], tz=datetime.UTC)
    if since <= at <= until:
        for kind, route, steps in said["n"]:
            yield Line(at, kind, route, {int(step): n for step, n in steps.items()})


def together(found: Iterable[Counts]) -> dict[int, int]:
    """The sum of several counts."""
    total: dict[int, int] = {}
    for counts in found:
        for step, n in counts.items():
            total[step] = total.get(step, 0) + n
    return total
