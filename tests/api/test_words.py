"""Does the API say no in the words of the method by which is bought, and to a tender in a tender's?"""

import datetime

import pytest
from django.utils import translation

from tests.api.conftest import Clock
from tests.api.support import Caller
from tests.tendering.walk import Tender
from yangcai import procedures
from yangcai.cases import words
from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written, in_words

pytestmark = pytest.mark.django_db

#: Method: how its committee is called.
COMMITTEES = {
    "negotiation": "谈判小组",
    "consultation": "磋商小组",
    "quotations": "询价小组",
    "open_tender": "评标委员会",
}


def asked(procedure: str) -> tuple[Tender, Caller]:
    """A purchase whose committee may be drawn, and a caller for whoever draws it."""
    tender = Tender(procedure=procedure, method="lowest")
    if procedure in ("open_tender", "quotations"):  # drawn once it is published
        tender.published()
    return tender, Caller(tender.runner)


@pytest.mark.parametrize(("procedure", "committee"), COMMITTEES.items())
def test_a_refusal_speaks_of_the_committee_as_the_method_does(
    procedure: str, committee: str, clock: Clock, every_method: None
) -> None:
    tender, caller = asked(procedure)
    clock.now = tender.now
    even = {"evaluates_at": tender.now + datetime.timedelta(days=5), "size": 4}
    for query in ("", "?dry_run=1"):
        answer = caller.act(tender.case, "committee.draw", even, query=query).json()
        told = {one["code"]: one for one in answer["refusals"]}
        assert f"本项目{committee}应当为" in told["committee_size"]["zh"]
    caller.headers["Accept-Language"] = "en"  # both languages are answered, whichever is asked for
    again = caller.act(tender.case, "committee.draw", even).json()
    assert {one["code"]: one for one in again["refusals"]} == told and again["title"] == again["refusals"][0]["en"]


@pytest.mark.parametrize(("procedure", "committee"), COMMITTEES.items())
def test_what_stands_in_the_way_is_said_likewise(
    procedure: str, committee: str, clock: Clock, every_method: None
) -> None:
    tender, caller = asked(procedure)
    clock.now = tender.now
    found = caller.get(f"cases/{tender.case.pk}/actions").json()["items"]
    said = "".join(refusal["zh"] + refusal["en"] for item in found for refusal in item["refusals"])
    titles = "".join(item["title"] for item in found)
    is_tender = procedure == "open_tender"
    assert ("招标文件" in said + titles) is is_tender
    assert ("tender document" in said.lower()) <= is_tender


def test_what_somebody_typed_comes_back_as_it_was_typed(clock: Clock, every_method: None) -> None:
    """What a form finds wrong is said in the method's words once; what was typed into it, never."""
    tender = Tender(procedure="negotiation", method="lowest")
    clock.now = tender.now
    rows = [{"kind": "qualification", "text": "具有履行合同的能力", "lot": "投标一包"}]
    answer = Caller(tender.runner).act(tender.case, "clauses.define", {"rows": rows, "投标书": "1"}).json()
    said = {one["code"]: one["zh"] for one in answer["refusals"]}
    assert "没有采购包“投标一包”" in said["invalid_input"] and "没有“投标书”这一项" in said["unknown_field"]
    form = ACTIONS["solicitation.draft"].input({}, subject=tender.case, by=tender.runner, now=tender.now)
    with in_words(words.of_method("negotiation")):
        labels = [one.text for one in form.refusals()]
    assert labels and not any("投标" in one for one in labels)


def test_what_people_wrote_is_nobodys_to_reword(clock: Clock, every_method: None) -> None:
    """A case may be called after a tender, and a name in a refusal stays what it is."""
    name = Written("招标文件编制中心")
    refusal = Refusal("x", f"“{name}”不是投标人", f"“{name}” is no bidder", facts={"name": name})
    with in_words(words.of_method("negotiation")):
        assert refusal.told()["zh"] == "“招标文件编制中心”不是供应商"
    assert refusal.told()["zh"] == refusal.as_dict()["zh"] == refusal.zh


@pytest.mark.parametrize("procedure", ["negotiation", "quotations", "open_tender"])
def test_the_feed_tells_what_was_done_in_the_words_of_the_method(
    procedure: str, clock: Clock, every_method: None
) -> None:
    """As the timeline on the page does: one sentence for one Entry, wherever it is read."""
    tender = Tender(procedure=procedure, method="lowest").published()
    tender.bids("900000", "910000", "920000")
    tender.open()
    clock.now = tender.now
    items = Caller(tender.runner).get("feed?limit=100").json()["items"]
    told = {one["action"]: one["sentence"] for one in items if one["root"] == tender.case.ref}
    opened = told["opening.begin"]
    is_tender = procedure == "open_tender"
    assert opened["zh"].endswith("主持开标") is is_tender and opened["zh"].endswith("主持开启") is not is_tender
    assert ("opening of the bids" in opened["en"]) is is_tender
    with in_words(words.of(tender.case)):
        for code, sentence in told.items():
            assert sentence["zh"].endswith(ACTIONS[code].tell(actor=""))


#: Method: what is said at the decision on the winner, and what a tender says there.
DECIDED = {
    "open_tender": ("按候选人顺序", "视同确定第一候选人"),
    "negotiation": ("按候选人顺序", "视同确定第一候选人"),
    "single_source": ("商定的价格", "不视同确定"),
    "emergency": ("不得超过采购预算", "不视同确定"),
    "cooperative_innovation": ("按评审结果确定", "不视同确定"),
    "first_purchase": ("按评审结果确定", "不视同确定"),
}


@pytest.mark.parametrize(("procedure", "said"), DECIDED.items())
def test_before_the_winner_is_determined_a_method_says_what_its_own_articles_do(
    procedure: str, said: tuple[str, str]
) -> None:
    with in_words(words.of_method(procedure)):
        told = ACTIONS["award.determine"].meaning
        assert all(one in told for one in said), told
        with translation.override("en"):
            english = ACTIONS["award.determine"].meaning
    assert ("the first one is deemed the winner" in english) is ("视同确定第一候选人" in said)
    keys = procedures.binding(ACTIONS["award.determine"].cites, procedure=procedure)
    assert ("award.deemed" in "".join(keys)) is ("视同确定第一候选人" in said)
