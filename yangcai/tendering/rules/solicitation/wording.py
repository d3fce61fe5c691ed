"""Does a text say what none may: a floor price, a brand, an import, the size of the enterprise?"""

import datetime
import re
from typing import Any

from yangcai.cases.models import Case
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.tendering import method
from yangcai.tendering.models import ClauseKind, Solicitation

_MORE = "(?:不低于|不少于|不小于|大于|超过|达到|以上|≥|>)"
#: An enterprise's size as a condition or factor (87号令 art. 17): the word and a threshold in one breath.
SCALE = re.compile(rf"(注册资本|注册资金|资产总额|营业收入|从业人员|利润|纳税额)[^。；，]{{0,16}}{_MORE}")
#: A maker's authorisation, unless the goods are imported (87号令 art. 17).
AUTHORISATION = re.compile(r"(生产厂家|生产商|制造商|原厂|厂商)[^。；，]{0,8}(授权|背书)")
#: A floor price (87号令 art. 12), but not the sentence that there is none.
FLOOR = re.compile(r"(?<!不设)(?<!不设置)(?<!不设定)(?<!不得设定)(?<!无)最低限价")
#: A product that must be imported (财办库〔2008〕248号), but not the sentence that it need not.
IMPORTED = re.compile(
    r"(?<!不)(?:(?:必须|仅限|限于)(?:为|是|采用|使用|提供)?|(?:应当|须|要求)(?:为|是|采用|使用))(?:原装)?进口"
)
#: A brand that is asked for (74号令 art. 10); saying that none is meant is no such thing.
BRAND = re.compile(r"(?<!不)(?:指定|限定|必须为|仅限|要求采用)[^。；，]{0,10}(?:品牌|牌)|品牌[为：:][^。；，\s]{1,20}")


def asks_for_no_imports(
    subject: Case, *, now: datetime.datetime, requirement: str, contract_terms: str, **_: Any
) -> list[Refusal]:
    """Neither the requirement nor the terms demand imported products; refuses the field that does."""
    texts = {"requirement": requirement, "contract_terms": contract_terms}
    return [imports_demanded(subject, field, now=now) for field, text in texts.items() if IMPORTED.search(text)]


def imports_demanded(case: Case, field: str, *, now: datetime.datetime) -> Refusal:
    """What a text is told that asks for an imported product (财办库〔2008〕248号)."""
    return refuse(
        "import.domestic_allowed",
        code="imports_demanded",
        zh="不得要求产品必须为进口：即使核准采购进口产品，满足需求的国内产品也可以参与竞争；请改写为技术要求",
        en="No product may be asked to be imported: domestic ones that meet the need may compete. Say what it must do",
        field=field,
        **applicable(case, now=now),
    )


def no_floor_in_requirement(
    subject: Case, *, now: datetime.datetime, requirement: str, contract_terms: str, **_: Any
) -> list[Refusal]:
    """Neither the requirement nor the terms set a lowest price; refuses the field that does (87号令 art. 12)."""
    texts = {"requirement": requirement, "contract_terms": contract_terms}
    return [floor_price(subject, field, now=now) for field, text in texts.items() if FLOOR.search(text)]


def names_no_brand(
    subject: Case, *, now: datetime.datetime, requirement: str, core_product: str, **_: Any
) -> list[Refusal]:
    """谈判文件、询价通知书不得标明供应商名称或者特定货物的品牌 (74号令 art. 10). Only what is evident."""
    if "solicitation.no_brand" not in method.of(subject).rule_keys():
        return []
    texts = {"requirement": requirement, "core_product": core_product}
    return [
        refuse(
            "solicitation.no_brand",
            code="brand_named",
            zh="采购文件不得要求或者标明供应商名称或者特定货物的品牌：“{word}”",
            en="The file may neither ask for nor name a supplier or a brand: “{word}”",
            field=field,
            word=hit.group(0),
            **applicable(subject, now=now),
        )
        for field, text in texts.items()
        if (hit := BRAND.search(text))
    ]


def floor_price(case: Case, field: str, *, now: datetime.datetime) -> Refusal:
    """What a text is told that sets a floor price (87号令 art. 12)."""
    return refuse(
        "solicitation.ceiling",
        code="floor_price",
        zh="不得设定最低限价",
        en="A floor price may not be set",
        field=field,
        **applicable(case, now=now),
    )


def clauses_are_lawful(subject: Case, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any) -> list[Refusal]:
    """不得将规模条件、厂家授权作为资格要求 (87号令 art. 17): only what is evident; the rest is for people to review."""
    imports = Solicitation.objects.filter(case=subject, accepts_imports=True).exists()
    found = []
    for number, row in enumerate(rows, start=1):
        text = row["text"]
        hit = SCALE.search(text) or (None if imports else AUTHORISATION.search(text))
        if row["kind"] == ClauseKind.QUALIFICATION and hit:
            found.append(banned_condition(subject, number, hit.group(1), now=now))
        if FLOOR.search(text):
            found.append(floor_price(subject, "rows", now=now))
        if IMPORTED.search(text):
            found.append(imports_demanded(subject, "rows", now=now))
    return found


def banned_condition(case: Case, number: int, word: str, *, now: datetime.datetime) -> Refusal:
    """What a row is told that asks for the size of the enterprise or a maker's authorisation (87号令 art. 17)."""
    return refuse(
        "qualification.banned_conditions",
        code="banned_condition",
        zh="第 {number} 行：不得以“{word}”设定门槛或者评分",
        en="Row {number}: “{word}” may be neither a condition nor a factor",
        field="rows",
        number=number,
        word=word,
        **applicable(case, now=now),
    )
