"""Does the command line bring a bid to the platform over HTTP, and do the shares that it signs open it there?"""

import json
import urllib.request
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.api.support import token_of
from tests.api.test_sbp_store import keep_free_all
from tests.kernel.log import world
from tests.tendering.covers_walk import TwoCovers
from tests.tendering.sealing_walk import Holder, SealedTender
from tests.tendering.walk import offer, set_database_clock
from yangcai import cli
from yangcai.cli.sealed import releasing
from yangcai.kernel.encoding import base64_of, jcs
from yangcai.kernel.entries import plain
from yangcai.sealing import key_file
from yangcai.sealing.chance import system
from yangcai.sealing.digests import PART
from yangcai.sealing.lock import Lock, by_passphrase
from yangcai.sealing.receipt import Receipt
from yangcai.sealing.suites import Pair
from yangcai.tendering.models import Bid, OpenedBid

WORDS = "correct horse battery staple"


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_bid_goes_from_the_command_line_to_the_opening(
    live_server: Any,
    tmp_path: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: Any,
) -> None:
    world.use(settings, tmp_path / "site")
    tender = SealedTender().announced()
    moments = {"now": tender.now}
    monkeypatch.setattr("yangcai.kernel.clock.now", lambda: moments["now"])
    monkeypatch.setattr(releasing, "now", lambda: moments["now"])
    set_database_clock(tender.now)

    held = key_file.created(holder="supplier", code="I1", passphrase=WORDS, chance=system)
    device = tender.device(sign=Ed25519PrivateKey.from_private_bytes(held.keys(WORDS)["sig"].private))
    for name, content in {"words": WORDS, "token": token_of(device.post)}.items():
        (tmp_path / name).write_text(content)
    (tmp_path / "supplier.key").write_bytes(held.content)
    (tmp_path / "policy.json").write_bytes(tender.policy().content)
    price = plain({**offer("900000.00"), "price_in_words": ""})
    price.pop("commitment")
    (tmp_path / "price.json").write_text(json.dumps(price))
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "图纸.zip").write_bytes(bytes(PART + 5))
    words, out = ["--passphrase-file", tmp_path / "words"], tmp_path / "out"
    with_key = ["--key", tmp_path / "supplier.key", "--key-passphrase-file", tmp_path / "words"]
    command(
        *["bid", "seal", tmp_path / "files", "--policy", tmp_path / "policy.json", "--price", tmp_path / "price.json"],
        *["--supplier", device.post.organisation.uscc, "--out", out, *with_key, *words],
    )
    server = ["--server", live_server.url, "--token-file", tmp_path / "token"]
    asked = ["bid", "submit", *server, "--envelope", out / "bid.sbe", "--statement", out / "bid.submit.json"]
    sent = command(*asked, "--out", tmp_path / "receipt")
    assert sent["parts_sent"] == 2
    again = command(*asked, "--opening", out / "bid.sbo", "--out", tmp_path / "again")
    assert (again["parts_sent"], again["submission"]) == (0, sent["submission"])
    assert (tmp_path / "again").read_bytes() == (tmp_path / "receipt").read_bytes()
    fetched = ["bid", "fetch", *server, "--submission", sent["submission"], "--out", tmp_path / "fetched.sbo"]
    command(*fetched)
    assert (tmp_path / "fetched.sbo").read_bytes() == (out / "bid.sbo").read_bytes()
    receipt = Receipt.parse((tmp_path / "receipt").read_text().split("\n\n")[0] + "\n")
    assert receipt.submission == sent["submission"] and Bid.objects.count() == 1
    others = [tender.device() for _n in range(2)]  # three bids make an opening
    for other in others:
        tender.hand_in(other, "910000.00")

    tender.begin()
    world.round_of(now=tender.now)
    moments["now"] = tender.now
    set_database_clock(tender.now)
    command("bid", "close", *server, "--policy", tmp_path / "policy.json", "--out", tmp_path / "close.tlog-proof")
    command(
        *["bid", "release", "--envelope", out / "bid.sbe", "--opening", out / "bid.sbo", *with_key, *words],
        *[
            "--policy",
            tmp_path / "policy.json",
            "--close-proof",
            tmp_path / "close.tlog-proof",
            "--out",
            tmp_path / "release.json",
        ],
    )
    command("bid", "send", tmp_path / "release.json", *server)
    for other in others:
        tender.release(other)
    _trustee_releases(tender, tender.holders[3], tmp_path, live_server.url, command)
    tender.unseal()
    opened = OpenedBid.objects.get(supplier=device.post.organisation)
    assert [file.size for file in opened.files.all()] == [PART + 5]


