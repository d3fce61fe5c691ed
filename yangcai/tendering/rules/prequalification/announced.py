"""What was announced with the prequalification, and stays as it was?"""

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from yangcai.cases.models import Case, Lot
from yangcai.kernel.refusals import Refusal
from yangcai.tendering import prequalified
from yangcai.tendering.clauses import QUALIFICATION, set_aside
from yangcai.tendering.models import Clause, ClauseKind, InvitedBy, Prequalification
from yangcai.tendering.rules.prequalification.its_case import refuse_on
from yangcai.tendering.rules.prequalification.qualified import too_few_came_through
from yangcai.tendering.solicitations import solicitation

#: Conditions as (lot number, text): no lot where everybody has to meet it.
Conditions = set[tuple[str, str]]
#: The columns of a lot by which it is set aside.
ASIDE = ("number", "set_aside", "set_aside_share", "for_small_micro")


def is_announced(case: Case) -> bool:
    """Whether suppliers were called before the case was published (87号令 art. 29)."""
    return prequalified.announced(case) is not None


def _binding(case: Case, *, now: datetime.datetime) -> Prequalification | None:
    """The notice that the tender file has to keep to; None before it, and once too few came through: whatever is
    announced next begins anew."""
    found = prequalified.announced(case)
    return None if found is None or too_few_came_through(case, now=now) else found


def _told(found: Prequalification, **which: bool) -> Conditions:
    return set(found.clauses.filter(**which).values_list("lot", "text"))


def _own(clauses: Iterable[Clause]) -> Conditions:
    return {(clause.lot.number if clause.lot else "", clause.text) for clause in clauses}


def _written(case: Case) -> Conditions:
    """Every condition that the tender file states now."""
    return _own(Clause.objects.filter(case=case, kind=ClauseKind.QUALIFICATION).select_related("lot"))


def _kept(
    case: Case, found: Prequalification, wanted: Conditions, told: Conditions, *, now: datetime.datetime, field: str
) -> Refusal | None:
    """不得改变资格条件 (87号令 art. 27): what was announced stands in the tender file, and nothing is added to it."""
    odd = sorted(wanted ^ told)
    if not odd:
        return None
    lot, text = odd[0]
    return refuse_on(
        case,
        "correction.subject",
        now=now,
        code="conditions_are_announced",
        zh="资格条件已随资格预审公告发布，不得增减或者改变，"
        f"{'采购包 {lot} ' if lot else ''}与公告不一致的有“{{condition}}”；"
        "请恢复为公告的内容，确需改变的应当终止后重新采购",
        en="The conditions were announced with the prequalification and stay as they are;"
        f"{' of lot {lot}' if lot else ''} “{{condition}}” differs. State what was announced, or terminate and procure"
        " again",
        field=field,
        condition=text,
        **({"lot": lot} if lot else {}),
    )


def way_stays_announced(subject: Case, *, now: datetime.datetime, invited_by: str, **_: Any) -> Refusal | None:
    """Once suppliers were called by a prequalification they are invited from its list (87号令 art. 14, 29)."""
    if invited_by == InvitedBy.PREQUALIFICATION or _binding(subject, now=now) is None:
        return None
    return refuse_on(
        subject,
        "termination.reason",
        now=now,
        code="way_is_announced",
        zh="资格预审公告已经发布，不得改为其他邀请方式",
        en="The prequalification notice is out: suppliers are invited from its list and no other way",
        field="invited_by",
    )


def consortium_stays_announced(
    subject: Case, *, now: datetime.datetime, accepts_consortium: bool, **_: Any
) -> Refusal | None:
    """Whether suppliers may come together decides who could apply: it was announced, and stays (87号令 art. 15, 27)."""
    found = _binding(subject, now=now)
    if found is None or found.accepts_consortium == accepts_consortium:
        return None
    return refuse_on(
        subject,
        "correction.subject",
        now=now,
        code="consortium_is_announced",
        zh="资格预审公告载明{told}联合体，不得改变；请恢复为公告的内容，确需改变的应当终止后重新采购",
        en="The prequalification notice said whether consortia are accepted, and it stays so: state what was announced,"
        " or terminate and procure again",
        field="accepts_consortium",
        told="接受" if found.accepts_consortium else "不接受",
    )


def clauses_stay_announced(
    subject: Case, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any
) -> Refusal | None:
    """The buyer's own conditions, of every lot and of one."""
    found = _binding(subject, now=now)
    if found is None:
        return None
    wanted = {(row["lot"], row["text"]) for row in rows if row["kind"] == ClauseKind.QUALIFICATION}
    return _kept(subject, found, wanted, _told(found, is_statutory=False), now=now, field="rows")


def lots_stay_announced(
    subject: Case, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any
) -> Refusal | None:
    """How a lot is set aside says who may bid for it; and with a lot that is left out its conditions would go."""
    found = _binding(subject, now=now)
    if found is None:
        return None
    lots = [Lot(case=subject, **{name: row[name] for name in ASIDE}) for row in rows]
    own = Clause.objects.filter(case=subject, kind=ClauseKind.QUALIFICATION, is_statutory=False).select_related("lot")
    numbers = {"", *(lot.number for lot in lots)}
    wanted = {(lot.number if lot else "", text) for text, lot in set_aside(lots)}
    wanted |= {(number, text) for number, text in _own(own) if number in numbers and text not in QUALIFICATION}
    told = {(number, text) for number, text in _told(found) if text not in QUALIFICATION}
    return _kept(subject, found, wanted, told, now=now, field="rows")


def file_is_as_announced(subject: Case, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """Asked again before the invitations go out: whoever was qualified is invited to what it applied for."""
    found, file = _binding(subject, now=now), solicitation(subject)
    if found is None or file is None:
        return
    changed = [
        consortium_stays_announced(subject, now=now, accepts_consortium=file.accepts_consortium),
        _kept(subject, found, _written(subject), _told(found), now=now, field=""),
    ]
    yield from (refusal for refusal in changed if refusal)
