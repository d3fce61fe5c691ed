"""Does a case that was opened in order verify as a whole, and is every way to tamper with it found, by its own name?

One story, from its policy to its opened bids, with a witness; then each lie that an operator could sign instead.
"""

import copy
import dataclasses
import datetime
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pytest_django import DjangoDbBlocker

from tests.kernel.log import world
from tests.tendering.consultation_walk import Consultation
from tests.tendering.covers_walk import TwoCovers
from tests.tendering.sealing_walk import SealedTender
from tests.tendering.walk import CLOSES
from yangcai.cli import console, verifier
from yangcai.kernel import log_witnesses
from yangcai.kernel.encoding import jcs, parse_jcs, read_timestamp, timestamp
from yangcai.kernel.models import Cosignature, TreeHead
from yangcai.kernel.tlog import note, policy, proof
from yangcai.kernel.verifying import case, log, receipt, source
from yangcai.kernel.verifying.findings import Evidence, NotVerified
from yangcai.tendering import opening_record
from yangcai.tendering.models import Opening, SealedBid
from yangcai.tendering.opening_proof import revealed

pytestmark = pytest.mark.django_db
WITNESS = note.Signer("audit.example.gov.cn/w1", note.COSIGNATURE, Ed25519PrivateKey.from_private_bytes(b"w" * 32))
SEEN = CLOSES + datetime.timedelta(seconds=90)
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Path:
    """Of five bidders one withdrew, one replaced its bid, one did not come and is recovered, one forbade that."""
    home = tmp_path_factory.mktemp("site")
    with django_db_blocker.unblock(), world.site_in(home):
        _tell(home)
    return home


def _tell(home: Path) -> None:
    log_witnesses.path().parent.mkdir(parents=True, exist_ok=True)
    log_witnesses.path().write_text(f"witness W1 {WITNESS.verifier.vkey}\nquorum W1\n")
    tender = SealedTender().announced()
    came, replaces, absent, never, gone = [tender.device() for _ in range(5)]
    tender.hand_in(came, "900000.00")
    tender.hand_in(replaces, "910000.00")
    tender.hand_in(absent, "920000.00")
    tender.hand_in(never, "930000.00", recovery="never")
    withdrawn = tender.hand_in(gone, "940000.00")
    tender.hand_in(replaces, "905000.00")
    tender.do("bid.withdraw", withdrawn.bid, gone.post, reason="")
    _round(1, tender.now)
    shutil.copytree(home / "log", home / "before")
    tender.begin()
    _round(2, SEEN)
    shutil.copytree(home / "log", home / "closed")
    tender.now = CLOSES + 2 * MINUTE
    tender.release(came)
    tender.release(replaces)
    tender.now = CLOSES + 31 * MINUTE
    for holder in (2, 3, 4):
        tender.trustee_releases(tender.holders[holder])
    tender.unseal()
    tender.conclude()
    _round(3, tender.now + MINUTE)
    (home / "names").write_text(json.dumps({"tender": tender.policy().tender, "case": tender.case.ref}))


def _round(seed: int, at: datetime.datetime) -> None:
    """A round of the log, cosigned by the witness at this time."""
    world.round_of(now=at, seed=seed)
    head = TreeHead.objects.order_by("-size")[0]
    line = WITNESS.sign(note.parse(head.signed.encode()).text, at=int(at.timestamp()))
    Cosignature.objects.create(head=head, witness=WITNESS.name, line=line.line, at=at)
    world.round_of(now=at, seed=seed)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    yield
    console.choose_language("zh")


@pytest.fixture
def site(tmp_path: Path, settings: Any) -> Path:
    """A site of its own, with the witness."""
    settings.YANGCAI_HOME, settings.YANGCAI_LOG, settings.YANGCAI_NAME = tmp_path, tmp_path / "log", "ggzy.example"
    log_witnesses.path().parent.mkdir(parents=True, exist_ok=True)
    log_witnesses.path().write_text(f"witness W1 {WITNESS.verifier.vkey}\nquorum W1\n")
    return tmp_path


