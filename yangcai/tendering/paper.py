"""Who signed an evaluation report, ended an opening or opened a closing, so that its paper bears their signatures?"""

from yangcai.kernel import papers
from yangcai.kernel.models import Entry
from yangcai.kernel.signatures.subjects import Signature, Subject
from yangcai.parties.models import Person
from yangcai.tendering.models import BidClosing, EvaluationReport, Opening


def signatures(report: EvaluationReport) -> list[Signature]:
    """One of each member who signed, in their order: whose silence is consent has signed nothing (87号令 art. 61)."""
    acts = papers.acts(report, code="report.sign")
    people = Person.objects.in_bulk([entry.person_id for entry in acts])
    number = f"{report.lot.case.number} 第 {report.lot.number} 包第 {report.revision} 版"
    return [
        Signature(
            Subject(people[entry.person_id].name, entry.organisation),
            f"签署评标报告 {number}，结果摘要 SHA-256 {report.digest}，留痕 {entry.hash[:16]}",
            entry.at,
        )
        for entry in acts
    ]


def of_record(opening: Opening) -> list[Signature]:
    """One of the host: whoever ended the opening made its record final (87号令 art. 40)."""
    acts = papers.acts(opening.case, code="opening.conclude")
    people = Person.objects.in_bulk([entry.person_id for entry in acts])
    number = opening.case.number
    return [
        Signature(
            Subject(people[entry.person_id].name, entry.organisation),
            f"签署开标记录 {number}，记录摘要 SHA-256 {opening.record_id}，留痕 {entry.hash[:16]}",
            entry.at,
        )
        for entry in acts
    ]


#: By what the last envelope of a closing is opened or given up.
OPENING = ("opening.unseal", "opening.confirm_abandonment")


def of_closing(closing: BidClosing, *, digest: str) -> list[Signature]:
    """One of whoever opened: by that its record was final."""
    case = closing.lot.case
    subjects = [closing.lot.ref, *(one.ref for one in closing.abandonments.all())]
    acts = Entry.objects.filter(
        root=case.ref, subject__in=subjects, action__in=OPENING, outcome="done", at=closing.unsealed_at
    ).order_by("seq")
    people = Person.objects.in_bulk([entry.person_id for entry in acts])
    return [
        Signature(
            Subject(people[entry.person_id].name, entry.organisation),
            f"签署开启记录 {case.number} 第 {closing.lot.number} 包，记录摘要 SHA-256 {digest}，留痕 {entry.hash[:16]}",
            entry.at,
        )
        for entry in acts
    ]
