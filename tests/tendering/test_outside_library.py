"""Are experts of another province drawn from its own list by the same sealed draw: filed first, recorded, and apart?"""

from typing import Any

import pytest

from tests import factories
from tests.tendering.judging import ANNOUNCED, DRAWN, EQUAL, OPENED, SEATED, Hall, hall
from yangcai.kernel import documents
from yangcai.kernel.actions import ACTIONS, SCOPES, perform
from yangcai.kernel.models import Attachment, EntryPayload, Task
from yangcai.kernel.refusals import Refused
from yangcai.parties.models import Expert, Post
from yangcai.parties.other_libraries import BadList, digest, read
from yangcai.parties.roles import Role
from yangcai.portal.models import Notice
from yangcai.tendering import draws, vrd
from yangcai.tendering.models import ExpertDraw, OutsideLibrary
from yangcai.www.work.files import readable

pytestmark = pytest.mark.django_db

LIST = "编号,姓名,工作单位,评审专业\n" + "".join(f"Q{n:03d},外省专家{n},外省单位{n},信息技术\n" for n in range(1, 9))
FILED = {"library": "某省政府采购评审专家库", "province": "610000", "reason": "本省该专业专家不足"}


def three(**values: Any) -> Hall:
    return hall("950000", "1000000", "1100000", **values)


def paper(post: Post, content: bytes = b"%PDF-1.4 x", name: str = "备案函.pdf") -> Any:
    return documents.store_bytes(data=content, name=name, person_id=post.person_id, now=OPENED)


def filed(h: Hall) -> OutsideLibrary:
    found: OutsideLibrary = h.do("outside_library.file", h.case, h.runner, OPENED, paper=paper(h.runner), **FILED).value
    return found


def received(h: Hall, content: str = LIST) -> OutsideLibrary:
    library, treasury = filed(h), factories.make_post(Role.TREASURY)
    names = paper(treasury, content.encode(), "名单.csv")
    h.do("outside_library.receive", library, treasury, OPENED, number="兰新财采备〔2026〕1号", names=names)
    return OutsideLibrary.objects.get(pk=library.pk)


def test_the_draw_is_from_the_other_librarys_list_and_the_commit_names_it() -> None:
    h = three()
    library = received(h)
    h.do("committee.draw", h.case, h.runner, DRAWN, evaluates_at=SEATED)
    record = draws.record(ExpertDraw.objects.get(case=h.case), is_complete=True)
    assert vrd.faults(record) == []
    assert record["commit"]["source"] == {
        "library": FILED["library"], "province": "610000", "filed": "兰新财采备〔2026〕1号",
        "list": digest(LIST.encode()),
    }  # fmt: skip
    # Whoever has the other library's file finds its eight lines, and nobody of the own library.
    assert {one["facts"]["number"] for one in record["opened"]} == {f"Q{n:03d}" for n in range(1, 9)}
    assert len(h.members) == 5 and all(m.expert and m.expert.library == FILED["library"] for m in h.members)
    assert library.list_digest == record["commit"]["source"]["list"]


def test_another_source_in_the_commit_is_another_draw() -> None:
    h = three()
    received(h)
    h.do("committee.draw", h.case, h.runner, DRAWN, evaluates_at=SEATED)
    record = draws.record(ExpertDraw.objects.get(case=h.case), is_complete=True)
    record["commit"] = {**record["commit"], "source": {**record["commit"]["source"], "list": "0" * 64}}
    assert {fault.code for fault in vrd.faults(record)} >= {"leaf"}


def test_who_is_drawn_signs_in_judges_and_is_published() -> None:
    h = three()
    received(h)
    h.ready()
    h.judged(EQUAL)
    h.awarded()
    h.announced()
    facts = Notice.objects.get(kind="award").facts
    assert "外省专家" in facts["committee"]
    assert FILED["library"] in facts["outside"] and "兰新财采备〔2026〕1号" in facts["outside"]


