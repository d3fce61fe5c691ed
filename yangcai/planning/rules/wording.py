"""Does a plan say what no file may: a floor price, a brand, a condition that keeps suppliers out?

It is refused here, where it is first written: the solicitation document begins with the words of the plan."""

import datetime
from collections.abc import Iterator
from typing import Any

from yangcai import procedures
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.planning import phrases
from yangcai.planning.models import PlanItem
from yangcai.planning.quoting import NOTHING
from yangcai.planning.rules.base import refuse
from yangcai.planning.rules.sentences import allowed
from yangcai.procedures.procedure import Invite

#: Where a plan says what is wanted.
TEXTS = ("title", "description", "standards", "service")


def points_at_nobody(subject: Any, *, now: datetime.datetime, procedure: str, **data: Any) -> Iterator[Refusal]:
    """Every text of the plan that says what may stand in no purchase, each with the words that do. Where the method
    knows its one supplier, or calls off from an agreement, a product is named."""
    known = procedures.get(procedure)
    names = Invite.NAMED in known.invites or bool(known.draws_on)
    stands = allowed(subject.appropriation if isinstance(subject, PlanItem) else subject)
    for field in TEXTS:
        text = data.get(field) or ""
        brand = NOTHING if names else phrases.brand(text, is_name=field == "title", allowed=stands)
        found = (
            ("solicitation.no_pointing", "brand_named", brand,
             "不得限定或者指定特定的品牌或者供应商：“{word}”；请改写为功能、性能要求；误判的，由采购人审核岗在预算页“保留表述”",
             "No brand and no supplier may be named: “{word}”. Say what it must do instead; if it is none, the buyer's"
             " reviewer lets the sentence stand, on the page of the budget line"),
            ("solicitation.ceiling", "floor_price", phrases.floor_price(text),
             "不得设定最低限价：“{word}”；请删去", "A floor price may not be set: “{word}”. Take it out"),
            ("qualification.banned_conditions", "banned_condition", phrases.scale(text),
             "不得以“{word}”设定门槛；请删去，或者改写为履行合同所需的能力",
             "“{word}” may be no condition. Take it out, or ask for what the contract needs"),
            ("requirement.competition_review", "banned_condition", phrases.treated_differently(text, allowed=stands),
             "不得以“{word}”设定门槛；请删去，或者改写为履行合同所需的能力；误判的，由采购人审核岗在预算页“保留表述”",
             "“{word}” may be no condition. Take it out, or ask for what the contract needs; if it is none, the buyer's"
             " reviewer lets the sentence stand, on the page of the budget line"),
        )  # fmt: skip
        for key, code, word, zh, en in found:
            if word:
                yield refuse(
                    subject.buyer, key, now=now, code=code, zh=zh, en=en, field=field, word=Written(word.quoted)
                )
