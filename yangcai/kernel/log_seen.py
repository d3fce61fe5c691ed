"""When did somebody else see the log grow? Cosigned checkpoints of each day, kept beside the log for everybody.

A checkpoint is replaced every few seconds; who comes later could not know any more when a line was there. One a minute
is kept with its cosignatures, whose times are the witnesses' own: `seen/2026-03-24`, a JSON object a line.
"""

import datetime
import json
from pathlib import Path

from yangcai.kernel import log_files
from yangcai.kernel.encoding import jcs
from yangcai.kernel.models import TreeHead

SEEN = "seen"
#: No more than one within so long.
APART = datetime.timedelta(seconds=30)


def path_of(day: datetime.date) -> Path:
    """The file of what was seen on this day."""
    return log_files.folder() / SEEN / day.isoformat()


def publish(head: TreeHead) -> None:
    """Keep this head, if it bears cosignatures and the last that was kept is old enough, by the witnesses' clocks."""
    cosigned = list(head.cosignatures.order_by("witness").values_list("line", "at"))
    if not cosigned:
        return
    at = max(moment for _line, moment in cosigned)
    path = path_of(at.astimezone(datetime.UTC).date())
    kept = path.read_bytes() if path.exists() else b""
    if kept and at < datetime.datetime.fromisoformat(json.loads(kept.splitlines()[-1])["at"]) + APART:
        return
    signed = head.signed + "".join(line for line, _moment in cosigned)
    log_files.write(path, kept + jcs({"at": at.isoformat(), "checkpoint": signed}) + b"\n")
