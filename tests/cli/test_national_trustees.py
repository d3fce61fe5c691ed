"""Do trustees come to keys of suite G1 by the one command of their set-up, and does a tender sealed for them open?"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.api.support import token_of
from tests.api.test_sbp import Web
from tests.factories import make_post
from tests.kernel.log import world
from tests.tendering.sealing_walk import Holder, SealedTender, credit_code
from tests.tendering.walk import offer, set_database_clock
from yangcai.cli import console
from yangcai.cli.sealed import releasing
from yangcai.kernel import tasks
from yangcai.kernel.encoding import read_base64
from yangcai.kernel.entries import plain
from yangcai.kernel.models import Task
from yangcai.parties.models import Organisation
from yangcai.parties.roles import Role
from yangcai.tendering import keys
from yangcai.tendering.models import OpenedBid, ShareRelease, ShareTest, Trustee

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "correct horse battery staple"


class SetUpByCommand(SealedTender):
    """Its trustees make and register their keys by `trustee setup --suite G1`, each with its own token."""

    def __init__(self, folder: Path, url: str, command: Any) -> None:
        super().__init__()
        self.folder, self.url, self.command = folder, url, command
        (folder / "words").write_text(WORDS)

    def words(self) -> list[object]:
        return ["--passphrase-file", self.folder / "words"]

    def line(self, post: Any) -> list[object]:
        path = self.folder / f"{post.pk}.token"
        if not path.exists():
            path.write_text(token_of(post))
        return ["--server", self.url, "--token-file", path]

    def register(self, holder: Holder) -> Trustee:
        asked: list[object] = ["trustee", "setup", "--suite", "G1"]
        if holder.role == "platform":
            self.command(*asked, "--platform")
        else:
            out = self.folder / f"{holder.role}.key"
            self.command(*asked, "--role", holder.role, "--out", out, *self.line(holder.post), *self.words())
        holder.row = Trustee.objects.get(organisation=holder.post.organisation, retired_at=None)
        return holder.row


@pytest.mark.long
def test_a_tender_in_the_chinese_suite_goes_by_commands_from_the_set_up_to_the_opening(
    live_server: Any, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, command: Any
) -> None:
    world.use(settings, tmp_path / "site")
    tender = SetUpByCommand(tmp_path, live_server.url, command)
    monkeypatch.setattr("yangcai.kernel.clock.now", lambda: tender.now)
    monkeypatch.setattr(releasing, "now", lambda: tender.now)
    set_database_clock(tender.now)
    tender._announce()
    supervisor = tender.holders[3]
    national = tmp_path / "supervisor.g1.key"
    assert tender.policy().suites == ("I1", "G1") and WORDS not in national.read_text()
    (told,) = (
        one for one in Web(None).get("trustees").json()["items"] if one["org"] == supervisor.post.organisation.name
    )
    assert told["sm2_wrap"] == supervisor.row.sm2_wrap_key == json.loads(national.read_text())["public"]["wrap"]
    assert len(read_base64(told["sm2_sig"])) == 65

    post = tender.supplier()
    Organisation.objects.filter(pk=post.organisation_id).update(uscc=credit_code())
    post.organisation.refresh_from_db()
    own, price = tmp_path / "supplier.key", {**plain({**offer("900000.00"), "price_in_words": ""})}
    price.pop("commitment")
    made = command("bid", "keygen", "--suite", "G1", "--out", own, *tender.words())
    tender.do("signing_key.register", post.organisation, post, public_key=made["public"]["sm2_sig"])
    policy, proof, out = tmp_path / "policy.json", tmp_path / "close.tlog-proof", tmp_path / "out"
    policy.write_bytes(tender.policy().content)
    (tmp_path / "price.json").write_text(json.dumps(price))
    (tmp_path / "方案.txt").write_text("方案")
    with_key = ["--key", own, "--key-passphrase-file", tmp_path / "words", *tender.words()]
    command(
        *["bid", "seal", tmp_path / "方案.txt", "--suite", "G1", "--policy", policy, "--out", out, *with_key],
        *["--price", tmp_path / "price.json", "--supplier", post.organisation.uscc],
    )
    sealed = ["--envelope", out / "bid.sbe"]
    command(
        *["bid", "submit", *tender.line(post), *sealed, "--statement", out / "bid.submit.json"],
        *["--out", tmp_path / "receipt"],
    )
    others = [tender.device() for _n in range(2)]
    for other in others:
        tender.hand_in(other, "910000.00")

    moment, tender.now = tender.now, tender.policy().deadline - releasing.datetime.timedelta(minutes=30)
    set_database_clock(tender.now)
    tried = ["trustee", "try", "--tender", tender.policy().tender, *tender.line(supervisor.post), *tender.words()]
    # A bid in the other suite is no fault of this key: it waits for the other one.
    assert command(*tried, "--key", tmp_path / "supervisor.key") == {"tested": 2, "bad": 0}
    assert command(*tried, "--key", national) == {"tested": 1, "bad": 0}
    assert ShareTest.objects.exclude(fault="").count() == 0
    tender.now = moment

    tender.begin()
    world.round_of(now=tender.now)
    set_database_clock(tender.now)
    command("bid", "close", *tender.line(post), "--policy", policy, "--out", proof)
    command(
        *["bid", "release", *sealed, "--opening", out / "bid.sbo", *with_key, "--policy", policy],
        *["--close-proof", proof, "--out", tmp_path / "release.json"],
    )
    command("bid", "send", tmp_path / "release.json", *tender.line(post))
    for other in others:
        tender.release(other)
    fetched = ["trustee", "close", *tender.line(supervisor.post), "--policy", policy, "--out", tmp_path / "again.proof"]
    kept = command(*fetched, "--headers", tmp_path / "headers")
    assert (kept["headers"], kept["policies"]) == (3, 1)
    revisions = tmp_path / "headers.policies"
    assert [path.read_bytes() for path in revisions.iterdir()] == [policy.read_bytes()]
    assert (tmp_path / "again.proof").read_bytes() == proof.read_bytes()
    headers = sorted((tmp_path / "headers").iterdir())
    for name, shares in (("supervisor.g1", 1), ("supervisor", 2)):  # once with the key of each suite
        released = command(
            *["trustee", "release", *headers, "--policy", policy, "--policy", revisions, *tender.words()],
            *["--key", tmp_path / f"{name}.key", "--close-proof", proof, "--out", tmp_path / f"{name}.json"],
        )
        assert (released["shares"], released["of_other_suites"]) == (shares, 3 - shares)
        command("trustee", "send", tmp_path / f"{name}.json", *tender.line(supervisor.post))
        tasks.refresh(tender.case, now=tender.now)
        at = {"organisation_id": supervisor.post.organisation_id, "done_at": None}
        owed = Task.objects.filter(action="trustee.release", **at)
        assert owed.exists() == (name == "supervisor.g1")  # until both are in
    assert ShareRelease.objects.filter(trustee__role="platform").count() == 2
    tender.unseal()
    mine = OpenedBid.objects.get(supplier=post.organisation)
    assert mine.price == Decimal("900000.00") and [file.name for file in mine.files.all()] == ["方案.txt"]
    assert OpenedBid.objects.count() == 3


def test_sm2_keys_leave_office_only_where_that_is_said(
    live_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Any
) -> None:
    tender = SetUpByCommand(tmp_path, live_server.url, command)
    monkeypatch.setattr("yangcai.kernel.clock.now", lambda: tender.now)
    set_database_clock(tender.now)
    holder = Holder(make_post(Role.TREASURY), "supervisor")
    national = tender.register(holder)
    out = tmp_path / "rotated.key"
    asked = ["trustee", "setup", "--role", "supervisor", "--out", out, *tender.line(holder.post), *tender.words()]
    command(*asked, "--reason", "轮换", code=console.USAGE)
    assert not out.exists() and Trustee.objects.get(retired_at=None) == national
    command(*asked, "--reason", "停用国密", "--suite", "I1")
    assert Trustee.objects.get(retired_at=None).sm2_wrap_key == ""


def test_the_platform_rotates_both_kinds_and_still_has_the_ones_before(
    command: Any, settings: Any, tmp_path: Path
) -> None:
    settings.YANGCAI_HOME = tmp_path / "site"
    setup = ["trustee", "setup", "--platform"]
    command(*setup)
    assert Trustee.objects.get(retired_at=None).sm2_wrap_key == ""
    for reason in ("登记国密密钥", "年度轮换"):
        command(*setup, "--suite", "G1", code=console.USAGE)
        command(*setup, "--suite", "G1", "--reason", reason)
    command(*setup, "--reason", "年度轮换", code=console.USAGE)  # it would take the SM2 keys out of office
    rows = list(Trustee.objects.exclude(sm2_wrap_key="").order_by("pk"))
    assert rows[-1].retired_at is None
    assert len({row.sm2_wrap_key for row in rows} | {row.sm2_signing_key for row in rows}) == 4
    for row in rows:  # policies that name the first can still be opened
        public = {"wrap": read_base64(row.sm2_wrap_key), "sig": read_base64(row.sm2_signing_key)}
        found = keys.trustee_sm2_keys_of(public)
        assert found is not None and found["wrap"].public == public["wrap"]
    mixed = {"wrap": read_base64(rows[0].sm2_wrap_key), "sig": bytes(65)}
    assert keys.trustee_sm2_keys_of(mixed) is None
    command(*setup, "--reason", "停用国密", "--suite", "I1")
    assert Trustee.objects.get(retired_at=None).sm2_wrap_key == ""
