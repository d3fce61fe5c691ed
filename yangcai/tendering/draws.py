"""Which rows does a draw leave, from the commit to the call of the next in order? (The arithmetic is in `vrd.py`.)"""

import datetime
import secrets
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.kernel.beneath import may_have
from yangcai.kernel.models import Entry
from yangcai.kernel.reading import remembered
from yangcai.parties.models import LAW, Expert, Post
from yangcai.parties.roles import Role
from yangcai.tendering import vrd
from yangcai.tendering.models import Committee, CommitteeMember, DrawLine, DrawParty, ExpertDraw
from yangcai.tendering.rules.committee import composition, pool
from yangcai.tendering.rules.committee.chosen import chosen as chosen_experts
from yangcai.tendering.rules.committee.outside import outside

SALT_BYTES = 32
#: What an Entry's hash is used for until there are witnesses.
STANDS_FOR = "the checkpoint cosigned by two witnesses, which this log does not have yet"
#: Before the first Entry there is no head.
GENESIS = "0" * 64
#: Why somebody who was called does not sit: what the expert says, then what the buyer's side or the platform finds.
REASONS = {
    "recusal": _("应当回避"),
    "engaged": _("时间冲突"),
    "ill": _("身体原因"),
    "other_field": _("专业不符"),
    "private": _("其他个人原因"),
    "absent": _("未按时到场"),
    "left": _("评审中途离开"),
    "removed": _("违反评审纪律"),
    "kept_for_lawyer": _("余下席位须由法律专家担任"),
    "lawyer_is_seated": _("法律专家席位已有人担任"),
    "kept_for_economist": _("余下席位须由经济专家担任"),
    "economist_is_seated": _("经济专家席位已有人担任"),
    "not_eligible": _("抽取后出现应当回避或者退库的情形"),
    pool.DISSOLVED: _("评标委员会解散，重新组建"),
}
#: Passed over for the kind of place that was free, not for anything about the expert: may be called again later.
FOR_THE_PLACE = ("kept_for_lawyer", "lawyer_is_seated", "kept_for_economist", "economist_is_seated")
#: Speciality -> what the record calls the places kept for it, and the two reasons that come of it.
KEPT = {
    LAW: ("lawyers", "kept_for_lawyer", "lawyer_is_seated"),
    composition.ECONOMY: ("economists", "kept_for_economist", "economist_is_seated"),
}
#: The reasons that an expert gives for oneself.
DECLINES = ("recusal", "engaged", "ill", "other_field", "private")
#: The reasons that the buyer's side gives.
REMOVALS = ("absent", "ill", "recusal", "left", "removed")
#: Those of them in which a member neither left without leave nor broke the discipline.
BLAMELESS = ("ill", "recusal", pool.DISSOLVED)
#: Whose number a post says.
PARTY_OF = {Role.BUYER_OFFICER: "buyer", Role.AGENT: "agent", Role.TREASURY: "supervisor"}


@remembered
def open_draw(case: Case) -> ExpertDraw | None:
    """The draw that waits for numbers."""
    if not may_have(case, ExpertDraw):
        return None
    return ExpertDraw.objects.filter(case=case, drawn_at__isnull=True, abandoned_at__isnull=True).first()


def begin(case: Case, *, places: int, size: int, now: datetime.datetime, **told: Any) -> ExpertDraw:
    """A new round: how many are wanted, for what."""
    representatives = told.pop("representatives", ())
    rounds = ExpertDraw.objects.filter(case=case).count()
    draw = ExpertDraw.objects.create(case=case, round=rounds + 1, places=places, size=size, opened_at=now, **told)
    draw.representatives.set(representatives)
    return draw


def promise(draw: ExpertDraw, *, party: str, digest: str, now: datetime.datetime) -> DrawParty:
    """Keep a party's digest (64 hexadecimal digits)."""
    return DrawParty.objects.create(draw=draw, party=party, digest=digest, promised_at=now)


