"""Does every shipped case come out as it was published, through both doors, and is every other one refused?"""

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from tests.length import NIGHTLY
from yangcai.cli import console
from yangcai.cli.commands.replay import exit_code
from yangcai.replay import driver
from yangcai.replay.casefile import read_case
from yangcai.replay.published import Event, Outcome
from yangcai.replay.run import Replayed, replay

FOLDER = Path(__file__).resolve().parents[2] / "cases"
#: What the law says to each case under cases/refused/: the code of the Refusal, the instrument, the article.
REFUSED = {
    "gansu-2024-campus": ("procedure_not_for_category", "中华人民共和国政府采购法", "第三十二条"),
    "jinan-2025-dormitory-tender": ("procedure_not_for_category", "中华人民共和国政府采购法", "第二十六条"),
    "shenzhen-2020-lockers": ("submission_too_short", "中华人民共和国政府采购法", "第三十五条"),
    "yichang-2025-irrigation": ("too_few_qualified", "政府采购货物和服务招标投标管理办法", "第四十四条"),
}
#: Replayed at every test run: one of each method, and of what only some cases show. `make nightly` replays all.
SAMPLE = (
    "changyang-2020-system",  # from the notice to the acceptance
    "gansu-2022-network",  # a real document: price formula, deductions, rounding
    "luojiang-2024-desks",  # negotiation
    "qingdao-2026-patrol",  # consultation; members' scores, means, totals and ranks
    "renhuai-2026-power",  # works
    "shandong-2023-surgery",  # single source
    "xuancheng-2026-sports",  # quotations
    "zhangzhou-2024-system-1",  # a correction moves the deadline
)
SHIPPED = sorted(path.stem for path in FOLDER.glob("*.yaml"))
#: Replayed through both doors, and whether each comes out: a failed tender, a refusal after bids of consortia; at night
#: also members' scores, totals and ranks.
BOTH_DOORS = {"deyang-2020-system": True, "refused/yichang-2025-irrigation": False}
if NIGHTLY:
    BOTH_DOORS["qingdao-2026-patrol"] = True


@pytest.fixture(autouse=True)
def in_a_sandbox() -> Iterator[None]:
    with override_settings(YANGCAI_SANDBOX=True):
        yield


def case(name: str) -> Any:
    return read_case(path=FOLDER / f"{name}.yaml")


def told(done: Replayed) -> dict[str, Any]:
    """The report, but for the time that it took and the experts whom the draw chose."""
    report = done.as_dict(language="en")
    del report["seconds"]
    for step in report["steps"]:
        if step["by"].startswith("评审专家"):
            step["by"] = "评审专家"
    return report


@pytest.mark.long
@pytest.mark.timeout(1200)  # jinan-2025-dormitory has a hundred offers; a busy machine is no failure
@pytest.mark.django_db
@pytest.mark.campaign
@pytest.mark.parametrize("name", SHIPPED if NIGHTLY else SAMPLE)
def test_a_shipped_case_comes_out_as_published(name):
    done = replay(case(name), through=driver.PythonDriver())
    report = done.as_dict(language="en")
    assert report["refusals"] == []
    assert report["differences"] == []
    assert report["ok"] is True
    assert report["checked"] >= 3
    assert [step["at"] for step in report["steps"]] == sorted(step["at"] for step in report["steps"])
    assert all(step["citation"] for step in report["steps"])


def test_every_shipped_case_can_be_read_and_every_method_is_in_the_sample():
    methods = {name: case(name).method for name in SHIPPED}
    assert {methods[name] for name in SAMPLE} == set(methods.values())


def test_no_refused_case_is_forgotten():
    assert {path.stem for path in (FOLDER / "refused").iterdir()} == set(REFUSED)


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.parametrize("name", REFUSED)
def test_the_law_refuses_what_it_forbids(name):
    done = replay(case(f"refused/{name}"), through=driver.PythonDriver())
    report = done.as_dict(language="zh")
    assert report["ok"] is False
    found = [(r["code"], r["citation"]["title"], r["citation"]["article"]) for r in report["refusals"]]
    assert found == [REFUSED[name]]
    assert exit_code([done]) == console.NOT_MET


@pytest.mark.long
@pytest.mark.campaign
@pytest.mark.django_db(transaction=True)
def test_both_doors_give_the_same_report():
    with transaction.atomic():
        straight = [told(replay(case(name), through=driver.PythonDriver())) for name in BOTH_DOORS]
        transaction.set_rollback(True)  # a budget line is imported once
    with driver.api_driver() as api:
        over_http = [told(replay(case(name), through=api)) for name in BOTH_DOORS]
    assert over_http == straight
    assert [report["ok"] for report in straight] == list(BOTH_DOORS.values())


