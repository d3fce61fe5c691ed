"""May the committee state that two offered brands are one, or take that back?"""

import datetime
from typing import Any

from yangcai.cases.models import Lot
from yangcai.cases.rules import applicable, own, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.tendering import arithmetic, brands
from yangcai.tendering.models import SameBrand
from yangcai.tendering.rules.evaluation.scores import scorers

KEY = "evaluation.same_brand"


def brands_count(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """The rule on brands is one of tenders (87号令 art. 31)."""
    if own(subject.case, KEY):
        return None
    return Refusal(
        "brands_do_not_count",
        "该采购方式没有同品牌按一家计算的规定",
        "This method has no rule by which bids of one brand count as one",
    )


def nothing_rests_on_it(subject: Lot | SameBrand, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Which brands are one is settled before points are given, and before the result is computed where none are: else
    it could be settled by who would win. Points of members who were replaced do not count, nor do their statements."""
    lot = subject.lot if isinstance(subject, SameBrand) else subject
    scored = any(member.pk in scorers(lot) for member in arithmetic.seated(lot))
    if not scored and arithmetic.computed(lot) is None:
        return None
    return refuse(
        KEY,
        code="scoring_begun",
        zh="评委已经评分或者已经汇总评审结果，不能再认定或者撤回同一品牌",
        en="Members have scored, or the result is computed: which brands are one is settled before that",
        **applicable(lot.case, now=now),
    )


def two_are_offered(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses where the bids that are still in name fewer than two brands."""
    if len(brands.offered(subject)) > 1:
        return None
    return Refusal(
        "no_two_brands",
        "仍在评审的投标人没有填写两个以上的品牌",
        "The bids that are still in name no two brands",
    )


def are_two_yet(subject: Lot, *, now: datetime.datetime, brand: str, other: str, **_: Any) -> Refusal | None:
    """A brand and another one, that do not count as one already."""
    counted, names = brands.counted_as(subject), (brands.as_compared(brand), brands.as_compared(other))
    one, two = (counted.get(name, name) for name in names)
    if one != two:
        return None
    same = names[0] == names[1]
    return refuse(
        KEY,
        code="one_brand_already",
        zh="请选择两个不同的品牌" if same else "这两个品牌已经按同一品牌计算",
        en="Choose two different brands" if same else "These two count as one brand already",
        field="other",
        **applicable(subject.case, now=now),
    )


def still_stated(subject: SameBrand, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A statement is taken back once; one of a committee that was formed anew since does not count anyway."""
    if any(one.pk == subject.pk for one in brands.stated(subject.lot)):
        return None
    return Refusal("not_stated", "该认定已经撤回或者失效", "This statement was taken back, or counts no more")
