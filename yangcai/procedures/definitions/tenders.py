"""What have the two kinds of tender in common? Both follow 财政部令第87号; only how bidders come differs."""

from yangcai.procedures.procedure import By, Committee, Step
from yangcai.procedures.stages import Stage

CATEGORIES = ("goods", "services")
PRICE_WEIGHTS = (("goods", "evaluation.price_weight.goods"), ("services", "evaluation.price_weight.services"))
COMMITTEE = Committee(
    size="committee.open_tender.size",
    expert_share="committee.expert_share",
    large_size="committee.open_tender.large_size",
    large_budget="committee.open_tender.large_budget",
    large_if_complex=True,
    draw="committee.draw",
    chosen="committee.chosen",
    chosen_own_unit=True,
)
#: Nothing is talked about in a tender, nor in what is held like one.
NO_TALKS = (("solicitation.negotiable", ""),)
#: What binds a tender whose suppliers are qualified before they are invited (87号令 art. 14-16, 18, 21, 27).
PREQUALIFICATION = (
    "prequalification.file",
    "prequalification.content",
    "prequalification.notice",
    "prequalification.supply",
    "prequalification.window",
    "correction.prequalification",
    "prequalification.examined",
    "prequalification.too_few",
    "prequalification.not_repeated",
    "prequalification.change",
)


def steps(*, notice: str, window: str, prequalification: tuple[str, ...] = ()) -> tuple[Step, ...]:
    """The stages of a tender with its notice period, its window for bids, and the rules of its prequalification."""
    return (
        Step(Stage.PREPARATION, rules=("plan.before_activity", "solicitation.content", *prequalification)),
        Step(Stage.INVITATION, notice=notice, documents="documents.supply.open_tender"),
        Step(Stage.SUBMISSION, window=window, correction="correction.open_tender", bidders="bidders.submitted"),
        Step(Stage.OPENING, reads_out=True, rules=("opening.at_deadline",)),
        Step(Stage.QUALIFICATION, bidders="bidders.qualified", rules=("qualification.by_buyer",)),
        Step(Stage.EVALUATION, by=By.COMMITTEE, examines=True, bidders="bidders.responsive", decide="award.report"),
        Step(Stage.AWARD, decide="award.decide", rules=("award.in_order", "award.deemed")),
    )