@pytest.mark.long
@pytest.mark.django_db
def test_a_file_that_drops_extreme_scores_is_replayed_by_its_own_formula():
    """The same scores, once as published and once under a file that drops the highest and the lowest of each factor."""
    file = case("qingdao-2026-patrol")
    lot = file.lots[0]
    dropped = replace(lot, evaluation=replace(lot.evaluation, score_formula="trimmed_mean"))
    done = replay(replace(file, lots=(dropped,)), through=driver.PythonDriver())
    assert done.refusals == ()
    changed = {one.path: (one.expected, one.got) for one in done.comparison.differences}
    # 32.0, 30.5, 30.5: 30.50 is left of 31.00. The other three change alike.
    assert changed["scores.1.青岛高校电子有限公司.technical"] == ("31.00", "30.50")
    assert changed["scores.1.青岛金奈特电子科技有限公司.technical"] == ("14.67", "16.00")
    assert not any(path.startswith(("panel.", "awards.", "status")) for path in changed)


@pytest.mark.long
@pytest.mark.django_db
def test_published_days_in_the_wrong_order_show_as_a_difference():
    file = case("changyang-2020-system")
    early = replace(file, dates=replace(file.dates, contract=dt.date(2021, 1, 6), acceptance=None))
    done = replay(early, through=driver.PythonDriver())
    assert [d.as_dict() for d in done.comparison.differences] == [
        {"path": "dates.contract", "expected": "2021-01-06", "got": "2021-01-07"}
    ]
    assert exit_code([done]) == console.VERIFICATION_FAILED


@pytest.mark.django_db
def test_a_case_terminated_before_the_opening_ends_there():
    file = case("deyang-2020-system")
    ended = replace(
        file,
        dates=replace(file.dates, award=None),
        events=(Event(on=dt.date(2020, 10, 10), kind="termination", reason="采购任务取消"),),
        outcome=Outcome(status="terminated"),
    )
    done = replay(ended, through=driver.PythonDriver())
    assert done.ok
    assert done.steps[-1].action == "case.terminate"


@pytest.mark.django_db
def test_a_tender_published_as_failed_in_spite_of_enough_bids_is_refused():
    file = case("deyang-2020-system")
    bidders = case("zhongshan-2020-laboratory").lots[0].bids
    bids = tuple(replace(bid, price=None, scores={}) for bid in bidders)
    done = replay(replace(file, lots=(replace(file.lots[0], bids=bids),)), through=driver.PythonDriver())
    assert [refusal.code for refusal in done.refusals] == ["ground_not_given"]
    assert done.refusals[0].citation is not None


@pytest.mark.parametrize(
    ("oks", "refused", "code"),
    [
        ([True, True], [False, False], console.OK),
        ([True, False], [False, False], console.VERIFICATION_FAILED),
        ([False, False], [True, False], console.NOT_MET),
    ],
)
def test_of_several_files_a_refusal_counts_before_a_difference(oks, refused, code):
    results = [SimpleNamespace(ok=ok, refusals=("no",) * no) for ok, no in zip(oks, refused, strict=True)]
    assert exit_code(results) == code
    assert exit_code(list(reversed(results))) == code


def command(*arguments: str, tmp: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TMPDIR": str(tmp), "PYTHONWARNINGS": "error"}
    environment = {k: v for k, v in environment.items() if k not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    return subprocess.run(
        [sys.executable, "-m", "yangcai", "replay", *arguments],
        capture_output=True, text=True, timeout=300, env=environment, cwd=FOLDER.parent, check=False,
    )  # fmt: skip


@pytest.mark.long
def test_the_command_prints_one_object_tells_its_progress_and_cleans_up(tmp_path):
    done = command("cases/deyang-2020-system.yaml", "cases/refused/shenzhen-2020-lockers.yaml", "--json", tmp=tmp_path)
    assert done.returncode == console.NOT_MET, done.stderr
    answer = json.loads(done.stdout)
    assert set(answer) == {"ok", "data", "warnings", "errors"} and len(answer["errors"]) == 1
    for each in answer["data"]["cases"]:
        assert set(each) == {"id", "ok", "steps", "checked", "differences", "refusals", "assumed", "seconds"}
        assert set(each["steps"][0]) == {"at", "action", "by", "citation"}
    assert [each["ok"] for each in answer["data"]["cases"]] == [True, False]
    assert set(answer["data"]["cases"][1]["refusals"][0]) == {"code", "zh", "en", "citation"}
    assert done.stderr.splitlines() == [
        "[1/2] 四川省德阳市人民医院手术室行为管理采购", "[2/2] 开业区域手术室智能柜家具采购",
    ]  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_file_is_told_before_anything_is_started(tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("yangcai: case/1\nid: x\nbudget: .nan\n", encoding="utf-8")
    done = command(str(wrong), "cases/deyang-2020-system.yaml", "--json", "--lang", "en", tmp=tmp_path)
    assert done.returncode == console.USAGE
    answer = json.loads(done.stdout)
    assert (answer["ok"], answer["data"]["cases"]) == (False, [])
    assert any(one.startswith(f"{wrong}:3: budget: money is yuan in quotes") for one in answer["errors"])
    assert done.stderr == ""


def test_a_folder_to_keep_must_be_empty(tmp_path):
    (tmp_path / "mine").write_text("")
    done = command("cases/deyang-2020-system.yaml", "--keep", str(tmp_path), "--lang", "en", tmp=tmp_path)
    assert (done.returncode, done.stderr) == (console.USAGE, f"{tmp_path} is not empty\n")
