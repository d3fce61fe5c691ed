"""Why did a bidder that stood before the winner not win? What the buyer went by when it took a later candidate."""

from dataclasses import dataclass

from yangcai.cases.models import Award, Lot, PassedOverGround
from yangcai.cases.queries import candidates
from yangcai.kernel.refusals import Citation
from yangcai.parties.models import Organisation
from yangcai.tendering import standing

#: Ground -> what the bidder that was passed over reads, in both languages.
GROUNDS: dict[str, tuple[str, str]] = {
    PassedOverGround.GAVE_UP: (
        "书面放弃或者因不可抗力不能履行合同，由排名在后的候选人中标",
        "gave the award up in writing or cannot perform by force majeure, and a later candidate won",
    ),
    PassedOverGround.MISCONDUCT: (
        "被查实存在影响中标结果的违法行为，由排名在后的候选人中标",
        "was found to have broken the law with effect on the result, and a later candidate won",
    ),
    PassedOverGround.DECISION: (
        "依财政部门的处理决定，由排名在后的候选人中标",
        "a later candidate won by decision of the treasury",
    ),
}


@dataclass(frozen=True)
class PassedOver:
    """One reason in both languages, with the rule that it rests on; `quoted` is what the buyer wrote."""

    zh: str
    en: str
    rule: str = "award.in_order"
    citation: Citation | None = None
    quoted: str = ""


def passed_over(lot: Lot, award: Award, supplier: Organisation, rank: int | None) -> PassedOver | None:
    """Of a candidate before the winner: that it might not take part when the winner was determined, or the buyer's
    ground. The buyer's own words only where they can be about nobody else."""
    if rank is None or rank >= award.candidate.rank:
        return None
    if told := standing.may_be_awarded(lot, supplier, at=award.determined_at):
        return PassedOver(
            f"评审排名第 {rank}，确定中标供应商时不得参加政府采购活动",
            f"Ranked {rank}, but barred from procurement when the winner was determined",
            citation=told[0].citation,
            quoted="；".join(one.zh for one in told),
        )
    if not award.passed_over_ground:
        return None
    zh, en = GROUNDS[award.passed_over_ground]
    fallen = {one.supplier_id for one in lot.case.every_award() if one.lot_id == lot.pk and one.refused_at}
    others = [
        one
        for one in candidates(lot).filter(rank__lt=award.candidate.rank)
        if one.supplier_id not in {supplier.pk, *fallen}
        and not standing.may_be_awarded(lot, one.supplier, at=award.determined_at)
    ]
    return PassedOver(
        f"评审排名第 {rank}，{zh}", f"Ranked {rank}; {en}", quoted="" if others else award.passed_over_reason
    )