def test_nothing_is_drawn_before_the_filing_is_taken_in() -> None:
    h = three()
    library = filed(h)
    assert h.refused("committee.draw", h.case, h.runner, DRAWN, evaluates_at=SEATED) == {"outside_list_awaited"}
    task = Task.objects.get(action="outside_library.receive", done_at=None)
    assert (task.role, task.subject) == (Role.TREASURY, library.ref)
    treasury = factories.make_post(Role.TREASURY)
    h.do("outside_library.refuse", library, treasury, OPENED, reason="本省专家足够")
    h.do("committee.draw", h.case, h.runner, DRAWN, evaluates_at=SEATED)
    assert all(m.expert and m.expert.library == "" for m in h.members)


def test_the_experts_of_one_case_are_drawn_for_no_other() -> None:
    first, second = three(), three()
    received(first)
    second.do("committee.draw", second.case, second.runner, DRAWN, evaluates_at=SEATED)
    assert all(m.expert and m.expert.library == "" for m in second.members)


def test_recusal_is_checked_against_their_units_too() -> None:
    h = three()
    bidder = h.bidders[0].organisation.name
    received(h, LIST.replace("外省单位1,", f"{bidder},"))
    h.do("committee.draw", h.case, h.runner, DRAWN, evaluates_at=SEATED)
    tied = Expert.objects.get(library_number="Q001")
    record = draws.record(ExpertDraw.objects.get(case=h.case), is_complete=True)
    assert tied.pk not in {one["facts"]["id"] for one in record["opened"]}


def test_a_replacement_comes_from_the_same_list() -> None:
    h = three()
    received(h)
    h.do("committee.draw", h.case, h.runner, DRAWN, evaluates_at=SEATED)
    member = h.members[0]
    h.do("committee.replace", member, h.runner, SEATED, reason="缺席", ground="absent")
    assert len(h.members) == 5 and all(m.expert and m.expert.library for m in h.members)


def test_the_own_province_is_not_filed() -> None:
    h = three()
    own = {**FILED, "province": "620000"}
    assert h.refused("outside_library.file", h.case, h.runner, OPENED, paper=paper(h.runner), **own) == {"own_province"}
    bad = {**FILED, "province": "陕西"}
    assert h.refused("outside_library.file", h.case, h.runner, OPENED, paper=paper(h.runner), **bad) == {
        "invalid_input"
    }


def test_it_is_filed_before_the_draw_and_once() -> None:
    h = three()
    filed(h)
    assert "outside_filed" in h.refused(
        "outside_library.file", h.case, h.runner, OPENED, paper=paper(h.runner), **FILED
    )
    other = three()
    other.do("committee.draw", other.case, other.runner, DRAWN, evaluates_at=SEATED)
    assert "draw_begun" in other.refused(
        "outside_library.file", other.case, other.runner, DRAWN, paper=paper(other.runner), **FILED
    )


def test_the_names_stand_in_no_entry_and_no_row_for_who_runs_the_case() -> None:
    h = three()
    received(h)
    written = "".join(str(one.data) for one in EntryPayload.objects.all())
    assert "外省专家1" not in written and digest(LIST.encode()) in written
    assert SCOPES[OutsideLibrary](h.runner, ANNOUNCED).exists()
    assert not SCOPES[OutsideLibrary](h.bidders[0], ANNOUNCED).exists()


def test_the_list_as_it_was_sent_is_kept_with_the_draw_for_the_supervisors_alone() -> None:
    h = three()
    library = received(h)
    attached = Attachment.objects.get(subject=library.ref, kind="outside_list")
    assert documents.read(attached.document) == LIST.encode()
    assert attached.document_id == library.list_digest and not attached.is_public
    for role in (Role.TREASURY, Role.AUDITOR):
        assert readable(h.case, post=factories.make_post(role), now=ANNOUNCED).filter(pk=attached.pk).exists()
    for post in (h.runner, h.officer, h.reviewer, h.experts[0], h.bidders[0], factories.make_post(Role.PLATFORM)):
        assert not readable(h.case, post=post, now=ANNOUNCED).filter(kind="outside_list").exists()
    # The filing itself stays readable for whoever runs the case.
    assert readable(h.case, post=h.runner, now=ANNOUNCED).filter(kind="outside_library").exists()


