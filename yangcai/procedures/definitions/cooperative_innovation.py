"""How does cooperative innovation procurement (合作创新采购) run? Research is ordered, then what succeeds is bought.

财库〔2024〕13号, in force since 2024-06-01. The order (订购): applications, one meeting with all who qualify on the
concept, a negotiation file that comes of it, first and last responses, up to three research suppliers, each with a
contract that compensates costs. Then the first purchase (首购): of the products that were accepted, by the committee
where there are several; the only one directly. Others may buy a product that was announced (推广) at its price.
Only a part of the Measures was read (see decision 20): numbers are else those of a question bank, the rest is memory.
"""

from dataclasses import replace

from yangcai.procedures import spoken
from yangcai.procedures.definitions.tenders import CATEGORIES
from yangcai.procedures.procedure import AwardBy, By, Committee, Invite, Procedure, Step
from yangcai.procedures.stages import Stage

PROCEDURE = "cooperative_innovation.procedure"
FIRST = "cooperative_innovation.first_purchase"
#: What the Measures say for themselves where other orders speak of tenders and negotiations.
OWN = (
    ("qualification.by_buyer", "cooperative_innovation.group"),
    ("evaluation.conformity", "cooperative_innovation.group"),
    ("evaluation.invalid_bid", PROCEDURE),
    ("evaluation.clarification", PROCEDURE),
    ("evaluation.corrections", PROCEDURE),
    ("evaluation.abnormal_finding", PROCEDURE),
    ("evaluation.report", PROCEDURE),
    ("evaluation.dissent", PROCEDURE),
    ("evaluation.same_brand", ""),
    ("solicitation.core_product", ""),
    ("contract.subcontract", "contract.subcontract_law"),
    ("committee.formed_anew", ""),
    ("evaluation.candidates", ""),
    ("evaluation.rank_rated", "cooperative_innovation.ranking"),
    ("evaluation.unsuccessful", PROCEDURE),
    ("award.report", PROCEDURE),
    ("award.decide", PROCEDURE),
    ("award.deemed", ""),
    ("award.in_order", "cooperative_innovation.suppliers"),
    ("notice.award.content", PROCEDURE),
    ("notice.invitation.content", "cooperative_innovation.notice_content"),
    ("submission.late_bid", PROCEDURE),
    ("submission.withdrawal", PROCEDURE),
    ("termination.reason", PROCEDURE),
    ("dialogue.separately", PROCEDURE),
    ("dialogue.change", "cooperative_innovation.negotiable"),
    ("dialogue.resubmission", PROCEDURE),
    ("solicitation.negotiable", "cooperative_innovation.negotiable"),
    ("final_offer.all", PROCEDURE),
    ("final_offer.leave", PROCEDURE),
)
GROUP = Committee(
    size="committee.cooperative_innovation.size",
    legal="committee.cooperative_innovation.specialists",
    economic="committee.cooperative_innovation.specialists",
    specialists_always=True,
    zh="谈判小组",
    en="negotiation group",
)
WORDS = (
    ("评标委员会", "谈判小组"),
    ("评标", "评审"),
    ("招标文件", "采购文件"),
    ("招标公告", "采购公告"),
    ("招标", "采购"),
    ("投标保证金", "保证金"),
    ("唱标", "公布报价"),
    ("投标文件", "响应文件"),
    ("投标报价", "报价"),
    ("投标截止", "文件提交截止"),
    ("投标人", "供应商"),
    ("未中标", "未成交"),
    ("中标", "成交"),
    ("开标", "开启"),
    ("废标", "终止"),
    ("投标响应", "响应内容"),
    ("投标", "响应"),
    (spoken.IN_ORDER, "按评审结果确定；逾期未确定的，不视同确定"),
)
WORDS_EN = (
    *spoken.OFFERS,
    (spoken.IN_ORDER_EN.lower(), "by the result of the review; silence makes nobody the winner"),
)

