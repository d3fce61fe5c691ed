"""F34: does whoever verifies from outside find that an award or a contract is another one than was published?

The operator, with all rights, changes winner, price or contract in the rows, and whatever page, paper and file would
contradict them; or signs a second story beside the first. People kept what was published: the notices, the paper, a
checkpoint. The untouched tender is the control: nobody may be accused.
"""

import hashlib
import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.faults.awarded import Awarded, content_of, trusted
from tests.faults.test_f34_operator_alters import sql, without_triggers
from tests.kernel.log import world
from yangcai.cli import verifier
from yangcai.contracts import paper
from yangcai.kernel import log_files
from yangcai.kernel.leaves import kept_back
from yangcai.portal.models import Notice
from yangcai.portal.notices.base import canonical
from yangcai.tendering import award_line
from yangcai.www import signed_papers

pytestmark = [pytest.mark.django_db, pytest.mark.long]
TABLES = (
    "cases_award", "cases_candidate", "contracts_contract", "kernel_attachment", "kernel_leaf", "kernel_task",
    "portal_notice",
)  # fmt: skip
DEAR = Decimal("1900000.00")


@pytest.fixture(autouse=True)
def demo(settings: Any) -> None:
    settings.YANGCAI_SANDBOX, settings.YANGCAI_SEALS, settings.YANGCAI_TIMESTAMPS = True, "demo", "demo"
    signed_papers._checked.cache_clear()


def nothing(tender: Awarded) -> None:
    """The tender as it is."""


def tell_otherwise(notice: Notice, **facts: Any) -> Notice:
    """The notice says something else now, and its digest agrees with it."""
    notice.facts |= facts
    content = canonical({"kind": notice.kind, "title": notice.title, "facts": notice.facts})
    notice.digest = hashlib.sha256(content).hexdigest()
    sql("UPDATE portal_notice SET facts = %s, digest = %s WHERE id = %s", json.dumps(notice.facts), notice.digest,
        notice.pk)  # fmt: skip
    return notice


def another_winner(tender: Awarded) -> None:
    """The second of the ranking won, in every row and in the notice."""
    second = tender.lot.candidates.get(rank=2)
    sql("UPDATE cases_award SET supplier_id = %s, candidate_id = %s, amount = %s WHERE id = %s", second.supplier_id,
        second.pk, second.amount, tender.award.pk)  # fmt: skip
    sql("UPDATE contracts_contract SET supplier_id = %s, amount = %s WHERE id = %s", second.supplier_id,
        second.amount, tender.contract.pk)  # fmt: skip
    notice = Notice.objects.get(kind="award")
    tell_otherwise(notice, winner=second.supplier.name, winner_uscc=second.supplier.uscc, amount=str(second.amount))


def another_price(tender: Awarded) -> None:
    """The winner is the same and gets twice as much."""
    sql("UPDATE cases_award SET amount = %s WHERE id = %s", DEAR, tender.award.pk)
    tell_otherwise(Notice.objects.get(kind="award"), amount=str(DEAR))


def another_price_in_the_log_too(tender: Awarded) -> None:
    """And the line names the new digest; the files are written again from the database."""
    was = Notice.objects.get(kind="award").digest
    another_price(tender)
    tender.log_rewritten(was, Notice.objects.get(kind="award").digest)


def second_award(tender: Awarded) -> None:
    """A notice of another winner, as new as any, in the log as any; the first stands too, and nothing replaced it."""
    first = Notice.objects.get(kind="award")
    second = tender.lot.candidates.get(rank=2)
    first.facts |= {"winner": second.supplier.name, "amount": str(second.amount)}
    content = canonical({"kind": first.kind, "title": first.title, "facts": first.facts})
    first.pk, first.number, first.digest = None, f"{first.number}-1", hashlib.sha256(content).hexdigest()
    sql("ALTER TABLE portal_notice ENABLE TRIGGER notice_leaf")
    first.save(force_insert=True)


def another_contract(tender: Awarded) -> None:
    """The price of the contract doubles, and both seem to have signed that; the log is not told."""
    reissued(tender)
    sql("DELETE FROM kernel_leaf WHERE root = %s AND index IS NULL AND line LIKE %s", tender.case.ref,
        b"%\"t\":\"contract\"%")  # fmt: skip


def second_contract(tender: Awarded) -> None:
    """The same, and the log is told of it as of the first."""
    reissued(tender)


def reissued(tender: Awarded) -> None:
    """Whatever says what both have signed says otherwise, and the platform makes the paper of that."""
    was = tender.paper()
    sql("UPDATE contracts_contract SET amount = %s WHERE id = %s", DEAR, tender.contract.pk)
    sql("UPDATE contracts_contract SET digest = %s WHERE id = %s", paper.digest_of(tender.contract), tender.contract.pk)
    sql("DELETE FROM kernel_attachment WHERE kind = 'signed_paper' AND subject = %s", tender.contract.ref)
    sql("UPDATE kernel_task SET done_at = NULL WHERE action = 'contract.issue_paper' AND subject = %s",
        tender.contract.ref)  # fmt: skip
    tender.issued()
    assert tender.paper() != was


def another_contract_notice(tender: Awarded) -> None:
    """What was published of the contract names another price."""
    tell_otherwise(Notice.objects.get(kind="contract"), amount=str(DEAR))


