"""How long do answers take, by what each process counted; and what does the operator's page make of it?"""

import datetime
import itertools
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse
from django.utils import timezone

from tests.factories import make_post
from tests.kernel.log import world
from tests.www.support import Clock, at_desk, text_of
from yangcai.parties.roles import Role
from yangcai.www import timings
from yangcai.www.pictures import of_answers
from yangcai.www.timings import (
    DESK,
    FORM,
    PAGE,
    PROGRAM,
    STEPS,
    TOGETHER,
    Line,
    Recorder,
    counted_as,
    kind_of,
    share,
    step_of,
)

NOON = 1_772_452_800.0  # 2026-03-02 12:00 UTC
AT = datetime.datetime.fromtimestamp(NOON, tz=datetime.UTC)


def test_from_three_milliseconds_on_a_step_is_at_most_a_third_more_than_the_one_before() -> None:
    """Below, a millisecond is the step; beyond the last there is none."""
    assert all(later - earlier == 1 for earlier, later in itertools.pairwise(STEPS[:6]))
    assert all(3 * later <= 4 * earlier for earlier, later in itertools.pairwise(STEPS[2:]))
    assert STEPS[-1] == 10_000
    assert [STEPS[step_of(ms)] for ms in (0.2, 1, 1.1, 31.9, 32, 32.1)] == [1, 1, 2, 32, 32, 40]
    assert step_of(60_000) == len(STEPS)


@pytest.mark.parametrize(
    ("times", "half", "most"),
    [
        ([], None, None),
        ([7], 8, 8),
        ([1] * 95 + [900] * 5, 1, 1),
        ([1] * 94 + [900] * 6, 1, 1000),
        ([1] * 49 + [20] * 51, 20, 20),
        ([60_000], 10_000, 10_000),
    ],
)
def test_so_many_percent_came_within(times: list[float], half: int | None, most: int | None) -> None:
    counts = timings.together({step_of(ms): 1} for ms in times)
    assert (share(counts, 50), share(counts, 95)) == (half, most)


@pytest.mark.parametrize(
    ("method", "route", "kind"),
    [
        ("GET", "notices/", PAGE),
        ("GET", "work/cases/", DESK),
        ("POST", "work/do/<str:label>/<int:pk>/<str:code>/", FORM),
        ("POST", "api/v1/actions/", FORM),
        ("PUT", "sbp/v1/submissions/<uuid:sid>/parts/<int:number>", FORM),
        ("GET", "sbp/v1/policy/", PROGRAM),
    ],
)
def test_what_an_answer_is(method: str, route: str, kind: str) -> None:
    assert kind_of(method, route) == kind


def test_what_bidders_do_is_counted_with_what_others_do() -> None:
    """Whatever writes has no address, nor has a page that is asked for by whoever is about to bid (87号令 art. 28)."""
    sent = {counted_as(how, _route(name)) for how, name in (
        ("POST", "sbp_begin"), ("PUT", "sbp_part"), ("POST", "sbp_finalise"), ("POST", "work_do"), ("POST", "api_act"),
        ("POST", "choose_post"), ("DELETE", "sbp_give_up"),
    )}  # fmt: skip
    assert sent == {(FORM, TOGETHER)}
    read = {counted_as("GET", _route(name)) for name in ("sbp_receipt", "sbp_opening_file", "sbp_policies", "api_feed")}
    assert read == {(PROGRAM, TOGETHER)}
    pages = (
        "work_bid_tasks", "work_seal", "work_do", "work_try", "work_done", "work_environment", "work_tenders",
        "work_paper_bid_receipt", "work_paper_bid_receipt_pdf", "work_paper_security_receipt",
    )  # fmt: skip
    assert {counted_as("GET", _route(name)) for name in pages} == {(DESK, TOGETHER)}
    assert {counted_as("GET", _route(name)) for name in ("hall_mine", "sealing_bundle")} == {(PAGE, TOGETHER)}
    assert counted_as("GET", _route("work_ops")) == (DESK, "work/ops/")


def _route(name: str) -> str:
    """Where a page is, with a place for each argument, as the middleware sees it."""
    return str(get_resolver().reverse_dict.getlist(name)[0][0][0][0])


