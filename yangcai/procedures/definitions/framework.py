"""How does the first stage (征集) of a closed framework (封闭式框架协议) run? As an open tender of a unit price.

财政部令第110号 art. 9: by the rules of the open tender where it says nothing of its own. What it says of its own: two
suppliers are enough, the lowest prices come first (where quality decides instead, it alone is scored), at least a
fifth is eliminated, and no contract comes of it.
"""

from dataclasses import replace

from yangcai.procedures.definitions.tenders import CATEGORIES, COMMITTEE, NO_TALKS
from yangcai.procedures.definitions.tenders import steps as of_a_tender
from yangcai.procedures.procedure import AwardBy, Procedure, Step
from yangcai.procedures.stages import Stage

NOTICE = ("框架协议征集公告", "call for a framework agreement")
RESULT = ("框架协议入围结果公告", "entrants of a framework agreement")
FAILURE = ("框架协议征集失败公告", "notice of a failed call")
WORDS = (
    ("评标委员会", "评审小组"),
    ("评标", "评审"),
    ("招标文件", "征集文件"),
    ("招标公告", "征集公告"),
    ("招标", "征集"),
    ("投标保证金", "保证金"),
    ("投标文件", "响应文件"),
    ("投标报价", "响应单价"),
    ("投标截止", "响应截止"),
    ("投标人", "响应供应商"),
    ("中标", "入围"),
    ("开标", "开启"),
    ("唱标", "公布报价"),
    ("废标", "征集失败"),
    ("综合评分法", "质量优先法"),
    ("最低评标价法", "价格优先法"),
    ("投标响应", "响应内容"),
    ("投标", "响应"),
)


def steps() -> tuple[Step, ...]:
    """Those of an open tender, with its own number of suppliers, ending in the choice of the entrants."""
    tender = of_a_tender(notice="notice.invitation.open_tender", window="submission.open_tender")
    enough = (replace(step, bidders="framework.bidders") if step.bidders else step for step in tender[:-1])
    entry = Step(
        Stage.AWARD,
        decide="award.decide",
        zh="确定入围供应商",
        en="Choice of the entrants",
        rules=("framework.as_tender", "framework.eliminate", "framework.eliminate_least", "framework.consumables"),
    )
    return (*enough, entry)


FRAMEWORK = Procedure(
    code="framework",
    zh="框架协议（封闭式征集）",
    en="Closed framework agreement, first stage",
    ocds_method="open",
    categories=CATEGORIES,
    grounds="method.framework",
    needs_approval=False,
    spends=False,
    steps=steps(),
    committee=COMMITTEE,
    award_by=(AwardBy.LOWEST, AwardBy.RATED),
    rates_quality="framework.quality_factors",
    instead=(
        ("evaluation.rank_lowest", "framework.price_first"),
        ("evaluation.rank_rated", "framework.quality_first"),
        ("evaluation.factors", "framework.quality_factors"),
        ("evaluation.above_ceiling", "framework.ceiling"),
        ("solicitation.core_product", ""),
        ("evaluation.same_brand", ""),  # a maker answers itself or by one supplier (art. 18)
        *NO_TALKS,
        ("evaluation.candidates", ""),  # all who respond are ranked; who enters is a matter of the elimination
    ),
    notice=NOTICE,
    result=RESULT,
    failure=FAILURE,
    words=WORDS,
)