def commit(draw: ExpertDraw, experts: Iterable[Expert], *, kept: Iterable[str], now: datetime.datetime) -> None:
    """Freeze the list behind salts, and the numbers behind their digests; a place is kept for each speciality named.
    How many seats the buyer filled by its own choice is said, because so many were not drawn."""
    wanted = set(kept)
    sits = Committee.objects.filter(case=draw.case, dissolved_at__isnull=True).exists()
    named = 0 if sits else len(chosen_experts(draw.case))
    lines = []
    for expert in experts:
        facts = {
            "id": expert.pk,
            "name": expert.person.name,
            "unit": expert.employer.name,
            "specialities": expert.specialities,
            **({"number": expert.library_number} if expert.library else {}),
        }
        salt = chance()
        digest = vrd.line_of(facts, salt=salt)
        lines.append(DrawLine(draw=draw, expert=expert, facts=facts, salt=salt, digest=digest))
    DrawLine.objects.bulk_create(lines)
    draw.commit = {
        "v": f"{vrd.VERSION} draw-commit",
        "case": draw.case.number,
        "round": draw.round,
        "places": draw.places,
        "lawyers": int(LAW in wanted),
        **({"economists": 1} if composition.ECONOMY in wanted else {}),
        **({"chosen": named} if named else {}),
        **({"source": source.source} if (source := outside(draw.case)) is not None else {}),
        "count": len(lines),
        "pool": vrd.pool_of(line.digest for line in lines),
        "promises": {party.party: party.digest for party in draw.parties.all()},
    }
    draw.leaf, draw.committed_at = vrd.leaf_of(draw.commit), now
    draw.save(update_fields=["commit", "leaf", "committed_at"])


def reveal(draw: ExpertDraw, *, party: str, number: str, now: datetime.datetime) -> None:
    """Keep the number that a party said; that it was the one promised is checked before."""
    draw.parties.filter(party=party).update(number=number, revealed_at=now)


def settle(draw: ExpertDraw, *, head: str, now: datetime.datetime) -> None:
    """The seed follows from what was said, the order from the seed; nobody has a choice any more."""
    numbers = {party.party: party.number for party in draw.parties.all()}
    seed = vrd.seed_of(leaf=draw.leaf, numbers=[numbers[party] for party in vrd.PARTIES if party in numbers], head=head)
    by_digest = {line.digest: line for line in draw.lines.all()}
    for position, digest in enumerate(vrd.shuffled(by_digest, seed=seed), start=1):
        by_digest[digest].position = position
    DrawLine.objects.bulk_update(by_digest.values(), ["position"])
    draw.head, draw.seed, draw.drawn_at = head, seed.hex(), now
    draw.save(update_fields=["head", "seed", "drawn_at"])


def at_once(
    case: Case, experts: Iterable[Expert], *, kept: Iterable[str], public: str = "", now: datetime.datetime, **told: Any
) -> ExpertDraw:
    """All steps in one, with the platform's number (and a public one): the record then says that no other party took
    part, and a reader must trust the platform's chance."""
    draw = begin(case, now=now, **told)
    numbers = numbers_at_once(public=public)
    for party, number in numbers.items():
        promise(draw, party=party, digest=vrd.promise_of(number), now=now)
    commit(draw, experts, kept=kept, now=now)
    head = log_head()
    for party, number in numbers.items():
        reveal(draw, party=party, number=number, now=now)
    settle(draw, head=head, now=now)
    return draw


def chance() -> str:
    """32 bytes that nobody could foresee, in hexadecimal: a salt or a number."""
    return secrets.token_hex(SALT_BYTES)


def numbers_at_once(*, public: str) -> dict[str, str]:
    """The platform's own number, and a public one if somebody gave one."""
    return {"platform": chance()} | ({"public": public} if public else {})


def log_head() -> str:
    """The hash of the newest Entry."""
    last = Entry.objects.order_by("-seq").first()
    return last.hash if last else GENESIS


