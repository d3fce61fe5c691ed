"""Who has signed an evaluation report or ended an opening, so that its paper can bear the same signatures?"""

from yangcai.kernel import papers
from yangcai.kernel.signatures.subjects import Signature, Subject
from yangcai.parties.models import Person
from yangcai.tendering.models import EvaluationReport, Opening


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
