"""Does a text say what none may: a floor price, a brand, an import, the size of the enterprise, or where it is at home?

Only what is evident is refused: the rest is for people to review (planning/checks.yaml)."""

import datetime
import re
from collections.abc import Iterator
from typing import Any

from yangcai.cases.models import Case
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.tendering import method
from yangcai.tendering.models import ClauseKind, Solicitation

_MORE = "(?:不低于|不少于|不小于|大于|超过|达到|以上|≥|>)"
#: An enterprise's size or age as a condition or factor (87号令 art. 17): the word and a threshold in one breath.
SCALE = re.compile(
    rf"(注册资本|注册资金|资产总额|营业收入|从业人员|利润|纳税额|成立年限|成立时间|经营年限)[^。；，]{{0,16}}{_MORE}"
    r"|(成立)(?:已?满|超过|不少于)[^。；，]{0,4}年"
)
#: Somewhere in particular, and not the whole country.
_HERE = r"(?:[本我][省市区县州地]|当地|项目所在地|[一-龥]{1,8}(?:省|市|区|县|州))"
#: Where a supplier is at home, what form it has, whose record counts (条例 art. 20): a promise for afterwards is none.
_PLACE = rf"(注册地|住所地?|所在地|注册|总部)址?[须应必需要当求限仅]*(?:在|为|于|位于|是){_HERE}"
_REGISTERED = rf"(?:在|为)({_HERE})(?:行政区域|范围)?(?:以?内|境内)?(?:依法)?(?:注册|登记|设立)"
_BRANCH = (
    rf"{_HERE}[^。；，]{{0,6}}(?:设有|具有|拥有|设立有?)[^。；，]{{0,10}}"
    "(分支机构|分公司|办事处|服务机构|服务网点|办公场所)"
)
_FORM = "(?:须|应当?|必须|仅限|要求|只接受)[为是]?(国有|国企|央企|民营|内资|外资|集体|股份有限公司|有限责任公司)"
_RECORD = "((?:[本我][省市区县州地]|(?<!城)[省市区县州]内)[^。；，]{0,8}(?:业绩|奖项|获奖))"
TREATED_DIFFERENTLY = re.compile("|".join((_PLACE, _REGISTERED, _BRANCH, _FORM, _RECORD)))
#: What a supplier promises to do once it has won.
AFTERWARDS = re.compile("中标后|成交后|签订后|承诺")
#: A maker's authorisation, unless the goods are imported (87号令 art. 17).
AUTHORISATION = re.compile(r"(生产厂家|生产商|制造商|原厂|厂商)[^。；，]{0,8}(授权|背书)")
#: A floor price (87号令 art. 12), but not the sentence that there is none.
FLOOR = re.compile(r"(?<!不设)(?<!不设置)(?<!不设定)(?<!不得设定)(?<!无)最低限价")
#: A product that must be imported (财办库〔2008〕248号), but not the sentence that it need not.
IMPORTED = re.compile(
    r"(?<!不)(?:(?:必须|仅限|限于)(?:为|是|采用|使用|提供)?|(?:应当|须|要求)(?:为|是|采用|使用))(?:原装)?进口"
)
#: A brand that is asked for (条例 art. 20); saying that none is meant is no such thing.
ASKED = r"(?<!不)(?<!不得)(?<!未)(?:指定|限定|必须为|仅限|要求采用|必须采用)[^。；，]{0,10}"
BRAND = re.compile(ASKED + "品牌")
#: A brand that is asked for or stated (74号令 art. 10).
BRAND_STATED = re.compile(ASKED + r"(?:品牌|牌)|品牌[为：:][^。；，\s]{1,20}")


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
    """No supplier's name and no brand is asked for (条例 art. 20); 谈判文件、询价通知书 do not even state one (74号令
    art. 10). Only what is evident."""
    texts = {"requirement": requirement, "core_product": core_product}
    return [one for field, text in texts.items() for one in brand_named(subject, text, field=field, now=now)]


def brand_named(case: Case, text: str, *, field: str, now: datetime.datetime, number: int = 0) -> Iterator[Refusal]:
    """What a text is told that names a brand; `number` is its row, where it stands in one."""
    stated = "solicitation.no_brand" in method.of(case).rule_keys()
    hit = (BRAND_STATED if stated else BRAND).search(text)
    if hit is None:
        return
    yield refuse(
        "solicitation.no_brand" if stated else "requirement.competition_review",
        code="brand_named",
        zh=("第 {number} 行：" if number else "")
        + "采购文件不得要求或者标明供应商名称或者特定货物的品牌：“{word}”；请改写为技术、服务要求和性能指标",
        en=("Row {number}: " if number else "")
        + "the file may neither ask for nor name a supplier or a brand: “{word}”. Say what it must do instead",
        field=field,
        word=hit.group(0),
        number=number,
        **applicable(case, now=now),
    )


def floor_price(case: Case, field: str, *, now: datetime.datetime) -> Refusal:
    """What a text is told that sets a floor price (87号令 art. 12)."""
    return refuse(
        "solicitation.ceiling",
        code="floor_price",
        zh="不得设定最低限价；请删去，需要时只设定最高限价",
        en="A floor price may not be set: take it out; a ceiling may stand",
        field=field,
        **applicable(case, now=now),
    )


def clauses_are_lawful(subject: Case, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any) -> list[Refusal]:
    """不得将规模条件、厂家授权作为资格要求 (87号令 art. 17), nor where a supplier is at home (条例 art. 20)."""
    imports = Solicitation.objects.filter(case=subject, accepts_imports=True).exists()
    found: list[Refusal] = []
    for number, row in enumerate(rows, start=1):
        text = row["text"]
        if row["kind"] == ClauseKind.QUALIFICATION:
            if not imports and (hit := AUTHORISATION.search(text)):
                found.append(banned_condition(subject, number, hit.group(1), now=now))
            found += banned_conditions(subject, text, number=number, now=now)
        found += banned_anywhere(subject, text, number=number, now=now)
    return found


def banned_conditions(case: Case, text: str, *, number: int, now: datetime.datetime) -> Iterator[Refusal]:
    """What a row is told that makes the supplier's size, age, place, form or its record in a region count."""
    if hit := SCALE.search(text):
        yield banned_condition(case, number, hit[hit.lastindex or 0], now=now)
    if (hit := TREATED_DIFFERENTLY.search(text)) and not AFTERWARDS.search(text):
        yield banned_condition(case, number, hit.group(0), rule="requirement.competition_review", now=now)


def banned_anywhere(case: Case, text: str, *, number: int, now: datetime.datetime) -> Iterator[Refusal]:
    """What a row of any kind is told: no floor price, no import, no brand."""
    if FLOOR.search(text):
        yield floor_price(case, "rows", now=now)
    if IMPORTED.search(text):
        yield imports_demanded(case, "rows", now=now)
    yield from brand_named(case, text, field="rows", number=number, now=now)


def banned_condition(
    case: Case, number: int, word: str, *, now: datetime.datetime, rule: str = "qualification.banned_conditions"
) -> Refusal:
    """What a row is told that asks for what no supplier may be asked for (87号令 art. 17; 条例 art. 20)."""
    return refuse(
        rule,
        code="banned_condition",
        zh="第 {number} 行：不得以“{word}”设定门槛或者评分；请删去，或者改写为履行合同所需的能力",
        en="Row {number}: “{word}” may be neither a condition nor a factor. Take it out, or ask for what the contract"
        " needs",
        field="rows",
        number=number,
        word=word,
        **applicable(case, now=now),
    )
