"""Do all parties draw together, can nobody choose, and can anyone draw again once the result is out?"""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests import factories
from tests.tendering.judging import ANNOUNCED, DRAWN, OPENED, SCORED, SEATED, Hall, hall
from tests.www.support import at_desk, text_of
from yangcai import cli
from yangcai.kernel.actions import ACTIONS, SCOPES, can
from yangcai.kernel.models import Entry, EntryPayload, Task
from yangcai.parties.models import Expert, Post
from yangcai.parties.roles import Role
from yangcai.tendering import draws, vrd
from yangcai.tendering.models import CommitteeMember, DrawLine, ExpertDraw
from yangcai.tendering.queries.draws import records
from yangcai.tendering.queries.evaluation import seats

pytestmark = pytest.mark.django_db

NUMBERS = {"buyer": "买方随机数 8f14e45fceea167a", "agent": "c9f0f895fb98ab91", "supervisor": "45c48cce2e2d7fbd"}


def three(**values: Any) -> Hall:
    return hall("950000", "1000000", "1100000", **values)


class Table:
    """The three parties around one draw."""

    def __init__(self, h: Hall) -> None:
        self.h = h
        self.posts = {"buyer": h.officer, "agent": h.agent, "supervisor": factories.make_post(Role.TREASURY)}

    def begin(self, **data: Any) -> ExpertDraw:
        return self.h.do("draw.open", self.h.case, self.h.runner, DRAWN, **{"evaluates_at": SEATED, **data}).value

    def promise(self, draw: ExpertDraw, *parties: str) -> None:
        for party in parties or NUMBERS:
            self.h.do("draw.promise", draw, self.posts[party], DRAWN, digest=vrd.promise_of(NUMBERS[party]))

    def reveal(self, draw: ExpertDraw, *parties: str) -> None:
        for party in parties or NUMBERS:
            self.h.do("draw.reveal", draw, self.posts[party], DRAWN, number=NUMBERS[party])

    def drawn(self, **data: Any) -> ExpertDraw:
        draw = self.begin(**data)
        self.promise(draw)
        self.reveal(draw)
        self.h.do("draw.complete", draw, self.h.runner, DRAWN)
        return ExpertDraw.objects.get(pk=draw.pk)


def test_three_parties_draw_and_anyone_draws_again() -> None:
    h = three()
    draw = Table(h).drawn()
    record = draws.record(draw, is_complete=True)
    assert vrd.faults(record) == []
    assert record["numbers"] == NUMBERS
    opened = {one["line"]: one["facts"]["id"] for one in record["opened"]}
    assert [m.expert_id for m in h.members] == [opened[line] for line in record["order"][:5]]
    assert [m.is_chair for m in h.members] == [True, False, False, False, False]


def test_the_log_keeps_every_step_and_no_name() -> None:
    h = three()
    draw = Table(h).drawn()
    told = list(Entry.objects.filter(root=h.case.ref, action__startswith="draw.").order_by("seq"))
    steps = ["draw.open"] + ["draw.promise"] * 3 + ["draw.reveal"] * 3 + ["draw.complete"]
    assert [entry.action for entry in told] == steps
    payloads = [EntryPayload.objects.get(entry_id=entry.seq).data for entry in told]
    committed = payloads[3]["facts"]
    assert committed["leaf"] == vrd.leaf_of(committed["commit"]) == draw.leaf
    assert [p["input"]["number"] for p in payloads[4:7]] == list(NUMBERS.values())
    assert payloads[7]["facts"]["seed"] == draw.seed
    # The head is the Entry of the last number, whoever completes the draw and whenever.
    assert draw.head == told[6].hash
    written = json.dumps(payloads, ensure_ascii=False)
    assert not [e for e in Expert.objects.all() if e.person.name in written or e.employer.name in written]


def test_the_list_is_fixed_before_the_first_number_is_said() -> None:
    h = three(experts=6)
    table = Table(h)
    draw = table.begin()
    table.promise(draw, "buyer", "agent")
    assert h.refused("draw.reveal", draw, h.officer, DRAWN, number=NUMBERS["buyer"]) == {"not_committed"}
    table.promise(draw, "supervisor")
    late = factories.make_expert()
    table.reveal(draw)
    h.do("draw.complete", draw, h.runner, DRAWN)
    assert late not in {m.post for m in h.members}
    assert not DrawLine.objects.filter(expert__person=late.person).exists()


def test_nobody_says_another_number_than_promised() -> None:
    h = three()
    table = Table(h)
    draw = table.begin()
    table.promise(draw)
    for number in ("1" * 64, NUMBERS["agent"], NUMBERS["buyer"] + "x"):
        assert h.refused("draw.reveal", draw, h.officer, DRAWN, number=number) == {"another_number"}
    table.reveal(draw, "buyer")
    assert h.refused("draw.reveal", draw, h.officer, DRAWN, number=NUMBERS["buyer"]) == {"revealed_already"}


