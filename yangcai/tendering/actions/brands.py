"""Are two offered brands one, in another script or under another name? The committee states it, with its reason."""

import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Lot, Stage
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, TextField
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering import arithmetic, brands
from yangcai.tendering.models import SameBrand
from yangcai.tendering.rules.committee import seats
from yangcai.tendering.rules.evaluation import brands as rules

CHAIRED = (seats.sits, seats.chairs)


class StateSameBrand(Input):
    brand = forms.ChoiceField(label=_("品牌"))
    other = forms.ChoiceField(label=_("另一品牌"))
    reason = TextField(label=_("认定理由"), lines=3, help_text=_("例如同一商标的中文和英文名称；写入评标报告"))

    def scope(self) -> None:
        if not isinstance(self.subject, Lot):
            return
        for name in ("brand", "other"):
            self.fields[name].choices = [(one, one) for one in brands.offered(self.subject)]  # type: ignore[attr-defined]
        for one, other in brands.alike(self.subject)[:1]:
            self.fields["brand"].initial, self.fields["other"].initial = one, other


@action(
    "same_brand.state",
    zh="认定同一品牌",
    en="State that two brands are one",
    on=Lot,
    by={Role.EXPERT},
    at={Stage.EVALUATION},
    needs=(*CHAIRED, rules.brands_count, rules.nothing_rests_on_it, rules.two_are_offered),
    checks=(rules.are_two_yet,),
    input=StateSameBrand,
    sentence=("{post}记录评标委员会认定两个品牌为同一品牌", "{post} recorded that two brands are one"),
    is_public=False,
    cites=("evaluation.same_brand",),
    hint=(
        "同一品牌以中文、英文或者其他名称出现的，由评标委员会在评分前认定；认定后按一家投标人计算",
        "A brand that appears in Chinese and in Latin letters, or under another name, is stated before the scores; its"
        " bids then count as one",
    ),
)
def state_same_brand(lot: Lot, *, by: Post, now: datetime.datetime, brand: str, other: str, reason: str) -> SameBrand:
    """From now on bids of the two count as one bidder (87号令 art. 31)."""
    stated = SameBrand.objects.create(
        lot=lot,
        committee=arithmetic.committee(lot.case),
        brand=min(brand, other),
        other=max(brand, other),
        reason=reason,
        stated_at=now,
    )
    arithmetic.record(arithmetic.outcome(lot, now=now))
    return stated


class WithdrawSameBrand(Input):
    reason = TextField(label=_("撤回理由"), lines=3)


@action(
    "same_brand.withdraw",
    zh="撤回同一品牌认定",
    en="Take back that two brands are one",
    on=SameBrand,
    by={Role.EXPERT},
    at={Stage.EVALUATION},
    needs=(*CHAIRED, rules.still_stated, rules.nothing_rests_on_it),
    input=WithdrawSameBrand,
    sentence=("{post}撤回了同一品牌认定", "{post} took back that two brands are one"),
    is_public=False,
    cites=("evaluation.same_brand",),
)
def withdraw_same_brand(stated: SameBrand, *, by: Post, now: datetime.datetime, reason: str) -> SameBrand:
    """The statement stays on the record, with the reason why it counts no more."""
    stated.withdrawn_at, stated.withdrawn_reason = now, reason
    stated.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    arithmetic.record(arithmetic.outcome(stated.lot, now=now))
    return stated
