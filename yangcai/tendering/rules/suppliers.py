"""Who may be put on the list of suppliers, by whom, how is it drawn from, and who watches?"""

import datetime
from collections.abc import Collection, Iterator
from typing import Any

from yangcai import law
from yangcai.cases.models import Case, Stage
from yangcai.cases.rules import applicable, refuse
from yangcai.credit.queries import may_take_part
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.parties.models import Organisation
from yangcai.parties.roles import Role
from yangcai.tendering import method, prequalified
from yangcai.tendering.models import InvitedBy, Invitee, InviteeSource, SupplierDraw
from yangcai.tendering.solicitations import solicitation


def _way(case: Case) -> str:
    file = solicitation(case)
    return file.invited_by if file is not None else ""


def _chosen_way(case: Case, *ways: str, now: datetime.datetime) -> Refusal | None:
    if _way(case) in ways:
        return None
    return refuse(
        method.comes_by(case),
        code="not_this_way",
        zh="采购文件确定的邀请方式不是这一种",
        en="The file says that suppliers come another way",
        **applicable(case, now=now),
    )


def is_by_recommendation(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses where the file does not say that suppliers are recommended (74号令 art. 12)."""
    return _chosen_way(subject, InvitedBy.RECOMMENDATION, now=now)


def is_by_name(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Where a purchase follows another one's contracts, its suppliers are those of the contracts and no others."""
    found = method.of(subject)
    if found.follows:
        return refuse(
            found.grounds,
            code="contractors_only",
            zh="本项目只邀请研发产品通过验收的供应商，不得另行指定",
            en="Only the suppliers whose research was accepted are invited: nobody else is named",
            **applicable(subject, now=now),
        )
    return _chosen_way(subject, InvitedBy.NAMED, now=now)


def is_drawn(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A list is drawn from: the library's always, a recommended one where the method says so (87号令 art. 14)."""
    ways = [InvitedBy.LIBRARY, *([InvitedBy.RECOMMENDATION] if method.of(subject).pool else [])]
    return _chosen_way(
        subject, *ways, *([InvitedBy.PREQUALIFICATION] if _draws_the_qualified(subject) else []), now=now
    )


def _draws_the_qualified(case: Case) -> int | None:
    """How many the prequalification file draws from its list; None where it invites all who qualified."""
    done = prequalified.concluded(case) if _way(case) == InvitedBy.PREQUALIFICATION else None
    listed = Invitee.objects.filter(case=case, source=InviteeSource.PREQUALIFIED)
    return done.draws if done is not None and done.draws is not None and listed.count() > done.draws else None


def not_drawn_yet(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """The suppliers of a case are drawn once."""
    if not SupplierDraw.objects.filter(case=subject).exists():
        return None
    return Refusal("already_drawn", "已经抽取供应商", "The suppliers have been drawn already")


def recommender(by: Any) -> str:
    """On whose behalf this post recommends: the experts' or the buyer's (74号令 art. 12)."""
    return InviteeSource.EXPERT if by.role == Role.EXPERT else InviteeSource.BUYER


def recommended_fairly(
    subject: Case, *, by: Any, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any
) -> Iterator[Refusal]:
    """Each with a reason and once; the debarred are not recommended; nobody recommends whom another did."""
    seen: set[int] = set(
        Invitee.objects.filter(case=subject).exclude(recommended_by=by).values_list("supplier", flat=True)
    )
    for number, row in enumerate(rows, start=1):
        supplier = row["supplier"]
        if supplier.pk in seen:
            yield Refusal(
                "recommended_twice",
                f"第 {number} 行：{supplier.name} 已被推荐",
                f"Row {number}: {supplier.name} is recommended already",
                facts={"supplier": Written(supplier.name)},
                field="rows",
            )
        seen.add(supplier.pk)
        yield from may_take_part(supplier, at=now)


def buyer_share_is_kept(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """采购人推荐供应商的比例不得高于推荐供应商总数的 50% (74号令 art. 12)."""
    key, on = method.of(subject).buyer_share, applicable(subject, now=now)
    if _way(subject) != InvitedBy.RECOMMENDATION or not key or not law.applies(key, **on):
        return None
    listed = list(Invitee.objects.filter(case=subject, is_chosen=True).values_list("source", flat=True))
    own = listed.count(InviteeSource.BUYER)
    if not listed or own <= len(listed) * law.value(key, **on):
        return None
    return refuse(
        key,
        code="buyer_recommends_too_many",
        zh="采购人推荐 {own} 家，推荐总数 {total} 家；采购人推荐的不得超过{limit}",
        en="The buyer recommends {own} of {total}; it may recommend at most {limit}",
        own=own,
        total=len(listed),
        **on,
    )


def pool_is_large_enough(
    subject: Case, *, now: datetime.datetime, wanted: int | None, pool: Collection[Organisation], **_: Any
) -> Iterator[Refusal]:
    """备选的供应商总数不得少于拟随机抽取总数的两倍 (87号令 art. 14)."""
    on, found = applicable(subject, now=now), method.of(subject)
    listed = len(listed_for_draw(subject, pool=pool))
    fewest = to_draw(subject, now=now)
    number = wanted or fewest
    announced = _draws_the_qualified(subject)
    if announced is not None and number != announced:
        yield refuse(
            "prequalification.examined",
            code="other_number_announced",
            zh="资格预审公告载明随机抽取 {announced} 家",
            en="The prequalification notice announced that {announced} are drawn",
            field="wanted",
            announced=announced,
            **on,
        )
    if number < fewest:
        yield refuse(
            found.invited,
            code="too_few_drawn",
            zh="应当抽取不少于 {fewest} 家供应商",
            en="At least {fewest} suppliers are to be drawn",
            field="wanted",
            fewest=fewest,
            **on,
        )
    twice = found.pool and _way(subject) != InvitedBy.PREQUALIFICATION  # of the other two ways only
    multiple = law.value(found.pool, **on) if twice and law.applies(found.pool, **on) else 1
    if listed < number * multiple:
        yield refuse(
            found.pool or found.invited,
            code="pool_too_small",
            zh="备选供应商 {listed} 家，抽取 {number} 家；备选总数不得少于 {least} 家",
            en="{listed} suppliers stand on the list for a draw of {number}: it must hold at least {least}",
            field="pool",
            listed=listed,
            number=number,
            least=number * multiple,
            **on,
        )


def to_draw(case: Case, *, now: datetime.datetime) -> int:
    """How many are drawn at least: as many as the prequalification file says, else as are to be invited."""
    return _draws_the_qualified(case) or fewest_to_invite(case, now=now)


def fewest_to_invite(case: Case, *, now: datetime.datetime) -> int:
    """How many suppliers the method wants to be invited; two where the ground of the case lets two be enough."""
    key, on = method.of(case).invited, applicable(case, now=now)
    if not key or not law.applies(key, **on):
        return 1
    return min(law.value(key, **on), method.fewest(case, Stage.SUBMISSION, now=now))


def enough_are_invited(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """邀请不少于 3 家 (政府采购法 art. 34, 38; 74号令 art. 12): counted before the invitations go out."""
    if _way(subject) in {"", InvitedBy.NOTICE}:
        return None
    chosen, fewest = Invitee.objects.filter(case=subject, is_chosen=True).count(), fewest_to_invite(subject, now=now)
    if chosen >= fewest:
        return None
    return refuse(
        method.of(subject).invited or method.of(subject).grounds,
        code="too_few_invited",
        zh="应当邀请不少于 {fewest} 家供应商，现为 {chosen} 家",
        en="At least {fewest} suppliers are to be invited; {chosen} are chosen",
        fewest=fewest,
        chosen=chosen,
        **applicable(subject, now=now),
    )


def listed_for_draw(case: Case, *, pool: Collection[Organisation]) -> list[int]:
    """Whom the draw is from: those recommended or prequalified, or those chosen from the library as qualified."""
    if _way(case) in {InvitedBy.RECOMMENDATION, InvitedBy.PREQUALIFICATION}:
        return list(Invitee.objects.filter(case=case).values_list("supplier_id", flat=True))
    return [supplier.pk for supplier in pool]


def watched(subject: Case, *, now: datetime.datetime, watchers: Collection[Any], **_: Any) -> Refusal | None:
    """随机抽取供应商时，应当有不少于两名采购人工作人员在场监督 (87号令 art. 14)."""
    on = applicable(subject, now=now)
    if not method.of(subject).pool or not law.applies("suppliers.watchers", **on):
        return None
    if len(watchers) >= law.value("suppliers.watchers", **on):
        return None
    return refuse(
        "suppliers.watchers",
        code="too_few_watchers",
        zh="抽取供应商应当有不少于{limit}采购人工作人员在场监督",
        en="At least {limit} of the buyer's staff watch the draw",
        field="watchers",
        **on,
    )


def named_may_take_part(subject: Case, *, now: datetime.datetime, supplier: Organisation, **_: Any) -> list[Refusal]:
    """Refuses a supplier that is debarred at `now` (政府采购法 art. 22, 77)."""
    return may_take_part(supplier, at=now)