DRILLS: dict[Callable[[Awarded], None], set[str]] = {
    nothing: set(),
    another_winner: {"notices", "list"},
    another_price: {"notices", "list"},
    second_award: {"case", "notices", "list"},
    another_price_in_the_log_too: {"log", "case", "notices", "list", "contract"},
    another_contract: {"contract"},
    second_contract: {"case", "contract"},
    another_contract_notice: {"notices", "list"},
}


#: Of one kind each in `make long`: an altered notice, an altered paper, and nobody accused; all in `make chaos`.
SHORT = (nothing, another_winner, another_contract)


@pytest.mark.parametrize(
    "drill",
    [
        pytest.param(one, marks=() if one in SHORT else pytest.mark.campaign(only=True), id=one.__name__)
        for one in DRILLS
    ],
)
def test_another_award_or_contract_is_found_from_outside(
    tells: Any, settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], drill: Callable[[Awarded], None]
) -> None:
    world.use(settings, tmp_path / "site")
    tender = Awarded().concluded()
    assert {"award", "contract"} <= {one.kind for one in tender.notices()}
    shutil.copy(log_files.folder() / "checkpoint", tmp_path / "kept")
    without_triggers(*TABLES)
    drill(tender)
    world.round_of(now=tender.now)
    found = flagged(tmp_path, tender)
    told = capsys.readouterr()
    untouched = drill is nothing
    tells(
        drills=int(not untouched),
        flagged=int(bool(found) and not untouched),
        unflagged=int(not found and not untouched),
        untouched_flagged=int(bool(found) and untouched),
    )
    assert found == DRILLS[drill], told


class Intercepted(Awarded):
    """The operator changes the award in the rows when it was determined, and the platform announces what it finds."""

    def do(self, code: str, subject: Any, post: Any, **values: Any) -> Any:
        if code == "award.announce":
            without_triggers("cases_award")
            second = self.lot.candidates.get(rank=2)
            sql("UPDATE cases_award SET supplier_id = %s, candidate_id = %s, amount = %s WHERE id = %s",
                second.supplier_id, second.pk, second.amount, subject.pk)  # fmt: skip
            subject.refresh_from_db()
        return super().do(code, subject, post, **values)


def test_an_award_changed_before_its_notice_is_found_from_outside(
    tells: Any, settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every page, paper and notice agrees on the second of the ranking; only the line of what was determined does
    not."""
    world.use(settings, tmp_path / "site")
    tender = Intercepted().concluded()
    assert tender.award.candidate.rank == 2 and tender.contract.supplier_id == tender.award.supplier_id
    shutil.copy(log_files.folder() / "checkpoint", tmp_path / "kept")
    found = flagged(tmp_path, tender)
    tells(drills=1, flagged=int(bool(found)), unflagged=int(not found), untouched_flagged=0)
    assert found == {"case", "notices", "list"}, capsys.readouterr()


class Hidden(Awarded):
    """The operator changes the award before its notice, has the log hold the new one as it did the first, and keeps
    the first one's line untold."""

    def do(self, code: str, subject: Any, post: Any, **values: Any) -> Any:
        if code != "award.announce":
            return super().do(code, subject, post, **values)
        without_triggers("cases_award", "kernel_leafsecret")
        first = next(leaf for leaf, said in kept_back(root=self.case.ref).items() if said.get("award") == subject.ref)
        second = self.lot.candidates.get(rank=2)
        sql("UPDATE cases_award SET supplier_id = %s, candidate_id = %s, amount = %s WHERE id = %s",
            second.supplier_id, second.pk, second.amount, subject.pk)  # fmt: skip
        subject.refresh_from_db()
        award_line.commit(subject)
        done = super().do(code, subject, post, **values)
        sql("UPDATE kernel_leafsecret SET disclosed_at = NULL WHERE leaf_id = %s", first)
        return done


def test_an_award_hidden_behind_a_second_line_is_found_from_outside(
    tells: Any, settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Even the line of what was determined says so: only that the first one is never told does not fit."""
    world.use(settings, tmp_path / "site")
    tender = Hidden().concluded()
    assert tender.award.candidate.rank == 2
    shutil.copy(log_files.folder() / "checkpoint", tmp_path / "kept")
    found = flagged(tmp_path, tender)
    tells(drills=1, flagged=int(bool(found)), unflagged=int(not found), untouched_flagged=0)
    assert found == {"case", "notices", "list"}, capsys.readouterr()


def flagged(folder: Path, tender: Awarded) -> set[str]:
    """What `sbp-verify` finds at fault of what the site gives out now."""
    log = str(log_files.folder())
    asked = {
        "log": [["log", log, "--kept", str(folder / "kept")]],
        "case": [["case", tender.policy(cover="TECH").tender, log]],
        "notices": [["notice", str(written(folder, content_of(one))), log] for one in tender.notices()],
        "list": [["notice", str(written(folder, content_of(*tender.notices()))), log]],
        "contract": [["contract", str(written(folder, tender.paper())), log, *trusted(folder)]],
    }
    return {name for name, calls in asked.items() if any(verifier.main([*call, "--quiet"]) for call in calls)}


def written(folder: Path, content: bytes) -> Path:
    path = folder / f"{len(list(folder.glob('*.file')))}.file"
    path.write_bytes(content)
    return path
