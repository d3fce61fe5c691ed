"""How do buyer, agent and treasury draw together, so that none of them, nor the platform, can choose? (VRD/1)"""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, TextField
from yangcai.parties.roles import Role
from yangcai.tendering import draws
from yangcai.tendering.actions.committee import DrawCommittee
from yangcai.tendering.models import CommitteeMember, ExpertDraw
from yangcai.tendering.rules import draw as rules
from yangcai.tendering.rules.committee import chosen, composition, drawing, outside, pool, seats

RUNNERS = {Role.AGENT, Role.BUYER_OFFICER}
ALL_PARTIES = {Role.AGENT, Role.BUYER_OFFICER, Role.TREASURY}


class OpenDraw(DrawCommittee):
    public_seed = None  # every party brings its own number instead


@action(
    "draw.open",
    zh="发起各方共同抽取",
    en="Begin a draw of all parties",
    on=Case,
    by=RUNNERS,
    needs=(
        drawing.may_be_formed,
        drawing.has_no_committee,
        rules.no_draw_is_open,
        chosen.no_choice_waits,
        chosen.chosen_may_sit,
        outside.no_outside_list_waits,
    ),
    checks=(drawing.drawn_in_time, drawing.composed_lawfully, drawing.pool_suffices),
    input=OpenDraw,
    sentence=("{post}发起了评审专家共同抽取", "{post} began a draw of experts by all parties"),
    is_public=False,
    cites=("committee.random_draw",),
    hint=(
        "采购人、代理机构、财政部门各提交一个随机数的摘要，名单锁定后再公布随机数；任何一方（包括平台）都不能左右结果",
        "Buyer, agent and treasury each hand in the digest of a number; the numbers follow once the list is fixed, so"
        " that nobody, the platform included, can choose",
    ),
)
def open_draw(
    case: Case,
    *,
    by: Any,
    now: datetime.datetime,
    evaluates_at: datetime.datetime,
    size: int | None,
    is_complex: bool,
    specialities: str,
    representatives: Any,
) -> ExpertDraw:
    """A new round that waits for the digests of the parties' numbers."""
    members = size or composition.smallest_size(case, is_complex=is_complex, now=now)
    return draws.begin(
        case,
        places=members - len(representatives) - len(chosen.chosen(case)),
        size=members,
        specialities=specialities,
        is_complex=is_complex,
        evaluates_at=evaluates_at,
        representatives=representatives,
        now=now,
    )


class Promise(Input):
    digest = TextField(
        label=_("随机数摘要"),
        max_length=64,
        help_text=_("随机数的 SHA-256（十六进制）；随机数请自行产生并妥善保存，公布之前不得告诉他人"),
        widget=forms.TextInput(
            attrs={"data-number": _("生成随机数"), "data-keep": _("本方随机数（请保存，公布时原样填写；平台不保存）：")}
        ),
    )


@action(
    "draw.promise",
    zh="提交随机数摘要",
    en="Hand in the digest of your number",
    on=ExpertDraw,
    by=ALL_PARTIES,
    needs=(rules.is_open, rules.is_a_party, rules.has_not_promised),
    checks=(rules.digest_is_one, rules.list_suffices),
    input=Promise,
    sentence=("{post}提交了随机数摘要", "{post} handed in the digest of its number"),
    is_public=False,
    cites=("committee.random_draw",),
)
def promise_number(draw: ExpertDraw, *, by: Any, now: datetime.datetime, digest: str) -> ExpertDraw:
    """Keep the digest; with the last one the list is frozen and committed to."""
    draws.promise(draw, party=draws.party_of(by), digest=digest, now=now)
    if draw.parties.count() == len(draw.sides):
        is_complex = draw.is_complex
        experts = pool.listed(draw.case, specialities=draw.specialities, is_complex=is_complex, now=now)
        kept = drawing.places_left(draw.case, is_complex=is_complex, now=now)
        draws.commit(draw, experts, kept=kept, now=now)
    return draw


