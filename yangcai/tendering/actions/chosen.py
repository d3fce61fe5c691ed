"""How does a buyer choose experts itself, and who consents (自行选定评审专家)?"""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, RowsField, TextField
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.procedures import PROCEDURES
from yangcai.tendering.inputs import narrow
from yangcai.tendering.models import ChosenExpert, ExpertChoice
from yangcai.tendering.rules.committee import chosen as rules
from yangcai.tendering.rules.committee import outside, pool

#: What each method says about it.
CHOSEN = tuple(
    dict.fromkeys(one.committee.chosen for one in PROCEDURES.values() if one.committee and one.committee.chosen)
)


class ChosenRow(forms.Form):
    expert = forms.IntegerField(label=_("评审专家"))
    reason = TextField(label=_("选定理由"), max_length=500)


class ChooseExperts(Input):
    reason = TextField(label=_("技术复杂、专业性强的理由"), lines=4)
    attempts = TextField(label=_("随机方式难以确定合适专家的情况"), lines=3)
    experts = RowsField(ChosenRow, label=_("选定的评审专家"), min_rows=1, max_rows=30, blank=3)

    def scope(self) -> None:
        """Whoever is in the library; the buyer's own people last, because others come first."""
        if not isinstance(self.subject, Case) or self.now is None:
            return
        found = pool.in_library(now=self.now).select_related("person", "employer")
        own = self.subject.buyer_id
        named = sorted(found, key=lambda one: (one.employer_id == own, one.pk))
        choices = [(one.pk, f"{one.person.name}（{one.employer.name}，{one.specialities}）") for one in named]
        narrow(self.fields["experts"], expert=choices)


@action(
    "experts.choose",
    zh="申请自行选定评审专家",
    en="Ask to choose the experts",
    on=Case,
    by={Role.BUYER_OFFICER},
    needs=(
        rules.method_lets_choose,
        rules.is_running,
        outside.no_draw_has_begun,
        rules.none_is_chosen_yet,
    ),
    checks=(rules.chosen_lawfully,),
    input=ChooseExperts,
    sentence=("{post}申请自行选定评审专家", "{post} asked to choose the experts"),
    is_public=False,
    secret=True,  # the names are (87号令 art. 47)
    cites=(*CHOSEN, "committee.chosen_outside"),
    hint=(
        "只限技术复杂、专业性强，随机方式难以确定合适专家的项目；经主管预算单位同意，优先选择本单位以外的专家",
        "Only for a complex, highly specialised project for which chance finds no suitable experts; the main budget"
        " unit consents, and experts of other units come first",
    ),
)
def choose_experts(
    case: Case, *, by: Post, now: datetime.datetime, reason: str, attempts: str, experts: list[dict[str, Any]]
) -> ExpertChoice:
    """The application with its names; nobody sits by it before the main budget unit consents."""
    made = ExpertChoice.objects.create(
        case=case, reason=reason, attempts=attempts, consent_by=rules.consenting(case), asked_at=now
    )
    ChosenExpert.objects.bulk_create(
        ChosenExpert(choice=made, expert_id=row["expert"], reason=row["reason"]) for row in experts
    )
    return made


class Consent(Input):
    decision = forms.ChoiceField(
        label=_("意见"), choices=[("", _("请选择")), ("consent", _("同意")), ("return", _("不同意"))]
    )
    opinion = TextField(label=_("审核意见"), lines=3, required=False)

    def scope(self) -> None:
        """Whoever consents reads whom the buyer chose."""
        if isinstance(self.subject, ExpertChoice) and self.by is not None and self.by.role == Role.BUYER_REVIEWER:
            named = self.subject.experts.select_related("expert__person", "expert__employer").order_by("pk")
            self.fields["decision"].help_text = "；".join(
                f"{one.expert.person.name}（{one.expert.employer.name}）：{one.reason}" for one in named
            )


@action(
    "experts.consent",
    zh="审核自行选定评审专家",
    en="Consent to chosen experts",
    on=ExpertChoice,
    by={Role.BUYER_REVIEWER},
    needs=(rules.is_the_main_budget_unit, rules.waits_for_consent, rules.consents_to_others),
    checks=(rules.return_has_a_reason,),
    input=Consent,
    not_same_person_as=("experts.choose",),
    sentence=("{post}审核了自行选定评审专家的申请", "{post} decided on the choice of experts"),
    is_public=False,
    cites=CHOSEN,
)
def consent_to_choice(
    choice: ExpertChoice, *, by: Post, now: datetime.datetime, decision: str, opinion: str
) -> ExpertChoice:
    """经主管预算单位同意: by another person than who asked."""
    choice.is_consented, choice.opinion, choice.decided_at = decision == "consent", opinion, now
    choice.save(update_fields=["is_consented", "opinion", "decided_at"])
    return choice


@action(
    "experts.withdraw",
    zh="撤回自行选定评审专家",
    en="Withdraw the choice of experts",
    on=ExpertChoice,
    by={Role.BUYER_OFFICER},
    needs=(rules.nobody_sits_yet,),
    sentence=("{post}撤回了自行选定评审专家的申请", "{post} withdrew the choice of experts"),
    is_public=False,
    cites=CHOSEN,
)
def withdraw_choice(choice: ExpertChoice, *, by: Post, now: datetime.datetime) -> ExpertChoice:
    """From here on everybody is drawn again."""
    choice.withdrawn_at = now
    choice.save(update_fields=["withdrawn_at"])
    return choice
