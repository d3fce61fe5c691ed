"""How does a competitive negotiation (竞争性谈判) run? The lowest last offer that meets the needs wins (74号令)."""

from yangcai.procedures.definitions.responses import (
    BY_ORDER_74,
    EVERYTHING,
    FAILURE,
    IN_EMERGENCY,
    REOPENS,
    RESULT,
    steps,
    words,
)
from yangcai.procedures.procedure import AwardBy, Committee, Continuation, Invite, Procedure, Step
from yangcai.procedures.stages import Stage

NEGOTIATION = Procedure(
    code="negotiation",
    zh="竞争性谈判",
    en="Competitive negotiation",
    ocds_method="selective",
    categories=EVERYTHING,
    grounds="method.negotiation",
    steps=steps(
        bidders="bidders.negotiation",
        continuations=(
            Continuation("negotiation.two_bidders", "bidders.negotiation_after_tender", only_bidders=True),
            IN_EMERGENCY,
        ),
        notice="notice.invitation.negotiation",
        window="submission.negotiation",
        correction="correction.negotiation",
        dialogue=("谈判", "Negotiation"),
        award=Step(
            Stage.AWARD,
            decide="award.decide_negotiation",
            rules=("award.in_order_negotiation", "award.deemed_negotiation"),
        ),
    ),
    committee=Committee(
        size="committee.negotiation.size",
        expert_share="committee.negotiation.expert_share",
        large_size="committee.negotiation.large_size",
        large_budget="threshold.open_tender",
        large_works="threshold.tender_law",
        legal="committee.legal_expert",
        confirms="committee.confirms_file",
        chosen="committee.negotiation.chosen",
        zh="谈判小组",
        en="negotiation committee",
    ),
    award_by=(AwardBy.LOWEST,),
    invites=(Invite.NOTICE, Invite.LIBRARY, Invite.RECOMMENDATION),
    invited="bidders.negotiation",
    buyer_share="suppliers.buyer_share",
    comes_by="suppliers.invite",
    instead=(
        *BY_ORDER_74,
        ("evaluation.intervals", ""),  # nothing is scored
        ("evaluation.rank_lowest", "evaluation.rank_negotiation"),
        ("evaluation.unsuccessful", "termination.negotiation"),
    ),
    notice=("竞争性谈判公告", "negotiation notice"),
    result=RESULT,
    failure=FAILURE,
    words=words(committee="谈判小组"),
    reopens=REOPENS,
)
