"""How do quotations (询价) run? One unchangeable price each; the lowest that meets the needs wins (74号令)."""

from yangcai.procedures.definitions.responses import BY_ORDER_74, FAILURE, IN_EMERGENCY, REOPENS, RESULT, steps, words
from yangcai.procedures.procedure import AwardBy, Committee, Invite, Procedure, Step
from yangcai.procedures.stages import Stage

QUOTATIONS = Procedure(
    code="quotations",
    zh="询价",
    en="Request for quotations",
    ocds_method="selective",
    categories=("goods",),
    grounds="method.quotations",
    steps=steps(
        bidders="bidders.quotations",
        continuations=(IN_EMERGENCY,),
        notice="notice.invitation.quotations",
        window="submission.quotations",
        correction="correction.quotations",
        quotes=("evaluation.quote_once",),
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
        draw="committee.draw",
        zh="询价小组",
        en="quotations committee",
    ),
    award_by=(AwardBy.LOWEST,),
    invites=(Invite.NOTICE, Invite.LIBRARY, Invite.RECOMMENDATION),
    invited="bidders.quotations",
    buyer_share="suppliers.buyer_share",
    comes_by="suppliers.invite",
    instead=(
        *BY_ORDER_74,
        ("evaluation.intervals", ""),  # nothing is scored
        ("solicitation.negotiable", ""),  # a quote is made once: nothing is talked about
        ("evaluation.rank_lowest", "evaluation.rank_quotations"),
        ("evaluation.unsuccessful", "termination.quotations"),
    ),
    notice=("询价公告", "request for quotations"),
    result=RESULT,
    failure=FAILURE,
    words=words(committee="询价小组"),
    reopens=REOPENS,
)
