"""How does a direct purchase in an emergency (紧急采购·直接采购) run? As a single source, without the time for talks.

财库〔2026〕12号, lawful from 2026-10-01. Where the time suffices, an emergency goes by a competitive method on the
ground `emergency.competitive`, and one supplier is enough there; here competition cannot work at all. The text of the
Measures was not found: what their summaries leave open is taken from the single source of 财政部令第74号.
"""

from dataclasses import replace

from yangcai.procedures import spoken
from yangcai.procedures.definitions.responses import RESULT, steps, words
from yangcai.procedures.definitions.single_source import SINGLE_SOURCE
from yangcai.procedures.procedure import Committee, Step
from yangcai.procedures.stages import Stage

EMERGENCY = replace(
    SINGLE_SOURCE,
    code="emergency",
    zh="紧急采购（直接采购）",
    en="Emergency procurement (direct purchase)",
    ocds_method="direct",
    grounds="method.emergency",
    steps=steps(
        bidders="", award=Step(Stage.AWARD, decide="award.decide_single_source", rules=("single_source.within_budget",))
    ),
    committee=Committee(zh="紧急采购人员", en="emergency staff"),
    instead=(*SINGLE_SOURCE.instead, ("evaluation.rank_lowest", "emergency.direct")),
    notice=("紧急采购邀请书", "invitation to an emergency purchase"),
    result=RESULT,
    words=(
        *words(committee="评审小组"),
        (spoken.IN_ORDER, "成交价格不得超过采购预算；直接采购没有候选人顺序，逾期未确定的不视同确定"),
    ),
    words_en=(
        *spoken.OFFERS,
        (
            spoken.IN_ORDER_EN.lower(),
            "at a price within the budget; a direct purchase has no order of candidates, and silence makes nobody the"
            " winner",
        ),
    ),
)
