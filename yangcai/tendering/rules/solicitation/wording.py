"""Does a text say what none may: a floor price, a brand, an import, the size of the enterprise, or where it is at home?

What is evident is found in planning/phrases.py; the rest is for people to review (planning/checks.yaml)."""

import datetime
from collections.abc import Iterator
from typing import Any

from yangcai.cases.models import Case
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.planning import phrases
from yangcai.planning.quoting import NOTHING, Hit
from yangcai.planning.rules.sentences import allowed
from yangcai.procedures.procedure import Invite
from yangcai.tendering import method
from yangcai.tendering.models import ClauseKind, Solicitation


def asks_for_no_imports(
    subject: Case, *, now: datetime.datetime, requirement: str, contract_terms: str, **_: Any
) -> list[Refusal]:
    """Neither the requirement nor the terms demand imported products; refuses the field that does."""
    texts = {"requirement": requirement, "contract_terms": contract_terms}
    return [
        imports_demanded(subject, field, word, now=now)
        for field, text in texts.items()
        if (word := phrases.imported(text))
    ]


def imports_demanded(case: Case, field: str, word: Hit, *, now: datetime.datetime) -> Refusal:
    """What a text is told that asks for an imported product (财办库〔2008〕248号)."""
    return refuse(
        "import.domestic_allowed",
        code="imports_demanded",
        zh="不得要求产品必须为进口：“{word}”；即使核准采购进口产品，满足需求的国内产品也可以参与竞争；请改写为技术要求",
        en="No product may be asked to be imported: “{word}”. Domestic ones that meet the need may compete; say what it"
        " must do",
        field=field,
        word=Written(word.quoted),
        **applicable(case, now=now),
    )


def no_floor_in_requirement(
    subject: Case, *, now: datetime.datetime, requirement: str, contract_terms: str, **_: Any
) -> list[Refusal]:
    """Neither the requirement nor the terms set a lowest price; refuses the field that does (87号令 art. 12)."""
    texts = {"requirement": requirement, "contract_terms": contract_terms}
    return [one for field, text in texts.items() for one in floor_price(subject, text, field=field, now=now)]


def names_no_brand(
    subject: Case, *, now: datetime.datetime, requirement: str, core_product: str, **_: Any
) -> list[Refusal]:
    """No supplier's name and no brand is asked for (条例 art. 20); 谈判文件、询价通知书 do not even state one (74号令
    art. 10). Only what is evident."""
    texts = {"requirement": requirement, "core_product": core_product}
    return [one for field, text in texts.items() for one in brand_named(subject, text, field=field, now=now)]


def brand_named(
    case: Case, text: str, *, field: str, now: datetime.datetime, number: int = 0, is_name: bool = False
) -> Iterator[Refusal]:
    """What a text is told that names a brand; `number` is its row, where it stands in one, `is_name` that it names a
    product. Where one supplier alone can be asked, its product is named (政府采购法 art. 31)."""
    stated = "solicitation.no_brand" in method.of(case).rule_keys()
    word = (
        NOTHING
        if Invite.NAMED in method.of(case).invites
        else phrases.brand(text, is_name=is_name, is_stated=stated, allowed=_standing(case))
    )
    if not word:
        return
    yield refuse(
        "solicitation.no_brand" if stated else "solicitation.no_pointing",
        code="brand_named",
        zh=("第 {number} 行：" if number else "")
        + "采购文件不得要求或者标明供应商名称或者特定货物的品牌：“{word}”；请改写为技术、服务要求和性能指标；"
        "误判的，由采购人审核岗在预算页“保留表述”",
        en=("Row {number}: the" if number else "The")
        + " file may neither ask for nor name a supplier or a brand: “{word}”. Say what it must do instead; if it is"
        " none, the buyer's reviewer lets the sentence stand, on the page of the budget line",
        field=field,
        word=Written(word.quoted),
        number=number,
        **applicable(case, now=now),
    )


def _standing(case: Case) -> frozenset[str]:
    """What a second person let stand under the budget line of this purchase."""
    return allowed(case.plan_item.appropriation)


