"""May a number be promised, said or used in a draw now, and may a member decline the seat?"""

import datetime
from collections.abc import Iterator
from typing import Any

from django.utils import translation

from yangcai.cases.models import Case
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.tendering import draws, vrd
from yangcai.tendering.models import CommitteeMember, ExpertDraw, parties_of
from yangcai.tendering.rules.committee import chosen, drawing


def _refuse(case: Case, *, now: datetime.datetime, code: str, zh: str, en: str, field: str = "") -> Refusal:
    return refuse("committee.random_draw", code=code, zh=zh, en=en, field=field, **applicable(case, now=now))


def no_draw_is_open(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Two draws at a time would let somebody take the better one."""
    if draws.open_draw(subject) is None:
        return None
    return _refuse(
        subject,
        now=now,
        code="draw_is_open",
        zh="各方共同抽取正在进行，不能另行抽取；请待各方公布随机数后完成抽取，或者说明理由作废该次抽取",
        en="A draw of all parties is under way: complete it once all numbers are known, or abandon it with the reason",
    )


def is_open(subject: ExpertDraw, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses a draw that was completed or abandoned."""
    if subject.drawn_at is None and subject.abandoned_at is None:
        return None
    return _refuse(
        subject.case,
        now=now,
        code="draw_is_over",
        zh="该次抽取已经完成或者作废，不能再改变",
        en="This draw is completed or abandoned: nothing of it can change",
    )


def is_a_party(subject: ExpertDraw, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses whoever brings no number to this draw."""
    if draws.party_of(by) in subject.sides:
        return None
    return Refusal("not_a_party", "您不是本次抽取的参与方", "You are no party to this draw")


def has_not_promised(subject: ExpertDraw, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A party promises one number, and does not change it."""
    if all(one.party != draws.party_of(by) for one in parties_of(subject)):
        return None
    return _refuse(
        subject.case,
        now=now,
        code="promised_already",
        zh="本方已经提交随机数摘要，不能更改；随机数遗失的，请由代理机构或者采购人说明理由作废该次抽取",
        en="Your side has handed in the digest of its number and cannot change it; if the number is lost, have this"
        " draw abandoned with the reason",
    )


def digest_is_one(subject: ExpertDraw, *, digest: str, now: datetime.datetime, **_: Any) -> Refusal | None:
    """The digest is 64 lower-case hexadecimal digits (SHA-256), and nobody else's."""
    if len(digest) == len(draws.GENESIS) and set(digest) <= set("0123456789abcdef"):
        return _copied(subject, digest, now=now)
    return Refusal(
        "bad_digest",
        "摘要应为随机数的 SHA-256，64 位小写十六进制；可用 yangcai draw number 生成随机数及其摘要",
        "The digest is the SHA-256 of your number, 64 lower-case hexadecimal digits; “yangcai draw number” makes both",
        field="digest",
    )


def _copied(subject: ExpertDraw, digest: str, *, now: datetime.datetime) -> Refusal | None:
    """Whoever hands in another's digest waits for that one's number and adds nothing of its own."""
    if not subject.parties.filter(digest=digest).exists():
        return None
    return _refuse(
        subject.case,
        now=now,
        code="copied_digest",
        zh="该摘要已由另一方提交；各方的随机数必须各自产生",
        en="Another party has handed in this digest: each party makes a number of its own",
        field="digest",
    )


def list_suffices(subject: ExpertDraw, *, now: datetime.datetime, **_: Any) -> Refusal | None:
    """The last promise freezes the list, which must be long enough then."""
    if subject.parties.count() + 1 < len(subject.sides):
        return None
    return drawing.pool_suffices(
        subject.case,
        now=now,
        size=subject.size,
        is_complex=subject.is_complex,
        representatives=subject.representatives.all(),
        specialities=subject.specialities,
    )


def is_committed(subject: ExpertDraw, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """No number before the list and every other number are fixed: the last to speak must have nothing to choose."""
    if subject.committed_at is not None:
        return None
    zh, en = _missing(subject)
    return _refuse(
        subject.case,
        now=now,
        code="not_committed",
        zh=f"各方尚未全部提交随机数摘要（缺：{zh}），名单没有锁定，不能公布随机数",
        en=f"Not every party has handed in its digest (missing: {en}): the list is not fixed and no number may be said"
        " yet",
    )


def _missing(draw: ExpertDraw) -> tuple[str, str]:
    """Whom a draw waits for, in Chinese and in English."""
    told = []
    for language, comma in (("zh-hans", "、"), ("en", ", ")):
        with translation.override(language):
            told.append(comma.join(str(side.label) for side in draw.missing))
    return told[0], told[1]


def has_not_revealed(subject: ExpertDraw, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A party says its number once."""
    own = draws.party_of(by)
    if not any(one.party == own and one.revealed_at is not None for one in parties_of(subject)):
        return None
    return Refusal("revealed_already", "本方已经公布随机数", "Your side has said its number already")


def number_was_promised(
    subject: ExpertDraw, *, by: Any, now: datetime.datetime, number: str, **_: Any
) -> Refusal | None:
    """Whoever could say another number than the one it promised would choose, after hearing the others."""
    if subject.parties.filter(party=draws.party_of(by), digest=vrd.promise_of(number)).exists():
        return None
    return _refuse(
        subject.case,
        now=now,
        code="another_number",
        zh="该随机数与提交的摘要不符；请填写生成摘要时的那个随机数，不得更换",
        en="This number does not belong to the digest handed in: give the very number that was digested",
        field="number",
    )


def all_have_revealed(subject: ExpertDraw, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses to complete a draw whose numbers are not all there, and says whose is missing."""
    if subject.committed_at is not None and not subject.missing:
        return None
    zh, en = _missing(subject)
    return _refuse(
        subject.case,
        now=now,
        code="numbers_missing",
        zh=f"还有参与方没有公布随机数（缺：{zh}）；拒不公布的，请说明理由作废该次抽取，重新发起",
        en=f"Not every party has said its number (missing: {en}): abandon the draw with the reason if one refuses, and"
        " begin anew",
    )


def has_no_committee(subject: ExpertDraw, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """As in `drawing`, of the draw's case."""
    return drawing.has_no_committee(subject.case, by=by, now=now)


def chosen_may_sit(subject: ExpertDraw, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """The seats are filled now: by whom the buyer chose too (87号令 art. 48; 74号令 art. 7)."""
    return chosen.chosen_may_sit(subject.case, by=by, now=now)


def is_of_the_library(subject: CommitteeMember, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses a representative of the buyer, who was not drawn and is replaced by the buyer."""
    if subject.expert_id is not None:
        return None
    return Refusal(
        "not_drawn",
        "采购人代表由采购人更换",
        "A representative of the buyer was not drawn: the buyer sends another one",
    )


def somebody_is_left(subject: CommitteeMember, *, by: Any = None, now: datetime.datetime, **_: Any) -> Any:
    """Refuses to give up a seat that nobody of the library could take (87号令 art. 49)."""
    yield from drawing.replacement_available(subject, now=now, representative=None)
