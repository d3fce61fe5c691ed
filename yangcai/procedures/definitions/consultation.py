"""How does a competitive consultation (竞争性磋商) run? The best total after last offers wins (财库〔2014〕214号)."""

from yangcai.procedures.definitions.responses import (
    BY_ORDER_74,
    EVERYTHING,
    FAILURE,
    IN_EMERGENCY,
    RESULT,
    steps,
    words,
)
from yangcai.procedures.procedure import AwardBy, Committee, Continuation, Invite, Procedure, Step
from yangcai.procedures.stages import Stage

CONSULTATION = Procedure(
    code="consultation",
    zh="竞争性磋商",
    en="Competitive consultation",
    ocds_method="selective",
    categories=EVERYTHING,
    grounds="method.consultation",
    steps=steps(
        bidders="bidders.consultation",
        continuations=(
            Continuation("consultation.research", "bidders.consultation_research"),
            Continuation("consultation.services", "bidders.consultation_services"),
            IN_EMERGENCY,
        ),
        notice="notice.invitation.consultation",
        documents="documents.supply.consultation",
        window="submission.consultation",
        correction="correction.consultation",
        dialogue=("磋商", "Consultation"),
        report="award.report_consultation",
        award=Step(
            Stage.AWARD, decide="award.decide_consultation", rules=("award.in_order", "award.deemed_consultation")
        ),
    ),
    committee=Committee(
        size="committee.consultation.size",
        expert_share="committee.consultation.expert_share",
        legal="committee.legal_expert",
        chosen="committee.consultation.chosen",
        zh="磋商小组",
        en="consultation committee",
    ),
    award_by=(AwardBy.RATED,),
    price_weights=(
        ("goods", "evaluation.price_weight.consultation_goods"),
        ("services", "evaluation.price_weight.consultation_services"),
    ),
    weight_consent="evaluation.price_weight.consultation_consent",
    invites=(Invite.NOTICE, Invite.LIBRARY, Invite.RECOMMENDATION),
    invited="bidders.consultation",
    buyer_share="suppliers.buyer_share",
    instead=(
        *BY_ORDER_74,
        ("evaluation.clarification", "evaluation.clarification_consultation"),
        ("evaluation.price_score", "evaluation.consultation_price_score"),
        ("evaluation.rank_rated", "evaluation.rank_consultation"),
        ("evaluation.candidates", "evaluation.candidates_consultation"),
        ("evaluation.corrections", "evaluation.reevaluation_consultation"),
        ("evaluation.abnormal_finding", "evaluation.abnormal_consultation"),
        ("award.report", "award.report_consultation"),
        ("award.decide", "award.decide_consultation"),
        ("award.deemed", "award.deemed_consultation"),
        ("award.publish", "award.publish_consultation"),
        ("award.letter", "award.letter_consultation"),
        ("award.refused", "award.refused_consultation"),
        ("termination.reason", "termination.cancelled_consultation"),
        ("evaluation.unsuccessful", "termination.consultation"),
    ),
    notice=("竞争性磋商公告", "consultation notice"),
    result=RESULT,
    failure=FAILURE,
    words=words(committee="磋商小组", talks="磋商"),
    reopens=("qualification", "sum", "range", "objective", "abnormal"),
)