def _trustee_releases(
    tender: SealedTender, holder: Holder, folder: Path, url: str, command: Any, *, cover: str = "ALL"
) -> None:
    """As a trustee does it: the headers from the state of the opening, its own key file, one signed message."""
    pairs = {
        "sig": holder.pair,
        "wrap": Pair(holder.wrap.private_bytes_raw(), holder.wrap.public_key().public_bytes_raw()),
    }
    inside = jcs({name: base64_of(pair.private) for name, pair in pairs.items()})
    empty = key_file.KeyFile("trustee", "I1", {name: pair.public for name, pair in pairs.items()}, Lock("", b"", b""))
    locked = by_passphrase(inside, about=empty.about(), passphrase=WORDS, chance=system)
    (folder / "t.key").write_bytes(replace(empty, lock=locked).content)
    (folder / "t.token").write_text(token_of(holder.post))
    asked = urllib.request.Request(
        f"{url}/sbp/v1/opening/{tender.policy().tender}/state",
        headers={"Authorization": f"Bearer {(folder / 't.token').read_text()}"},
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:
        (lot,) = (one for one in json.load(answer)["lots"] if one["cover"] == cover)
    paths = [folder / f"header-{n}.json" for n in range(len(lot["headers"]))]
    for path, told in zip(paths, lot["headers"], strict=True):
        path.write_text(told["header"])
    common = ["--policy", folder / "policy.json", "--key", folder / "t.key", "--passphrase-file", folder / "words"]
    assert set(command("trustee", "test", *paths, *common)["shares"].values()) == {"ok"}
    made = command(
        *[
            "trustee",
            "release",
            *paths,
            *common,
            "--close-proof",
            folder / "close.tlog-proof",
            "--close-set",
            lot["close_set"],
        ],
        *["--out", folder / "t.json"],
    )
    assert made["shares"] == 3
    command("trustee", "send", folder / "t.json", "--server", url, "--token-file", folder / "t.token")


@pytest.mark.long
@pytest.mark.parametrize("trouble", ["down", "nearly full"])
@pytest.mark.django_db(transaction=True)
def test_both_covers_come_in_and_where_the_store_is_down_the_bytes_follow(
    live_server: Any,
    tmp_path: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    trouble: str,
) -> None:
    tender = TwoCovers().announced()
    monkeypatch.setattr("yangcai.kernel.clock.now", lambda: tender.now)
    set_database_clock(tender.now)

    def command(*arguments: object) -> dict[str, Any]:
        code = cli.main([*map(str, arguments), "--json", "--quiet"])
        said = json.loads(capsys.readouterr().out)
        assert code == 0, said
        return dict(said)

    held = key_file.created(holder="supplier", code="I1", passphrase=WORDS, chance=system)
    device = tender.device(sign=Ed25519PrivateKey.from_private_bytes(held.keys(WORDS)["sig"].private))
    for name, content in {"words": WORDS, "token": token_of(device.post)}.items():
        (tmp_path / name).write_text(content)
    (tmp_path / "supplier.key").write_bytes(held.content)
    (tmp_path / "方案.txt").write_text("方案")
    words = ["--passphrase-file", tmp_path / "words", "--key-passphrase-file", tmp_path / "words"]
    server = ["--server", live_server.url, "--token-file", tmp_path / "token"]

    def submit(cover: str, receipt: str, *files: Path, **price: Any) -> dict[str, Any]:
        out = tmp_path / cover
        if not out.exists():
            (tmp_path / "policy.json").write_bytes(tender.policy(cover=cover).content)
            (tmp_path / "price.json").write_text(json.dumps(price))
            command(
                *["bid", "seal", *files, "--policy", tmp_path / "policy.json", "--price", tmp_path / "price.json"],
                *["--supplier", device.post.organisation.uscc, "--key", tmp_path / "supplier.key", *words],
                *["--out", out],
            )
        return command(
            *["bid", "submit", *server, "--envelope", out / "bid.sbe", "--statement", out / "bid.submit.json"],
            *["--out", tmp_path / receipt],
        )

    assert not submit("TECH", "technical.sbr", tmp_path / "方案.txt", delivery="30 日")["data"]["ciphertext_owed"]
    works, broken = settings.YANGCAI_FILES, tmp_path / "no-folder"
    broken.write_text("")
    with monkeypatch.context() as for_now:
        if trouble == "down":
            settings.YANGCAI_FILES = str(broken)
        else:
            keep_free_all(for_now)
        owed = submit("PRICE", "price.sbr", price="900000.00", price_in_words="", lines=[])
    assert owed["data"]["ciphertext_owed"] and owed["warnings"]
    assert Bid.objects.filter(cover="PRICE", sealed__upload__verified_at__isnull=True).count() == 1
    settings.YANGCAI_FILES = works
    again = submit("PRICE", "again.sbr")
    assert (again["data"]["ciphertext_owed"], again["data"]["parts_sent"]) == (False, 1)
    assert (tmp_path / "again.sbr").read_bytes() == (tmp_path / "price.sbr").read_bytes()
    assert not Bid.objects.filter(sealed__upload__verified_at__isnull=True).exists()


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_price_is_released_by_the_close_of_its_own_cover(
    live_server: Any,
    tmp_path: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: Any,
) -> None:
    world.use(settings, tmp_path / "site")
    tender = TwoCovers().announced()
    monkeypatch.setattr("yangcai.kernel.clock.now", lambda: tender.now)
    monkeypatch.setattr(releasing, "now", lambda: tender.now)
    set_database_clock(tender.now)

    held = key_file.created(holder="supplier", code="I1", passphrase=WORDS, chance=system)
    device = tender.device(sign=Ed25519PrivateKey.from_private_bytes(held.keys(WORDS)["sig"].private))
    line = plain(offer("890000.00")["lines"][0]) | {"unit_price": "8900.00"}
    price = {"price": "890000.00", "price_in_words": "", "lines": [line]}
    texts = {"words": WORDS, "token": token_of(device.post), "price.json": json.dumps(price)}
    for name, content in texts.items():
        (tmp_path / name).write_text(content)
    (tmp_path / "supplier.key").write_bytes(held.content)
    policy, later = tmp_path / "policy.json", tmp_path / "later.json"
    out, proof = tmp_path / "out", tmp_path / "close.tlog-proof"
    policy.write_bytes(tender.policy(cover="PRICE").content)
    words = ["--passphrase-file", tmp_path / "words", "--key-passphrase-file", tmp_path / "words"]
    own = ["--key", tmp_path / "supplier.key", *words]
    server = ["--server", live_server.url, "--token-file", tmp_path / "token"]
    tender.hand_in_technical(device)
    tender.technical.append(device)
    command(
        *["bid", "seal", "--policy", policy, "--price", tmp_path / "price.json"],
        *["--supplier", device.post.organisation.uscc, *own, "--out", out],
    )
    command(
        *["bid", "submit", *server, "--envelope", out / "bid.sbe", "--statement", out / "bid.submit.json"],
        *["--out", tmp_path / "receipt"],
    )
    tender.hand_in_both("900000.00", "910000.00")
    tender.open_technical()
    tender.qualify()
    tender.judge()
    tender.conclude_technical()
    world.round_of(now=tender.now)
    set_database_clock(tender.now)
    later.write_bytes(tender.policy(cover="PRICE").content)  # it says when the prices are opened
    command("bid", "close", *server, "--policy", later, "--out", proof)
    command(
        *["bid", "release", "--envelope", out / "bid.sbe", "--opening", out / "bid.sbo", *own, "--policy", policy],
        *["--policy", later, "--close-proof", proof, "--out", tmp_path / "release.json"],
    )
    command("bid", "send", tmp_path / "release.json", *server)
    for other in tender.prices:
        tender.release(other)
    # There is no last offer: nobody takes the close of the bids for its own.
    nothing = [*server, "--policy", later, "--out", tmp_path / "none", "--round", 1]
    assert cli.main([*map(str, ("bid", "close", *nothing)), "--json"]) != 0
    capsys.readouterr()
    _trustee_releases(tender, tender.holders[3], tmp_path, live_server.url, command, cover="PRICE")
    tender.unseal()
    assert OpenedBid.objects.get(supplier=device.post.organisation).last.price == Decimal("890000.00")
