"""Who signed an evaluation report, ended an opening or opened a closing, so that its paper bears their signatures?"""

from collections.abc import Iterable

from yangcai.kernel import papers
from yangcai.kernel.models import Entry
from yangcai.kernel.signatures.subjects import Signature, Subject
from yangcai.parties.models import Person
from yangcai.tendering.models import BidClosing, EvaluationReport, Opening


def signatures(report: EvaluationReport) -> list[Signature]:
    """One of each member who signed, in their order: whose silence is consent has signed nothing (87号令 art. 61)."""
    number = f"{report.lot.case.number} 第 {report.lot.number} 包第 {report.revision} 版"
    signed = f"签署评标报告 {number}，结果摘要 SHA-256 {report.digest}"
    return _of_people(papers.acts(report, code="report.sign"), signed=signed)


def of_record(opening: Opening) -> list[Signature]:
    """One of the host: whoever ended the opening made its record final (87号令 art. 40)."""
    signed = f"签署开标记录 {opening.case.number}，记录摘要 SHA-256 {opening.record_id}"
    return _of_people(papers.acts(opening.case, code="opening.conclude"), signed=signed)


#: By what the last envelope of a closing is opened or given up.
OPENING = ("opening.unseal", "opening.confirm_abandonment")


def of_closing(closing: BidClosing, *, digest: str) -> list[Signature]:
    """One of whoever opened: by that its record was final."""
    case = closing.lot.case
    subjects = [closing.lot.ref, *(one.ref for one in closing.abandonments.all())]
    acts = Entry.objects.filter(
        root=case.ref, subject__in=subjects, action__in=OPENING, outcome="done", at=closing.unsealed_at
    ).order_by("seq")
    return _of_people(acts, signed=f"签署开启记录 {case.number} 第 {closing.lot.number} 包，记录摘要 SHA-256 {digest}")


def _of_people(acts: Iterable[Entry], *, signed: str) -> list[Signature]:
    """One of whoever did each act; its reason says what was signed and names the Entry that is the act."""
    acts = list(acts)
    people = Person.objects.in_bulk([entry.person_id for entry in acts])
    return [
        Signature(
            Subject(people[entry.person_id].name, entry.organisation), f"{signed}，留痕 {entry.hash[:16]}", entry.at
        )
        for entry in acts
    ]
