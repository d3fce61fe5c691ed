"""Does whoever checks the log from outside find it whole, and find every way in which it is not?"""

import contextlib
import functools
import hashlib
import http.server
import json
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from proofbundle.tlogproof import verify_tlog_proof
from pytest_django import DjangoDbBlocker

from tests.kernel.log import world
from tests.signatures import papers
from yangcai import cli
from yangcai.cli import console, verifier
from yangcai.kernel import leaves, log_files, log_keys, log_proofs, log_witnesses
from yangcai.kernel.encoding import base64_of, h2, read_base64
from yangcai.kernel.leaves import Appended
from yangcai.kernel.models import Cosignature, Leaf, TreeHead
from yangcai.kernel.signatures.authority import DemoAuthority, DemoSeals
from yangcai.kernel.signatures.verification import verify as signatures_of
from yangcai.kernel.tlog import checkpoint, cosignature, note, policy
from yangcai.kernel.verifying import case, document, log, source
from yangcai.kernel.verifying import receipt as receipts
from yangcai.kernel.verifying.findings import Evidence, NotVerified

pytestmark = pytest.mark.django_db  # the database is set up for tests that say so, and the fixture tells a story in it
WITNESS = note.Signer("audit.example.gov.cn/w1", note.COSIGNATURE, Ed25519PrivateKey.from_private_bytes(b"w" * 32))
TENDER, HEADER = "6f1b1f0e-0000-4000-8000-000000000001", "ab" * 32
POLICY = {"tender": TENDER, "rev": 1, "lot": "1", "cover": "ALL"}
RECEIVED = "2026-03-02T00:59:58.123456Z"
#: What a supplier, who chooses the commitment to the price freely, would like to pass for a contract.
FORGED = b"%PDF-1.7 a contract that nobody signed"


def bid(number: int, header: str) -> dict[str, Any]:
    return {
        "t": "submit", "tender": TENDER, "lot": "1", "cover": "ALL", "round": 1, "supplier": f"S{number}", "seq": 1,
        "submission": f"sub-{number}", "header_sha256": header, "received_at": RECEIVED,
        "price_commit": hashlib.sha256(FORGED).hexdigest(),
    }  # fmt: skip


def receipt(
    appended: Appended,
    *,
    header: str = HEADER,
    received: str = RECEIVED,
    key: note.Signer | None = None,
    owed: str = "",
) -> str:
    text = (
        f"sbp-receipt/v1\ntender {TENDER} rev 1 lot 1 cover ALL round 1\nsupplier S1\nsubmission sub-1 seq 1\n"
        f"received {received}\ndeadline 2026-03-02T01:00:00.000000Z\nheader sha256:{header}\n"
        f"envelope sha256:{'cd' * 32} 1234\n{owed}leaf {base64_of(appended.hash)}\n"
    )
    return str(note.sign(text, key or log_keys.signer(log_keys.RECEIPT)))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Path:
    """One tender, three bids, a close, an opening that tells two of them; each round cosigned by a witness of ours."""
    home = tmp_path_factory.mktemp("site")
    with django_db_blocker.unblock(), world.site_in(home):
        _tell_a_story(home)
    return home


