"""What may anybody download of purchasing, as tables: which rows, which columns, and what does each column mean?

Only what was published by then, read a few hundred rows at a time however many there are.
"""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from yangcai.cases.models import Case, Period, Stage
from yangcai.cases.queries import visible_to
from yangcai.contracts.models import Contract, PaymentRequest
from yangcai.kernel.refusals import in_chinese
from yangcai.portal import published
from yangcai.portal.models import Notice

#: So many rows are read together.
CHUNK = 500
YUAN, TIME, CODE, TEXT, FLAG = "yuan", "time", "code", "text", "flag"
#: Kind of a column -> its unit or form in Chinese and in English.
UNITS = {
    YUAN: ("元，两位小数", "yuan (CNY), two places"),
    TIME: ("北京时间，ISO 8601", "Beijing time, ISO 8601"),
    CODE: ("代码", "code"),
    TEXT: ("文字", "text"),
    FLAG: ("1 是，0 否", "1 yes, 0 no"),
}


@dataclass(frozen=True)
class Column:
    """One column: its name in the file, what it means, in which unit, and its value in a row."""

    name: str
    zh: str
    en: str
    kind: str
    value: Callable[[Any], Any]

    @property
    def meaning(self) -> str:
        return self.zh if in_chinese() else self.en

    @property
    def unit(self) -> str:
        return UNITS[self.kind][0 if in_chinese() else 1]


@dataclass(frozen=True)
class Dataset:
    """One table: its rows at a moment, and the time column by which a year is chosen."""

    code: str
    zh: str
    en: str
    rows: Callable[[datetime.datetime], QuerySet[Any]]
    dated: str
    columns: tuple[Column, ...]

    @property
    def name(self) -> str:
        return self.zh if in_chinese() else self.en


def _case(row: Any) -> Case:
    found: Case = row if isinstance(row, Case) else row.case
    return found


def _contract(row: Any) -> Contract:
    found: Contract = row if isinstance(row, Contract) else row.contract
    return found


def _closes_at(case: Case) -> datetime.datetime | None:
    return max((p.closes_at for p in case.periods.all() if p.closes_at), default=None)


def ocid(row: Any) -> str:
    """The identifier of the purchase in the OCDS files."""
    return f"{settings.YANGCAI_OCID_PREFIX}-{_case(row).pk}"


NUMBER = Column("case_number", "项目编号", "number of the purchase", TEXT, lambda row: _case(row).number)
OCID = Column("ocid", "开放采购数据标识", "OCDS identifier of the purchase", CODE, ocid)
DEMO = Column(
    "is_demo", "演示数据，不是真实采购", "synthetic data, no real purchase", FLAG, lambda row: _case(row).is_demo
)


