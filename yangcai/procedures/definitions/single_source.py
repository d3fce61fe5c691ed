"""How does a single-source purchase (单一来源采购) run? Experienced people agree a fair price (74号令 art. 38)."""

from yangcai.procedures import spoken
from yangcai.procedures.definitions.responses import BY_ORDER_74, EVERYTHING, FAILURE, REOPENS, steps, words
from yangcai.procedures.procedure import AwardBy, Committee, Invite, Procedure, Step
from yangcai.procedures.stages import Stage

SINGLE_SOURCE = Procedure(
    code="single_source",
    zh="单一来源采购",
    en="Single source",
    ocds_method="limited",
    categories=EVERYTHING,
    grounds="method.single_source",
    steps=steps(
        bidders="",
        dialogue=("协商", "Price talks"),
        award=Step(Stage.AWARD, decide="award.decide_single_source", rules=("single_source.within_budget",)),
    ),
    committee=Committee(zh="单一来源采购人员", en="single-source staff"),
    award_by=(AwardBy.AGREED,),
    invites=(Invite.NAMED,),
    instead=(
        *(pair for pair in BY_ORDER_74 if pair[0] not in {"award.in_order", "award.deemed"}),
        ("evaluation.intervals", ""),  # nothing is scored
        ("award.in_order", ""),  # there is one supplier
        ("award.deemed", ""),  # 74号令 art. 36 and 49 speak of negotiations and quotations: silence means nothing here
        ("dialogue.separately", "single_source.talks"),  # there are no others
        ("dialogue.secrecy", "single_source.record"),
        ("award.decide", "award.decide_single_source"),
        ("evaluation.rank_lowest", "single_source.talks"),
        ("evaluation.above_ceiling", "single_source.within_budget"),
        ("evaluation.report", "single_source.record"),
        ("evaluation.dissent", "single_source.record"),
        ("evaluation.unsuccessful", "termination.single_source"),
    ),
    notice=("单一来源采购邀请书", "invitation to the single source"),
    result=("单一来源采购成交公告", "single-source award notice"),
    failure=FAILURE,
    words=(
        *words(committee="评审小组", talks="协商"),
        (
            spoken.IN_ORDER,
            "收到协商情况记录后确定，成交价格是与供应商商定的价格；没有候选人顺序，逾期未确定的不视同确定",
        ),
    ),
    words_en=(
        *spoken.OFFERS,
        (
            spoken.IN_ORDER_EN.lower(),
            "after the record of the talks, at the price that was agreed; there is no order of candidates, and silence"
            " makes nobody the winner",
        ),
    ),
    reopens=REOPENS,
)