def compose(draw: ExpertDraw, *, now: datetime.datetime) -> Committee:
    """Seat the first of the order, one of them a lawyer (an economist) where the law wants one, then whom the buyer
    chose with consent, then its representatives; the first of all chairs, never a representative (87号令 art. 45(4)),
    nor who sits in a place kept for a speciality, or works for the buyer, while others do."""
    assert draw.commit is not None
    committee = Committee.objects.create(
        case=draw.case, size=draw.size, draw_seed=draw.seed, pool_digest=draw.commit["pool"], drawn_at=now
    )
    kept = [word for word, (name, *_reasons) in KEPT.items() if draw.commit.get(name)]
    general = draw.places - len(kept)
    called: list[tuple[DrawLine, bool]] = []
    for _place in range(draw.places):
        line = following(draw, general=general > 0, kept=kept, now=now)
        if line is not None:
            taken = next((word for word in kept if has_speciality(line, word)), "")
            if taken:
                kept.remove(taken)
            else:
                general -= 1
            mark(line, vrd.SEATED, now=now)
            called.append((line, bool(taken)))
    chair = next((n for n, (_line, is_kept) in enumerate(called) if not is_kept), 0)
    for n, (line, _is_kept) in enumerate(called):
        seat(line, committee, is_chair=n == chair, now=now)
    named = chosen_experts(draw.case)
    outside = next((n for n, one in enumerate(named) if one.expert.employer_id != draw.case.buyer_id), 0)
    for n, one in enumerate(named):
        post = pool.seat_of(one.expert, now=now)
        CommitteeMember.objects.create(
            committee=committee, post=post, expert=one.expert, chosen=one, is_chair=not called and n == outside
        )
    for post in draw.representatives.order_by("pk"):
        CommitteeMember.objects.create(committee=committee, post=post)
    return committee


def following(draw: ExpertDraw, *, general: bool, kept: Collection[str], now: datetime.datetime) -> DrawLine | None:
    """The next in order who may still sit where there is room: in a `general` place, or in one `kept` for a speciality.
    Whoever is passed over has the reason on the record."""
    eligible = pool.eligible(draw.case, now=now)
    free = Q(outcome="") | Q(outcome=vrd.PASSED, reason__in=FOR_THE_PLACE)
    for line in draw.lines.filter(free).select_related("expert").order_by("position"):
        if line.expert_id not in eligible:
            mark(line, vrd.PASSED, reason="not_eligible", now=now)
        elif any(has_speciality(line, word) for word in kept) or (general and is_of_the_field(line)):
            return line
        else:
            mark(line, vrd.PASSED, reason=_passed_for(line, kept), now=now)
    return None


def _passed_for(line: DrawLine, kept: Collection[str]) -> str:
    """The places left are somebody else's, or the one of this expert's speciality is taken."""
    for word, (_name, waits, _taken) in KEPT.items():
        if word in kept:
            return waits
    return next((taken for word, (*_names, taken) in KEPT.items() if has_speciality(line, word)), "lawyer_is_seated")


def has_speciality(line: DrawLine, word: str) -> bool:
    """Whether the frozen facts of a line name this speciality."""
    return word in line.facts["specialities"]


def is_of_the_field(line: DrawLine) -> bool:
    """Of a speciality that the draw asked for, not on the list for a kept place alone."""
    asked, own = pool.words(line.draw.specialities), line.facts["specialities"].lower()
    return not asked or any(word.lower() in own for word in asked)


def seat(line: DrawLine, committee: Committee, *, is_chair: bool, now: datetime.datetime) -> CommitteeMember:
    """A seat for the expert of a line. The caller knows that the expert has a post (`pool.eligible`)."""
    return CommitteeMember.objects.create(
        committee=committee, post=pool.seat_of(line.expert, now=now), expert=line.expert, is_chair=is_chair
    )


def mark(line: DrawLine, outcome: str, *, reason: str = "", now: datetime.datetime) -> None:
    """What became of a line that was called, and why; the time of the first call stands."""
    DrawLine.objects.filter(pk=line.pk).update(outcome=outcome, reason=reason, called_at=line.called_at or now)


def replace(member: CommitteeMember, *, reason: str, words: str, now: datetime.datetime) -> CommitteeMember:
    """The seat goes to the next of the draw; when the list is used up, to the first of a new round, which everybody
    sees. The chair stays with somebody of the library."""
    committee, case = member.committee, member.committee.case
    word, substitutes = pool.kept_seat(member), pool.substitutes(member, now=now)
    kept = [word] if word else []
    told = {"replaced_reason": words, "replaced_ground": reason}
    CommitteeMember.objects.filter(pk=member.pk).update(replaced_at=now, is_chair=False, **told)
    line = DrawLine.objects.filter(draw__case=case, expert=member.expert_id, outcome=vrd.SEATED).first()
    if line is not None:
        mark(line, vrd.REPLACED if member.signed_in_at else vrd.REFUSED, reason=reason, now=now)
    found = None
    for draw in ExpertDraw.objects.filter(case=case, drawn_at__gte=committee.drawn_at).order_by("round"):
        found = found or following(draw, general=not kept, kept=kept, now=now)
    if found is None:
        experts = substitutes.select_related("person", "employer")
        draw = at_once(case, experts, kept=kept, places=1, size=committee.size, now=now)
        found = following(draw, general=not kept, kept=kept, now=now)
        assert found is not None, "the check said that somebody is left"
    mark(found, vrd.SEATED, now=now)
    remaining = [m for m in _sitting(case) if m.expert_id is not None]
    seated = seat(found, committee, is_chair=member.is_chair and not remaining, now=now)
    if member.is_chair and remaining:
        CommitteeMember.objects.filter(pk=remaining[0].pk).update(is_chair=True)
    return seated