def test_what_was_counted_is_nobody_elses_to_read(tmp_path: Path) -> None:
    """Of a folder that was open before too, and whatever the mask of the process."""
    folder = tmp_path / "timings"
    folder.mkdir(mode=0o755)
    before = os.umask(0)
    try:
        Recorder(lambda: folder).write(NOON, {(PAGE, "law/"): {3: 1}})
        Recorder(lambda: tmp_path / "new").write(NOON, {(PAGE, "law/"): {3: 1}})
    finally:
        os.umask(before)
    for one in (folder, tmp_path / "new"):
        assert one.stat().st_mode & 0o777 == 0o700
        assert (one / "2026-03-02.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_process_writes_a_line_when_its_minute_is_over_and_old_days_go(tmp_path: Path) -> None:
    recorder = Recorder(lambda: tmp_path / "timings")
    old = tmp_path / "timings" / "2026-02-21.jsonl"
    old.parent.mkdir()
    old.write_text("")
    kept = old.with_name("2026-02-22.jsonl")
    kept.write_text("")
    recorder.add(PAGE, "law/", 12.0, at=NOON)
    recorder.add(PAGE, "law/", 12.5, at=NOON + 59)
    assert not (tmp_path / "timings" / "2026-03-02.jsonl").exists()
    recorder.add(DESK, "work/", 90.0, at=NOON + 60)
    (line,) = (tmp_path / "timings" / "2026-03-02.jsonl").read_text().splitlines()
    assert json.loads(line) == {"at": NOON, "n": [[PAGE, "law/", {str(step_of(13)): 2}]]}
    assert recorder.unwritten() == {"at": NOON + 60, "n": [[DESK, "work/", {step_of(100): 1}]]}
    assert kept.exists() and not old.exists()


def test_where_nothing_can_be_written_pages_go_on(tmp_path: Path) -> None:
    (tmp_path / "timings").write_text("a file where the folder should be")
    recorder = Recorder(lambda: tmp_path / "timings")
    recorder.add(PAGE, "law/", 12.0, at=NOON)
    recorder.add(PAGE, "law/", 12.0, at=NOON + 61)
    assert recorder.unwritten()["at"] == NOON + 61


def test_lines_of_two_days_are_read_and_one_that_was_cut_off_is_passed_over(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.YANGCAI_HOME = tmp_path
    monkeypatch.setattr(timings, "RECORDER", Recorder(timings.folder))
    day = 24 * 60 * 60
    for at in (NOON - day, NOON - day / 4, NOON):
        timings.RECORDER.write(at, {(PAGE, "law/"): {3: 1}})
    with (tmp_path / "timings" / "2026-03-02.jsonl").open("a") as out:
        out.write('{"at":17724')
    timings.RECORDER.add(PAGE, "law/", 4.0, at=NOON + 1)
    found = timings.lines(since=AT - datetime.timedelta(hours=7), until=AT + datetime.timedelta(hours=1))
    assert [(line.at.hour, line.counts) for line in found] == [(6, {3: 1}), (12, {3: 1}), (12, {3: 1})]


def test_the_picture_says_what_its_columns_show() -> None:
    counts = {step_of(20): 19, step_of(500): 1}
    counted = [Line(AT - n * of_answers.HOUR, DESK, "work/", counts) for n in (0, 3)]
    counted.append(Line(AT, PAGE, "law/", {step_of(400): 4}))
    picture = of_answers.answers(counted, now=AT)
    assert "共 44 次应答" in picture.says and "一半在 20 毫秒内" in picture.says and "未达到" in picture.says
    assert [row[1:] for row in picture.rows] == [(20, 20, 20), (24, 20, 400)]
    assert picture.drawings
    (slow,) = of_answers.slowest(counted)
    assert (slow.route, slow.most, slow.is_slow) == ("/work/", 20, False)
    (sent,) = of_answers.slowest([Line(AT, FORM, TOGETHER, {step_of(20): 9})])
    assert (sent.route, sent.word) == ("", "提交（表单和接口）")
    empty = of_answers.answers([], now=AT)
    assert not empty.drawings and not empty.rows and "没有记录" in empty.says


@pytest.mark.django_db
def test_every_answer_is_counted_and_the_operator_sees_it(
    clock: Clock, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.use(settings, tmp_path)
    monkeypatch.setattr(timings, "RECORDER", Recorder(timings.folder))
    for _n in range(of_answers.OFTEN):
        Client().get(reverse("law"))
    Client().get("/no/such/page/")
    counted = list(timings.lines(since=timezone.now() - of_answers.HOUR, until=timezone.now()))
    assert [(line.kind, line.route, sum(line.counts.values())) for line in counted] == [
        (PAGE, "law/", of_answers.OFTEN)
    ]
    desk = at_desk(make_post(Role.PLATFORM))
    page = text_of(desk.get(reverse("work_ops")))
    assert "应答要多久？" in page and "<code>/law/</code>" in page
    assert "应答次数" in text_of(desk.get(reverse("work_ops"), {"csv": "answers"}))


def test_what_is_pushed_and_what_nobody_answers_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.http import StreamingHttpResponse

    monkeypatch.setattr(timings, "RECORDER", Recorder(timings.folder))
    request = RequestFactory().get("/")
    timings.TimingMiddleware(lambda _request: StreamingHttpResponse(iter([b"x"])))(request)  # type: ignore[arg-type,return-value]
    assert timings.RECORDER.counts == {}