def names(made: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((made / "names").read_text())
    return found


def whole(folder: Path) -> log.Log:
    return log.verify(source.opened(str(folder)), policy=policy.parse((folder / "policy").read_bytes()))


def test_the_whole_case_verifies_under_both_of_its_names(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in names(made).values():
        assert verifier.main(["--lang", "en", "case", name, str(made / "log")]) == 0
        told = capsys.readouterr().out
        assert "4 bids: 2 opened, 1 recovered, 1 not" in told
        assert [told.count(f"t={kind} ") for kind in ("policy", "submit", "withdraw", "close", "opening")] == [
            told.count("t=policy "), 6, 1, 1, 1,
        ]  # fmt: skip


def test_what_is_published_names_no_unit_price_and_no_share(made: Path) -> None:
    everything = b"".join(path.read_bytes() for path in (made / "log").rglob("*") if path.is_file())
    assert b"unit_price" not in everything and b'"share"' not in everything and b"900000.00" in everything


def test_before_the_close_nothing_of_a_bid_is_told_and_after_it_nothing_is_called_good(made: Path) -> None:
    tender = names(made)["tender"]
    told = case.verify(tender, log=whole(made / "before"))
    assert {body["t"] for _index, body in told} <= {"policy", "notice"}
    assert [en for _zh, en in case.said(told)] == ["lot 1 (ALL, round 0): not closed yet, no bid is told"]
    with pytest.raises(NotVerified, match="none of them was told"):
        case.verify(tender, log=whole(made / "closed"))


# --- what an operator could sign instead ----------------------------------------------------------------------------


@dataclasses.dataclass
class Story:
    """What is told and recorded, to be changed; `sealed` and `bids` are parts of the record."""

    told: dict[int, dict[str, Any]]
    record: dict[str, Any]
    is_kept: bool = False  # the figures of the line stay what they were

    @property
    def lot(self) -> dict[str, Any]:
        found: dict[str, Any] = self.record["lots"][0]
        return found

    @property
    def sealed(self) -> dict[str, Any]:
        found: dict[str, Any] = self.lot["sealed"]
        return found

    @property
    def bids(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.lot["bids"]
        return found

    def bid(self, how: str) -> dict[str, Any]:
        return next(bid for bid in self.bids if bid["how"] == how)

    def line(self, kind: str) -> dict[str, Any]:
        return self.told[self.place(kind)]

    def place(self, kind: str) -> int:
        return next(index for index, body in sorted(self.told.items()) if body.get("t") == kind)

    def places(self, kind: str) -> list[int]:
        return [index for index, body in sorted(self.told.items()) if body.get("t") == kind]

    def releases(self, *, by: str) -> list[dict[str, Any]]:
        return [one for one in self.sealed["releases"] if one["by"] == by]


@pytest.fixture(scope="module")
def found(made: Path) -> log.Log:
    return whole(made / "log")


def lied(found: log.Log, lie: Callable[[Story], object]) -> log.Log:
    """The log of an operator who signed another story, its own figures in order."""
    told = copy.deepcopy(found.told)
    [opening] = [body for body in told.values() if body["t"] == "opening"]
    story = Story(told, parse_jcs(found.source.read(f"record/{opening['record']}")))
    lie(story)
    content = jcs(story.record)
    opening["record"] = hashlib.sha256(content).hexdigest()
    if not story.is_kept:
        outcomes = [bid["how"] for bid in story.bids]
        opening |= {"bids": len(outcomes), "revealed": revealed(story.bids).hex()}
        opening |= {how: outcomes.count(how) for how in ("opened", "recovered", "revoked")}

    def fetch(name: str) -> bytes | None:
        return content if name == f"record/{opening['record']}" else found.source.fetch(name)

    return dataclasses.replace(found, told=told, source=source.Source("told", fetch))


def cheaper(story: Story) -> None:
    bid = story.bid("opened")
    bid["committed"] = bid["committed"].replace('"price":"9', '"price":"8')
    bid["price_fen"] -= 10_000_000


def renamed(story: Story, place: int, **changes: Any) -> None:
    story.told[place] |= changes


def earlier(story: Story) -> None:
    line = story.line("policy")
    story.told[max(story.told) + 1] = {**line, "rev": 2, "deadline": timestamp(CLOSES - 60 * MINUTE)}


def again(story: Story, kind: str) -> None:
    story.told[max(story.told) + 1] = dict(story.line(kind))


def without(story: Story, *kinds: str) -> None:
    for kind in kinds:
        for place in story.places(kind):
            del story.told[place]


def without_replaced(story: Story) -> None:
    """The bid that was replaced is in no close set: only the counts miss it."""
    said = {(bid["supplier"], bid["seq"]): place for place in story.places("submit") for bid in [story.told[place]]}
    [place] = [at for (supplier, seq), at in said.items() if (supplier, seq + 1) in said]
    del story.told[place]
    [entry, *_] = [i for i, b in sorted(story.told.items()) if b.get("action") == "bid.submit"]
    del story.told[entry]


def recosigned(story: Story, at: datetime.datetime) -> None:
    """The close under a checkpoint that the witness saw at another time."""
    known = proof.parse(story.sealed["close_proof"].encode())
    signatures = tuple(one for one in known.checkpoint.signatures if one.name != WITNESS.name)
    line = WITNESS.sign(known.checkpoint.text, at=int(at.timestamp()))
    again_signed = note.Note(known.checkpoint.text, (*signatures, line))
    story.sealed["close_proof"] = str(dataclasses.replace(known, checkpoint=again_signed))


def move(story: Story, by: str, at: datetime.datetime, number: int = 0) -> None:
    story.releases(by=by)[number]["released_at"] = timestamp(at)


def shorter(story: Story) -> None:
    story.sealed["window_closes_at"] = timestamp(CLOSES + 3 * MINUTE)
    for number in range(len(story.releases(by="trustee"))):
        move(story, "trustee", CLOSES + (3 + number) * MINUTE, number)


def twice(story: Story) -> None:
    """As many releases as bids, and not by as many bidders."""
    own = story.releases(by="supplier")
    story.sealed["releases"] += [dict(own[0]) for _more in range(len(story.bids) - len(own))]
    move(story, "trustee", CLOSES + 20 * MINUTE)


def follows(story: Story, **earlier: Any) -> None:
    """The policy is not the first: before it there was one with these differences, whose line names no time."""
    [text] = story.sealed["policies"]
    before = jcs(parse_jcs(text.encode()) | {"rev": 0} | earlier).decode()
    story.sealed["policies"].insert(0, before)
    place = story.place("policy")
    line = story.told[place] | {"rev": 0, "policy_sha256": hashlib.sha256(before.encode()).hexdigest()}
    silent = {name: value for name, value in line.items() if name not in ("deadline", "open_at")}
    story.told[place - 0.5] = silent  # type: ignore[index]  # between two lines of the log


def platform_first(story: Story) -> None:
    for one in story.releases(by="trustee"):
        if one["x"] != 1:
            one["released_at"] = timestamp(CLOSES + 40 * MINUTE)


def kept(story: Story, change: Callable[[], object]) -> None:
    story.is_kept = True
    change()


LIES: dict[str, tuple[type[Exception], str, Callable[[Story], object]]] = {
    "another price was read out": (
        Evidence, "read out for", lambda s: s.bid("opened").update(price_fen=1)),
    "a price was exchanged after the deadline": (
        Evidence, "not the one committed to", cheaper),
    "a salt was exchanged": (
        Evidence, "not the one committed to", lambda s: s.bid("recovered").update(price_salt="00" * 32)),
    "something else was revealed": (
        Evidence, "what the record reveals", lambda s: kept(s, lambda: s.bid("opened").update(price_salt="00" * 32))),
    "a bid is missing in the record": (
        Evidence, "not the set that was closed", lambda s: s.bids.remove(s.bid("recovered"))),
    "a bid was put into the record": (
        Evidence, "not the set that was closed",
        lambda s: s.bids.append({**s.bid("opened"), "header_sha256": "00" * 32})),
    "the line counts otherwise": (
        Evidence, "counts otherwise", lambda s: kept(s, lambda: s.line("opening").update(opened=3))),
    "a bid was left unopened without a reason": (
        Evidence, "no reason", lambda s: s.bid("recovered").update(how="revoked")),
    "a bid was opened although a reason against it stands there": (
        Evidence, "no reason", lambda s: s.bid("opened").update(damage="x")),
    "a bid is still sealed at the end": (
        Evidence, "no reason", lambda s: s.bid("opened").update(how="sealed")),
    "a bidder that came is said to be absent": (
        Evidence, "its bidder did release", lambda s: s.bid("opened").update(how="recovered")),
    "a bidder that did not come is said to have come": (
        Evidence, "said to have released", lambda s: s.bid("recovered").update(how="opened")),
    "a share was used that nobody released": (
        Evidence, "nobody released", lambda s: s.sealed["releases"].remove(s.releases(by="trustee")[0])),
    "a bidder's share was used that it did not release": (
        Evidence, "nobody released", lambda s: s.bid("recovered")["shares"].append(201)),
    "too few shares opened a bid": (
        Evidence, "too few shares", lambda s: s.bid("recovered").update(shares=[1, 3, 4])),
    "a share was released before the opening": (
        Evidence, "before the opening", lambda s: move(s, "supplier", CLOSES - MINUTE)),
    "a trustee released before the barrier": (
        Evidence, "before every bidder", lambda s: move(s, "trustee", CLOSES + 3 * MINUTE)),
    "a trustee released early, and the window is said to have been short": (
        Evidence, "shorter than the policy", shorter),
    "a trustee released early, and one bidder stands there twice": (
        Evidence, "before every bidder", twice),
    "a bidder released after the window": (
        Evidence, "after the window",
        lambda s: move(s, "supplier", read_timestamp(s.sealed["window_closes_at"]) + MINUTE)),
    "a later policy has another threshold": (
        Evidence, "more than to postpone", lambda s: follows(s, theta=3)),
    "a later policy ends the time for bids earlier": (
        Evidence, "more than to postpone", lambda s: follows(s, deadline=timestamp(CLOSES + MINUTE))),
    "a later policy opens earlier": (
        Evidence, "more than to postpone", lambda s: follows(s, open_at=timestamp(CLOSES + MINUTE))),
    "a later policy has a shorter window": (
        Evidence, "more than to postpone", lambda s: follows(s, window_s=86_400)),
    "a later policy has the number of the one before": (
        Evidence, "more than to postpone", lambda s: follows(s, rev=1, window_s=60)),
    "the platform released first": (
        Evidence, "released first", platform_first),
    "a share was released before a witness saw the close": (
        Evidence, "before witnesses saw", lambda s: move(s, "supplier", CLOSES + datetime.timedelta(seconds=1))),
    "the bids were closed before the deadline": (
        Evidence, "before the opening time", lambda s: recosigned(s, CLOSES - 10 * MINUTE)),
    "no witness saw the close": (
        NotVerified, "no proof", lambda s: s.sealed.update(close_proof="")),
    "the proof of the close is of something else": (
        NotVerified, "proof of the close fails",
        lambda s: s.sealed.update(close_proof=s.sealed["close_proof"].replace("index ", "index 1"))),
    "other trustees stand in the record": (
        Evidence, "not those of the log",
        lambda s: s.sealed.update(policies=[text.replace("notary", "nobody") for text in s.sealed["policies"]])),
    "the record is of another lot": (
        Evidence, "nothing of this lot", lambda s: s.lot.update(lot="2")),
    "the record is not one": (
        NotVerified, "malformed", lambda s: kept(s, lambda: s.lot.pop("bids"))),
    "the deadline of the close is not that of the policy": (
        Evidence, "another deadline", lambda s: s.line("close").update(deadline=timestamp(CLOSES + MINUTE))),
    "the close is by another revision": (
        Evidence, "in force", lambda s: s.line("close").update(rev=9)),
    "a policy was brought forward": (
        Evidence, "brings deadline", earlier),
    "a policy was published twice": (
        Evidence, "had 1 before", lambda s: again(s, "policy")),
    "a bid came too late": (
        Evidence, "after the deadline",
        lambda s: renamed(s, s.place("submit"), received_at=timestamp(CLOSES + MINUTE))),
    "a bid stands twice in the log": (
        Evidence, "a second time|after the close", lambda s: again(s, "submit")),
    "a bid was suppressed": (
        Evidence, "not the set that was closed", lambda s: s.told.pop(s.places("submit")[2])),
    "a bid that was replaced was suppressed": (
        Evidence, "6 received, and 5 are told", without_replaced),
    "a withdrawal was suppressed": (
        Evidence, "not the set that was closed", lambda s: without(s, "withdraw")),
    "the trail shows a bid that is not told": (
        Evidence, "the trail shows",
        lambda s: s.told.update({max(s.told) + 1: next(b for b in s.told.values() if b.get("action") == "bid.submit")})
    ),
    "no bid was ever told, and the trail shows them": (
        Evidence, "the trail shows", lambda s: without(s, "submit", "withdraw", "opening")),
    "no bid was ever told": (
        NotVerified, "none of them was told", lambda s: without(s, "submit", "withdraw", "opening", "entry")),
    "no bid was ever told, and yet they were opened": (
        Evidence, "not the set that was closed", lambda s: without(s, "submit", "withdraw", "entry")),
    "the opening is not in the log": (
        NotVerified, "no opening is in the log", lambda s: without(s, "opening")),
    "the lot was opened twice": (
        Evidence, "open one lot", lambda s: again(s, "opening")),
    "the lot was closed twice": (
        Evidence, "close one lot", lambda s: again(s, "close")),
    "an opening without a close": (
        Evidence, "without a close", lambda s: without(s, "close")),
    "another set was opened than was closed": (
        Evidence, "another set", lambda s: s.line("opening").update(close_set="00" * 32)),
    "opened, and not opened": (
        Evidence, "both opened and not",
        lambda s: s.told.update({max(s.told) + 1: {**s.line("opening"), "t": "no-open"}})),
    "a contract before the opening": (
        Evidence, "before the opening",
        lambda s: s.told.update({0: {"t": "contract", "root": s.line("opening")["root"], "sha256": "0"}})),
    "a payment before the opening": (
        Evidence, "payment 0 stands before the opening",
        lambda s: s.told.update({0: {"t": "payment", "root": s.line("opening")["root"], "sha256": "0"}})),
    "a payment with two orders": (
        Evidence, "papers of one payment",
        lambda s: s.told.update({
            max(s.told) + n: {"t": "payment", "payment": "x", "root": s.line("opening")["root"], "sha256": str(n)}
            for n in (1, 2)
        })),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("name", LIES)
def test_every_lie_is_found_by_its_name(made: Path, found: log.Log, name: str) -> None:
    kind, said, lie = LIES[name]
    with pytest.raises(kind, match=said) as caught:
        case.verify(names(made)["tender"], log=lied(found, lie))
    assert type(caught.value) is kind


def test_without_a_lie_the_same_way_leads_to_no_fault(made: Path, found: log.Log) -> None:
    assert case.verify(names(made)["tender"], log=lied(found, lambda story: None))


def test_a_policy_that_postpones_and_lengthens_is_no_lie(made: Path, found: log.Log) -> None:
    earlier = {"deadline": timestamp(CLOSES - MINUTE), "open_at": timestamp(CLOSES - MINUTE), "window_s": 60}
    assert case.verify(names(made)["tender"], log=lied(found, lambda story: follows(story, **earlier)))


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(path.read_bytes().replace(b'"opened":true', b'"opened":null')),
        lambda path: path.write_bytes(b""),
    ],
)  # fmt: skip
def test_a_record_that_is_gone_or_damaged_proves_nothing(made: Path, tmp_path: Path, damage: Any) -> None:
    folder = Path(shutil.copytree(made / "log", tmp_path / "log"))
    [record] = (folder / "record").iterdir()
    damage(record)
    assert verifier.main(["--lang", "en", "case", names(made)["case"], str(folder)]) == 1


# --- two covers ------------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_a_case_in_two_covers_verifies_between_its_openings_and_after_the_second(
    tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of four who came one does not go on, and one does not release the key of its price and is recovered."""
    settings.YANGCAI_HOME, settings.YANGCAI_LOG, settings.YANGCAI_NAME = tmp_path, tmp_path / "log", "ggzy.example"
    log_witnesses.path().parent.mkdir(parents=True, exist_ok=True)
    log_witnesses.path().write_text(f"witness W1 {WITNESS.verifier.vkey}\nquorum W1\n")
    tender = TwoCovers().announced()
    tender.hand_in_both("900000.00", "910000.00", "920000.00", "930000.00")
    out = SealedBid.objects.get(header_digest=tender.prices[3].header.sha256.hex()).note
    tender.begin()
    _round(1, SEEN)
    tender.now = CLOSES + 2 * MINUTE
    for device in tender.technical:
        tender.release(device)
    tender.trustee_releases(tender.holders[2])
    tender.unseal()
    tender.conclude()
    _round(2, tender.now + MINUTE)
    root = tender.case.ref

    def verified(kind: str, what: object) -> tuple[int, str]:
        code = verifier.main(["--lang", "en", kind, str(what), str(tmp_path / "log")])
        found = capsys.readouterr()
        return code, found.out + found.err

    code, told = verified("case", root)
    assert code == 0 and "lot 1 (PRICE, round 0): not closed yet" in told
    (tmp_path / "out.sbr").write_text(out)
    assert verified("receipt", tmp_path / "out.sbr")[0] == 0  # nobody's price was told

    tender.now += 5 * MINUTE
    tender.qualify()
    tender.judge(failing=[3])
    tender.conclude_technical()
    _round(3, tender.now + MINUTE)
    tender.now += 2 * MINUTE
    for n in (0, 1):
        tender.release(tender.prices[n])
    tender.now += 31 * MINUTE
    for holder in (2, 3, 4):
        tender.trustee_releases(tender.holders[holder])
    tender.unseal()
    _round(4, tender.now + MINUTE)
    code, told = verified("case", root)
    assert (code, "(PRICE, round 0): 3 bids: 2 opened, 1 recovered, 0 not" in told) == (0, True), told
    code, told = verified("receipt", tmp_path / "out.sbr")
    assert code == 1 and "stays secret" in told

    ((index, line),) = [one for one in whole(tmp_path / "log").saying("opening") if one[1]["cover"] == "PRICE"]
    record = (tmp_path / "log" / "record" / line["record"]).read_bytes()
    assert b"920000.00" in record and b"930000.00" not in record
    lie = whole(tmp_path / "log")
    lie.told[index] = {**line, "revealed": "00" * 32}
    with pytest.raises(Evidence, match="what the record reveals"):
        case.verify(root, log=lie)


# --- what is not read out --------------------------------------------------------------------------------------------

ASKED = ("910000.00", "900000.00", "920000.00", "870000.00", "880000.00", "860000.00")


def published(site: Path) -> bytes:
    return b"".join(path.read_bytes() for path in (site / "log").rglob("*") if path.is_file())


def verified(capsys: pytest.CaptureFixture[str], site: Path, kind: str, what: object) -> tuple[int, str]:
    code = verifier.main(["--lang", "en", kind, str(what), str(site / "log")])
    found = capsys.readouterr()
    return code, found.out + found.err


@pytest.mark.long
def test_a_consultation_verifies_with_its_last_offers_and_tells_no_name_and_no_price(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of three, one replaces its last offer and one does not release its key and is recovered."""
    tender = Consultation().announced()
    for price in ASKED[:3]:
        tender.devices_in_order.append(tender.device())
        tender.hand_in(tender.devices_in_order[-1], price)
    tender.begin()
    _round(1, SEEN)
    tender.now = CLOSES + 2 * MINUTE
    tender.release_all(tender.devices_in_order)
    tender.talk()
    closes_at = tender.asked()
    last = [tender.last(device, price) for device, price in zip(tender.devices_in_order, ASKED[3:], strict=True)]
    replaced = SealedBid.objects.get(header_digest=last[0].header.sha256.hex()).note
    last[0] = tender.last(tender.devices_in_order[0], "865000.00")
    tender.now = closes_at
    tender.do("final_offer.open", tender.lot, tender.chair)
    _round(2, closes_at + MINUTE)
    tender.release_all(last[:2])
    _round(3, tender.now + MINUTE)

    root = tender.case.ref
    code, told = verified(capsys, site, "case", root)
    assert code == 0, told
    for number in (0, 1):
        assert f"lot 1 (ALL, round {number}): opened and not read out; its record is told with the award" in told
    openings = [body for _index, body in whole(site / "log").saying("opening")]
    assert len(openings) == 2 and all({"bids", "received", "record"}.isdisjoint(body) for body in openings)
    assert not (site / "log" / "record").exists()
    (site / "replaced.sbr").write_text(replaced)
    assert verified(capsys, site, "receipt", site / "replaced.sbr")[0] == 0

    award = tender.awarded()
    tender.do("award.announce", award, tender.runner)
    _round(4, tender.now + MINUTE)
    code, told = verified(capsys, site, "case", root)
    assert code == 0, told
    assert "lot 1 (ALL, round 0): 3 bids: 3 opened, 0 recovered, 0 not" in told
    assert "lot 1 (ALL, round 1): 3 bids: 2 opened, 1 recovered, 0 not" in told
    assert verified(capsys, site, "receipt", site / "replaced.sbr")[0] == 0
    everything = published(site)
    for device in tender.devices_in_order:
        assert device.post.organisation.uscc.encode() not in everything
        assert device.post.organisation.name.encode() not in everything
    assert not [price for price in (*ASKED, "865000.00") if price.encode() in everything]

    # What an operator could sign instead.
    (place, line) = next(one for one in whole(site / "log").saying("opening-record") if one[1]["round"] == 1)
    (first, opening) = next(one for one in whole(site / "log").saying("opening") if one[1]["round"] == 1)
    content = (site / "log" / "record" / line["record"]).read_bytes()
    lies: list[tuple[str, dict[str, Any], Callable[[dict[str, Any]], object]]] = [
        ("another record than the opening kept", {"record": "00" * 32}, lambda lot: None),
        ("counts otherwise", {"received": 3}, lambda lot: None),
        ("not the set that was closed", {}, lambda lot: lot["bids"][0].update(header_sha256="00" * 32)),
        ("was in is not what", {}, _gone),
        ("its bidder did release", {"opened": 1, "recovered": 2}, _recovered),
    ]
    for match, changes, lie in lies:
        record = parse_jcs(content)
        lie(record["lots"][0])
        changed = jcs(record)
        digest = hashlib.sha256(changed).hexdigest()
        story = whole(site / "log")
        story.told[first] = {**opening, "kept": digest}
        story.told[place] = {**line, "record": digest, **changes}
        files = source.Source("told", _instead(story.source, f"record/{digest}", changed))
        with pytest.raises(Evidence, match=match):
            case.verify(root, log=dataclasses.replace(story, source=files))

    record = parse_jcs(content)
    record["lots"][0]["came"] = []
    story = whole(site / "log")
    story.told[place] = {**line, "record": hashlib.sha256(jcs(record)).hexdigest()}
    files = source.Source("told", _instead(story.source, f"record/{story.told[place]['record']}", jcs(record)))
    with pytest.raises(Evidence, match="SUPPRESSED BID"):
        receipt.verify(
            replaced.encode(), log=dataclasses.replace(story, source=files), keys=[], now=tender.now + MINUTE
        )

    # A contract while the records are still kept.
    silent = whole(site / "log")
    for index, _body in list(silent.saying("opening-record")):
        del silent.told[index]
    case.verify(root, log=silent)
    silent.told[max(silent.told) + 1] = {"t": "contract", "root": root}
    with pytest.raises(NotVerified, match="no record of what was opened"):
        case.verify(root, log=silent)


def _recovered(lot: dict[str, Any]) -> None:
    next(bid for bid in lot["bids"] if bid["how"] == "opened")["how"] = "recovered"


def _gone(lot: dict[str, Any]) -> None:
    next(one for one in lot["came"] if one["became"] == "closed")["became"] = "replaced"


def _instead(known: source.Source, name: str, content: bytes) -> Callable[[str], bytes | None]:
    return lambda asked: content if asked == name else known.fetch(asked)


@pytest.mark.long
def test_half_a_tender_is_named_in_the_record_as_no_bid(site: Path) -> None:
    """Decision 28: a technical cover without its price is not opened, and said so."""
    tender = TwoCovers().announced()
    tender.hand_in_both("900000.00", "910000.00", "920000.00")
    half = tender.device()
    tender.hand_in_technical(half)
    tender.open_technical()
    record = opening_record.read(Opening.objects.get().record)
    (lot,) = record["lots"]
    assert [(bid["cover"], bid["how"]) for bid in lot["bids"]] == [("TECH", "opened")] * 3
    (left_out,) = lot["halves"]
    assert left_out["supplier"] == half.post.organisation.name and left_out["cover"] == "TECH"
    assert left_out["header_sha256"] == half.header.sha256.hex() and "报价信封" in left_out["damage"]
