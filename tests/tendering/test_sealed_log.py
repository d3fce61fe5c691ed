"""Does whoever checks the public log from outside find a sealed tender in order, and a bid's receipt in it?"""

import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.factories import make_post
from tests.kernel.log import world
from tests.tendering.sealing_walk import SealedTender, body_of
from tests.tendering.walk import CLOSES
from yangcai.cases import periods
from yangcai.cases.models import Case, Lot
from yangcai.kernel import documents, leaves, log_proofs
from yangcai.kernel.encoding import timestamp
from yangcai.kernel.models import LeafSecret
from yangcai.kernel.tlog import policy
from yangcai.kernel.verifying import case, log, source
from yangcai.parties.roles import Role
from yangcai.tendering import policies
from yangcai.tendering.models import SealedBid

pytestmark = pytest.mark.django_db


def verified(folder: Path) -> log.Log:
    return log.verify(source.opened(str(folder)), policy=policy.parse((folder / "policy").read_bytes()))


def test_a_tender_from_its_policy_to_its_close(settings: Any, tmp_path: Path) -> None:
    world.use(settings, tmp_path)
    tender = SealedTender().announced()
    devices = [tender.device() for _ in range(4)]
    sealed = [tender.hand_in(device) for device in devices]
    tender.do("bid.withdraw", sealed[3].bid, devices[3].post, reason="")
    name = tender.policy().tender
    world.round_of(now=tender.now)
    told = case.verify(name, log=verified(tmp_path / "log"))
    assert {body["t"] for _place, body in told} <= {"policy", "notice"}  # nothing of who takes part, or how many
    assert log_proofs.proof_of(sealed[0].leaf) is not None

    tender.begin()
    for device in devices[:3]:
        tender.release(device)
    tender.trustee_releases(tender.holders[2])
    tender.unseal()
    tender.conclude()
    world.round_of(now=tender.now)
    told = case.verify(name, log=verified(tmp_path / "log"))
    kinds = [body["t"] for _place, body in told if body["t"] not in {"notice", "entry"}]
    assert kinds == ["policy", *["submit"] * 4, "withdraw", "close", "opening"]
    headers = {body["header_sha256"] for _place, body in told if body["t"] == "submit"}
    assert headers == set(SealedBid.objects.values_list("header_digest", flat=True))


class TwoLots(SealedTender):
    """Bids go to the lot that was chosen last."""

    at = 0

    @property
    def lot(self) -> Lot:
        return self.case.lots.order_by("pk")[self.at]


@pytest.mark.long
def test_of_a_lot_that_was_not_opened_nothing_is_told() -> None:
    """87号令 art. 41, 78: it is procured again, and until then nobody knows who came."""
    tender = TwoLots(lots=2, budget="2000000.00").announced()
    devices = [tender.device() for _ in range(3)]
    opened = [tender.hand_in(device) for device in devices]
    tender.at = 1
    others = [tender.device() for _ in range(2)]
    secret = [tender.hand_in(device) for device in others]
    tender.do("bid.withdraw", secret[1].bid, others[1].post, reason="")
    tender.at = 0
    tender.begin()
    for device in devices:
        tender.release(device)
    tender.trustee_releases(tender.holders[2])
    tender.unseal()
    tender.conclude()

    kept = leaves.kept_back(root=tender.case.ref).values()
    assert sorted(body["t"] for body in kept) == ["submit", "submit", "withdraw"]
    assert {body["header_sha256"] for body in kept} == {one.header_digest for one in secret}
    told = LeafSecret.objects.filter(disclosed_at__isnull=False)
    assert set(told.values_list("leaf_id", flat=True)) >= {one.leaf_id for one in opened}
    subjects = set(told.filter(leaf__entry__isnull=False).values_list("leaf__entry__subject", flat=True))
    assert subjects == {one.bid.ref for one in opened}


@pytest.mark.long
def test_a_bid_in_time_after_a_suspension_is_in_time_by_the_log(settings: Any, tmp_path: Path) -> None:
    world.use(settings, tmp_path)
    tender = SealedTender().announced()
    devices = [tender.device() for _ in range(3)]
    tender.hand_in(devices[0])
    treasury = make_post(Role.TREASURY)
    order = documents.store_bytes(data=b"%PDF- order", name="暂停通知.pdf")
    until = (tender.now + datetime.timedelta(days=20)).date()
    tender.do("case.suspend", tender.case, treasury, reason="投诉处理", until_on=until, document=order)
    tender.now += datetime.timedelta(days=10)
    tender.do("case.resume", tender.case, treasury, reason="投诉已处理")
    later = periods.closing_at(Case.objects.get(pk=tender.case.pk))
    assert later > CLOSES
    assert [(p.revision, p.closes_at) for p in policies.chain(tender.lot)] == [(1, CLOSES), (2, later)]
    tender.now = CLOSES + datetime.timedelta(minutes=1)
    for device in devices[1:]:
        assert body_of(tender.hand_in(device).note)["deadline"] == timestamp(later)
    tender.now = later
    tender.begin()
    for device in devices:
        tender.release(device)
    tender.trustee_releases(tender.holders[2])
    tender.unseal()
    tender.conclude()
    world.round_of(now=tender.now)
    told = case.verify(tender.policy().tender, log=verified(tmp_path / "log"))
    [close] = [body for _place, body in told if body["t"] == "close"]
    assert (close["rev"], close["deadline"]) == (2, timestamp(later))