def test_a_number_that_meant_somebody_else_before_is_refused_by_its_line() -> None:
    received(three())
    h = three()
    library, treasury = filed(h), factories.make_post(Role.TREASURY)
    swapped = LIST.replace("Q002,外省专家2,", "Q002,外省专家另一人,").replace("Q005,外省专家5,", "Q005,外省专家3,")
    with pytest.raises(Refused) as caught:
        names = paper(treasury, swapped.encode(), "名单.csv")
        perform(ACTIONS["outside_library.receive"], library, by=treasury, now=OPENED, number="1", names=names)
    assert caught.value.codes == {"another_name"}
    assert [one.zh.partition("的编号")[0] for one in caught.value.refusals] == ["名单第 3 行", "名单第 6 行"]
    assert not any("外省专家" in one.zh for one in caught.value.refusals)
    assert Expert.objects.exclude(library="").count() == 8
    # The same people, one of whom has moved, and one more: none of them twice, and the count says so.
    more = LIST.replace("外省单位4,", "外省单位40,") + "Q009,外省专家9,外省单位9,信息技术\n"
    h.do(
        "outside_library.receive", library, treasury, OPENED, number="1", names=paper(treasury, more.encode(), "b.csv")
    )
    taken = OutsideLibrary.objects.get(pk=library.pk)
    assert (taken.listed, taken.added, taken.experts.count()) == (9, 1, 9)
    facts = EntryPayload.objects.filter(entry__action="outside_library.receive").latest("pk").data["input"]
    assert (facts["listed"], facts["added"]) == (9, 1)


def test_a_name_written_otherwise_is_the_same_and_a_corrected_one_is_confirmed_by_its_line() -> None:
    spelled = LIST.replace("外省专家1,", "买买提·外省,")
    received(three(), spelled)
    h = three()
    library, treasury = filed(h), factories.make_post(Role.TREASURY)
    # Another dot, a space: the same name. On line 4 the other library had misspelt it.
    content = spelled.replace("买买提·外省", "买买提・外 省").replace("外省专家3,", "外省專家3,")
    given = {"number": "2", "names": paper(treasury, content.encode(), "名单.csv")}
    receive = ("outside_library.receive", library, treasury, OPENED)
    assert h.refused(*receive, **given) == {"another_name"}
    assert h.refused(*receive, **given, corrected="3、4") == {"nothing_corrected"}
    assert h.refused(*receive, **given, corrected="第四行") == {"invalid_input"}
    before = Expert.objects.get(library_number="Q003")
    h.do(*receive, **given, corrected="4")
    after = Expert.objects.get(library_number="Q003")
    assert (after.pk, after.person_id, after.person.name) == (before.pk, before.person_id, "外省專家3")
    assert Expert.objects.get(library_number="Q001").person.name == "买买提·外省"
    taken = OutsideLibrary.objects.get(pk=library.pk)
    assert (taken.listed, taken.added, taken.corrected) == (8, 0, 1)
    facts = EntryPayload.objects.filter(entry__action="outside_library.receive").latest("pk").data["input"]
    assert facts["corrected"] == 1


@pytest.mark.parametrize(
    "content",
    [
        "编号,姓名,工作单位\n1,甲,某单位\n",
        "编号,姓名,工作单位,评审专业\n",
        "编号,姓名,工作单位,评审专业\n1,甲,,信息\n",
        "编号,姓名,工作单位,评审专业\n1,甲,某单位,信息\n1,乙,某单位,信息\n",
        "编号,姓名,工作单位,评审专业\n1," + "甲" * 300 + ",某单位,信息\n",
    ],
)
def test_what_is_no_list_is_not_taken_in(content: str) -> None:
    with pytest.raises(BadList):
        read(content.encode())
    h = three()
    library, treasury = filed(h), factories.make_post(Role.TREASURY)
    names = paper(treasury, content.encode(), "名单.csv")
    with pytest.raises(Refused) as caught:
        perform(ACTIONS["outside_library.receive"], library, by=treasury, now=OPENED, number="1", names=names)
    assert caught.value.codes == {"bad_list"}
    assert not Expert.objects.exclude(library="").exists()


def test_a_list_in_the_other_encoding_reads_alike() -> None:
    assert read(LIST.encode("gb18030")) == read(LIST.encode("utf-8-sig"))