COOPERATIVE_INNOVATION = Procedure(
    code="cooperative_innovation",
    zh="合作创新采购（订购）",
    en="Cooperative innovation, ordering of research",
    ocds_method="open",
    categories=CATEGORIES,
    grounds="method.cooperative_innovation",
    authority="cooperative_innovation.buyer",
    steps=(
        Step(Stage.PREPARATION, rules=("plan.before_activity", "cooperative_innovation.plan")),
        Step(
            Stage.INVITATION,
            notice="cooperative_innovation.notice",
            documents="cooperative_innovation.notice",
            zh="合作创新采购公告",
            en="Notice of cooperative innovation",
        ),
        Step(
            Stage.SUBMISSION,
            window="cooperative_innovation.application",
            quotes=False,
            zh="提交参与申请文件",
            en="Applications",
        ),
        Step(Stage.OPENING, zh="开启申请文件", en="Opening of the applications", rules=("opening.no_disclosure",)),
        Step(
            Stage.QUALIFICATION,
            by=By.COMMITTEE,
            zh="资格审查",
            en="Qualification",
            rules=("cooperative_innovation.group",),
        ),
        Step(
            Stage.DIALOGUE,
            by=By.COMMITTEE,
            together="cooperative_innovation.concept_exchange",
            window="cooperative_innovation.response",
            zh="创新概念交流和研发竞争谈判",
            en="Exchange on the concept, competitive negotiation",
            rules=("cooperative_innovation.negotiable",),
        ),
        Step(
            Stage.FINAL_OFFER,
            window="cooperative_innovation.final_response",
            zh="提交最终响应文件",
            en="Final responses",
        ),
        Step(Stage.EVALUATION, by=By.COMMITTEE, examines=True, rules=("cooperative_innovation.ranking",)),
        Step(
            Stage.AWARD,
            zh="确定研发供应商",
            en="Choice of the research suppliers",
            rules=("cooperative_innovation.suppliers",),
        ),
    ),
    committee=GROUP,
    award_by=(AwardBy.RATED,),
    merit_weight="cooperative_innovation.plan_weight",
    merit_first="cooperative_innovation.two_stages",
    winners="cooperative_innovation.suppliers",
    leads_to=FIRST,
    terms=("cooperative_innovation.years", "cooperative_innovation.years_major"),
    compensates="cooperative_innovation.compensation",
    ends="cooperative_innovation.termination",
    instead=OWN,
    notice=("合作创新采购公告", "notice of cooperative innovation procurement"),
    result=("研发供应商成交结果公告", "notice of the research suppliers"),
    failure=("合作创新采购终止公告", "notice of a failed cooperative innovation"),
    words=WORDS,
    words_en=WORDS_EN,
)
FIRST_PURCHASE = Procedure(
    code="first_purchase",
    zh="合作创新采购（首购评审）",
    en="Cooperative innovation, first purchase after review",
    ocds_method="limited",
    categories=CATEGORIES,
    grounds="method.first_purchase",
    needs_approval=False,
    follows=("cooperative_innovation",),
    steps=(
        Step(Stage.PREPARATION, rules=("plan.before_activity", FIRST)),
        Step(Stage.INVITATION),
        Step(Stage.SUBMISSION, zh="提交首购报价", en="Offers for the first purchase"),
        Step(Stage.OPENING, zh="开启首购报价", en="Opening of the offers", rules=("opening.no_disclosure",)),
        Step(
            Stage.QUALIFICATION,
            by=By.COMMITTEE,
            examines=True,
            zh="首购产品审查",
            en="Examination of the products",
            rules=("cooperative_innovation.group",),
        ),
        Step(
            Stage.EVALUATION,
            by=By.COMMITTEE,
            examines=True,
            zh="首购评审",
            en="Review for the first purchase",
            rules=(FIRST,),
        ),
        Step(Stage.AWARD, zh="确定首购产品", en="Choice of the product", rules=(FIRST,)),
    ),
    committee=GROUP,
    award_by=(AwardBy.RATED,),
    invites=(Invite.NAMED,),
    advance="cooperative_innovation.prepayment",
    instead=(*OWN, ("contract.supplement", "cooperative_innovation.upgrade")),
    notice=("首购评审邀请书", "invitation to the first purchase"),
    result=("首购产品公告", "notice of the first purchase"),
    failure=("首购终止公告", "notice of a failed first purchase"),
    words=WORDS,
    words_en=WORDS_EN,
)
INNOVATIVE_PRODUCT = replace(
    FIRST_PURCHASE,
    code="innovative_product",
    zh="合作创新采购（首购和推广直接采购）",
    en="Cooperative innovation, direct purchase of a product",
    grounds="method.innovative_product",
    follows=("cooperative_innovation", "first_purchase", "innovative_product"),
    steps=(Step(Stage.AWARD, zh="确定创新产品", en="Choice of the product", rules=(FIRST,)),),
    committee=None,
    notice=("创新产品采购邀请书", "invitation to sell an innovative product"),
    result=("创新产品采购结果公告", "notice of the purchase of an innovative product"),
    failure=("创新产品采购终止公告", "notice of a failed purchase of an innovative product"),
)
