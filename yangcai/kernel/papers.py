"""Has a row its signed paper, and does a PDF bear the signatures that it must?

What a row's signers did is an Entry each; the paper derives from that. It is put in its place by an Action of the
platform, whose Entry names the digest of its bytes, and what still waits for one is a Task like any other.
"""

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from yangcai.kernel import calendar, confined, documents
from yangcai.kernel.inputs import DocumentField, Input
from yangcai.kernel.models import Attachment, Document, Entry, Rooted
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.signatures import configured
from yangcai.kernel.signatures.handed_in import verify_apart
from yangcai.kernel.signatures.subjects import Signature
from yangcai.kernel.signatures.timestamps import Unavailable
from yangcai.kernel.signatures.verification import FAULTS
from yangcai.kernel.wording import Written

#: Kind of the Attachment that is a row's signed paper.
SIGNED = "signed_paper"
PDF = "application/pdf"


class IssuePaper(Input):
    paper = DocumentField(label=_("签署文本"), kinds=(PDF,), help_text=_("带有全部电子签名和时间戳的 PDF"))


def paper_of(row: Rooted) -> Attachment | None:
    """The signed paper of a row, if it has one by now."""
    found = Attachment.objects.filter(root=row.root.ref, subject=row.ref, kind=SIGNED)
    return found.select_related("document").first()


def issued_under(root: Rooted) -> set[str]:
    """The rows under a root that have their papers."""
    return set(Attachment.objects.filter(root=root.ref, kind=SIGNED).values_list("subject", flat=True))


def acts(row: Rooted, *, code: str) -> list[Entry]:
    """Who signed a row by the Action `code`, in order: the Entries that the signatures of its paper repeat."""
    return list(Entry.objects.filter(root=row.root.ref, subject=row.ref, action=code, outcome="done").order_by("seq"))


def not_issued(subject: Rooted, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A row's signed paper is issued once; says when it was."""
    found = paper_of(subject)
    if found is None:
        return None
    return Refusal(
        "paper_is_issued",
        f"签署文本已于 {calendar.day_of(found.at)} 出具",
        f"The signed paper was issued on {calendar.day_of(found.at)}",
        facts={"digest": found.document_id},
    )


def missing(document: Document, *, expected: Sequence[Signature]) -> Iterator[Refusal]:
    """Why a PDF is not the paper: every fault of its signatures, and every signature that it must bear and does not."""
    try:
        found = verify_apart(documents.read(document), trust=configured.trust())
    except confined.NoAnswer:
        zh, en = (
            "文件的电子签名暂时无法核验，请稍后再试",
            "The signatures of the file cannot be verified now: try again later",
        )
        yield Refusal("signatures_unverified", zh, en, field="paper")
        return
    except Unavailable as error:
        zh, en = getattr(error, "zh", str(error)), getattr(error, "en", str(error))
        yield Refusal("signatures_unverified", zh, en, field="paper")
        return
    for one in found.signatures:
        for code in one.faults:
            zh, en = FAULTS[code]
            yield Refusal(
                "paper_not_signed",
                f"{one.name}：{zh}",
                f"{one.name}: {en}",
                facts={"name": Written(one.name)},
                field="paper",
            )
    for code in found.faults:
        yield Refusal("paper_not_signed", *FAULTS[code], field="paper")
    if [(one.name, one.reason) for one in found.signatures] != [(one.subject.name, one.reason) for one in expected]:
        names = "、".join(one.subject.name for one in expected)
        yield Refusal(
            "signatures_of_others",
            f"须依次有以下各方对本内容的签名：{names}",
            f"It must bear the signatures under this very content, in this order, of: {names}",
            field="paper",
            facts={"names": Written(names)},
        )


def put(document: Document, *, to: Rooted, title: str, by: Any, now: datetime.datetime) -> None:
    """Put the paper in its place under the row."""
    documents.attach(document, to=to, title=title, kind=SIGNED, by=by, now=now)
