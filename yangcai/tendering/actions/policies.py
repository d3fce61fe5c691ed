"""Under which policy are the bids of a lot sealed and opened? Laid down with the file, frozen by the invitation."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Lot, Stage
from yangcai.cases.rules import runs_the_case
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering import policies
from yangcai.tendering.models import OpeningPolicy, PolicySeat, Recovery, Trustee
from yangcai.tendering.rules import sealed as rules

MINUTE = 60


class SetPolicy(Input):
    trustees = forms.ModelMultipleChoiceField(
        label=_("受托人"), queryset=Trustee.objects.none(), help_text=_("平台恰一席，其余各属不同单位；五席较为稳妥")
    )
    threshold = forms.IntegerField(
        label=_("开启所需份额"), min_value=2, max_value=200, initial=4, help_text=_("须大于投标人份额加一，不超过席数")
    )
    supplier_shares = forms.IntegerField(label=_("投标人份额"), min_value=1, max_value=55, initial=2)
    window_minutes = forms.IntegerField(label=_("解密时限（分钟）"), min_value=1, max_value=24 * MINUTE, initial=30)
    extension_minutes = forms.IntegerField(label=_("延长时限（分钟）"), min_value=0, max_value=24 * MINUTE, initial=30)
    recovery_allowed = forms.MultipleChoiceField(
        label=_("允许的补救方式"),
        choices=Recovery.choices,
        initial=Recovery.values,
        help_text=_("投标人未在时限内解密的，按其密封时所选方式处理"),
    )

    def scope(self) -> None:
        """Only seats whose shares can be released in this case."""
        if not isinstance(self.subject, Lot):
            return
        field = self.fields["trustees"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = rules.may_hold_seats(self.subject.case).select_related("organisation").order_by("pk")


@action(
    "opening_policy.set",
    zh="设定开启规则",
    en="Set the opening policy",
    on=Lot,
    by={Role.AGENT, Role.BUYER_OFFICER},
    at={Stage.PREPARATION},
    only=(rules.is_opened_at_a_deadline,),
    needs=(runs_the_case,),
    checks=(rules.number_is_one_word, rules.policy_is_safe),
    input=SetPolicy,
    sentence=("{post}设定了开启规则", "{post} set the opening policy"),
    cites=("submission.secrecy", "opening.at_deadline", "opening.no_disclosure"),
    hint=(
        "投标文件由投标人自行密封，满足份额才能开启；随公告公布，此后只能推迟时间",
        "Bidders seal their bids themselves and only enough shares open them; published with the invitation, after"
        " which only its times move later",
    ),
)
def set_policy(
    lot: Lot,
    *,
    by: Post,
    now: datetime.datetime,
    trustees: Any,
    threshold: int,
    supplier_shares: int,
    window_minutes: int,
    extension_minutes: int,
    recovery_allowed: list[str],
) -> OpeningPolicy:
    """Write the draft anew."""
    OpeningPolicy.objects.filter(lot=lot, published_at__isnull=True).delete()
    policy = OpeningPolicy.objects.create(
        lot=lot,
        tender=policies.tender_of(lot.case),
        threshold=threshold,
        supplier_shares=supplier_shares,
        window_seconds=window_minutes * MINUTE,
        extension_seconds=extension_minutes * MINUTE,
        recovery_allowed=recovery_allowed,
    )
    PolicySeat.objects.bulk_create(
        PolicySeat(policy=policy, number=number, trustee=trustee) for number, trustee in enumerate(trustees, start=1)
    )
    return policy