def dissolve(member: CommitteeMember, *, reason: str, words: str, now: datetime.datetime) -> None:
    """Nobody sits any more: the `member` whose seat cannot be filled goes on its own ground, all others because of it.
    Whoever was only dissolved may be drawn again."""
    for one in CommitteeMember.objects.filter(committee=member.committee_id, replaced_at__isnull=True):
        ground = reason if one.pk == member.pk else pool.DISSOLVED
        CommitteeMember.objects.filter(pk=one.pk).update(
            replaced_at=now, replaced_reason=words if one.pk == member.pk else "", replaced_ground=ground
        )
        line = DrawLine.objects.filter(
            draw__case=member.committee.case_id, expert=one.expert_id, outcome=vrd.SEATED
        ).first()
        if line is not None:
            mark(line, vrd.REPLACED if one.signed_in_at else vrd.REFUSED, reason=ground, now=now)


def _sitting(case: Case) -> list[CommitteeMember]:
    return list(CommitteeMember.objects.filter(committee__case=case, replaced_at__isnull=True).order_by("pk"))


def record(draw: ExpertDraw, *, is_complete: bool = False) -> dict[str, Any]:
    """What is published with the result: everything that is needed to draw again, and no name beside those who sit.
    `is_complete`: for the supervisor, with every line of the list opened."""
    lines = list(draw.lines.order_by("position"))
    called = [line for line in lines if line.outcome]
    later = ExpertDraw.objects.filter(case=draw.case, round__gt=draw.round, drawn_at__isnull=False).exists()
    later = later or Committee.objects.filter(case=draw.case, dissolved_at__gte=draw.drawn_at).exists()
    earlier = ExpertDraw.objects.filter(case=draw.case, round__lt=draw.round).order_by("round")
    return {
        "v": vrd.VERSION,
        "of": "experts",
        "case": {"number": draw.case.number, "title": draw.case.title},
        "commit": draw.commit,
        "leaf": draw.leaf,
        "committed_at": _moment(draw.committed_at),
        "numbers": {party.party: party.number for party in draw.parties.all()},
        "head": {"kind": "entry-hash", "hash": draw.head, "stands_for": STANDS_FOR},
        "seed": draw.seed,
        "drawn_at": _moment(draw.drawn_at),
        "lines": sorted(line.digest for line in lines),
        "order": [line.digest for line in lines],
        "calls": [
            {"position": line.position, "line": line.digest, "outcome": line.outcome, "reason": line.reason}
            for line in called
        ],
        "opened": [
            {"line": line.digest, "salt": line.salt, "facts": line.facts}
            for line in lines
            if is_complete or line.outcome == vrd.SEATED
        ],
        "is_final": not later,
        "earlier": [
            {"round": one.round, "leaf": one.leaf, "seed": one.seed, "abandoned": one.abandoned_reason}
            for one in earlier
        ],
    }


def _moment(value: datetime.datetime | None) -> str | None:
    return value.astimezone(datetime.UTC).isoformat() if value else None


def last_reveal(draw: ExpertDraw) -> Entry | None:
    """The Entry of the last number that was said: fixed once it is said, so nobody can wait for a better head."""
    return Entry.objects.filter(action="draw.reveal", subject=draw.ref, outcome="done").order_by("-seq").first()


def party_of(post: Post | None) -> str:
    """Whose number this post says; empty for a post that takes no part."""
    return PARTY_OF.get(Role(post.role), "") if post is not None else ""
