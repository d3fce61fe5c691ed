"""Can a trustee set itself up, try its shares and take part in a drill, by one command each and giving out no more?"""

from pathlib import Path
from typing import Any

import pytest

from tests.api.support import token_of
from tests.tendering.sealing_walk import SealedTender
from tests.tendering.walk import CLOSES, set_database_clock
from yangcai.cli import console
from yangcai.cli.sealed import duty, releasing
from yangcai.parties.queries import platform_post
from yangcai.sealing.header import Header
from yangcai.tendering import drills, keys, share_tests
from yangcai.tendering.models import BidUpload, DrillRelease, ShareTest, Trustee

WORDS = "correct horse battery staple"


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_set_up_try_and_drill(live_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Any) -> None:
    tender = SealedTender()
    moments = {"now": tender.now}
    monkeypatch.setattr("yangcai.kernel.clock.now", lambda: moments["now"])
    monkeypatch.setattr(releasing, "now", lambda: moments["now"])
    set_database_clock(tender.now)
    tender.describe()
    tender.board()
    supervisor = tender.holders[3]
    (tmp_path / "words").write_text(WORDS)
    (tmp_path / "token").write_text(token_of(supervisor.post))
    words = ["--passphrase-file", tmp_path / "words"]
    server = ["--server", live_server.url, "--token-file", tmp_path / "token"]
    first = ["trustee", "setup", "--role", "supervisor", "--out", tmp_path / "t.key", *server, *words]
    command(*first, code=console.NOT_MET)  # there is a key in office: why another one?
    (tmp_path / "t.key").unlink()
    made = command(*first, "--reason", "改用本机密钥")
    row = Trustee.objects.get(organisation=supervisor.post.organisation, retired_at=None)
    assert made["hpke"] == row.hpke_key and WORDS not in (tmp_path / "t.key").read_text()
    supervisor.row = row

    for lot in tender.case.lots.all():
        tender.set_policy(lot)
    tender.confirm()
    tender.publish()
    tender.case.refresh_from_db()
    tender.hand_in(tender.device())
    moments["now"] = CLOSES - share_tests.LAST_HOURS
    set_database_clock(moments["now"])
    with_key = ["--key", tmp_path / "t.key", *server, *words]
    asked = ["trustee", "try", "--tender", tender.policy().tender, *with_key]
    assert command(*asked) == {"tested": 1, "bad": 0}
    assert ShareTest.objects.get().trustee == row
    assert command(*asked) == {"tested": 0, "bad": 0}

    platform = platform_post(now=moments["now"])
    tender.now = moments["now"]
    tender.do("drill.begin", platform.organisation, platform)
    assert command("trustee", "drill", *with_key) == {"x": 5, "shares": drills.BIDS, "failed": 0}
    assert DrillRelease.objects.get().trustee == row


@pytest.mark.django_db(transaction=True)
def test_under_the_name_of_a_drill_no_share_of_a_real_bid_is_given_out(
    live_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Any
) -> None:
    """The operator is among those against whom bids are sealed: it may serve whatever it likes as a drill."""
    tender = SealedTender().announced()
    monkeypatch.setattr("yangcai.kernel.clock.now", lambda: tender.now)
    bid = tender.hand_in(tender.device()).bid
    policy = tender.policy().content.decode()
    asked: list[str] = []

    class Lying:
        def __enter__(self) -> "Lying":
            return self

        def __exit__(self, *_error: object) -> None:
            pass

        def ask_json(self, method: str, path: str, value: Any = None) -> Any:
            return {"drill": tender.policy().tender, "policy": policy, "headers": [bid.sealed_key]}

        def ask(self, method: str, path: str, *_more: Any) -> bytes:
            asked.append(path)
            return b""

    monkeypatch.setattr(duty.lines, "opened", lambda _options: Lying())
    (tmp_path / "words").write_text(WORDS)
    words = ["--passphrase-file", tmp_path / "words"]
    command("trustee", "keygen", "--out", tmp_path / "t.key", *words)
    found = ["trustee", "drill", "--key", tmp_path / "t.key", "--server", live_server.url, *words]
    command(*found, code=console.VERIFICATION_FAILED)
    assert not asked and not DrillRelease.objects.exists()
    assert Header.parse(bid.sealed_key.encode()).core.supplier == bid.supplier.uscc


@pytest.mark.django_db(transaction=True)
def test_the_platform_sets_itself_up_on_its_server_and_rotates(command: Any) -> None:
    command("trustee", "setup", "--platform")
    first = Trustee.objects.get(retired_at=None)
    command("trustee", "setup", "--platform", code=console.USAGE)
    command("trustee", "setup", "--platform", "--reason", "年度轮换")
    second = Trustee.objects.get(retired_at=None)
    assert first.hpke_key != second.hpke_key and Trustee.objects.get(pk=first.pk).retired_reason == "年度轮换"
    from yangcai.kernel.encoding import read_base64

    for row in (first, second):  # policies that name the first can still be opened
        assert keys.trustee_wrap_key_of(read_base64(row.hpke_key)) is not None
        assert keys.trustee_signing_key_of(read_base64(row.signing_key)) is not None


@pytest.mark.django_db(transaction=True)
def test_uploads_are_listed_and_given_up_from_the_command_line(
    live_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Any
) -> None:
    tender = SealedTender().announced()
    monkeypatch.setattr("yangcai.kernel.clock.now", lambda: tender.now)
    set_database_clock(tender.now)
    device = tender.device()
    upload = tender.do("bid.upload", tender.lot, device.post, idem="ab" * 16).value
    (tmp_path / "token").write_text(token_of(device.post))
    server = ["--server", live_server.url, "--token-file", tmp_path / "token"]
    listed = command("bid", "uploads", "--tender", tender.policy().tender, *server)["uploads"]
    assert [one["sid"] for one in listed] == [str(upload.sid)]
    command("bid", "give-up", upload.sid, *server)
    assert BidUpload.objects.get().given_up_at == tender.now
    assert command("bid", "uploads", "--tender", tender.policy().tender, *server) == {"uploads": []}
