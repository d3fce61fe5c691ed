"""What is a notice type, and how does an Action publish one? Facts are computed once and frozen."""

import datetime
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.postgres.search import SearchVectorField
from django.db.models import Func, Value
from django.utils import timezone

from yangcai import law, procedures
from yangcai.cases.models import Case
from yangcai.cases.rules import own
from yangcai.kernel.actions import NOTICES
from yangcai.kernel.entries import canonical, plain
from yangcai.kernel.refusals import Refusal, Refused, in_chinese
from yangcai.parties.models import Organisation
from yangcai.planning.models import Intention
from yangcai.portal.models import Notice
from yangcai.portal.search import lexemes, texts
from yangcai.tendering.models import Prequalification

TEXT, MONEY, MOMENT, DAY, TABLE, FLAG = "text", "money", "moment", "day", "table", "flag"


@dataclass(frozen=True)
class Field:
    """One item of a notice. `rule` is the key of the law that demands it; an optional one may be missing. `of`: it is
    demanded only where that other fact is given. `where`: where to fill it in, if not in the Action itself."""

    name: str
    zh: str
    en: str
    kind: str = TEXT
    rule: str = ""
    optional: bool = False
    of: str = ""
    where: tuple[str, str] = ("", "")
    columns: tuple["Field", ...] = ()

    @property
    def label(self) -> str:
        return self.zh if in_chinese() else self.en


@dataclass(frozen=True)
class Section:
    """一、二、三 … of the official layout (财办库〔2020〕50号)."""

    zh: str
    en: str
    fields: tuple[Field, ...]

    @property
    def title(self) -> str:
        return self.zh if in_chinese() else self.en


@dataclass(frozen=True)
class NoticeType:
    """One kind of notice: its layout, and the function that computes its facts from the row it is about."""

    code: str
    zh: str
    en: str
    sections: tuple[Section, ...]
    facts: Callable[..., dict[str, Any]]
    title: Callable[[Any], str]
    supersedes: Callable[[Any], Notice | None] = lambda home: None
    when: Callable[[Any], bool] = lambda home: True  # some Actions are announced only in certain cases
    named: str = ""  # which name of the method it bears: notice, result or failure

    @property
    def name(self) -> str:
        return self.zh if in_chinese() else self.en

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(f for section in self.sections for f in section.fields)


TYPES: dict[str, NoticeType] = {}


@cache
def type_of(kind: str, procedure: str) -> NoticeType:
    """The type in the words of a method: one layout, in which a negotiation says 成交 where a tender says 中标."""
    declared = TYPES[kind]
    if not procedure:
        return declared
    method = procedures.get(procedure)
    zh, en = getattr(method, declared.named) if declared.named else (declared.zh, declared.en)
    return replace(
        declared,
        zh=zh,
        en=en,
        sections=tuple(
            replace(section, zh=method.say(section.zh), fields=tuple(_said(field, method) for field in section.fields))
            for section in declared.sections
        ),
    )


def _said(field: Field, method: procedures.Procedure) -> Field:
    return replace(field, zh=method.say(field.zh), columns=tuple(_said(column, method) for column in field.columns))


def notice_type(declared: NoticeType) -> NoticeType:
    """Register a type: from then on an Action may name it."""
    if declared.code in TYPES:
        raise ValueError(f"two notice types are called {declared.code}")
    TYPES[declared.code] = declared

    def publish_declared(home: Any, **context: Any) -> list[Notice]:
        return [publish(declared, home, **context)] if declared.when(home) else []

    NOTICES[declared.code] = publish_declared
    return declared


def missing(
    declared: NoticeType, facts: dict[str, Any], *, on: datetime.date, case: Case | None = None
) -> list[Refusal]:
    """What the law wants to read and the facts do not say: nothing incomplete is ever published (101号令 art. 10)."""
    found = []
    for f in declared.fields:
        if f.optional or facts.get(f.name) not in (None, "", []) or (f.of and not facts.get(f.of)):
            continue
        rule = own(case, f.rule) if case and f.rule else f.rule
        where_zh, where_en = f.where
        found.append(
            Refusal(
                "missing_fact",
                f"{declared.zh}缺少“{f.zh}”，请{where_zh}补充后再发布",
                f"The {declared.en} lacks “{f.en}”: complete it{where_en} before publishing",
                citation=law.cite(rule, on=on) if rule and law.applies(rule, on=on) else None,
                facts={"notice": declared.code, "fact": f.name},
            )
        )
    return found


