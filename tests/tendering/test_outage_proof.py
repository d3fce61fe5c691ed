"""Can anybody prove from the published files what an outage did to a tender, and is a lie found with its exit code?"""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from tests.kernel.log import world
from tests.tendering.outage_journal import Journal, in_clear
from tests.tendering.sealing_walk import SealedTender
from tests.tendering.walk import CLOSES
from yangcai.cli import console, verifier
from yangcai.kernel import leaves
from yangcai.kernel.encoding import timestamp

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def told(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SealedTender:
    """A sealed tender that was extended by an outage over its deadline, opened, and all of it published."""
    world.use(settings, tmp_path)
    journal = Journal(monkeypatch)
    tender = SealedTender().announced()
    devices = [tender.device() for _n in range(3)]
    for device in devices:
        tender.hand_in(device)
    journal.line(CLOSES - 180 * MINUTE)
    journal.until(CLOSES - 30 * MINUTE)
    journal.line(CLOSES + 30 * MINUTE)
    tender.now = CLOSES + 150 * MINUTE
    journal.until(tender.now)
    tender.begin()
    world.round_of(now=tender.now)
    return tender


def verify(*more: str, folder: Path) -> int:
    try:
        return verifier.main(["--lang", "en", "health", "--json", str(folder / "log"), *more])
    finally:
        translation.activate("zh-hans")
        console.choose_language("zh")


def said(kind: str) -> dict[str, Any]:
    return [body for body in in_clear() if body["t"] == kind][-1]


@pytest.mark.long
def test_it_is_proved_from_files_alone(told: SealedTender, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(folder=tmp_path) == 0
    data = json.loads(capsys.readouterr().out)["data"]
    assert [(one["from"], one["until"]) for one in data["outages"]] == [
        (timestamp(CLOSES - 30 * MINUTE), timestamp(CLOSES + 30 * MINUTE))
    ]
    assert [(one["root"], one["new"]) for one in data["extensions"]] == [
        (told.case.ref, timestamp(CLOSES + 150 * MINUTE))
    ]
    assert len(data["closes"]) == 1
    assert verify("--of", told.policy().tender, folder=tmp_path) == 0
    assert verify("--of", "case:0", folder=tmp_path) == 1


def test_a_log_without_a_journal_proves_nothing(settings: Any, tmp_path: Path) -> None:
    world.use(settings, tmp_path)
    world.submit(1)
    world.round_of()
    assert verify(folder=tmp_path) == 1


LIES: dict[str, tuple[str, dict[str, Any]]] = {
    "a second extension of one outage": ("extension", {}),
    "an extension for a friend": ("extension", {"root": "case:0", "new": timestamp(CLOSES + 9999 * MINUTE)}),
    "an outage that was none": ("extension", {"before": 1, "after": 2}),
    "a close as if nothing had happened": ("close", {"deadline": timestamp(CLOSES)}),
    "a line between two others": ("health", {"n": 3}),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("lie", LIES)
def test_what_the_operator_forges_is_found(told: SealedTender, tmp_path: Path, lie: str) -> None:
    kind, changes = LIES[lie]
    leaves.append_leaf(body={**said(kind), **changes}, root="case:0", in_clear=True)
    world.round_of(now=told.now)
    assert verify(folder=tmp_path) == (1 if kind == "health" else 2)  # its signature no longer fits


@pytest.mark.long
def test_a_word_changed_in_the_files_is_found(told: SealedTender, tmp_path: Path) -> None:
    bundle = next(path for path in (tmp_path / "log" / "tile" / "entries").rglob("*") if path.is_file())
    content = bundle.read_bytes()
    bundle.write_bytes(content.replace(b'"t":"extension"', b'"t":"extensiom"'))
    assert bundle.read_bytes() != content and verify(folder=tmp_path) == 1
