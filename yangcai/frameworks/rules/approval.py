"""Must this call be approved, by whom, and was it approved as it stands now?"""

import datetime
from collections.abc import Iterator
from typing import Any

from yangcai import procedures
from yangcai.cases.models import Case
from yangcai.cases.rules import applicable, refuse
from yangcai.frameworks.models import Framework, FrameworkApproval
from yangcai.kernel.entries import plain
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.parties.models import Organisation
from yangcai.parties.roles import Role

#: Of the terms of a lot what an approval is about; the reasons beside them may still be worded anew.
TERMS = (
    "unit", "estimated_quantity", "users", "months", "quality_ground", "by_direct", "by_mini_competition",
    "by_rotation", "allows_outside", "uses_consumables", "consumables_years", "replacement_rule", "feedback_rule",
)  # fmt: skip


def is_needed(case: Case) -> bool:
    """Catalogue items need the treasury's, a unit below the main budget unit needs that unit's (art. 5, 8)."""
    if procedures.get(case.procedure).spends:
        return False
    return case.plan_item.in_catalogue or case.buyer.parent_id is not None


def consents(case: Case) -> Organisation | None:
    """The main budget unit where it decides; None where the treasury does."""
    return None if case.plan_item.in_catalogue else case.buyer.parent


def rule_of(case: Case) -> str:
    return "framework.scheme" if case.plan_item.in_catalogue else "framework.unit_consent"


def terms_of(case: Case) -> list[dict[str, Any]]:
    """The terms of every lot as they stand now, in the order of the lots."""
    found = Framework.objects.filter(lot__case=case).select_related("lot").order_by("lot__number")
    rows = [
        {
            "lot": one.lot.number,
            "title": one.lot.title,
            "ceiling": one.lot.ceiling,
            "evaluation_method": one.lot.evaluation_method,
            **{name: getattr(one, name) for name in TERMS},
            **_discounts(one),
        }
        for one in found
    ]
    return [dict(row) for row in plain(rows)]


def _discounts(framework: Framework) -> dict[str, Any]:
    """Said only where there are any, so that what was approved without them stays what it was."""
    rows = list(framework.discounts.values("from_quantity", "rate"))
    return {"discounts": rows} if rows else {}


def last(case: Case) -> FrameworkApproval | None:
    return FrameworkApproval.objects.filter(case=case).select_related("consent_by").order_by("-pk").first()


# --- asking for it -------------------------------------------------------------------------------------------------


def has_somebody_to_ask(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Off the catalogue the main budget unit only files its plan (art. 8)."""
    if procedures.get(subject.procedure).spends or is_needed(subject):
        return None
    return refuse(
        "framework.scheme",
        code="approval_not_needed",
        zh="集中采购目录以外、由主管预算单位征集的，采购计划备案即可，不需要报批",
        en="Off the catalogue the main budget unit files its plan, and nobody has to approve the call",
        **applicable(subject, now=now),
    )


def none_is_open(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    found = last(subject)
    if found is None or not found.is_open:
        return None
    return Refusal("scheme_open", "采购方案正在审核", "The scheme is being examined")


def every_lot_has_terms(subject: Case, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """What is approved are the terms; without them there is nothing to examine."""
    written = set(Framework.objects.filter(lot__case=subject).values_list("lot_id", flat=True))
    for lot in subject.every_lot():
        if lot.pk not in written or lot.ceiling is None:
            yield refuse(
                "framework.ceiling" if lot.pk in written else "framework.call_content",
                code="no_terms_to_approve",
                zh="采购包 {lot} 尚未设定框架协议条款或者最高限制单价",
                en="Lot {lot} has no terms, or no highest unit price",
                lot=lot.number,
                **applicable(subject, now=now),
            )


# --- deciding on it ------------------------------------------------------------------------------------------------


def is_undecided(subject: FrameworkApproval, *, by: Any, now: datetime.datetime) -> Refusal | None:
    return None if subject.is_open else Refusal("decided", "该采购方案已经办结", "This scheme has been decided on")


def is_whose_decision_it_is(subject: FrameworkApproval, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """The treasury for the catalogue, the unit above for the rest: neither in the place of the other."""
    unit = subject.consent_by
    if (by.role == Role.TREASURY) if unit is None else (by.organisation_id == unit.pk):
        return None
    return refuse(
        rule_of(subject.case),
        code="not_whose_decision_it_is",
        zh="本采购方案由{who}审核",
        en="This scheme is decided on by: {who_en}",
        who=Written(unit.name) if unit else "本级财政部门",
        who_en=Written(unit.name) if unit else "the treasury",
        **applicable(subject.case, now=now),
    )


def return_has_a_reason(
    subject: FrameworkApproval, *, now: datetime.datetime, decision: str, reason: str, **_: Any
) -> Refusal | None:
    if decision != "return" or reason.strip():
        return None
    return refuse(
        rule_of(subject.case),
        code="reason_missing",
        zh="退回采购方案应当写明理由",
        en="State the reason why the scheme goes back",
        field="reason",
        **applicable(subject.case, now=now),
    )


# --- before the call goes out --------------------------------------------------------------------------------------


def is_given(case: Case, *, now: datetime.datetime) -> Refusal | None:
    """审核后实施: approved, and for the terms that are called for."""
    if not is_needed(case):
        return None
    found, on = last(case), applicable(case, now=now)
    if found is None or found.approved_at is None:
        unit = consents(case)
        return refuse(
            rule_of(case),
            code="scheme_not_approved",
            zh="框架协议采购方案尚未经{who}审核批准，不能征集",
            en="The scheme of this framework has not been approved by {who_en}: it cannot be called for",
            who=Written(unit.name) if unit else "本级财政部门",
            who_en=Written(unit.name) if unit else "the treasury",
            **on,
        )
    if found.terms != terms_of(case):
        return refuse(
            rule_of(case),
            code="scheme_differs",
            zh="框架协议条款与批准的采购方案不一致，请重新送审",
            en="The terms differ from the scheme that was approved: have them examined again",
            **on,
        )
    return None
