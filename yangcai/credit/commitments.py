"""What does a supplier commit itself to, instead of handing in papers that say the same? (资格承诺)"""

import datetime
import hashlib
from collections.abc import Iterable

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yangcai import law
from yangcai.credit.models import Commitment
from yangcai.kernel.actions import action, scope, standing
from yangcai.kernel.inputs import Input, TextField
from yangcai.kernel.refusals import Refusal, refuses
from yangcai.parties.models import Organisation, Post
from yangcai.parties.roles import Role

#: What is signed. What it stands for: the papers of 条例 art. 17 (2) to (4) and the statement of (5).
TEXT = (
    "本单位郑重承诺：一、具有独立承担民事责任的能力；二、具有良好的商业信誉和健全的财务会计制度；三、具有履行合同所必需的设备和"
    "专业技术能力；四、有依法缴纳税收和社会保障资金的良好记录；五、参加政府采购活动前的法定期限内，在经营活动中没有重大违法记录；"
    "六、符合法律、行政法规规定的其他条件。以上承诺真实；采购人、财政部门可以要求提供证明材料核实。承诺不实的，属于提供虚假材料，"
    "本单位依法承担责任，并同意记入诚信记录。"
)
#: What its law is.
RULES = ("qualification.conditions", "qualification.commitment", "qualification.looked_up")

SIGNED = Refusal(
    "commitment_in_force",
    "已有一份有效的信用承诺，不必重复签署",
    "A commitment is in force already: there is no need to sign another",
)
refuses("one_commitment_in_force", SIGNED)


@scope(Commitment)
def visible_commitments(post: Post | None, now: datetime.datetime) -> QuerySet[Commitment]:
    """One's own organisation's; those who oversee see all. Of bidders, their examiners see it through the bid."""
    found = Commitment.objects.select_related("organisation", "signed_by__person")
    if post is None:
        return found.none()
    if post.role in {Role.TREASURY, Role.AUDITOR, Role.PLATFORM}:
        return found
    return found.filter(organisation_id=post.organisation_id)


@standing(Commitment)
def concerns_commitment(commitment: Commitment, post: Post) -> bool:
    """Whether this post acts on a commitment: only its own organisation."""
    return commitment.organisation_id == post.organisation_id


def in_force_at(suppliers: Iterable[int], *, at: datetime.datetime) -> QuerySet[Commitment]:
    """The commitments of these suppliers that stood at a moment."""
    stands = Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=at)
    return Commitment.objects.filter(stands, organisation_id__in=list(suppliers), signed_at__lte=at)


def none_in_force(organisation: Organisation, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """One at a time."""
    return SIGNED if Commitment.objects.filter(organisation=organisation, withdrawn_at__isnull=True).exists() else None


class SignCommitment(Input):
    representative = TextField(label=_("法定代表人或者负责人"), max_length=60)
    agrees = forms.BooleanField(label=_("已阅读承诺内容，本单位确认作出上述承诺"))

    def scope(self) -> None:
        self.fields["agrees"].help_text = TEXT


@action(
    "commitment.sign",
    zh="签署信用承诺",
    en="Sign the commitment",
    on=Organisation,
    by={Role.SUPPLIER},
    needs=(none_in_force,),
    input=SignCommitment,
    sentence=("{post}签署了信用承诺", "{post} signed the commitment"),
    creates=True,
    is_public=False,
    cites=RULES,
    hint=(
        "签署一次，代替每次投标的财务、纳税、社保等证明；资格审查时审查人直接看到",
        "Signed once, it stands for the papers on finances, taxes and insurance; whoever checks qualification sees it",
    ),
)
def sign_commitment(
    organisation: Organisation, *, by: Post, now: datetime.datetime, representative: str, agrees: bool
) -> Commitment:
    """The text and the articles as they are today, frozen with their digest."""
    on = timezone.localdate(now)
    articles = "；".join(f"《{c.title}》{c.article}" for c in (law.cite(key, on=on) for key in RULES))
    digest = hashlib.sha256(
        "\n".join((organisation.name, organisation.uscc or "", TEXT, articles)).encode()
    ).hexdigest()
    return Commitment.objects.create(
        organisation=organisation,
        text=TEXT,
        law=articles,
        representative=representative,
        digest=digest,
        signed_by=by,
        signed_at=now,
    )


def stands(commitment: Commitment, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """It is withdrawn once."""
    if commitment.withdrawn_at is None:
        return None
    return Refusal("commitment_withdrawn", "该承诺已经撤回", "This commitment was withdrawn already")


@action(
    "commitment.withdraw",
    zh="撤回信用承诺",
    en="Withdraw the commitment",
    on=Commitment,
    by={Role.SUPPLIER},
    needs=(stands,),
    sentence=("{post}撤回了信用承诺", "{post} withdrew the commitment"),
    is_public=False,
    cites=("qualification.commitment",),
    hint=(
        "撤回后新的投标须提供证明材料；已递交的投标不受影响",
        "After that new bids need the papers; bids handed in before keep it",
    ),
    dangerous=True,
)
def withdraw_commitment(commitment: Commitment, *, by: Post, now: datetime.datetime) -> Commitment:
    """From now on it stands for nothing new."""
    commitment.withdrawn_at = now
    commitment.save(update_fields=["withdrawn_at"])
    return commitment
