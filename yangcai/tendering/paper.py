"""Who has signed an evaluation report, so that its paper can bear the same signatures?"""

from yangcai.kernel import papers
from yangcai.kernel.signatures.subjects import Signature, Subject
from yangcai.parties.models import Person
from yangcai.tendering.models import EvaluationReport


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