def _tell_a_story(home: Path) -> None:
    log_witnesses.path().parent.mkdir(parents=True, exist_ok=True)
    log_witnesses.path().write_text(f"witness W1 {WITNESS.verifier.vkey}\nquorum W1\n")
    bids = [
        leaves.append_leaf(body=bid(number, header), root="case:1")
        for number, header in enumerate((HEADER, "ef" * 32, "01" * 32), start=1)
    ]
    notice = {"kind": "invitation", "title": "公告", "facts": {"budget": "1.00"}}
    (home / "notice.json").write_text(json.dumps({"items": [notice]}, ensure_ascii=False))
    digest = hashlib.sha256(
        json.dumps(notice, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()
    leaves.append_leaf(body={"digest": digest, "root": "case:1", "t": "notice"}, root="case:1", in_clear=True)
    cosigned_round(1)
    (home / "before").write_bytes((log_files.folder() / "checkpoint").read_bytes())
    close_set = h2("sbp/1 closeset", *sorted(bytes.fromhex(h) for h in (HEADER, "ef" * 32))).hex()
    leaves.append_leaf(body={**POLICY, "t": "policy"}, root="case:1", in_clear=True)
    close = {**POLICY, "t": "close", "round": 1, "deadline": "2026-03-02T01:00:00.000000Z", "close_set": close_set}
    leaves.append_leaf(body=close, root="case:1", in_clear=True)
    (home / "contract.pdf").write_bytes(b"%PDF-1.7 a contract")
    (home / "signed.pdf").write_bytes(papers.signed())
    (home / "root.pem").write_bytes(papers.roots()[0])
    (home / "stranger.pem").write_bytes(DemoSeals(DemoAuthority(home / "stranger")).roots[0])
    for name in ("contract.pdf", "signed.pdf"):
        digest = hashlib.sha256((home / name).read_bytes()).hexdigest()
        contract = {"contract": f"contract:{name}", "sha256": digest, "t": "contract"}
        leaves.append_leaf(body=contract, root="case:1", in_clear=True)
    leaves.disclose(leaves=[one.id for one in bids[:2]], now=world.NOW)
    cosigned_round(2)
    (home / "told.sbr").write_text(receipt(bids[0]))
    owed = "ciphertext follows within 1800 s of closing\n"
    (home / "hash-only.sbr").write_text(receipt(bids[0], owed=owed))
    (home / "owed-twice.sbr").write_text(receipt(bids[0], owed=owed * 2))
    (home / "forged.sbr").write_text(
        receipt(bids[0], key=note.Signer("ggzy.example/sbp-receipt", note.ED25519, Ed25519PrivateKey.generate()))
    )
    (home / "other.sbr").write_text(receipt(bids[0], header="99" * 32))
    (home / "untold.sbr").write_text(receipt(bids[2], header="01" * 32))
    (home / "never.sbr").write_text(receipt(Appended(0, b"sbp1 never\n")))
    (home / "fresh.sbr").write_text(receipt(Appended(0, b"sbp1 never\n"), received="2026-03-02T01:01:30.000000Z"))
    for leaf in Leaf.objects.order_by("index"):
        (home / "proofs").mkdir(exist_ok=True)
        text = log_proofs.proof_of(leaf, with_nonce=True)
        assert text is not None
        (home / "proofs" / f"{leaf.index}").write_text(text)
    for leaf in Leaf.objects.all():
        (home / "proofs" / f"{leaf.index}.line").write_bytes(bytes(leaf.line))
    index = Leaf.objects.get(pk=bids[0].id).index
    proofs = [path.read_text() for path in (home / "proofs").glob("*[0-9]")]
    (home / "notice.tlog-proof").write_text(next(text for text in proofs if is_notice(text)))
    (home / "told.tlog-proof").write_text((home / "proofs" / str(index)).read_text())


def is_notice(text: str) -> bool:
    extra = text.splitlines()[1]
    return extra.startswith("extra ") and b'"t":"notice"' in read_base64(extra.removeprefix("extra "))


def cosigned_round(number: int) -> None:
    """A round, and a witness that was at hand."""
    world.round_of(seed=number)
    head = TreeHead.objects.order_by("-size")[0]
    text = note.parse(head.signed.encode()).text
    line = WITNESS.sign(text, at=int(world.NOW.timestamp()) + 60 * number)
    Cosignature.objects.create(head=head, witness=WITNESS.name, line=line.line, at=world.NOW)
    world.round_of(seed=number)


@pytest.fixture
def site(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    return Path(shutil.copytree(made, tmp_path / "site"))


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    yield
    console.choose_language("zh")


def verify(*arguments: object) -> int:
    return verifier.main(["--lang", "en", *map(str, arguments)])


def test_a_whole_log_is_found_whole(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify("log", site / "log", "--policy", site / "log" / "policy", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["data"] == {"origin": "ggzy.example/log", "size": 16, "witnesses": ["W1"]} and not answer["warnings"]
    assert verify("log", site / "log") == 0
    assert "the log's own word" in capsys.readouterr().err


def test_what_was_kept_is_compared_and_brought_up_to_date(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept, key = site / "before", log_keys.read(site / "keys" / "log.key")
    assert checkpoint.opened(kept.read_bytes(), key.verifier)[0].size == 8
    assert verify("log", site / "log", "--kept", kept) == 0
    assert kept.read_bytes() == (site / "log" / "checkpoint").read_bytes()  # with its signatures: it proves something

    def keep(size: int, *, origin: str = "ggzy.example/log", by: note.Signer = key) -> int:
        kept.write_text(str(note.sign(checkpoint.Checkpoint(origin, size, b"x" * 32).text, by)))
        return verify("log", site / "log", "--kept", kept)

    # The same size under another root, signed by the same log, is a proof against it.
    assert keep(8) == 2
    assert "rewritten" in capsys.readouterr().err
    assert keep(24) == 1
    other = Ed25519PrivateKey.generate()
    assert keep(8, origin="other.example/log", by=note.Signer("other.example/log", note.ED25519, other)) == 1
    # What the log never signed is no evidence, whatever it says.
    assert keep(8, by=note.Signer("ggzy.example/log", note.ED25519, other)) == 1
    for text in (checkpoint.Checkpoint("ggzy.example/log", 8, b"x" * 32).text, "nothing", ""):
        kept.write_text(text)
        assert verify("log", site / "log", "--kept", kept) == 1
        assert "no checkpoint that this log signed" in capsys.readouterr().err


def changed(name: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    def change(log: Path) -> None:
        content = (log / name).read_bytes()
        assert old in content
        (log / name).write_bytes(content.replace(old, new, 1))

    return change


def flipped(name: str) -> Callable[[Path], None]:
    def flip(log: Path) -> None:
        content = bytearray((log / name).read_bytes())
        content[len(content) // 2] ^= 1
        (log / name).write_bytes(bytes(content))

    return flip


def without(name: str) -> Callable[[Path], None]:
    return lambda log: (log / name).unlink()


def rewritten(name: str, change: Callable[[Any], Any]) -> Callable[[Path], None]:
    """Each row of a file of JSON lines otherwise."""

    def rewrite(log: Path) -> None:
        rows = [json.dumps(change(json.loads(row))) for row in (log / name).read_text().splitlines()]
        (log / name).write_text("".join(f"{row}\n" for row in rows))

    return rewrite


def test_a_witness_that_states_a_time_of_no_calendar_breaks_no_verification(site: Path) -> None:
    head = note.parse((site / "log" / "checkpoint").read_bytes())
    kept = tuple(one for one in head.signatures if one.name != WITNESS.name)
    late = note.Note(head.text, (*kept, WITNESS.sign(head.text, at=note.LATEST)))
    (site / "log" / "checkpoint").write_text(str(late))
    trust = policy.parse((site / "log" / "policy").read_bytes())
    assert log.verify(source.opened(str(site / "log")), policy=trust).seen_at == cosignature.LATEST


@pytest.mark.parametrize(
    ("code", "damage"),
    [
        (1, without("checkpoint")),
        (1, without("tile/entries/000.p/16")),
        (1, without("tile/0/000.p/16")),
        (1, changed("checkpoint", b"\n16\n", b"\n15\n")),
        (1, changed("checkpoint", b"ggzy", b"gggy")),
        (1, lambda log: (log / "checkpoint").write_text((log / "checkpoint").read_text().partition("\u2014 audit")[0])),
        (1, flipped("tile/entries/000.p/16")),
        (1, flipped("tile/0/000.p/16")),
        (1, lambda log: (log / "policy").write_text("nonsense")),
        (1, changed("disclosed/000", b'"index"', b'"place"')),
        (2, changed("disclosed/000", b'"supplier":"S1"', b'"supplier":"S9"')),
        (1, rewritten("disclosed/000", lambda row: {**row, "index": float(row["index"])})),
        (1, rewritten("disclosed/000", lambda row: {**row, "index": True})),
        (1, lambda log: (log / "disclosed/000").write_text("[" * 200_000 + "\n")),
        (1, lambda log: (log / "disclosed/000").write_text('{"body":{},"index":1,"nonce":7}\n')),
    ],
)  # fmt: skip
def test_whatever_is_wrong_is_found(site: Path, code: int, damage: Callable[[Path], None]) -> None:
    damage(site / "log")
    assert verify("log", site / "log") == code


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (changed("checkpoint", b"\n16\n", b"\n15\n"), "的签名不符"),
        (changed("checkpoint", b"ggzy", b"gggy"), "信任策略中没有这个日志"),
        (
            lambda log: (log / "checkpoint").write_text((log / "checkpoint").read_text().partition("\u2014 audit")[0]),
            "见证人不足：没有见证人联署",
        ),
    ],
)
def test_what_is_wrong_is_told_in_chinese_throughout(
    site: Path, damage: Callable[[Path], None], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(site / "log")
    assert verifier.main(["--lang", "zh", "log", str(site / "log")]) == 1
    assert said in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("told.sbr", 0, "the receipt holds"),
        ("hash-only.sbr", 0, "the receipt holds"),
        ("owed-twice.sbr", 1, "no receipt"),
        ("forged.sbr", 1, "signature is wrong|not signed"),
        ("other.sbr", 2, "not what receipt"),
        ("untold.sbr", 2, "SUPPRESSED BID"),
        ("never.sbr", 2, "SUPPRESSED BID"),
        ("fresh.sbr", 1, "not merged yet"),
        ("notice.json", 1, "no receipt"),
        ("absent", 1, "cannot read"),
    ],
)
def test_receipts(made: Path, name: str, code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify("receipt", made / name, made / "log") == code
    found = capsys.readouterr()
    assert any(word in found.out + found.err for word in said.split("|"))


def placed(given: str, cover: str) -> bytes:
    """A receipt for the third bid, of which nothing is told, as of another cover."""
    text = note.parse(given.encode()).text.replace("cover ALL", f"cover {cover}")
    return str(note.sign(text, log_keys.signer(log_keys.RECEIPT))).encode()


@pytest.mark.parametrize(
    ("cover", "others", "fault"),
    [
        # Another lot, cover or round was opened: nothing follows for this one.
        ("ALL", {"lot": "2"}, None), ("ALL", {"round": 2}, None), ("ALL", {"cover": "TECH"}, None),
        ("PRICE", {"cover": "TECH"}, None), ("PRICE", {"cover": "PRICE", "lot": "2"}, None),
        ("ALL", {}, Evidence),
        # A half may be left out for good, but not one of two by the same bidder.
        ("PRICE", {"cover": "PRICE", "supplier": "S7"}, NotVerified),
        ("TECH", {"cover": "TECH", "supplier": "S7"}, NotVerified),
        ("PRICE", {"cover": "PRICE", "supplier": "S1"}, Evidence),
        ("PRICE", {"cover": "PRICE", "t": "opening", "supplier": ""}, NotVerified),
        ("ALL", {"t": "opening", "supplier": ""}, Evidence),
    ],
)  # fmt: skip
def test_a_bid_is_suppressed_only_where_those_of_its_own_set_were_told(
    made: Path, settings: Any, cover: str, others: dict[str, Any], fault: type[Exception] | None
) -> None:
    settings.YANGCAI_HOME, settings.YANGCAI_NAME = made, "ggzy.example"
    found = log.verify(source.opened(str(made / "log")), policy=policy.parse((made / "log" / "policy").read_bytes()))
    for index, body in list(found.saying("submit")):
        found.told[index] = {**body, **others}
    given = placed((made / "untold.sbr").read_text(), cover)
    if fault is None:
        assert receipts.verify(given, log=found, keys=[], now=world.NOW) not in found.told
        return
    with pytest.raises(fault) as caught:
        receipts.verify(given, log=found, keys=[], now=world.NOW)
    assert type(caught.value) is fault and ("SUPPRESSED" in str(caught.value)) == (fault is Evidence)


def test_a_receipt_holds_by_its_proof_alone(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = json.loads(next(line for line in world_lines(made) if b'"t":"key"' in line)[6:])["vkey"]
    by_proof = ["--proof", made / "told.tlog-proof", "--policy", made / "log" / "policy", "--key", key]
    assert verify("receipt", made / "told.sbr", *by_proof) == 0
    assert verify("receipt", made / "untold.sbr", *by_proof) == 1
    assert verify("receipt", made / "forged.sbr", *by_proof) == 1
    assert verify("receipt", made / "told.sbr") == verifier.WRONG_USE


def world_lines(made: Path) -> list[bytes]:
    return [path.read_bytes() for path in (made / "proofs").glob("*.line")]


def test_notices_contracts_and_cases(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify("notice", made / "notice.json", made / "log") == 0
    assert "case:1" in capsys.readouterr().out
    by_proof = ["--policy", made / "log" / "policy", "--proof"]
    assert verify("notice", made / "notice.json", *by_proof, made / "notice.tlog-proof") == 0
    assert "case:1" in capsys.readouterr().out
    assert verify("notice", made / "contract.pdf", *by_proof, made / "notice.tlog-proof") == 1
    assert verify("notice", made / "notice.json", *by_proof, made / "told.tlog-proof") == 1
    assert verify("notice", made / "notice.json") == verifier.WRONG_USE
    listed = json.loads((made / "notice.json").read_text())
    listed["items"].append({**listed["items"][0], "facts": {"budget": "2.00"}})
    (made / "one-is-another.json").write_text(json.dumps(listed, ensure_ascii=False))
    assert verify("notice", made / "one-is-another.json", made / "log") == 1  # the other of the two is no excuse
    assert verify("contract", made / "contract.pdf", made / "log") == 0
    assert verify("contract", made / "before", made / "log") == 1
    capsys.readouterr()
    assert verify("contract", made / "signed.pdf", made / "log", "--trust", made / "root.pem") == 0
    assert "2026-03-10" in capsys.readouterr().out
    assert verify("contract", made / "signed.pdf", made / "log", "--trust", made / "stranger.pem") == 1
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (made / "key.pem").write_bytes(key)
    (made / "key-and-root.pem").write_bytes(
        key + (made / "stranger.pem").read_bytes() + (made / "root.pem").read_bytes()
    )
    capsys.readouterr()
    assert verify("contract", made / "signed.pdf", made / "log", "--trust", made / "key-and-root.pem") == 0
    told = capsys.readouterr()
    assert "2026-03-10" in told.out and "key-and-root.pem holds a private key" in told.err
    for name in ("key.pem", "notice.json"):  # of a paper nothing is said where nobody is believed
        assert verify("contract", made / "signed.pdf", made / "log", "--trust", made / name) == verifier.WRONG_USE
        assert "nothing was verified" in capsys.readouterr().err
    assert verify("contract", made / "contract.pdf", made / "log", "--trust", made / "root.pem") == 1
    capsys.readouterr()
    assert verify("case", TENDER, made / "log") == 1  # the whole way of a case: tests/tendering/test_verify_case.py
    assert "no opening is in the log" in capsys.readouterr().err
    assert verify("case", "case:1", made / "log") == 0
    assert verify("case", "case:404", made / "log") == 1


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-03-10T01:07:09.000000Z", None),
        ("2026-03-11T01:07:09.000000Z", None),
        ("2026-03-11T01:07:10.000000Z", "more than a day before"),
        ("2026-03-10T01:00:00.000000Z", "stamped only later"),
    ],
)
def test_a_paper_stands_in_the_log_by_the_day_after_its_stamp_and_never_before(at: str, said: str | None) -> None:
    found = signatures_of(papers.signed(), trust=papers.roots())
    stamps = [one.stamped_at for one in found.signatures]
    assert set(stamps) == {papers.STAMPED}
    lines = [(3, {"t": "contract", "at": at})]
    with contextlib.nullcontext() if said is None else pytest.raises((NotVerified, Evidence), match=said):
        document.check_stamped(lines, stamps)


def test_only_the_operators_own_word_makes_a_contract_or_a_notice(site: Path) -> None:
    """The digest stands in the log all right: in a bid that was told, or as a file of the other kind."""
    (site / "forged.pdf").write_bytes(FORGED)
    assert hashlib.sha256(FORGED).hexdigest() in (site / "log" / "disclosed" / "000").read_text()
    for kind in ("contract", "notice"):
        assert verify(kind, site / "forged.pdf", site / "log") == 1
    assert verify("contract", site / "notice.json", site / "log") == 1
    assert verify("notice", site / "contract.pdf", site / "log") == 1
    by_proof = ["--policy", site / "log" / "policy", "--proof", site / "notice.tlog-proof"]
    assert verify("contract", site / "notice.json", *by_proof) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"close_set":"', b'"close_set":"00'), (b"02T01:00:00", b"02T00:59:00"), (b'"rev":1', b'"rev":2'),
        (b'"t":"close"', b'"rev":1,"t":"policy"'),
    ],
)  # fmt: skip
def test_a_close_that_does_not_fit_the_bids_is_found(made: Path, old: bytes, new: bytes) -> None:
    """Read from a log in which only that line is another: who signed such a log said two things."""
    found = log.verify(source.opened(str(made / "log")), policy=policy.parse((made / "log" / "policy").read_bytes()))
    with pytest.raises(NotVerified, match="no opening"):
        case.verify(TENDER, log=found)
    ((index, close),) = found.saying("close")
    text = json.dumps(close, separators=(",", ":")).encode()
    assert old in text
    found.told[index] = json.loads(text.replace(old, new))
    with pytest.raises(Evidence):
        case.verify(TENDER, log=found)


def test_a_log_on_the_web(made: Path, tmp_path: Path) -> None:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_anything: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(made)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_address[1]}"
        assert verify("log", f"{address}/log/") == 0
        assert verify("log", f"{address}/elsewhere") == 1
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert verify("log", f"{address}/log/") == 1


def test_a_server_that_drips_does_not_hold_us(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time, the file never: the whole of it is bounded."""
    monkeypatch.setattr(source, "TIMEOUT", 0.5)
    gone = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            line, _address = server.accept()
            with line, contextlib.suppress(OSError):
                line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
                while not gone.wait(0.05):
                    line.sendall(b"x")

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        try:
            with pytest.raises(NotVerified, match=r"not whole within|cannot fetch"):
                source.opened(f"http://127.0.0.1:{server.getsockname()[1]}/log").read("checkpoint")
        finally:
            gone.set()
            thread.join()


def test_an_answer_that_is_no_file_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MOST_BYTES", 10)
    answers = [
        b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n" + b"x" * 11,
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nxx",
    ]
    for answer in answers:
        with socket.create_server(("127.0.0.1", 0)) as server:

            def serve(server: socket.socket = server, answer: bytes = answer) -> None:
                line, _address = server.accept()
                with line:
                    line.recv(4096)
                    line.sendall(answer)

            thread = threading.Thread(target=serve, daemon=True)
            thread.start()
            with pytest.raises(NotVerified):
                source.opened(f"http://127.0.0.1:{server.getsockname()[1]}").read("checkpoint")
            thread.join()


@pytest.mark.parametrize(
    "arguments", [(), ("log",), ("case", "case:1"), ("log", "x", "y", "z"), ("log", "x", "--wrong"), ("nonsense", "x")]
)
def test_a_wrong_use_never_looks_like_evidence(arguments: tuple[str, ...]) -> None:
    assert verify(*arguments) == verifier.WRONG_USE == 64
    with pytest.raises(SystemExit) as ended:
        cli.main(["verify", *arguments])
    assert ended.value.code == console.USAGE == 2


def test_the_command_of_the_platform_has_the_codes_of_every_command(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """4, whatever it is that was not verified, and what it is in the data; 5 where a file cannot be read."""
    log = made / "log"
    for what, code, finding in (
        (("receipt", made / "told.sbr", log), 0, None),
        (("receipt", made / "forged.sbr", log), 4, "not_shown"),
        (("receipt", made / "untold.sbr", log), 4, "evidence"),
        (("receipt", tmp_path / "none.sbr", log), 5, None),
        (("receipt", made / "told.sbr"), 2, None),
    ):
        assert cli.main(["verify", *map(str, what), "--json", "--quiet"]) == code, what
        assert json.loads(capsys.readouterr().out)["data"].get("finding") == finding


def test_short_forms_are_doors_to_the_same_check(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`verify FILE` knows what the file is, `--chain` is the log, `--project` a case; without LOG it is this site's."""

    def told(*arguments: object) -> tuple[int, Any]:
        code = cli.main(["verify", *map(str, arguments), "--json", "--lang", "en"])
        return code, json.loads(capsys.readouterr().out)

    log = made / "log"
    by_proof = ("--policy", log / "policy", "--proof")
    vkey = log_keys.read(made / "keys" / "sbp-receipt.key").verifier.vkey
    for short, long in (
        ((made / "told.sbr", log), ("receipt", made / "told.sbr", log)),
        ((made / "forged.sbr", log), ("receipt", made / "forged.sbr", log)),
        ((made / "untold.sbr", log), ("receipt", made / "untold.sbr", log)),
        ((made / "notice.json", log), ("notice", made / "notice.json", log)),
        ((made / "one-is-another.json", log), ("notice", made / "one-is-another.json", log)),
        ((made / "contract.pdf", log), ("contract", made / "contract.pdf", log)),
        (
            ("--trust", made / "root.pem", made / "signed.pdf", log),
            ("contract", made / "signed.pdf", log, "--trust", made / "root.pem"),
        ),
        (
            (made / "notice.json", *by_proof, made / "notice.tlog-proof"),
            ("notice", made / "notice.json", *by_proof, made / "notice.tlog-proof"),
        ),
        (
            (made / "told.sbr", *by_proof, made / "told.tlog-proof", "--key", vkey),
            ("receipt", made / "told.sbr", *by_proof, made / "told.tlog-proof", "--key", vkey),
        ),
        (("--chain", log), ("log", log)),
        (("--project", "1", log), ("case", "case:1", log)),
        (("--project", TENDER, log), ("case", TENDER, log)),
    ):
        assert told(*short) == told(*long), short
    assert told(made / "contract.pdf", log)[0] == told("--chain", log)[0] == 0
    code, answer = told(made / "before", log)
    assert code == 4 and "neither a receipt nor a notice" in answer["errors"][0]
    assert told(made / "contract.pdf")[0] == 2, "no log far and wide"
    monkeypatch.setenv("YANGCAI_HOME", str(made))
    assert told(made / "contract.pdf") == told("contract", made / "contract.pdf", log)
    assert told("--chain") == told("log", log) and told("--project", "case:1") == told("case", "case:1", log)


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 200_000 + b"]" * 200_000,
        b'{"a":' * 200_000,
        b'{"kind":"award","title":"\\ud800","facts":{}}',
        b'{"items":[{"kind":"award","title":"x","facts":' + b"[" * 900 + b"]" * 900 + b"}]}",
        b"sbp-receipt/\xff\n\n",
        b"",
    ],
)
def test_a_hostile_file_is_not_verified_and_breaks_nothing(
    content: bytes, made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file.json").write_bytes(content)
    for kind in ((), ("notice",)):
        assert cli.main(["verify", *kind, str(tmp_path / "file.json"), str(made / "log"), "--json"]) == 4
        assert json.loads(capsys.readouterr().out)["errors"]


@pytest.mark.parametrize(
    "arguments",
    [("a" * 5000,), ("--project", "--policy", "x"), ("--project",), ("--chain", "--project=3"), ("--chain=x",)],
)
def test_a_wrong_use_of_a_short_form_is_said_as_any_other(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["verify", *arguments, "--json"])
    assert ended.value.code == console.USAGE and "用法有误" in json.loads(capsys.readouterr().out)["errors"][0]


def test_a_verifier_that_is_not_ours_agrees(made: Path) -> None:
    """proofbundle, by others: every line's proof, with the log's signature and a quorum of one."""
    vkey, witness = (made / "log" / "policy").read_text().split()[1], WITNESS.verifier.vkey
    proofs = [path for path in (made / "proofs").iterdir() if path.suffix != ".line"]
    assert len(proofs) == 16
    for path in proofs:
        line = path.with_suffix(".line").read_bytes()
        found = verify_tlog_proof(
            path.read_text(), line, vkey, [witness], threshold=1, expected_origin="ggzy.example/log"
        )
        assert found["ok"] and found["index"] == int(path.name) and found["tree_size"] == 16, found
        other = line[:-2] + bytes([line[-2] ^ 1]) + line[-1:]
        assert not verify_tlog_proof(path.read_text(), other, vkey, [witness], threshold=1)["ok"]
        assert not verify_tlog_proof(path.read_text(), line, vkey, [], threshold=1)["ok"]
