"""What dies or stalls while an envelope is uploaded and checked? A client's process, at each place (programs/dying.py).

Called by tests/faults/test_f01_uploads.py in a process of its own: FILE POINT:HOW … The file holds one upload a line.
For each a child dies at its place, and another child sends the same part again and has it checked.
"""

import datetime
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import connections  # noqa: E402

from tests.faults.programs.dying import after, before, tried  # noqa: E402
from yangcai.kernel import documents  # noqa: E402
from yangcai.kernel.encoding import digest  # noqa: E402
from yangcai.tendering import envelopes  # noqa: E402
from yangcai.tendering.models import BidPart, BidUpload  # noqa: E402

#: SBP/1 appendix C, and two more: before the digest of a part is known to the database, and before anything is written.
POINTS: dict[str, Callable[[str], None]] = {
    "part_begun": lambda how: before(documents.tempfile, "mkstemp", how),
    "part_written": lambda how: before(documents.os, "fsync", how),
    "part_fsynced": lambda how: before(documents.os, "replace", how),
    "part_stored": lambda how: before(documents.Document.objects, "bulk_create", how),
    "part_row": lambda how: after(BidPart.objects, "update_or_create", how),
    "hashed": lambda how: before(envelopes, "bind", how),
    "verified": lambda how: after(envelopes, "verify", how),
}


def upload(request: dict[str, Any]) -> None:
    """As the doors do it: the part, the check."""
    session = BidUpload.objects.select_related("lot__case", "supplier").get(pk=request["upload"])
    now = datetime.datetime.fromisoformat(request["now"])
    content = bytes.fromhex(request["content"])
    envelopes.take_part(session, number=1, digest=digest(content).hex(), stream=io.BytesIO(content), now=now)
    session = BidUpload.objects.select_related("lot__case", "supplier").get(pk=request["upload"])
    if session.verified_at is None:
        envelopes.verify(session, header=request["header"].encode(), now=now)


def main(file: str, cases: list[str]) -> None:
    connections.close_all()
    for line, case in zip(Path(file).read_text().splitlines(), cases, strict=True):
        point, _colon, how = case.partition(":")
        request = json.loads(line)

        def dies(point: str = point, how: str = how, request: dict[str, Any] = request) -> None:
            POINTS[point](how)
            upload(request)

        ended, again = tried(dies, lambda request=request: upload(request), how=how)
        sys.stdout.write(json.dumps({"case": case, "ended": ended, "again": again}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
