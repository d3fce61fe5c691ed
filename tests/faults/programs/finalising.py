"""What dies or stalls while a bid comes in? A client's process, at each place in turn (programs/dying.py).

Called by tests/faults/test_f01_finalise.py in a process of its own: FILE POINT:HOW … The file holds one request a line.
For each a child dies at its place, and another child makes the same request again; the journal says what each was told.
"""

import datetime
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import connections  # noqa: E402

from tests.faults.programs.dying import acknowledge, acknowledged, after, before, tried  # noqa: E402
from yangcai.kernel import entries  # noqa: E402
from yangcai.parties.models import Post  # noqa: E402
from yangcai.sealing.statement import Message  # noqa: E402
from yangcai.tendering import finalise  # noqa: E402
from yangcai.tendering.models import BidUpload  # noqa: E402

#: SBP/1 appendix C, and two more: while the Entry is written, and when it is.
POINTS: dict[str, Callable[[str], None]] = {
    "before_tx": lambda how: before(finalise, "_committed", how),
    "after_lock": lambda how: before(finalise, "append_leaves", how),
    "after_log_insert": lambda how: before(finalise, "_receipt", how),
    "after_receipt_sign": lambda how: before(finalise, "keep", how),
    "after_insert": lambda how: after(finalise, "keep", how),
    "before_commit": lambda how: after(finalise, "receive", how, "SET CONSTRAINTS ALL IMMEDIATE"),
    "after_commit": lambda how: after(finalise, "_committed", how),
    "before_response": lambda how: before(sys.modules[__name__], "acknowledge", how),
    "before_entry": lambda how: before(entries, "append_all", how),
    "after_entry": lambda how: after(finalise, "_note_batch", how),
}


def ask(request: dict[str, Any], journal: Path) -> None:
    """As the door does it: finalise, note, answer."""
    upload = BidUpload.objects.select_related("lot").get(pk=request["upload"])
    post = Post.objects.get(pk=request["post"])
    now = datetime.datetime.fromisoformat(request["now"])
    message = Message.parse(request["message"].encode())
    taken = finalise.finalise(finalise.request_of(upload.sid, message, by=post, now=now))
    finalise.note_in(now=now)
    acknowledge(journal, note=taken.note)


def main(file: str, cases: list[str]) -> None:
    connections.close_all()
    journal = Path(file).with_suffix(".journal")
    for line, case in zip(Path(file).read_text().splitlines(), cases, strict=True):
        point, _colon, how = case.partition(":")
        request = json.loads(line)
        journal.write_text("")

        def dies(point: str = point, how: str = how, request: dict[str, Any] = request) -> None:
            POINTS[point](how)
            ask(request, journal)

        ended, again = tried(dies, lambda request=request: ask(request, journal), how=how)
        told = [one["note"] for one in acknowledged(journal)]
        sys.stdout.write(json.dumps({"case": case, "ended": ended, "again": again, "told": told}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
