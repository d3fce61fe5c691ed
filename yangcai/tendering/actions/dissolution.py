"""What when a seat of the committee cannot be filled? It is dissolved; another one is drawn and begins anew."""

import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Stage
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, TextField
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering import draws, opinions, standing
from yangcai.tendering.models import Committee, CommitteeMember, Unfilled
from yangcai.tendering.rules.committee import dissolution as rules
from yangcai.tendering.rules.committee import seats


class DissolveCommittee(Input):
    why = forms.ChoiceField(label=_("无法补足的情形"), choices=Unfilled.choices)
    ground = forms.ChoiceField(
        label=_("该成员不能评审的情形"), choices=[(code, draws.REASONS[code]) for code in draws.REMOVALS]
    )
    reason = TextField(
        label=_("解散理由"), lines=3, help_text=_("成员缺席、回避或者健康等原因，补抽的经过；记入评标报告并存档")
    )


@action(
    "committee.dissolve",
    zh="重新组建评标委员会",
    en="Dissolve the committee and form another",
    on=CommitteeMember,
    by={Role.AGENT, Role.BUYER_OFFICER},
    needs=(
        seats.not_replaced,
        rules.method_forms_anew,
        seats.still_evaluating,
        rules.something_is_open,
        rules.no_prices_in_sight,
        rules.nobody_could_come,
    ),
    checks=(rules.seat_cannot_be_filled,),
    input=DissolveCommittee,
    sentence=(
        "{post}因评标委员会成员无法及时补足停止评标，解散评标委员会，封存评标资料",
        "{post} stopped the evaluation because a seat could not be filled, dissolved the committee and sealed its"
        " papers",
    ),
    is_public=False,
    cites=("committee.formed_anew", "committee.replacement"),
    hint=(
        "只在无法及时补足时办理：原评标委员会的评标意见全部无效并封存，另行抽取评审专家，从符合性审查起重新评标",
        "Only where nobody can be put in in time: all opinions of the committee are void and sealed, another one is"
        " drawn, and it evaluates anew from the responsiveness check on",
    ),
)
def dissolve_committee(
    member: CommitteeMember, *, by: Post, now: datetime.datetime, why: str, ground: str, reason: str
) -> Committee:
    """Seal what was found, void it, and leave the case without a committee until another one is drawn."""
    committee, lots = member.committee, rules.open_lots(member)
    committee.sealed, committee.sealed_digest = opinions.seal(committee, lots)
    committee.dissolved_at, committee.dissolved_ground, committee.dissolved_reason = now, why, reason
    draws.dissolve(member, reason=ground, words=reason, now=now)
    committee.save(update_fields=["sealed", "sealed_digest", "dissolved_at", "dissolved_ground", "dissolved_reason"])
    opinions.void(lots, now=now)
    for lot in lots:
        if lot.stage_at(now) == Stage.EVALUATION:
            standing.record(lot, through=standing.QUALIFICATION)
    return committee