class Reveal(Input):
    number = TextField(label=_("随机数"), help_text=_("生成摘要时的那个随机数，一字不差"))


@action(
    "draw.reveal",
    zh="公布随机数",
    en="Say your number",
    on=ExpertDraw,
    by=ALL_PARTIES,
    needs=(rules.is_open, rules.is_a_party, rules.is_committed, rules.has_not_revealed),
    checks=(rules.number_was_promised,),
    input=Reveal,
    sentence=("{post}公布了随机数", "{post} said its number"),
    is_public=False,
    cites=("committee.random_draw",),
)
def reveal_number(draw: ExpertDraw, *, by: Any, now: datetime.datetime, number: str) -> ExpertDraw:
    """The number joins those that make the seed."""
    draws.reveal(draw, party=draws.party_of(by), number=number, now=now)
    return draw


@action(
    "draw.complete",
    zh="完成共同抽取",
    en="Complete the draw",
    on=ExpertDraw,
    by=RUNNERS,
    needs=(rules.is_open, rules.has_no_committee, rules.all_have_revealed, rules.chosen_may_sit),
    sentence=("{post}按各方随机数抽取了评标委员会", "{post} drew the committee from all parties' numbers"),
    is_public=False,
    cites=("committee.random_draw", "committee.secrecy"),
)
def complete_draw(draw: ExpertDraw, *, by: Any, now: datetime.datetime) -> ExpertDraw:
    """Derive seed and order, call the first in order."""
    last = draws.last_reveal(draw)
    draws.settle(draw, head=last.hash if last is not None else draws.GENESIS, now=now)
    draws.compose(draw, now=now)
    return draw


class AbandonDraw(Input):
    reason = TextField(label=_("作废理由"), lines=2)


@action(
    "draw.abandon",
    zh="作废共同抽取",
    en="Abandon the draw",
    on=ExpertDraw,
    by=RUNNERS,
    needs=(rules.is_open,),
    input=AbandonDraw,
    sentence=("{post}作废了一次抽取", "{post} abandoned a draw"),
    is_public=False,
    cites=("committee.random_draw",),
    hint=("作废的轮次随抽取记录一并公开", "An abandoned round is published with the record of the draw"),
    dangerous=True,
)
def abandon_draw(draw: ExpertDraw, *, by: Any, now: datetime.datetime, reason: str) -> ExpertDraw:
    """Close the round without drawing; the next round says that there was one."""
    draw.abandoned_at, draw.abandoned_reason = now, reason
    draw.save(update_fields=["abandoned_at", "abandoned_reason"])
    return draw


class Decline(Input):
    reason = forms.ChoiceField(
        label=_("不能参加的理由"),
        choices=[("", _("请选择")), *((code, draws.REASONS[code]) for code in draws.DECLINES)],
    )
    note = TextField(label=_("说明"), required=False, lines=2)


@action(
    "committee.decline",
    zh="不能参加评审",
    en="Decline the seat",
    on=CommitteeMember,
    by={Role.EXPERT},
    needs=(seats.not_replaced, seats.not_signed_in, seats.still_evaluating, rules.is_of_the_library),
    checks=(rules.somebody_is_left,),
    input=Decline,
    sentence=("{post}说明不能参加评审，依次通知了下一名", "{post} cannot take part; the next in order was called"),
    is_public=False,
    cites=("committee.recusal", "committee.replacement"),
    hint=(
        "与项目有利害关系的应当回避；平台按抽取顺序通知下一名",
        "Whoever has an interest must recuse; the next in the order of the draw is called",
    ),
    dangerous=True,
)
def decline_seat(
    member: CommitteeMember, *, by: Any, now: datetime.datetime, reason: str, note: str
) -> CommitteeMember:
    """The reason stands in the record of the draw by its code; the next in order takes the seat."""
    words = str(draws.REASONS[reason]) + (f"：{note}" if note else "")
    return draws.replace(member, reason=reason, words=words, now=now)
