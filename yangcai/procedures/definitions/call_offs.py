"""How is a contract called off under a framework agreement (第二阶段)? In one of three ways, from its entrants.

财政部令第110号 art. 32-37. A call-off is a purchase like any other: a plan with its money, a case, one award, one
contract. It has no file of its own: terms, products and highest prices are those of the agreement.
"""

from dataclasses import replace

from yangcai.procedures.definitions.tenders import CATEGORIES
from yangcai.procedures.procedure import AwardBy, Invite, Procedure, Step
from yangcai.procedures.stages import Stage

COMPETITION = "framework.mini_competition"
#: Who stands behind an entrant, who made its goods and what is preferred was settled when it entered: the second stage
#: compares prices alone, by its own article.
SECOND_STAGE = (
    ("submission.receipt", COMPETITION),
    ("submission.withdrawal", COMPETITION),
    ("submission.late_bid", COMPETITION),
    ("evaluation.above_ceiling", COMPETITION),  # the agreement's own price is the highest there
    ("award.in_order", COMPETITION),  # the lowest wins
    ("evaluation.arithmetic", ""),
    ("evaluation.confirm_correction", ""),
    ("bid_security.missing", ""),
    ("qualification.consortium", ""),
    ("qualification.consortium_agreement", ""),
    ("contract.subcontract", ""),
    ("set_aside.partner_share", ""),
    ("solicitation.lot_limit", ""),
    ("solicitation.core_product", ""),
    ("import.approval", ""),
    ("price_preference.domestic_package", ""),
    ("sme.goods_by_maker", ""),
    ("green.mandatory", ""),
    ("green.certificate", ""),
    ("evaluation.intervals", ""),
    ("evaluation.same_brand", ""),
)

DIRECT = Procedure(
    code="call_off_direct",
    zh="框架协议成交（直接选定）",
    en="Call-off by direct choice",
    ocds_method="limited",
    categories=CATEGORIES,
    grounds="method.call_off",
    needs_approval=False,
    draws_on=("framework", "framework_open"),
    steps=(
        Step(
            Stage.AWARD,
            zh="直接选定",
            en="Direct choice",
            rules=("framework.direct", "framework.second_stage", "framework.fixed_price"),
        ),
    ),
    committee=None,
    award_by=(AwardBy.LOWEST,),
    invites=(Invite.ENTRANTS,),
    notice=("框架协议成交邀请", "invitation to entrants"),
    result=("框架协议成交结果公告", "call-off notice"),
    failure=("框架协议成交终止公告", "notice of a failed call-off"),
    words=(
        ("最低评标价法", "最低价"),
        ("评标委员会", "采购人"),
        ("评标", "评审"),
        ("开标", "开启"),
        ("投标截止", "竞价截止"),
        ("投标人", "供应商"),
        ("唱标", "公布报价"),
        ("废标", "未成交"),
        ("招标", "采购"),
        ("中标", "成交"),
        ("投标", "竞价"),
    ),
)
ROTATION = replace(
    DIRECT,
    code="call_off_rotation",
    zh="框架协议成交（顺序轮候）",
    en="Call-off by rotation",
    draws_on=("framework",),
    steps=(
        Step(
            Stage.AWARD,
            zh="顺序轮候",
            en="Rotation",
            rules=("framework.rotation", "framework.second_stage", "framework.fixed_price"),
        ),
    ),
)
MINI_COMPETITION = replace(
    DIRECT,
    code="call_off_mini_competition",
    zh="框架协议成交（二次竞价）",
    en="Call-off by second competition",
    ocds_method="selective",
    draws_on=("framework",),
    instead=SECOND_STAGE,
    steps=(
        Step(Stage.SUBMISSION, zh="二次竞价", en="Second competition", rules=("framework.mini_competition",)),
        Step(Stage.OPENING, zh="开启竞价", en="Opening of the prices", rules=("framework.mini_competition",)),
        Step(
            Stage.AWARD,
            zh="确定成交供应商",
            en="The lowest wins",
            rules=("framework.mini_competition", "framework.fixed_price"),
        ),
    ),
)
