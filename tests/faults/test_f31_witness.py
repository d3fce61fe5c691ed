"""F31: do receipts stay valid while a witness is away, is the alarm given, and is a forked log refused and proved?"""

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from tests.kernel.log import world
from tests.kernel.log.world import NOW, write_policy
from tests.tendering.sealing_walk import SealedTender
from yangcai.kernel import log_files, log_keys, sequencer
from yangcai.kernel.tlog import checkpoint, policy
from yangcai.kernel.tlog.faults import Unproven
from yangcai.kernel.verifying import log, receipt, source
from yangcai.kernel.verifying.findings import Finding, NotVerified
from yangcai.kernel.witness.server import serving
from yangcai.kernel.witness.store import Store

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(settings: Any, tmp_path: Path) -> Path:
    world.use(settings, tmp_path / "site")
    return tmp_path


def witness(site: Path) -> Store:
    """As it was left, and watching our log."""
    found = Store.opened(site / "w1", name="audit.example.gov.cn/w1")
    found.watch(log_keys.signer(log_keys.LOG).verifier)
    return found


def verified() -> log.Log:
    """By whoever insists on the witness."""
    folder = log_files.folder()
    return log.verify(source.opened(str(folder)), policy=policy.parse((folder / "policy").read_bytes()))


def lost(notes: list[str], found: log.Log) -> int:
    """Receipts that do not hold in this log."""
    keys = [log_keys.signer(log_keys.RECEIPT).verifier]
    count = 0
    for note in notes:
        try:
            receipt.verify(note.encode(), log=found, keys=keys, now=NOW)
        except Finding:
            count += 1
    return count


@pytest.mark.long
def test_receipts_stay_valid_while_a_witness_is_away(
    tells: Any, full: bool, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = 8 if full else 3
    tender = SealedTender().announced()
    store = witness(site)
    with serving(store, host="127.0.0.1", port=0, clock=lambda: NOW) as running:
        write_policy((store.signer.verifier, f"http://127.0.0.1:{running.port}"), quorum=1)
        port = running.port
        assert world.round_of(now=tender.now).cosigned == ("W1",)
    notes, alarms, without = [], 0, 0
    for _round in range(rounds):
        notes.append(tender.hand_in(tender.device()).note)
        found = world.round_of(now=tender.now)
        alarms += any("not reached" in fault for fault in found.faults)
        without += found.cosigned == ()
    with pytest.raises((NotVerified, Unproven)):  # meanwhile nobody takes the operator's word for it
        verified()
    # Nobody sequences at all: the next round says how many lines waited for longer than receipts promise.
    notes.append(tender.hand_in(tender.device()).note)
    monkeypatch.setattr(sequencer, "MERGE_DELAY", 0)
    late = world.round_of(now=tender.now)
    alarms += any("waited longer than" in fault for fault in late.faults)
    without += late.cosigned == ()
    with serving(witness(site), host="127.0.0.1", port=port, clock=lambda: NOW):
        assert world.round_of(now=tender.now).cosigned == ("W1",)
    gone = lost(notes, verified())
    tells(
        acknowledged=len(notes), lost=gone, rounds_without=without, alarms=alarms, forks=0, forks_cosigned=0,
        forks_proved=0,
    )  # fmt: skip
    assert (gone, without, alarms) == (0, rounds + 1, rounds + 1)


def test_a_fork_gets_no_cosignature_and_is_proved(tells: Any, site: Path) -> None:
    tender = SealedTender().announced()
    store, forks, cosigned = witness(site), 0, 0
    with serving(store, host="127.0.0.1", port=0, clock=lambda: NOW) as running:
        write_policy((store.signer.verifier, f"http://127.0.0.1:{running.port}"), quorum=1)
        backup = transaction.savepoint()
        note = tender.hand_in(tender.device()).note
        world.round_of(now=tender.now)
        assert lost([note], verified()) == 0
        transaction.savepoint_rollback(backup)
        # All that the operator holds is made to forget that bid; the witness is not his.
        (log_keys.folder() / "log.signed").unlink()
        (log_files.folder() / "checkpoint").unlink()
        for number, said in enumerate(("another tree of this size", "answered 422")):
            for more in range(1 + 8 * number):
                world.submit(more)
            found = world.round_of(now=tender.now)
            forks += 1
            cosigned += bool(found.cosigned)
            assert any(said in fault for fault in found.faults), found.faults
            with pytest.raises((NotVerified, Unproven)):
                verified()
    key = log_keys.signer(log_keys.LOG).verifier
    (seen,) = (site / "w1" / "seen").iterdir()
    (fork,) = (site / "w1" / "evidence").iterdir()
    one, two = (checkpoint.opened(path.read_bytes(), key)[0] for path in (seen, fork))
    assert one.size == two.size and one.root != two.root  # both under the log's own signature
    tells(
        acknowledged=1, lost=0, rounds_without=0, alarms=0, forks=forks, forks_cosigned=cosigned, forks_proved=1
    )  # fmt: skip
    assert (forks, cosigned) == (2, 0)
