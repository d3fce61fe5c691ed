"""What is a prequalification worth in the tender that follows, and what does a change of status do?"""

import pytest

from tests.factories import make_post, make_supplier
from tests.tendering.applying import (
    OPENS,
    TIMES,
    Selection,
    file,
    seen,
    waiting,
)
from yangcai.kernel.actions import ACTIONS, can
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.portal.models import Notice
from yangcai.tendering import standing
from yangcai.tendering.models import (
    Finding,
    Invitee,
    OpenedBid,
    StatusChange,
)

pytestmark = pytest.mark.django_db


def to_the_check(s: Selection, posts: list[Post]) -> None:
    """From the invitation to the qualification check."""
    for post in posts:
        s.do("documents.obtain", s.case, post)
        s.bid(post)
    s.now = OPENS
    s.do("opening.begin", s.case, s.runner)
    s.conclude()


def test_what_was_examined_beforehand_is_not_examined_again() -> None:
    """条例 art. 21."""
    s = Selection()
    posts = s.applied(3)
    s.concluded()
    s.invited()
    to_the_check(s, posts)
    rows = [{"bid": OpenedBid.objects.filter(lot=s.lot)[0].pk, "clause": 1, "passed": True}]
    refused = s.refused("qualification.record", s.lot, s.runner, rows=rows)
    assert refused["checked_beforehand"].citation is not None
    assert refused["checked_beforehand"].citation.article == "第二十一条"
    assert "qualification.conclude" in waiting(s.runner)
    s.do("qualification.conclude", s.lot, s.runner)
    assert not Finding.objects.exists() and len(standing.still_in(s.lot)) == 3


def test_a_changed_status_is_reported_and_examined_before_anybody_goes_on() -> None:
    """资格预审合格的供应商在评审阶段资格发生变化的，应当通知采购人和采购代理机构 (条例 art. 21)."""
    s = Selection()
    lost, kept, *rest = s.applied(5)
    s.concluded()
    s.invited()
    to_the_check(s, [lost, kept, *rest])
    change = s.do("prequalification.report_change", s.of(lost), lost, content="资质证书被吊销").value
    assert "change_is_open" in s.refused("prequalification.report_change", s.of(lost), lost, content="x")
    assert waiting(s.runner) >= {"prequalification.decide_change"}
    open_yet = s.refused("qualification.conclude", s.lot, s.runner)["status_change_open"]
    assert open_yet.citation is not None and open_yet.citation.article == "第二十一条"
    assert seen(StatusChange, kept, s.now) == [] and seen(StatusChange, s.officer, s.now) == [change.pk]
    assert seen(StatusChange, make_post(Role.AUDITOR), s.now) == [change.pk]
    answer = {"still_qualified": False, "opinion": "资质证书已被吊销"}
    assert "not_yours" in s.refused("prequalification.decide_change", change, make_post(Role.AGENT), **answer)
    s.do("prequalification.decide_change", change, s.runner, **answer)
    s.changed(kept, still_qualified=True)
    out = [one for one in standing.standings(s.lot) if not one.is_in]
    assert [(one.bid.supplier, one.reason) for one in out] == [(lost.organisation, "资格发生变化：资质证书已被吊销")]
    s.do("qualification.conclude", s.lot, s.runner)
    assert "not_qualified" in s.refused("prequalification.report_change", s.of(lost), lost, content="恢复")


def test_who_lost_its_status_before_the_invitation_leaves_the_list() -> None:
    s = Selection()
    lost, *_rest = s.applied(4)
    s.concluded()
    s.changed(lost, still_qualified=False)
    assert lost.organisation_id not in s.chosen() and len(s.chosen()) == 3
    s.invited()
    assert "not_invited" in s.refused("documents.obtain", s.case, lost)


def test_who_lost_its_status_is_not_drawn() -> None:
    """As many as the file draws are left: all of them are invited, and nobody is drawn."""
    s = Selection()
    lost, *left = s.applied(4, draws=3)
    s.concluded()
    s.changed(lost, still_qualified=False)
    assert s.chosen() == {post.organisation_id for post in left}
    assert "not_this_way" in s.refused("suppliers.draw", s.case, s.runner, watchers=[s.officer, s.reviewer])
    s.invited()


def test_the_next_in_the_order_of_the_draw_takes_the_place_of_who_lost_its_status() -> None:
    s = Selection()
    s.applied(5, draws=3)
    s.concluded()
    s.do("suppliers.draw", s.case, s.runner, watchers=[s.officer, s.reviewer])
    drawn = list(Invitee.objects.filter(case=s.case).order_by("drawn_rank"))
    s.changed(Post.objects.get(organisation=drawn[1].supplier), still_qualified=False)
    assert s.chosen() == {drawn[n].supplier_id for n in (0, 2, 3)}
    s.invited()


def test_where_too_few_are_left_after_the_draw_the_case_ends_and_nobody_is_sent_to_another_round() -> None:
    """What was drawn stands: the way that the refusal and the list of tasks name is one that can be gone."""
    s = Selection()
    one, two, *_rest = s.applied(4, draws=3)
    s.concluded()
    s.do("suppliers.draw", s.case, s.runner, watchers=[s.officer, s.reviewer])
    for post in (one, two):
        s.changed(post, still_qualified=False)
    s.confirm()
    told = s.refused("invitation.publish", s.case, s.runner, **TIMES)["too_few_prequalified"]
    assert "终止后重新采购" in told.zh and "重新组织资格预审" not in told.zh
    assert "already_drawn" in s.refused("prequalification.draft", s.case, s.runner, **file())
    assert "case.terminate" in waiting(s.runner) and "prequalification.draft" not in waiting(s.runner)
    s.do("case.terminate", s.case, s.runner, ground="too_few_prequalified", reason="合格供应商两家")
    assert "case.terminate" not in waiting(s.runner)


def test_who_lost_its_status_after_the_invitation_gets_no_file() -> None:
    s = Selection()
    lost, *_rest = s.applied(4)
    s.concluded()
    s.invited()
    s.changed(lost, still_qualified=False)
    refused = s.refused("documents.obtain", s.case, lost)
    assert refused["status_lost"].citation is not None
    # Who was not found qualified has nothing to report.
    s.of(lost)
    assert {r.code for r in can(ACTIONS["prequalification.report_change"], s.of(lost), by=lost, now=s.now)} == {
        "not_qualified"
    }


def test_an_open_tender_is_announced_and_only_the_qualified_take_part() -> None:
    """公开招标进行资格预审 (87号令 art. 18)."""
    s = Selection(procedure="open_tender")
    posts = s.applied(3)
    s.concluded()
    s.invited()
    notice = Notice.objects.get(root=s.case.ref)
    assert (notice.kind, notice.facts["documents_how"]) == (
        "invitation", "限于通过资格预审的供应商，登录本平台在线获取，免费",
    )  # fmt: skip
    assert "not_invited" in s.refused("documents.obtain", s.case, make_supplier())
    to_the_check(s, posts)
    s.do("qualification.conclude", s.lot, s.runner)