def floor_price(case: Case, text: str, *, field: str, now: datetime.datetime, number: int = 0) -> Iterator[Refusal]:
    """What a text is told that sets a floor price, in whatever words (87号令 art. 12)."""
    if word := phrases.floor_price(text):
        yield refuse(
            "solicitation.ceiling",
            code="floor_price",
            zh=("第 {number} 行：" if number else "")
            + "不得设定最低限价：“{word}”；请删去，需要时只设定最高限价，报价过低的由评审时的异常低价审查处理",
            en=("Row {number}: a" if number else "A")
            + " floor price may not be set: “{word}”. Take it out; a ceiling may stand, and an abnormally low price is"
            " examined in the evaluation",
            field=field,
            word=Written(word.quoted),
            number=number,
            **applicable(case, now=now),
        )


def names_are_lawful(subject: Case, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any) -> list[Refusal]:
    """A lot's name and its core product carry no brand."""
    return [
        refusal
        for number, row in enumerate(rows, start=1)
        for text in (row["title"], row["core_product"])
        for refusal in brand_named(subject, text, field="rows", number=number, now=now, is_name=True)
    ]


def keeps_nobody_out(
    subject: Case, *, now: datetime.datetime, requirement: str, contract_terms: str, **_: Any
) -> list[Refusal]:
    """What is banned as a condition is banned in the text of the requirement too, where it keeps suppliers out all the
    same."""
    texts = {"requirement": requirement, "contract_terms": contract_terms}
    return [one for field, text in texts.items() for one in banned_conditions(subject, text, field=field, now=now)]


def correction_is_lawful(subject: Case, *, now: datetime.datetime, item: str, after: str, **_: Any) -> list[Refusal]:
    """A correction is part of the file: it brings in nothing that the file itself could not say."""
    found: list[Refusal] = []
    for field, text in {"item": item, "after": after}.items():
        found += banned_conditions(subject, text, field=field, now=now)
        found += banned_anywhere(subject, text, field=field, now=now)
    return found


def clauses_are_lawful(subject: Case, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any) -> list[Refusal]:
    """不得将规模条件、厂家授权作为资格要求 (87号令 art. 17), nor where a supplier is at home (条例 art. 20). A ★
    requirement keeps suppliers out like a condition: under another heading the same sentence is no more lawful."""
    imports = Solicitation.objects.filter(case=subject, accepts_imports=True).exists()
    found: list[Refusal] = []
    for number, row in enumerate(rows, start=1):
        text, is_condition = row["text"], row["kind"] == ClauseKind.QUALIFICATION
        maker = NOTHING if imports else phrases.authorisation(text, is_condition=is_condition)
        if maker:
            found.append(banned_condition(subject, number, maker, now=now))
        found += banned_conditions(subject, text, number=number, now=now)
        found += banned_anywhere(subject, text, number=number, now=now)
    return found


def banned_conditions(
    case: Case, text: str, *, now: datetime.datetime, number: int = 0, field: str = "rows"
) -> Iterator[Refusal]:
    """What a text is told that makes the supplier's size, age, place, form or its record in a region count."""
    if word := phrases.scale(text):
        yield banned_condition(case, number, word, field=field, now=now)
    if word := phrases.treated_differently(text, allowed=_standing(case)):
        yield banned_condition(case, number, word, rule="requirement.competition_review", field=field, now=now)


def banned_anywhere(
    case: Case, text: str, *, now: datetime.datetime, number: int = 0, field: str = "rows"
) -> Iterator[Refusal]:
    """What a text of any kind is told: no floor price, no import, no brand."""
    yield from floor_price(case, text, field=field, number=number, now=now)
    if word := phrases.imported(text):
        yield imports_demanded(case, field, word, now=now)
    yield from brand_named(case, text, field=field, number=number, now=now)


def banned_condition(
    case: Case,
    number: int,
    word: Hit,
    *,
    now: datetime.datetime,
    rule: str = "qualification.banned_conditions",
    field: str = "rows",
) -> Refusal:
    """What a row is told that asks for what no supplier may be asked for (87号令 art. 17; 条例 art. 20)."""
    return refuse(
        rule,
        code="banned_condition",
        zh=("第 {number} 行：" if number else "")
        + "不得以“{word}”设定门槛或者评分；请删去，或者改写为履行合同所需的能力",
        en=("Row {number}: " if number else "")
        + "“{word}” may be neither a condition nor a factor. Take it out, or ask for what the contract"
        " needs",
        field=field,
        number=number,
        word=Written(word.quoted),
        **applicable(case, now=now),
    )