def test_nobody_takes_back_or_copies_a_digest() -> None:
    h = three()
    table = Table(h)
    draw = table.begin()
    table.promise(draw, "buyer")
    digest = vrd.promise_of(NUMBERS["buyer"])
    assert h.refused("draw.promise", draw, h.officer, DRAWN, digest="0" * 64) == {"promised_already"}
    assert h.refused("draw.promise", draw, h.agent, DRAWN, digest=digest) == {"copied_digest"}
    for bad in ("417", digest.upper(), digest[:-1] + "g"):
        assert h.refused("draw.promise", draw, h.agent, DRAWN, digest=bad) == {"bad_digest"}


def test_no_draw_without_every_number() -> None:
    h = three()
    table = Table(h)
    draw = table.begin()
    assert h.refused("draw.complete", draw, h.agent, DRAWN) == {"numbers_missing"}
    table.promise(draw)
    table.reveal(draw, "buyer", "agent")
    assert h.refused("draw.complete", draw, h.agent, DRAWN) == {"numbers_missing"}
    waiting = Task.objects.filter(root=h.case.ref, action__startswith="draw.", done_at__isnull=True)
    assert [(t.action, t.role) for t in waiting] == [("draw.reveal", Role.TREASURY)]


def test_no_second_draw_beside_an_open_one() -> None:
    """Two draws at a time: somebody would take the better."""
    h = three()
    draw = Table(h).begin()
    assert h.refused("draw.open", h.case, h.agent, DRAWN, evaluates_at=SEATED) == {"draw_is_open"}
    assert h.refused("committee.draw", h.case, h.agent, DRAWN, evaluates_at=SEATED) == {"draw_is_open"}
    h.do("draw.abandon", draw, h.agent, DRAWN, reason="一方遗失随机数")
    assert h.refused("draw.promise", draw, h.officer, DRAWN, digest="0" * 64) == {"draw_is_over"}
    again = Table(h).drawn()
    assert again.round == 2
    assert draws.record(again)["earlier"] == [{"round": 1, "leaf": "", "seed": "", "abandoned": "一方遗失随机数"}]
    assert h.refused("draw.open", h.case, h.agent, DRAWN, evaluates_at=SEATED) == {"already_drawn"}


@pytest.mark.parametrize(
    ("data", "code"),
    [({"size": 4}, "committee_size"), ({"size": 3}, "committee_size"), ({"specialities": "考古"}, "pool_too_small")],
)
def test_an_unlawful_committee_is_refused_where_it_is_entered(data: dict[str, Any], code: str) -> None:
    h = three()
    assert h.refused("draw.open", h.case, h.agent, DRAWN, evaluates_at=SEATED, **data) == {code}


def test_strangers_are_no_parties() -> None:
    h = three(self_organised=True)
    draw = Table(h).begin()
    assert draw.sides == ["buyer", "supervisor"]
    stranger = factories.make_post(Role.AGENT)
    assert h.refused("draw.promise", draw, stranger, DRAWN, digest="0" * 64) == {"not_yours"}
    assert h.refused("draw.promise", draw, h.bidders[0], DRAWN, digest="0" * 64) == {"role_may_not"}
    for post in (None, h.bidders[0], stranger, h.experts[0]):
        assert not SCOPES[ExpertDraw](post, DRAWN).exists()


# --- the call ------------------------------------------------------------------------------------------------------


def outcomes(case: Any) -> list[tuple[str, str]]:
    return [(c["outcome"], c["reason"]) for c in draws.record(case.expert_draws.get())["calls"]]


def test_who_declines_is_followed_by_the_next_in_order() -> None:
    h = three()
    draw = Table(h).drawn()
    second = h.members[1]
    new = h.do("committee.decline", second, second.post, OPENED, reason="engaged", note="当日授课").value
    assert new.expert_id == draw.lines.get(position=6).expert_id
    assert outcomes(h.case) == [("seated", ""), ("refused", "engaged"), *[("seated", "")] * 4]
    assert vrd.faults(draws.record(draw, is_complete=True)) == []
    again = h.refused("committee.decline", second, second.post, OPENED, reason="engaged")
    assert again == {"member_replaced"}


def test_a_decline_needs_a_reason_that_the_list_knows() -> None:
    h = three()
    Table(h).drawn()
    member = h.members[0]
    assert h.refused("committee.decline", member, member.post, OPENED) == {"invalid_input"}
    assert h.refused("committee.decline", member, member.post, OPENED, reason="bored") == {"invalid_input"}
    h.do("committee.sign_in", member, member.post, SEATED, commits=True)
    assert h.refused("committee.decline", member, member.post, SEATED, reason="ill") == {"already_signed_in"}


def test_who_gained_an_interest_since_the_draw_is_passed_over() -> None:
    h = three()
    draw = Table(h).drawn()
    sixth = draw.lines.get(position=6).expert
    Expert.objects.filter(pk=sixth.pk).update(employer=h.bids[0].supplier)
    first = h.members[0]
    new = h.do("committee.decline", first, first.post, OPENED, reason="recusal").value
    assert new.expert_id == draw.lines.get(position=7).expert_id
    assert outcomes(h.case)[5] == ("passed", "not_eligible")
    assert vrd.faults(draws.record(draw, is_complete=True)) == []


