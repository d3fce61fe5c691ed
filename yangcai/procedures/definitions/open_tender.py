"""How does an open tender (公开招标) of goods or services run?"""

from yangcai.procedures.procedure import AwardBy, Committee, Procedure, Step
from yangcai.procedures.stages import Stage

OPEN_TENDER = Procedure(
    code="open_tender",
    zh="公开招标",
    en="Open tender",
    ocds_method="open",
    categories=("goods", "services"),
    grounds="method.open_tender",
    needs_approval=False,
    steps=(
        Step(Stage.PREPARATION, rules=("plan.before_activity", "solicitation.content")),
        Step(Stage.INVITATION, notice="notice.invitation.open_tender", documents="documents.supply.open_tender"),
        Step(
            Stage.SUBMISSION,
            window="submission.open_tender",
            correction="correction.open_tender",
            bidders="bidders.submitted",
        ),
        Step(Stage.OPENING, rules=("opening.at_deadline",)),
        Step(Stage.QUALIFICATION, bidders="bidders.qualified", rules=("qualification.by_buyer",)),
        Step(Stage.EVALUATION, bidders="bidders.responsive", decide="award.report"),
        Step(Stage.AWARD, decide="award.decide", rules=("award.in_order", "award.deemed")),
    ),
    committee=Committee(
        size="committee.open_tender.size",
        expert_share="committee.expert_share",
        large_size="committee.open_tender.large_size",
        large_budget="committee.open_tender.large_budget",
    ),
    award_by=(AwardBy.RATED, AwardBy.LOWEST),
    price_weights=(("goods", "evaluation.price_weight.goods"), ("services", "evaluation.price_weight.services")),
)
