"""Does the platform allow what the law allows on a day, and refuse the rest with the right article?

The cases stand in cases/*.yaml: a day, facts, and either `allowed: true` or the refusal that must come (and no other).
"""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.law.methods import METHODS
from yangcai import law, procedures
from yangcai.challenges import objection_rules
from yangcai.kernel import calendar
from yangcai.kernel.refusals import Refusal
from yangcai.procedures import AwardBy, choice, committee, engine
from yangcai.procedures.evaluation import Criterion, Kind, Terms, check_terms, point_formula
from yangcai.tendering.rules import consortia as agreements

FOLDER = Path(__file__).parent / "cases"

Case = dict[str, Any]


def period(key: str, code: str) -> Callable[[Case, date], list[Refusal]]:
    def check(facts: Case, on: date) -> list[Refusal]:
        found = engine.too_short(key, opens=facts["opens"], closes=facts["closes"], code=code, on=on)
        return [found] if found else []

    return check


def of_method(facts: Case) -> tuple[procedures.Procedure, Case]:
    """The method that a case names, an open tender where it names none, and its other facts."""
    return procedures.get(facts.get("method", "open_tender")), {key: facts[key] for key in facts if key != "method"}


def committee_members(facts: Case, on: date) -> list[Refusal]:
    procedure, given = of_method(facts)
    assert procedure.committee is not None
    given["budget"] = Decimal(str(given["budget"]))
    return list(committee.check(committee=procedure.committee, on=on, **given))


def bidders(facts: Case, on: date) -> list[Refusal]:
    procedure, given = of_method(facts)
    found = engine.too_few_bidders(procedure=procedure, on=on, **given)
    return [found] if found else []


def consortium(facts: Case, on: date) -> list[Refusal]:
    """What the members agreed, and what the bid says of them (`consortium.register`, `bid.submit`)."""
    where: dict[str, Any] = {"on": on, "jurisdiction": law.HOME}
    agreed = {name: Decimal(share) for name, share in facts["agreed"].items()}
    said = {name: Decimal(share) for name, share in facts.get("said", {}).items()}
    found = [agreements.nothing_left(agreed.values(), **where)]
    found += [agreements.other_share(name, agreed=agreed[name], given=said[name], **where) for name in said]
    return [one for one in found if one is not None]


def correction(facts: Case, on: date) -> list[Refusal]:
    """A change that comes too late without a later deadline, as `prequalification.correct` says it."""
    key = "correction.prequalification"
    found = engine.extension(key, on=on, **facts)
    if not found.must_extend:
        return []
    return [law.refusal(key, code="deadline_not_extended", zh="{limit}", en="{limit}", on=on, earliest=found.floor_on)]


def prequalified(facts: Case, on: date) -> list[Refusal]:
    """How many must qualify, by the method (`rules.prequalification.qualified.least`, `enough_are_qualified`)."""
    method = procedures.get(facts["method"])
    least = method.invited or engine.enough(procedure=method, stage="qualification", on=on)
    if facts["qualified"] >= law.value(least, on=on):
        return []
    return [law.refusal("prequalification.too_few", code="too_few_prequalified", zh="{limit}", en="{limit}", on=on)]


def terms(facts: Case, on: date) -> list[Refusal]:
    procedure, facts = of_method(facts)
    given = {key: Decimal(str(value)) if type(value) in (int, float) else value for key, value in facts.items()}
    award_by = AwardBy.LOWEST if given.pop("lowest", False) else AwardBy.RATED
    award_by = AwardBy.AGREED if procedure.award_by == (AwardBy.AGREED,) else award_by
    price = given.pop("price", Decimal(0))
    rest = Criterion("rest", given.pop("rest", 100 - price), Kind.SUBJECTIVE)
    criteria = (Criterion("price", price, Kind.PRICE), rest) + ((rest,) if given.pop("twice", False) else ())
    lowest_rate = Decimal("0.10") if on.year > 2019 else Decimal("0.06")
    defaults = {"budget": Decimal(2_000_000), "small_micro_rate": lowest_rate}
    return check_terms(
        terms=Terms(award_by=award_by, criteria=criteria, on=on, **(defaults | given)), procedure=procedure
    )


def method(facts: Case, on: date) -> list[Refusal]:
    given = {key: Decimal(str(value)) if key.endswith("amount") else value for key, value in facts.items()}
    code, approved = given.pop("method"), given.pop("approved", False)
    proposal = choice.propose(on=on, methods=[METHODS[code]], approved=[code] if approved else [], **given)
    verdict = proposal.of(code)
    return [] if verdict.answer is choice.Answer.OPEN else [reason.refusal for reason in verdict.reasons]


def points(facts: Case, on: date) -> list[Refusal]:
    """As `criteria.define` says it (`rules.solicitation.point_formulas`)."""
    found = point_formula.faults(
        code=facts["formula"], table=point_formula.parse(facts["table"]), weight=Decimal(facts["weight"])
    )
    key = "evaluation.intervals"
    return [law.refusal(key, code="formula_does_not_count", zh=zh, en=en, on=on) for zh, en in found]


def objection(facts: Case, on: date) -> list[Refusal]:
    """Whether the letter that came on a day is in time (`objection.raise`)."""
    given: dict[str, Any] = {"on": on, "jurisdiction": law.HOME}
    due = law.due("C28", start=facts["known"], **given)
    if calendar.start_of(facts["raised"]) < due:
        return []
    last = calendar.day_of(due) - timedelta(days=1)
    return [objection_rules.too_late(what="中标结果", since=facts["known"], last=last, **given)]


def answered_objection(facts: Case, on: date) -> list[Refusal]:
    """What may follow from an answer (`objection.answer`)."""
    found = objection_rules.wrong_consequence(
        facts["follows"],
        target=facts["target"],
        is_founded=facts.get("founded", True),
        is_open=facts.get("open", False),
        on=on,
        jurisdiction=law.HOME,
    )
    return [found] if found else []


CHECKS: dict[str, Callable[[Case, date], list[Refusal]]] = {
    "submission": period("submission.open_tender", "submission_too_short"),
    "documents": period("documents.supply.open_tender", "documents_too_short"),
    "notice": period("notice.invitation.open_tender", "notice_too_short"),
    "applications": period("prequalification.window", "window_too_short"),
    "prequalification_file": period("prequalification.supply", "supply_too_short"),
    "prequalification_notice": period("prequalification.notice", "notice_too_short"),
    "prequalification_correction": correction,
    "prequalified": prequalified,
    "intention": period("intention.lead", "intention_too_short"),
    "committee": committee_members,
    "bidders": bidders,
    "consortium": consortium,
    "choice": method,
    "terms": terms,
    "points": points,
    "objection": objection,
    "answered_objection": answered_objection,
}


def load() -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem}:{case['case']}")
        for path in sorted(FOLDER.glob("*.yaml"))
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("case", load())
def test_the_law_case_comes_out(case: Case) -> None:
    assert set(case) in ({"case", "check", "day", "facts", "allowed"}, {"case", "check", "day", "facts", "refused"})
    found = CHECKS[case["check"]](case["facts"], case["day"])
    if "allowed" in case:
        assert case["allowed"] is True
        assert [refusal.zh for refusal in found] == []
        return
    expected = dict(case["refused"])
    earliest = expected.pop("earliest", None)
    told = []
    for refusal in found:
        assert refusal.citation is not None and refusal.zh and refusal.en
        told.append(
            {"code": refusal.code, "instrument": refusal.citation.instrument, "article": refusal.citation.article}
        )
    assert told == [expected]
    assert found[0].facts.get("earliest") == earliest
