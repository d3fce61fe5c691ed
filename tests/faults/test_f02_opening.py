"""F2: does an opening whose process dies or stalls anywhere leave nothing half done, and go on with whoever asks next?

From the close to the record, each step dies at each of its places and leaves nothing; then one of them is the last: it
comes to its end after the commit, or after a stall in which somebody asked again. The judge is what people have in
hand: bidders their receipts, whoever held the opening what it was told; and the log as anybody reads it.
"""

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import TOLD
from tests.faults.programs.dying import ENDS, LONG, SHORT, expected, is_stall
from tests.faults.test_f01_money import case, told
from tests.faults.test_f02_sequencer import lost
from tests.kernel.log import world
from tests.tendering.sealing_walk import SealedTender, three
from tests.tendering.walk import CLOSES, set_database_clock
from yangcai.kernel import log_files
from yangcai.kernel.models import Entry
from yangcai.kernel.tlog import policy
from yangcai.kernel.verifying import case as of_case
from yangcai.kernel.verifying import log, source
from yangcai.tendering.models import Bid, BidClosing, OpenedBid, SealedBid, ShareRelease

LAST = "after_commit"
CLOSING = ("close_locked", "entry", "before_commit")
RELEASING = ("share_stored", "entry", "before_commit")
#: What goes wrong with one envelope there is no reason to keep the others shut: it waits for whoever asks next.
ENVELOPE = ("combined", "decrypted", "written")
OPENING = (*ENVELOPE, "entry", "before_commit")
CONCLUDING = ("published", "entry", "before_commit")


class Journal:
    """What people were told of a tender's opening, while it died again and again."""

    def __init__(self, folder: Path, stall: float) -> None:
        self.folder, self.stall = folder, stall
        self.deaths, self.told, self.many = 0, list[dict[str, Any]](), 0
        self.counter = itertools.count()

    def step(self, *given: Any, places: Sequence[str], last: tuple[str, str], **data: Any) -> None:
        """An Action on its way: `given` is what and on what, by whom and when; it dies at these places by itself, and
        comes to its end at the last one."""
        code, subject, by, now = given
        done = Entry.objects.filter(action=code, subject=subject.ref, outcome="done", post_id=by.pk)
        before = done.count()
        ways = [(place, how, True) for place in places for how in ENDS if how == "kill" or place not in ENVELOPE]
        point, how = last
        ways.append((point, how.replace("stall", f"stall={self.stall}"), False))
        cases = []
        for number, (point, how, alone) in enumerate(ways):
            one = case(code, point, how, subject, now, by)
            one |= {"case": f"{next(self.counter)}:{number}:{code}", "alone": alone, "data": data}
            cases.append(one)
        for one, found in zip(cases, told(self.folder, cases), strict=True):
            goes_on = one["point"] in ENVELOPE and one["how"] == "error"
            assert found["ended"] == (0 if goes_on else expected(one["how"])) and found["again"] == 0, (one, found)
            assert found["left"] == before + (one["point"] == LAST or goes_on), (one, found)
            assert bool(found["told"]) is not one["alone"]
            self.deaths += 1
        answers = {answer["entry"] for answer in found["told"]}
        assert len(found["told"]) == (2 if is_stall(how) or goes_on else 1) and len(answers) == 1
        self.many += done.count() - before - 1
        self.told.append({"entry": answers.pop(), "action": code})

    def missing(self) -> int:
        """Of what people were told, how much is not there."""
        kept = set(Entry.objects.filter(outcome="done").values_list("seq", "action"))
        return sum((one["entry"], one["action"]) not in kept for one in self.told)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", range(5 if TOLD else 1))
def test_the_next_one_opens_them_all(tells: Any, full: bool, settings: Any, tmp_path: Path, number: int) -> None:
    """The first tender dies at every place; in the campaign four more stall, so that each place has its stall."""
    settings.YANGCAI_SEALS = settings.YANGCAI_TIMESTAMPS = "demo"
    world.use(settings, tmp_path)
    settings.YANGCAI_FILES = tmp_path / "files"  # where the other processes have theirs
    tender = SealedTender().announced()
    devices = three(tender)
    receipts = [sealed.note for sealed in SealedBid.objects.order_by("pk")]
    journal = Journal(tmp_path, LONG if full else SHORT)
    opens(tender, devices, journal, stalls=number, dying=number == 0)
    world.round_of(now=tender.now)
    opened = OpenedBid.objects.count()
    gone = journal.missing() + lost(receipts) + len(receipts) - opened
    assert not Bid.objects.exclude(damage="").exists() and BidClosing.objects.get().unsealed_at is not None
    assert ShareRelease.objects.count() == 4 + 1  # three bidders, a trustee, and the platform after it
    folder = log_files.folder()
    found = log.verify(source.opened(str(folder)), policy=policy.parse((folder / "policy").read_bytes()))
    of_case.verify(tender.case.ref, log=found)
    tells(deaths=journal.deaths, acknowledged=len(receipts) + len(journal.told), lost=gone, roots_too_many=0)
    assert (gone, journal.many) == (0, 0)


def opens(tender: SealedTender, devices: Sequence[Any], journal: Journal, *, stalls: int, dying: bool) -> None:
    """Every step of an opening; `stalls`: at which of its places each comes to its end."""

    def places(all_of: Sequence[str]) -> dict[str, Any]:
        last = (all_of[stalls % len(all_of)], "stall")
        return {"places": all_of if dying else (), "last": last}

    tender.now = max(tender.now, CLOSES)
    set_database_clock(tender.now)
    begins = {**places(CLOSING), "last": (LAST, "kill")} if dying else places(CLOSING)
    journal.step("opening.begin", tender.case, tender.runner, tender.now, **begins)
    for device, last in zip(devices, ((LAST, "kill"), (LAST, "error"), ("share_stored", "stall")), strict=True):
        bid = SealedBid.objects.get(header_digest=device.header.sha256.hex()).bid
        message = device.release(now=tender.now).content.decode()
        released = {**places(RELEASING), "last": last} if dying else places(RELEASING)
        journal.step("bid.release", bid, device.post, tender.now, message=message, **released)
    holder = tender.holders[2]
    message = tender.trustee_message(holder).content.decode()
    journal.step("trustee.release", tender.lot, holder.post, tender.now, message=message, **places(RELEASING))
    asks = "opening.unseal", tender.lot, tender.runner, tender.now
    if dying:
        journal.step(*asks, places=OPENING, last=(ENVELOPE[0], "error"))
        for place in ENVELOPE[1:]:
            assert OpenedBid.objects.count() == len(devices) - 1
            journal.step(*asks, places=(), last=(place, "error"))
        journal.step(*asks, places=(), last=("before_commit", "stall"))
    else:
        journal.step(*asks, **places(OPENING))
    concluded = {**places(CONCLUDING), "last": (LAST, "kill")} if dying else places(CONCLUDING)
    journal.step("opening.conclude", tender.case, tender.runner, tender.now, answer="", **concluded)
