"""F34: does whoever holds a payment order find that the operator made another payment of it afterwards?

With all rights the operator changes the sum in the request, the invoice and the ledger, and has the platform sign the
order of that; tells the log of it as of the first, or not; or writes the log again without the first. The supplier kept
the order that it was given, somebody a checkpoint. The untouched payment is the control: nobody may be accused.
"""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.awarded import Awarded, trusted
from tests.faults.test_f34_award_changed import written
from tests.faults.test_f34_operator_alters import sql, without_triggers
from tests.kernel.log import world
from yangcai.cli import verifier
from yangcai.kernel import log_files
from yangcai.www import signed_papers

pytestmark = [pytest.mark.django_db, pytest.mark.long]
TABLES = ("contracts_invoice", "contracts_paymentrequest", "funds_transfer", "kernel_attachment", "kernel_leaf",
          "kernel_task")  # fmt: skip
DEAR = "1900000.00"


@pytest.fixture(autouse=True)
def demo(settings: Any) -> None:
    settings.YANGCAI_SANDBOX, settings.YANGCAI_SEALS, settings.YANGCAI_TIMESTAMPS = True, "demo", "demo"
    signed_papers._checked.cache_clear()


def nothing(tender: Awarded) -> None:
    """The payment as it is."""


def in_secret(tender: Awarded) -> None:
    """The log is not told of the second order."""
    reissued(tender)
    sql("DELETE FROM kernel_leaf WHERE root = %s AND index IS NULL AND line LIKE %s", tender.case.ref,
        b"%\"t\":\"payment\"%")  # fmt: skip


def in_the_open(tender: Awarded) -> None:
    """The log is told of the second as of the first."""
    reissued(tender)


def in_place_of_the_first(tender: Awarded) -> None:
    """The line of the first names the second, and the files are written again from the database."""
    was = digest_of(tender)
    in_secret(tender)
    tender.log_rewritten(was, digest_of(tender))


def digest_of(tender: Awarded) -> str:
    return hashlib.sha256(tender.order()).hexdigest()


def reissued(tender: Awarded) -> None:
    """Whatever says what was paid says otherwise, and the platform makes the order of that."""
    was, payment = tender.order(), tender.payment
    sql("UPDATE contracts_paymentrequest SET amount = %s WHERE id = %s", DEAR, payment.pk)
    sql("UPDATE contracts_invoice SET amount = %s WHERE id = %s", DEAR, payment.invoice_id)
    sql("UPDATE funds_transfer SET amount = %s WHERE ground = %s", DEAR, payment.ref)
    sql("DELETE FROM kernel_attachment WHERE kind = 'signed_paper' AND subject = %s", payment.ref)
    sql("UPDATE kernel_task SET done_at = NULL WHERE action = 'payment.issue_paper' AND subject = %s", payment.ref)
    tender.issued()
    assert tender.order() != was


#: What `sbp-verify` finds at fault: the log as it was kept, the case, the order that was kept, that which is given out.
DRILLS: dict[Callable[[Awarded], None], set[str]] = {
    nothing: set(),
    in_secret: {"given"},
    in_the_open: {"case", "kept", "given"},
    in_place_of_the_first: {"log", "case", "kept", "given"},
}


@pytest.mark.parametrize("drill", DRILLS, ids=lambda one: one.__name__)
def test_another_payment_is_found_from_outside(
    tells: Any, settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], drill: Callable[[Awarded], None]
) -> None:
    world.use(settings, tmp_path / "site")
    tender = Awarded().concluded().paid()
    shutil.copy(log_files.folder() / "checkpoint", tmp_path / "kept")
    kept = tender.order()
    without_triggers(*TABLES)
    drill(tender)
    world.round_of(now=tender.now)
    log, trust = str(log_files.folder()), trusted(tmp_path)
    asked = {
        "log": ["log", log, "--kept", str(tmp_path / "kept")],
        "case": ["case", tender.case.ref, log],
        "kept": ["payment", str(written(tmp_path, kept)), log, *trust],
        "given": ["payment", str(written(tmp_path, tender.order())), log, *trust],
    }
    found = {name for name, call in asked.items() if verifier.main([*call, "--quiet"])}
    untouched = drill is nothing
    tells(
        drills=int(not untouched),
        flagged=int(bool(found) and not untouched),
        unflagged=int(not found and not untouched),
        untouched_flagged=int(bool(found) and untouched),
    )
    assert found == DRILLS[drill], capsys.readouterr()