def test_a_used_up_list_means_a_new_round_that_everybody_sees() -> None:
    h = three(experts=5)
    draw = Table(h).drawn()
    member = h.members[2]
    assert h.refused("committee.decline", member, member.post, OPENED, reason="ill") == {"pool_too_small"}
    late = factories.make_expert()
    new = h.do("committee.decline", member, member.post, OPENED, reason="ill").value
    assert new.post == late
    first, second = (draws.record(one) for one in ExpertDraw.objects.filter(case=h.case).order_by("round"))
    assert vrd.faults(first) == vrd.faults(second) == []
    assert not first["is_final"] and second["is_final"]
    assert second["earlier"] == [{"round": 1, "leaf": draw.leaf, "seed": draw.seed, "abandoned": ""}]


def test_who_leaves_after_sign_in_is_replaced_on_the_record() -> None:
    h = three().ready()
    member = h.members[3]
    h.do("committee.replace", member, h.agent, SCORED, reason="中途离开")
    assert outcomes(h.case)[3] == ("replaced", "left")


# --- who may know --------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_the_record_is_secret_until_the_result_notice(client: Client, tmp_path: Path) -> None:
    h = three()
    table = Table(h)
    table.drawn()
    supervisor = table.posts["supervisor"]
    names = {m.post.person.name for m in h.members}
    assert {s.name for s in seats(h.case, h.agent, DRAWN)} == {""}
    for post in (None, h.agent, h.officer, h.bidders[0], h.members[0].post):
        assert records(h.case, post=post, now=DRAWN) is None
    complete = records(h.case, post=supervisor, now=DRAWN)
    assert complete is not None and len(complete["draws"][0]["opened"]) == Expert.objects.count()
    assert client.get(f"/p/{h.case.pk}/draw.json").status_code == 404
    declined = h.members[4]
    h.do("committee.decline", declined, declined.post, OPENED, reason="private")
    for member in h.members:
        h.do("committee.sign_in", member, member.post, SEATED, commits=True)
    h.qualify()
    h.respond()
    h.judged({n: {"technical": "40", "record": "10"} for n in range(3)})
    h.awarded()
    assert records(h.case, post=None, now=ANNOUNCED) is None
    h.announced()
    factories.set_database_clock(ANNOUNCED)
    answer = client.get(f"/p/{h.case.pk}/draw.json")
    assert answer.status_code == 200
    told = answer.content.decode()
    sitting = {m.post.person.name for m in h.members}
    assert {one["facts"]["name"] for one in json.loads(told)["draws"][0]["opened"]} == sitting
    # Who declined keeps the secret; the place and the reason stand there without a name.
    assert declined.post.person.name in names and declined.post.person.name not in told
    file = tmp_path / "draw.json"
    file.write_text(told, encoding="utf-8")
    assert cli.main(["draw", "verify", str(file)]) == 0
    file.write_text(told.replace(sitting.pop(), "某某"), encoding="utf-8")
    assert cli.main(["draw", "verify", str(file)]) == 4


def test_the_public_page_links_the_record_in_both_languages(client: Client) -> None:
    h = three().ready().judged({n: {"technical": "40", "record": "10"} for n in range(3)})
    h.awarded()
    assert f"/p/{h.case.pk}/draw/" not in client.get(f"/p/{h.case.pk}/").content.decode()
    h.announced()
    factories.set_database_clock(ANNOUNCED)
    page = client.get(f"/p/{h.case.pk}/").content.decode()
    assert f"/p/{h.case.pk}/draw/" in page and "抽取记录" in page
    english = client.get(f"/p/{h.case.pk}/", headers={"accept-language": "en"}).content.decode()
    assert "Record of the draw" in english


def test_a_representative_does_not_decline_by_the_library() -> None:
    h = three()
    own: Post = factories.make_post(Role.EXPERT, h.officer.organisation)
    Table(h).drawn(representatives=[own.pk])
    member = CommitteeMember.objects.get(post=own)
    assert [m.expert_id is None for m in h.members] == [False] * 4 + [True]
    assert {r.code for r in can(ACTIONS["committee.decline"], member, by=own, now=OPENED)} == {"not_drawn"}


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "采购人、财政部门"), ("en", "Buyer, Treasury")])
def test_the_page_of_the_case_says_whom_a_draw_waits_for(language: str, words: str) -> None:
    h = three()
    table = Table(h)
    draw = table.begin()
    table.promise(draw, "agent")
    factories.set_database_clock(DRAWN)
    page = at_desk(h.agent).get(f"/work/case/{h.case.pk}/", headers={"accept-language": language})
    assert page.status_code == 200 and words.lower() in text_of(page).lower()