def _notices(now: datetime.datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(published_at__lte=now).select_related("buyer", "supersedes")


def _cases(now: datetime.datetime) -> QuerySet[Case]:
    submission = Period.objects.filter(stage=Stage.SUBMISSION, lot=None)
    return visible_to(None, now).prefetch_related(Prefetch("periods", queryset=submission))


def _contracts(now: datetime.datetime) -> QuerySet[Contract]:
    return published.contracts(now).select_related("case", "buyer", "supplier")


def _payments(now: datetime.datetime) -> QuerySet[PaymentRequest]:
    public = Contract.objects.filter(pk=OuterRef("contract"), published_at__lte=now)
    known = Q(milestone__amendment=None) | Q(milestone__amendment__published_at__lte=now)
    paid = PaymentRequest.objects.filter(Exists(public), paid_at__lte=now)
    paid = paid.annotate(is_known=ExpressionWrapper(known, output_field=BooleanField()))
    return paid.select_related("contract__case", "contract__buyer", "contract__supplier", "milestone")


DATASETS: dict[str, Dataset] = {
    one.code: one
    for one in (
        Dataset(
            "notices",
            "公告",
            "Notices",
            _notices,
            "published_at",
            (
                Column("number", "公告编号", "number of the notice", TEXT, lambda n: n.number),
                Column("kind", "公告类型", "type of notice", CODE, lambda n: n.kind),
                Column("title", "标题", "title", TEXT, lambda n: n.title),
                Column("buyer", "采购人", "buyer", TEXT, lambda n: n.buyer.name),
                Column("category", "类别：货物、工程、服务", "goods, works or services", CODE, lambda n: n.category),
                Column("procedure", "采购方式", "method", CODE, lambda n: n.procedure),
                Column("budget", "预算金额", "budget", YUAN, lambda n: n.budget),
                Column("published_at", "发布时间", "published", TIME, lambda n: n.published_at),
                Column("closes_at", "截止时间", "closing time", TIME, lambda n: n.closes_at),
                Column(
                    "supersedes",
                    "被本公告更正的公告编号",
                    "number of the notice that this one corrects",
                    TEXT,
                    lambda n: n.supersedes.number if n.supersedes else "",
                ),
                Column("digest", "内容摘要 SHA-256", "SHA-256 of its content", CODE, lambda n: n.digest),
                Column("is_demo", DEMO.zh, DEMO.en, FLAG, lambda n: n.is_demo),
            ),
        ),
        Dataset(
            "cases",
            "采购项目",
            "Purchases",
            _cases,
            "published_at",
            (
                NUMBER,
                OCID,
                Column("title", "项目名称", "title", TEXT, lambda c: c.title),
                Column("buyer", "采购人", "buyer", TEXT, lambda c: c.buyer.name),
                Column(
                    "buyer_uscc", "采购人统一社会信用代码", "credit code of the buyer", CODE, lambda c: c.buyer.uscc
                ),
                Column("agent", "采购代理机构", "agent", TEXT, lambda c: c.agent.name if c.agent else ""),
                Column("procedure", "采购方式", "method", CODE, lambda c: c.procedure),
                Column("category", "类别：货物、工程、服务", "goods, works or services", CODE, lambda c: c.category),
                Column("budget", "预算金额", "budget", YUAN, lambda c: c.budget),
                Column(
                    "set_aside", "预留份额的方式", "how it is set aside for small firms", CODE, lambda c: c.set_aside
                ),
                Column("published_at", "公告时间", "announced", TIME, lambda c: c.published_at),
                Column("closes_at", "投标截止时间", "bids close", TIME, _closes_at),
                Column("ended_at", "结束时间", "ended", TIME, lambda c: c.ended_at),
                Column("end_kind", "结束方式：结项、废标、终止", "how it ended", CODE, lambda c: c.end_kind),
                DEMO,
            ),
        ),
        Dataset(
            "contracts",
            "合同",
            "Contracts",
            _contracts,
            "published_at",
            (
                Column("number", "合同编号", "number of the contract", TEXT, lambda c: c.number),
                NUMBER,
                OCID,
                Column("title", "合同名称", "title", TEXT, lambda c: c.title),
                Column("buyer", "采购人", "buyer", TEXT, lambda c: c.buyer.name),
                Column("supplier", "供应商", "supplier", TEXT, lambda c: c.supplier.name),
                Column(
                    "supplier_uscc",
                    "供应商统一社会信用代码",
                    "credit code of the supplier",
                    CODE,
                    lambda c: c.supplier.uscc,
                ),
                Column("supplier_size", "供应商企业规模", "size of the supplier", CODE, lambda c: c.supplier.size),
                Column(
                    "amount", "合同金额，含已公告的变更", "value with published amendments", YUAN, lambda c: c.value
                ),
                Column("paid", "已支付金额", "paid so far", YUAN, lambda c: c.paid),
                Column("signed_at", "签订时间", "signed", TIME, lambda c: c.signed_at),
                Column("published_at", "公告时间", "published", TIME, lambda c: c.published_at),
                Column("terminated_at", "解除时间", "terminated", TIME, lambda c: c.terminated_at),
                Column("closed_at", "结项时间", "closed", TIME, lambda c: c.closed_at),
                DEMO,
            ),
        ),
        Dataset(
            "payments",
            "支付",
            "Payments",
            _payments,
            "paid_at",
            (
                Column("id", "支付编号", "number of the payment", CODE, lambda p: p.pk),
                Column("contract_number", "合同编号", "number of the contract", TEXT, lambda p: p.contract.number),
                Column("case_number", NUMBER.zh, NUMBER.en, TEXT, lambda p: p.contract.case.number),
                Column("ocid", OCID.zh, OCID.en, CODE, lambda p: ocid(p.contract)),
                Column("buyer", "付款单位", "payer", TEXT, lambda p: p.contract.buyer.name),
                Column("supplier", "收款单位", "payee", TEXT, lambda p: p.contract.supplier.name),
                Column("milestone", "付款节点", "milestone", TEXT, lambda p: p.milestone.title if p.is_known else ""),
                Column("amount", "支付金额", "amount", YUAN, lambda p: p.amount),
                Column("paid_at", "支付时间", "paid", TIME, lambda p: p.paid_at),
                Column("is_demo", DEMO.zh, DEMO.en, FLAG, lambda p: p.contract.case.is_demo),
            ),
        ),
    )
}


def chunks(found: QuerySet[Any]) -> Iterator[list[Any]]:
    """The rows in the order of their numbers, some at a time: each query begins where the last one ended."""
    last = 0
    while True:
        rows = list(found.filter(pk__gt=last).order_by("pk")[:CHUNK])
        if rows:
            yield rows
        if len(rows) < CHUNK:
            return
        last = rows[-1].pk


def of_year(found: QuerySet[Any], *, column: str, year: int | None) -> QuerySet[Any]:
    """Those of one year (Beijing time); all without one."""
    return found.filter(**{f"{column}__year": year}) if year is not None else found


def records(dataset: Dataset, *, now: datetime.datetime, year: int | None = None) -> Iterator[dict[str, Any]]:
    """The rows as plain values: text, or None where there is nothing to say."""
    for rows in chunks(of_year(dataset.rows(now), column=dataset.dated, year=year)):
        for row in rows:
            yield {column.name: plain(column, row, now=now) for column in dataset.columns}


def plain(column: Column, row: Any, *, now: datetime.datetime) -> str | None:
    """A value as both formats write it. What lies after `now` is not known yet, but a closing time that was told."""
    value = column.value(row)
    if value in (None, ""):
        return None
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, datetime.datetime):
        if value > now and column.name != "closes_at":
            return None
        return timezone.localtime(value).isoformat(timespec="seconds")
    return str(value)
