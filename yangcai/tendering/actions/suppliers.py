"""How do suppliers come to a purchase without a notice? Recommended, drawn by lot, or named as the only one."""

import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case, Stage
from yangcai.cases.rules import runs_the_case
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, RowsField, TextField
from yangcai.parties.models import Organisation, OrganisationKind, Post
from yangcai.parties.roles import BUYER, Role
from yangcai.procedures import each
from yangcai.tendering import method, supplier_draws
from yangcai.tendering.inputs import limit
from yangcai.tendering.models import InvitedBy, Invitee, InviteeSource, Solicitation, SupplierDraw
from yangcai.tendering.rules import suppliers as rules


def suppliers() -> Any:
    """Every organisation that supplies, by name."""
    return Organisation.objects.filter(kind=OrganisationKind.SUPPLIER).order_by("name")


class RecommendationRow(forms.Form):
    supplier = forms.ModelChoiceField(label=_("供应商"), queryset=Organisation.objects.none())
    reason = TextField(label=_("推荐理由"), lines=2)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        limit(self.fields["supplier"], suppliers())


class RecommendSuppliers(Input):
    rows = RowsField(RecommendationRow, label=_("推荐的供应商"), min_rows=1, max_rows=100)


@action(
    "suppliers.recommend",
    zh="推荐供应商",
    en="Recommend suppliers",
    on=Case,
    by={Role.BUYER_OFFICER, Role.EXPERT},
    at={Stage.PREPARATION},
    needs=(rules.is_by_recommendation, rules.not_drawn_yet),
    checks=(rules.recommended_fairly,),
    input=RecommendSuppliers,
    sentence=("{post}出具了供应商书面推荐意见", "{post} recommended suppliers in writing"),
    is_public=False,
    cites=(*each("comes_by"), *each("buyer_share"), "suppliers.published"),
    hint=(
        "采购人和评审专家分别出具书面推荐意见，推荐名单和理由随结果公告公布",
        "Buyer and experts recommend separately; names and reasons are published with the result",
    ),
)
def recommend_suppliers(case: Case, *, by: Any, now: datetime.datetime, rows: list[dict[str, Any]]) -> None:
    """Replace what this post has recommended; where no draw follows all on the list are to be invited."""
    Invitee.objects.filter(case=case, recommended_by=by).delete()
    for row in rows:
        Invitee.objects.create(
            case=case,
            supplier=row["supplier"],
            source=rules.recommender(by),
            reason=row["reason"],
            recommended_by=by,
            is_chosen=not method.of(case).pool,
        )


class DrawSuppliers(Input):
    pool = forms.ModelMultipleChoiceField(
        label=_("符合资格条件的供应商"),
        queryset=Organisation.objects.filter(kind=OrganisationKind.SUPPLIER),
        required=False,
        help_text=_("从供应商库中选取；书面推荐和资格预审合格的名单由系统代入"),
    )
    wanted = forms.IntegerField(
        label=_("抽取家数"), required=False, min_value=1, max_value=99, help_text=_("不填时按法定最少家数")
    )
    watchers = forms.ModelMultipleChoiceField(
        label=_("现场监督的采购人工作人员"), queryset=Post.objects.filter(role__in=BUYER), required=False
    )
    public_seed = TextField(
        label=_("公开随机数"),
        required=False,
        help_text=_("可填写抽取时才产生的公开号码；平台另加一段随机数，任何一方都不能单独左右结果"),
    )

    def scope(self) -> None:
        if not isinstance(self.subject, Case):
            return
        today = timezone.localdate(self.now)
        staff = Post.objects.filter(
            Q(to_on__isnull=True) | Q(to_on__gte=today), organisation_id=self.subject.buyer_id, from_on__lte=today
        )
        limit(self.fields["watchers"], staff.select_related("person", "organisation").order_by("pk"))
        limit(self.fields["pool"], suppliers())


@action(
    "suppliers.draw",
    zh="抽取供应商",
    en="Draw the suppliers",
    on=Case,
    by={Role.AGENT, Role.BUYER_OFFICER},
    at={Stage.PREPARATION},
    needs=(runs_the_case, rules.is_drawn, rules.not_drawn_yet),
    checks=(rules.pool_is_large_enough, rules.watched),
    input=DrawSuppliers,
    sentence=("{post}随机抽取了供应商", "{post} drew the suppliers by lot"),
    is_public=False,
    cites=(*each("comes_by"), "bidders.pool_multiple", "prequalification.examined"),
    hint=(
        "任何人都可以用随结果公布的抽取记录重新计算并得到相同的结果",
        "With the record that is published with the result anybody can compute the same order",
    ),
)
def draw_suppliers(
    case: Case,
    *,
    by: Any,
    now: datetime.datetime,
    pool: Any,
    wanted: int | None,
    watchers: Any,
    public_seed: str,
) -> SupplierDraw:
    """Draw by VRD/1 with the platform's number (and a public one); the first in order are chosen."""
    listed = rules.listed_for_draw(case, pool=pool)
    number = wanted or rules.to_draw(case, now=now)
    record = supplier_draws.draw(case, listed, wanted=number, public=public_seed, now=now)
    for rank, supplier in enumerate(supplier_draws.in_order(record), start=1):
        Invitee.objects.update_or_create(
            case=case,
            supplier_id=supplier,
            defaults={"drawn_rank": rank, "is_chosen": rank <= number},
            create_defaults={
                "drawn_rank": rank,
                "is_chosen": rank <= number,
                "source": InviteeSource.LIBRARY,
            },
        )
    return SupplierDraw.objects.create(
        case=case,
        wanted=number,
        pool_size=len(listed),
        pool_digest=record["commit"]["pool"],
        seed=record["seed"],
        record=record,
        watched_by="、".join(post.person.name for post in watchers),
        drawn_at=now,
    )


class NameSupplier(Input):
    supplier = forms.ModelChoiceField(label=_("拟定的唯一供应商"), queryset=Organisation.objects.none())
    reason = TextField(label=_("理由"), lines=3)

    def scope(self) -> None:
        limit(self.fields["supplier"], suppliers())


@action(
    "suppliers.name",
    zh="确定唯一供应商",
    en="Name the only supplier",
    on=Case,
    by={Role.BUYER_OFFICER},
    at={Stage.PREPARATION},
    needs=(rules.is_by_name,),
    checks=(rules.named_may_take_part,),
    input=NameSupplier,
    sentence=("{post}确定了单一来源采购的供应商", "{post} named the only supplier"),
    is_public=False,
    cites=("method.single_source", "single_source.talks"),
)
def name_supplier(case: Case, *, by: Any, now: datetime.datetime, supplier: Organisation, reason: str) -> Invitee:
    """The one to be invited; naming another replaces it until the invitation goes out."""
    Invitee.objects.filter(case=case).delete()
    return Invitee.objects.create(
        case=case,
        supplier=supplier,
        source=InviteeSource.NAMED,
        reason=reason,
        recommended_by=by,
        is_chosen=True,
    )


def send_invitations(case: Case, *, now: datetime.datetime) -> None:
    """邀请书同时向所有受邀请的供应商发出 (87号令 art. 14): one instant for all who were chosen."""
    if not Solicitation.objects.filter(case=case, invited_by=InvitedBy.NOTICE).exists():
        Invitee.objects.filter(case=case, is_chosen=True).update(invited_at=now)
