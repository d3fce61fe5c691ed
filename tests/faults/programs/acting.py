"""What dies or stalls in an opening, an award, a contract, a payment? Our process, at each place (programs/dying.py).

Called by test_f01_money.py and test_f02_opening.py in a process of its own: FILE. Each line of the file is one case:
where, how, and what is asked for. A child dies there; another looks what is left and, unless `alone`, asks again with
the same key; the journal says what each was told.
"""

import datetime
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.conf import settings

django.setup()

from django.apps import apps  # noqa: E402
from django.db import connections  # noqa: E402

from tests.faults.programs.dying import acknowledge, acknowledged, after, before, end, tried  # noqa: E402
from yangcai.kernel import actions, entries  # noqa: E402
from yangcai.kernel.models import Entry, Task  # noqa: E402
from yangcai.kernel.refusals import Refused  # noqa: E402
from yangcai.notifications import hearing, outbox  # noqa: E402
from yangcai.notifications.gateways.file import FileGateway  # noqa: E402
from yangcai.parties.models import Post  # noqa: E402
from yangcai.tendering import opening_record, unsealing  # noqa: E402
from yangcai.tendering.actions import unsealing as opening  # noqa: E402
from yangcai.tendering.models import ReleasedShare  # noqa: E402
from yangcai.www import signed_papers  # noqa: E402

PAPERS, LETTERS = ("contract.issue_paper", "payment.issue_paper"), "letters"


def second(module: Any, name: str, how: str) -> None:
    """The process ends where this would be called for the second bid. An error of one envelope is no end: that bid
    waits, be it the first."""
    if how == "error":
        return before(module, name, how)
    ordinary, calls = getattr(module, name), []

    def counted(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            end(how)
        return ordinary(*args, **kwargs)

    setattr(module, name, counted)
    return None


#: SBP/1 appendix C. Outside of the transaction is who stamps a paper, and who carries a letter away.
POINTS: dict[str, Callable[[str], None]] = {
    "after_outbox": lambda how: after(hearing, "_send", how),
    "before_commit": lambda how: after(actions, "_perform_locked", how, "SET CONSTRAINTS ALL IMMEDIATE"),
    "after_commit": lambda how: before(sys.modules[__name__], "acknowledge", how),
}
#: The same of an opening, and one more: when a bid is written, and when the Entry is to be.
OPENING: dict[str, Callable[[str], None]] = {
    "close_locked": lambda how: before(unsealing, "close", how),
    "share_stored": lambda how: after(ReleasedShare.objects, "bulk_create", how),
    "combined": lambda how: second(unsealing, "open_envelope", how),
    "decrypted": lambda how: second(opening.unsealing, "as_submitted", how),
    "written": lambda how: second(opening, "write_opened", how),
    "entry": lambda how: before(entries, "append", how),
    "published": lambda how: after(opening_record, "write", how),
}
EXTERNAL: dict[str, Callable[[str], None]] = {
    **dict.fromkeys(PAPERS, lambda how: before(signed_papers.documents, "store_bytes", how)),
    LETTERS: lambda how: after(FileGateway, "send", how),
}


def ask(case: dict[str, Any], journal: Path) -> None:
    """As a page or a worker does it."""
    now = datetime.datetime.fromisoformat(case["now"])
    if case["action"] == LETTERS:
        acknowledge(journal, entry=0, sent=[row.pk for row in outbox.deliver(now=now, most=1)])
    elif case["action"] in PAPERS:
        signed_papers.issue(Task.objects.get(action=case["action"], subject=case["subject"]), now=now)
        acknowledge(journal, entry=done(case).get().seq)
    else:
        asked = actions.perform(
            actions.ACTIONS[case["action"]],
            apps.get_model(case["model"]).objects.get(pk=case["subject"].partition(":")[2]),
            by=Post.objects.get(pk=case["post"]),
            now=now,
            idempotency_key=case["case"],
            **case.get("data", {}),
        )
        acknowledge(journal, entry=asked.entry)


def done(case: dict[str, Any]) -> Any:
    """Its Entries."""
    post = {"post_id": case["post"]} if "post" in case else {}
    return Entry.objects.filter(action=case["action"], subject=case["subject"], outcome="done", **post)


def main(file: str) -> None:
    connections.close_all()
    settings.YANGCAI_SEALS = settings.YANGCAI_TIMESTAMPS = "demo"
    settings.YANGCAI_GATEWAYS = {"email": "yangcai.notifications.gateways.file.FileGateway"}
    for line in Path(file).read_text().splitlines():
        case = json.loads(line)
        journal, left = Path(file).with_suffix(".journal"), Path(file).with_suffix(".left")
        journal.unlink(missing_ok=True)

        def dies(case: dict[str, Any] = case, journal: Path = journal) -> None:
            place = POINTS.get(case["point"]) or OPENING.get(case["point"]) or EXTERNAL[case["action"]]
            place(case["how"])
            ask(case, journal)

        def again(case: dict[str, Any] = case, journal: Path = journal, left: Path = left) -> None:
            left.write_text(str(done(case).count()))
            if not case.get("alone"):
                ask(case, journal)

        ended, asked = tried(dies, again, how=case["how"], refused=Refused)
        told = acknowledged(journal)
        found = {"case": case["case"], "ended": ended, "again": asked, "left": int(left.read_text()), "told": told}
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
