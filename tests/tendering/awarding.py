"""A lot whose report lies with the buyer, and the papers on which its award falls."""

from typing import Any

from tests.factories import at
from tests.tendering.judging import Hall, hall
from yangcai.cases.models import Award
from yangcai.kernel import documents
from yangcai.kernel.models import Document, Task
from yangcai.parties.models import Post

POINTS = {n: {"technical": str(40 - n), "record": "10"} for n in range(3)}
REFUSED = at("2026-04-03T09:00")


def evaluated(**values: Any) -> Hall:
    return hall("950000", "1000000", "1100000", **values).ready().judged(POINTS)


def open_task(h: Hall, action: str) -> Task:
    return Task.objects.get(root=h.case.ref, action=action, done_at=None)


def paper(post: Post) -> Document:
    return documents.store_bytes(data=b"%PDF-1.7 void", name="依据.pdf", person_id=post.person_id, now=REFUSED)


def void(h: Hall, ground: str, **more: Any) -> dict[str, Any]:
    return {"ground": ground, "reason": "提供虚假业绩", "proof": paper(h.agent), **more}


def confirm(h: Hall, award: Award) -> None:
    """A reviewer of the buyer holds it against the papers."""
    h.do("award.confirm_annulment", award, h.reviewer, REFUSED, answer="与处理决定书原件一致")