def publish(
    declared: NoticeType, home: Any, *, entry: int, by: Any, now: datetime.datetime, value: Any, data: dict[str, Any]
) -> Notice:
    """Freeze the facts as a Notice in the running transaction. Raises Refused for every fact that is missing."""
    facts = plain(declared.facts(home, by=by, now=now, value=value, data=data))
    unknown = set(facts) - {f.name for f in declared.fields}
    if unknown:
        raise TypeError(f"{declared.code} has no field for {sorted(unknown)}")
    root = home.root
    case = root if isinstance(root, Case) else root.case if isinstance(root, Prequalification) else None
    lacking = missing(type_of(declared.code, case.procedure if case else ""), facts, on=_law_on(home, now), case=case)
    if lacking:
        raise Refused(lacking)
    title = declared.title(home)
    supersedes = declared.supersedes(home)
    number = next_number(now=now)
    return Notice.objects.create(
        number=number,
        kind=declared.code,
        root=root.ref,
        entry_seq=entry,
        title=title,
        buyer=_buyer(root),
        category=case.category if case else "",
        procedure=case.procedure if case else "",
        budget=case.budget if case else getattr(root, "amount", None),
        closes_at=facts_moment(facts.get("submission_closes_at") or facts.get("applications_close_at")),
        facts=facts,
        digest=hashlib.sha256(canonical({"kind": declared.code, "title": title, "facts": facts})).hexdigest(),
        supersedes=supersedes,
        published_at=now,
        is_demo=case.is_demo if case else settings.YANGCAI_SANDBOX,
        search=vector(" ".join([number, title, *texts(facts)])),
    )


def next_number(*, now: datetime.datetime) -> str:
    """The year's next. The Entry before this took the log's lock, so no other notice can be numbered until the end."""
    prefix = f"新区采公〔{timezone.localdate(now).year}〕"
    last = Notice.objects.filter(number__startswith=prefix).order_by("-pk").values_list("number", flat=True).first()
    count = int(last.removeprefix(prefix).removesuffix("号")) if last else 0
    return f"{prefix}{count + 1:05d}号"


def vector(text: str) -> Func:
    """The tsvector of a text, built by us: PostgreSQL has no Chinese parser and needs none."""
    return Func(Value(sorted(lexemes(text))), function="array_to_tsvector", output_field=SearchVectorField())


def facts_moment(text: str | None) -> datetime.datetime | None:
    return datetime.datetime.fromisoformat(text) if text else None


def _buyer(root: Any) -> Organisation:
    if isinstance(root, Organisation):
        return root
    if isinstance(root, Intention):
        return root.appropriation.buyer
    buyer: Organisation = root.buyer
    return buyer


def _law_on(home: Any, now: datetime.datetime) -> datetime.date:
    root = home.root
    return (root.law_as_of if isinstance(root, Case) else None) or timezone.localdate(now)


# --- parts that several types share ------------------------------------------------------------------------------

PROJECT = (
    Field("number", "项目编号", "Project number"),
    Field("title", "项目名称", "Project"),
)
#: Which notice a correction corrects, and what it changes in it.
CORRECTED = (
    Field("corrected", "更正的公告", "Notice corrected"),
    Field("first_published_at", "首次公告时间", "First published", MOMENT),
    Field("round", "更正次数", "Round"),
)
CHANGE = (
    Field("item", "更正事项", "Item", rule="correction.medium"),
    Field("before", "更正前", "Before", optional=True),
    Field("after", "更正后", "After", rule="correction.medium"),
    Field("old_closes_at", "原截止时间", "Old closing time", MOMENT, optional=True),
)
#: Said where the bid has no price form: a quantity or a unit price that nobody offered is never published.
ONE_SUM = "报价为总价，未列分项数量和单价"
PRICING = Field("pricing", "报价方式", "How it was priced", optional=True)
OF_ORGANISATION = ("在该主体页面办理“更新地址和联系方式”", " by “Update address and contact” on its page")
CONTACTS = Section(
    "联系方式",
    "Contacts",
    (
        Field("buyer", "采购人", "Buyer", rule="notice.invitation.content"),
        Field("buyer_address", "采购人地址", "Buyer's address", optional=True),
        Field("buyer_contact", "采购人联系方式", "Buyer's contact", optional=True),
        Field("agent", "采购代理机构", "Agent", optional=True),
        Field("agent_address", "代理机构地址", "Agent's address", optional=True),
        Field("agent_contact", "代理机构联系方式", "Agent's contact", optional=True),
    ),
)


def full_contacts(*more: Field, rule: str) -> Section:
    """The contacts of a notice in which the law demands them: names, addresses and ways to reach buyer and agent. (The
    treasury's order to suspend does not wait for a telephone number.)"""
    fields = []
    for one in CONTACTS.fields:
        who = one.name.partition("_")[0]
        fields.append(
            replace(one, rule=rule)
            if one.name == who
            else replace(one, rule=rule, optional=False, of=who, where=OF_ORGANISATION)
        )
    return replace(CONTACTS, fields=(*fields, *more))


def project(case: Case) -> dict[str, Any]:
    return {"number": case.number, "title": case.title}


def contacts(case: Case) -> dict[str, Any]:
    agent = case.agent
    return {
        "buyer": case.buyer.name,
        "buyer_address": case.buyer.address,
        "buyer_contact": case.buyer.contact,
        "agent": agent.name if agent else "",
        "agent_address": agent.address if agent else "",
        "agent_contact": agent.contact if agent else "",
    }


def latest(root: str, *kinds: str) -> Notice | None:
    """The notice of these kinds that stands now (that nothing superseded)."""
    return Notice.objects.filter(root=root, kind__in=kinds, superseded_by__isnull=True).order_by("-pk").first()
