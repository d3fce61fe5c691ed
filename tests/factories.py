"""Rows for tests that do not want to walk the whole chain. Money moves only by transfers here too."""

import datetime
import itertools
from decimal import Decimal
from typing import Any

from yangcai.cases.actions import chinese
from yangcai.cases.models import Case, EvaluationMethod, Lot, Period
from yangcai.funds.models import Appropriation, Bucket, Fund, Transfer, TransferKind
from yangcai.kernel.models import SandboxClock
from yangcai.parties.models import Expert, Organisation, OrganisationKind, Person, Post, Size
from yangcai.parties.roles import Role
from yangcai.planning.models import Intention, PlanItem, Requirement

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))
NOW = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
#: Of equal length: no name stands within another, however many there are.
_numbers = itertools.count(100_001)


def number() -> int:
    return next(_numbers)


def at(text: str) -> datetime.datetime:
    """`2026-03-02T09:00` in Shanghai."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def make_organisation(kind: str = OrganisationKind.BUYER, *, name: str = "", **values: Any) -> Organisation:
    label = chinese(dict(OrganisationKind.choices)[kind])  # a name is no word of the interface
    values = {"address": "测试路 1 号", "contact": "测试联系人", **values}
    return Organisation.objects.create(kind=kind, name=name or f"测试{label}{number()}", **values)


def make_person(*, name: str = "") -> Person:
    n = number()
    return Person.objects.create(username=f"person{n}", name=name or f"测试人员{n}", password="!")


def make_post(role: str, organisation: Organisation | None = None, *, person: Person | None = None) -> Post:
    kinds = {
        Role.AGENT: OrganisationKind.AGENT,
        Role.SUPPLIER: OrganisationKind.SUPPLIER,
        Role.EXPERT: OrganisationKind.EXPERT_UNIT,
        Role.TREASURY: OrganisationKind.TREASURY,
        Role.TREASURY_PAYER: OrganisationKind.TREASURY,
        Role.AUDITOR: OrganisationKind.TREASURY,
        Role.EDITOR: OrganisationKind.TREASURY,
        Role.PLATFORM: OrganisationKind.PLATFORM,
    }
    return Post.objects.create(
        person=person or make_person(),
        organisation=organisation or make_organisation(kinds.get(Role(role), OrganisationKind.BUYER)),
        role=role,
        from_on=datetime.date(2015, 1, 1),
    )


def make_supplier(*, size: str = Size.SMALL, name: str = "", **values: Any) -> Post:
    return make_post(Role.SUPPLIER, make_organisation(OrganisationKind.SUPPLIER, name=name, size=size, **values))


def make_expert(*, specialities: str = "信息技术") -> Post:
    post = make_post(Role.EXPERT)
    Expert.objects.create(
        person=post.person,
        employer=post.organisation,
        specialities=specialities,
        admitted_on=datetime.date(2015, 1, 1),
    )
    return post


def fund_appropriation(
    buyer: Organisation, *, amount: str = "1000000.00", fiscal_year: int = 2026, now: datetime.datetime = NOW
) -> Appropriation:
    available = Fund.objects.create(bucket=Bucket.AVAILABLE)
    appropriation = Appropriation.objects.create(
        buyer=buyer,
        fiscal_year=fiscal_year,
        code=f"T{number():06d}",
        name="测试预算项目",
        amount=Decimal(amount),
        approved_on=datetime.date(fiscal_year, 1, 5),
        available_fund=available,
    )
    Transfer.objects.create(
        kind=TransferKind.APPROPRIATE,
        source=None,
        target=available,
        amount=Decimal(amount),
        at=now,
        ground=f"appropriation:{appropriation.pk}",
    )
    return appropriation


def make_intention(appropriation: Appropriation, *, amount: str, now: datetime.datetime = NOW) -> Intention:
    """An intention that was published 60 days ago."""
    return Intention.objects.create(
        appropriation=appropriation,
        title="测试采购项目",
        overview="测试",
        amount=Decimal(amount),
        expected_on=now.date(),
        published_at=now - datetime.timedelta(days=60),
    )


def make_plan_item(
    appropriation: Appropriation,
    *,
    amount: str = "1000000.00",
    category: str = "goods",
    approved: bool = True,
    now: datetime.datetime = NOW,
    **values: Any,
) -> PlanItem:
    """A plan item, approved, reserved and filed unless told otherwise; its intention is 60 days old."""
    intention = make_intention(appropriation, amount=amount, now=now)
    reserved = Fund.objects.create(bucket=Bucket.RESERVED, parent=appropriation.available_fund)
    done = {"submitted_at": now, "approved_at": now, "filed_at": now} if approved else {}
    item = PlanItem.objects.create(
        appropriation=appropriation,
        intention=intention,
        title=values.pop("title", "测试采购项目"),
        category=category,
        amount=Decimal(amount),
        start_on=now.date(),
        reserved_fund=reserved,
        drafted_at=now,
        **done,
        **values,
    )
    Requirement.objects.create(
        plan_item=item,
        description="技术要求",
        quantity="1 批",
        delivery="合同签订后 30 日内",
        acceptance_plan="按合同验收",
    )
    if approved:
        Transfer.objects.create(
            kind=TransferKind.RESERVE,
            source=appropriation.available_fund,
            target=reserved,
            amount=Decimal(amount),
            at=now,
            ground=f"planitem:{item.pk}",
        )
    return item


def make_case(
    *,
    buyer: Organisation | None = None,
    agent: Organisation | None = None,
    budget: str = "1000000.00",
    stage: str = "preparation",
    method: str = EvaluationMethod.RATED,
    category: str = "goods",
    lots: int = 1,
    procedure: str = "open_tender",
    now: datetime.datetime = NOW,
    plan: dict[str, Any] | None = None,
    **values: Any,
) -> Case:
    """A case in `stage` since `now`, with equal lots and the money for it; nothing of tendering is filled in.

    `plan` are further columns of its plan."""
    buyer = buyer or make_organisation()
    money = fund_appropriation(buyer, amount=budget, now=now)
    item = make_plan_item(money, amount=budget, category=category, procedure=procedure, now=now, **(plan or {}))
    case = Case.objects.create(
        number=f"测采〔2026〕{number():04d}号",
        title=values.pop("title", "测试采购项目"),
        plan_item=item,
        buyer=buyer,
        agent=agent,
        procedure=procedure,
        category=category,
        budget=Decimal(budget),
        jurisdiction="620171",
        opened_at=now,
        **values,
    )
    share = Decimal(budget) / lots
    for n in range(1, lots + 1):
        Lot.objects.create(case=case, number=str(n), title=f"第 {n} 包", budget=share, evaluation_method=method)
    Period.objects.create(case=case, stage=stage, opens_at=now)
    if stage != "preparation":
        Case.objects.filter(pk=case.pk).update(published_at=now, law_as_of=now.date())
        case.refresh_from_db()
    return case


def set_database_clock(now: datetime.datetime) -> None:
    """The time that the database stamps bids with and holds deadlines against, as in a replay."""
    SandboxClock.objects.update_or_create(id=1, defaults={"at": now})
