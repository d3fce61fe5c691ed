"""Can a client that knows only SBP/1 hand in a bid over HTTP, take it back, and have it opened?"""

import datetime
import io
import json
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.api.support import token_of
from tests.factories import make_post, make_supplier
from tests.kernel.log import world
from tests.tendering.sealing_walk import CLIENT, Device, SealedTender
from tests.tendering.test_reconfirmation import correct, statement
from tests.tendering.walk import CLOSES, offer, set_database_clock
from yangcai.kernel import documents, log_witnesses
from yangcai.kernel.encoding import base64_of, digest
from yangcai.kernel.entries import plain
from yangcai.kernel.models import Entry, LeafSecret
from yangcai.kernel.tlog import policy as tlog_policy
from yangcai.kernel.verifying import close
from yangcai.parties.roles import Role
from yangcai.sealing.opening_file import OpeningFile
from yangcai.sealing.policy import Policy
from yangcai.sealing.statement import Client as With
from yangcai.sealing.statement import signed
from yangcai.sealing.suites.i1 import I1
from yangcai.tendering import envelopes, models
from yangcai.tendering.models import Bid, BidPart, BidReconfirmation, BidUpload, OpenedBid, SealedBid
from yangcai.tendering.rules import sealed as sealed_rules
from yangcai.tendering.rules.sealed import MOST_UNFINISHED

pytestmark = [pytest.mark.django_db, pytest.mark.long]


class Web:
    """A client with a token, as an engineer would write one from the specification."""

    def __init__(self, post: Any):
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {token_of(post)}"} if post is not None else {}

    def get(self, path: str) -> Any:
        return self.client.get(f"/sbp/v1/{path}", headers=self.headers)

    def post(self, path: str, data: Any) -> Any:
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        return self.client.post(f"/sbp/v1/{path}", body, content_type="application/json", headers=self.headers)

    def delete(self, path: str) -> Any:
        return self.client.delete(f"/sbp/v1/{path}", headers=self.headers)

    def put(self, path: str, body: bytes, **headers: str) -> Any:
        said = {"Content-SHA256": digest(body).hex(), **headers}
        return self.client.put(
            f"/sbp/v1/{path}", body, content_type="application/octet-stream", headers={**self.headers, **said}
        )


class Bidder(Web):
    def __init__(self, tender: SealedTender, device: Device):
        super().__init__(device.post)
        self.tender, self.device, self.sid = tender, device, ""
        self.of_tender = f"tenders/{tender.policy().tender}"

    def seal(self, price: str = "900000.00", **more: Any) -> None:
        policy = Policy.parse(self.get(f"{self.of_tender}/policies").json()["items"][-1]["policy"].encode())
        filled = plain({**offer(price), "price_in_words": ""})
        filled.pop("commitment")
        self.device.seal(policy, filled, files=more.get("files", {}), recovery="auto")

    def begin(self) -> Any:
        answer = self.post(f"{self.of_tender}/submissions", {"idem": self.device.idem.hex()})
        self.sid = answer.json().get("sid", "")
        return answer

    def parts(self) -> list[bytes]:
        content = self.device.content
        return [content[at : at + envelopes.PART] for at in range(0, len(content), envelopes.PART)]

    def upload(self) -> None:
        for number, part in enumerate(self.parts(), start=1):
            assert self.put(f"submissions/{self.sid}/parts/{number}", part).status_code == 200

    def check(self) -> Any:
        return self.post(f"submissions/{self.sid}/check", {"header_b64": base64_of(self.device.header.content)})

    def finalise(self, **changes: Any) -> Any:
        return self.post(f"submissions/{self.sid}/finalise", self.device.statement(**changes).content)

    def verified(self, price: str = "900000.00", **more: Any) -> "Bidder":
        self.seal(price, **more)
        assert self.begin().status_code == 201
        self.upload()
        answer = self.check()
        assert answer.status_code == 200 and answer.json()["state"] == "VERIFIED", answer.content
        return self


@pytest.fixture
def tender() -> SealedTender:
    return SealedTender().announced()


@pytest.fixture
def bidder(tender: SealedTender) -> Bidder:
    return Bidder(tender, tender.device())


def code(answer: Any) -> str:
    """The code of a problem document."""
    assert answer["Content-Type"] == "application/problem+json", answer.content
    return str(answer.json()["type"].rsplit("/", 1)[1])


def test_a_bid_of_two_parts_comes_in_and_is_opened(tender: SealedTender, bidder: Bidder) -> None:
    bidder.verified(files={"图纸.zip": secrets.token_bytes(9 * 2**20)})
    assert bidder.get(f"submissions/{bidder.sid}/parts").json() == [1, 2]
    first = bidder.finalise()
    assert first.status_code == 201 and first.content.startswith(b"sbp-receipt/v1\n")
    again = bidder.finalise()
    assert (again.status_code, again.content) == (200, first.content)
    assert bidder.get(f"submissions/{bidder.sid}/receipt").content == first.content
    assert Entry.objects.filter(action="bid.submit", organisation_id=bidder.device.post.organisation_id).count() == 1
    others = [Bidder(tender, tender.device()).verified(price) for price in ("910000.00", "920000.00")]
    assert [other.finalise().status_code for other in others] == [201, 201]

    opening = f"opening/{tender.policy().tender}"
    assert bidder.get(f"{opening}/state").json()["lots"][0]["phase"] == "SEALED"
    tender.begin()
    clock_stands(tender.now)
    said = bidder.get(f"{opening}/state").json()["lots"][0]
    assert (said["phase"], len(said["headers"])) == ("SUPPLIERS", 1)
    for one in (bidder, *others):
        release = one.device.release(now=tender.now).content
        assert one.post(f"{opening}/supplier-release", release).status_code == 201
    assert bidder.get(f"{opening}/state").json()["lots"][0]["phase"] == "TRUSTEES"
    trustee = Web(tender.holders[3].post)
    assert len(trustee.get(f"{opening}/state").json()["lots"][0]["headers"]) == 3
    answer = trustee.post(f"{opening}/trustee-release", tender.trustee_message(tender.holders[3]).content)
    assert answer.status_code == 201, answer.content
    tender.unseal()
    opened = OpenedBid.objects.get(supplier=bidder.device.post.organisation)
    assert [file.size for file in opened.files.all()] == [9 * 2**20]


_CLOCK: list[Any] = []


@pytest.fixture(autouse=True)
def _keep(clock: Any) -> None:
    _CLOCK[:] = [clock]


def clock_stands(now: datetime.datetime) -> None:
    """The clock of the program, and that of the database."""
    _CLOCK[0].now = now
    set_database_clock(now)


# --- who and how much ----------------------------------------------------------------------------------------------


def test_an_upload_is_nobody_elses(tender: SealedTender, bidder: Bidder) -> None:
    bidder.verified()
    for post in (make_supplier(), tender.officer, make_post(Role.PLATFORM)):
        stranger = Web(post)
        assert stranger.get(f"submissions/{bidder.sid}/parts").status_code == 404
        assert stranger.put(f"submissions/{bidder.sid}/parts/1", b"x").status_code == 404
        statement = bidder.device.statement().content
        assert stranger.post(f"submissions/{bidder.sid}/finalise", statement).status_code == 404
        assert stranger.get(f"submissions/{bidder.sid}/receipt").status_code == 404
    assert Web(None).get(f"submissions/{bidder.sid}/parts").status_code == 401
    assert not Bid.objects.exists()


def opening_file(device: Device, *, header: bytes = b"", passphrase: str = "one two three four") -> bytes:
    """The bidder's shares under a lock of its own."""
    empty = OpeningFile(device.header.core.tender, header or device.header.sha256, ())
    chance = secrets.token_bytes
    return empty.with_passphrase(device.sealer.own_shares, passphrase=passphrase, chance=chance).content


def test_an_opening_file_is_kept_locked_for_its_owner_alone(tender: SealedTender, bidder: Bidder) -> None:
    bidder.seal()
    bidder.begin()
    door = f"submissions/{bidder.sid}/opening-file"
    file = opening_file(bidder.device)
    assert code(bidder.put(door, file)) == "SB003"  # of which envelope it is, is not known yet
    bidder.upload()
    bidder.check()
    assert bidder.get(door).status_code == 404
    for bad in (b"", b"{}", file + b" ", opening_file(bidder.device, header=bytes(32))):
        assert bidder.put(door, bad).status_code == 422
    assert bidder.put(door, bytes(64 * 2**10 + 1)).status_code == 413
    assert bidder.put(door, file).status_code == 201
    assert bidder.get(door).content == file
    later = opening_file(bidder.device, passphrase="another lock of mine")
    assert bidder.put(door, later).status_code == 201 and bidder.get(door).content == later
    colleague = make_post(Role.SUPPLIER, bidder.device.post.organisation)
    assert Web(colleague).get(door).content == later
    strangers = (make_supplier(), tender.officer, make_post(Role.PLATFORM), *(one.post for one in tender.holders))
    for post in strangers:
        assert Web(post).get(door).status_code == 404 and Web(post).put(door, file).status_code == 404
    assert Web(None).get(door).status_code == 401
    kept = models.OpeningFile.objects.get().content
    assert all(base64_of(share) not in kept for share in bidder.device.sealer.own_shares.values())


def test_the_close_is_proved_to_whoever_asks_once_it_is_in_the_log(
    tender: SealedTender, settings: Any, tmp_path: Path
) -> None:
    world.use(settings, tmp_path)
    for _n in range(3):
        tender.hand_in(tender.device())
    tender.begin()
    clock_stands(tender.now)

    def proof() -> str:
        (lot,) = Web(None).get(f"opening/{tender.policy().tender}/state").json()["lots"]
        return str(lot["close_proof"])

    assert proof() == ""
    world.round_of(now=tender.now)
    policy = tender.policy()
    of = {"tender": policy.tender, "lot": policy.lot, "cover": policy.cover, "round": 0}
    trust = tlog_policy.parse(log_witnesses.text().encode())
    found = close.verify(proof().encode(), trust=trust, of=of, deadline=policy.deadline, open_at=policy.open_at)
    assert found.close_set == models.BidClosing.objects.get().digest


def test_a_session_needs_the_token_of_the_form(tender: SealedTender, bidder: Bidder) -> None:
    """Cookies come along with any page's request; the token of the form only with ours."""
    bidder.seal()
    client = Client(enforce_csrf_checks=True)
    client.force_login(bidder.device.post.person)
    path, body = f"/sbp/v1/{bidder.of_tender}/submissions", json.dumps({"idem": bidder.device.idem.hex()})
    assert client.post(path, body, content_type="application/json").status_code == 401
    assert not BidUpload.objects.exists()
    client.cookies["csrftoken"] = token = secrets.token_hex(16)
    answer = client.post(path, body, content_type="application/json", headers={"X-CSRFToken": token})
    assert answer.status_code == 201, answer.content


def test_what_is_too_large_is_not_read(bidder: Bidder) -> None:
    bidder.seal()
    bidder.begin()
    assert bidder.put(f"submissions/{bidder.sid}/parts/1", bytes(envelopes.PART + 1)).status_code == 413
    assert bidder.post(f"submissions/{bidder.sid}/finalise", bytes(10_000)).status_code == 413
    assert not BidPart.objects.exists()


def test_other_suppliers_are_told_why_they_may_not(tender: SealedTender, bidder: Bidder) -> None:
    stranger = Web(make_supplier())
    answer = stranger.post(f"{bidder.of_tender}/submissions", {"idem": "00" * 16})
    assert answer.status_code == 422
    assert {"documents_not_obtained", "no_credit_code", "no_signing_key"} <= {
        one["code"] for one in answer.json()["refusals"]
    }


@pytest.mark.parametrize("idem", ["", "x", "00" * 15, "AA" * 16, "00" * 16 + "\n"])
def test_a_key_is_sixteen_bytes_in_hex(bidder: Bidder, idem: str) -> None:
    assert bidder.post(f"{bidder.of_tender}/submissions", {"idem": idem}).status_code == 422


# --- parts ---------------------------------------------------------------------------------------------------------


def test_a_part_that_is_not_what_it_says_is_not_kept(bidder: Bidder) -> None:
    bidder.seal()
    bidder.begin()
    part = bidder.parts()[0]
    wrong = {"Content-SHA256": digest(b"other").hex()}
    answer = bidder.put(f"submissions/{bidder.sid}/parts/1", part, **wrong)
    assert (answer.status_code, code(answer)) == (422, "digest")
    for said in ("", "x" * 64, digest(part).hex().upper()):
        assert bidder.put(f"submissions/{bidder.sid}/parts/1", part, **{"Content-SHA256": said}).status_code == 400
    for number in (0, envelopes.MOST_PARTS + 1):
        assert bidder.put(f"submissions/{bidder.sid}/parts/{number}", part).status_code == 400
    assert bidder.get(f"submissions/{bidder.sid}/parts").json() == []


def test_a_session_of_the_same_key_is_the_same_session(bidder: Bidder) -> None:
    bidder.seal()
    first, second = bidder.begin(), bidder.begin()
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()


def test_a_verified_envelope_takes_only_its_own_parts_and_heals(bidder: Bidder) -> None:
    bidder.verified()
    stored = documents.path_of(BidPart.objects.get().document_id)
    stored.write_bytes(b"damaged")
    answer = bidder.put(f"submissions/{bidder.sid}/parts/1", b"another")
    assert (answer.status_code, code(answer)) == (422, "verified")
    assert bidder.put(f"submissions/{bidder.sid}/parts/1", bidder.parts()[0]).status_code == 200
    assert stored.read_bytes() == bidder.parts()[0]


def test_after_the_deadline_a_part_only_heals(bidder: Bidder) -> None:
    bidder.seal()
    bidder.begin()
    bidder.upload()
    stored = documents.path_of(BidPart.objects.get().document_id)
    stored.write_bytes(b"damaged")
    clock_stands(CLOSES)
    for number in (1, 2):
        answer = bidder.put(f"submissions/{bidder.sid}/parts/{number}", b"another")
        assert (answer.status_code, code(answer)) == (422, "closed")
    assert bidder.put(f"submissions/{bidder.sid}/parts/1", bidder.parts()[0]).status_code == 200
    assert stored.read_bytes() == bidder.parts()[0]
    assert BidPart.objects.count() == 1


def test_a_part_that_is_pushed_aside_counts(bidder: Bidder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(envelopes, "MOST_TAKEN", envelopes.PART + 10)
    bidder.seal()
    bidder.begin()
    path = f"submissions/{bidder.sid}/parts/1"
    for content in (b"one456", b"two456", b"two456"):  # the same again brings nothing in
        assert bidder.put(path, content).status_code == 200
    assert BidUpload.objects.get().taken_bytes == 12
    answer = bidder.put(path, b"three")
    assert (answer.status_code, code(answer)) == (422, "too_much")
    assert bidder.put(path, b"two456").status_code == 200


def test_few_sessions_stand_open_that_never_became_a_bid(tender: SealedTender, bidder: Bidder) -> None:
    assert bidder.verified().finalise().status_code == 201
    path = f"{bidder.of_tender}/submissions"
    keys = [f"{n:032x}" for n in range(MOST_UNFINISHED + 1)]
    assert {bidder.post(path, {"idem": key}).status_code for key in keys[:-1]} == {201}
    answer = bidder.post(path, {"idem": keys[-1]})
    assert answer.status_code == 422
    assert [one["code"] for one in answer.json()["refusals"]] == ["too_many_uploads"]
    assert bidder.post(path, {"idem": keys[0]}).status_code == 200
    other = Bidder(tender, tender.device())
    assert other.post(path, {"idem": keys[-1]}).status_code == 201


def test_an_upload_can_be_given_up_and_makes_room(tender: SealedTender, bidder: Bidder) -> None:
    path = f"{bidder.of_tender}/submissions"
    sids = [bidder.post(path, {"idem": f"{n:032x}"}).json()["sid"] for n in range(MOST_UNFINISHED)]
    listed = bidder.get(path).json()["items"]
    assert [one["sid"] for one in listed] == sids and not any(one["verified"] for one in listed)
    stranger = Bidder(tender, tender.device())
    assert stranger.get(path).json()["items"] == []
    assert stranger.delete(f"submissions/{sids[0]}").status_code == 404
    for _again in range(2):
        answer = bidder.delete(f"submissions/{sids[0]}")
        assert (answer.status_code, answer.json()["state"]) == (200, "GIVEN_UP")
    assert [one["sid"] for one in bidder.get(path).json()["items"]] == sids[1:]
    assert bidder.post(path, {"idem": f"{MOST_UNFINISHED:032x}"}).status_code == 201
    answer = bidder.put(f"submissions/{sids[0]}/parts/1", b"x")
    assert (answer.status_code, code(answer)) == (422, "given_up")
    answer = bidder.post(path, {"idem": f"{0:032x}"})
    assert (answer.status_code, code(answer)) == (409, "given-up")


def test_what_was_given_up_becomes_no_bid_and_a_bid_is_not_given_up(tender: SealedTender, bidder: Bidder) -> None:
    bidder.verified()
    statement = bidder.device.statement().content
    assert bidder.delete(f"submissions/{bidder.sid}").status_code == 200
    answer = bidder.post(f"submissions/{bidder.sid}/finalise", statement)
    assert (answer.status_code, code(answer)) == (409, "SB003")
    again = bidder.verified()
    assert again.finalise().status_code == 201
    answer = again.delete(f"submissions/{again.sid}")
    assert [one["code"] for one in answer.json()["refusals"]] == ["upload_became_a_bid"]


def test_uploads_that_were_given_up_fill_no_disk(
    tender: SealedTender, bidder: Bidder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed_rules, "MOST_TAKEN", 1)
    path = f"{bidder.of_tender}/submissions"
    sid = bidder.post(path, {"idem": f"{0:032x}"}).json()["sid"]
    assert bidder.put(f"submissions/{sid}/parts/1", b"x" * MOST_UNFINISHED).status_code == 200
    assert bidder.delete(f"submissions/{sid}").status_code == 200
    answer = bidder.post(path, {"idem": f"{1:032x}"})
    assert [one["code"] for one in answer.json()["refusals"]] == ["too_much_given_up"]


# --- check and finalise --------------------------------------------------------------------------------------------


def test_without_a_check_nothing_is_handed_in(bidder: Bidder) -> None:
    bidder.seal()
    bidder.begin()
    bidder.upload()
    answer = bidder.finalise()
    assert (answer.status_code, code(answer)) == (409, "SB003")


def test_a_header_for_somebody_else_is_not_verified(
    tender: SealedTender, bidder: Bidder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is the envelope behind it read."""
    read: list[Any] = []
    whole = envelopes.Envelope.imprint
    monkeypatch.setattr(envelopes.Envelope, "imprint", lambda envelope: read.append(envelope) or whole(envelope))
    bidder.seal()
    other = Bidder(tender, tender.device())
    other.device.sealer, other.device.content = bidder.device.sealer, bidder.device.content
    other.device.imprint, other.device.idem = bidder.device.imprint, secrets.token_bytes(16)
    other.begin()
    other.upload()
    answer = other.check()
    assert (answer.status_code, code(answer), read) == (422, "header_mismatch", [])


def test_a_cut_off_envelope_is_not_verified(bidder: Bidder) -> None:
    bidder.seal()
    bidder.begin()
    bidder.put(f"submissions/{bidder.sid}/parts/1", bidder.device.content[:-1])
    answer = bidder.check()
    assert (answer.status_code, code(answer)) == (422, "envelope_malformed")
    assert not BidUpload.objects.filter(verified_at__isnull=False).exists()


def test_late_by_nothing_is_late_and_a_receipt_is_given_out_still(tender: SealedTender, bidder: Bidder) -> None:
    late = Bidder(tender, tender.device()).verified("910000.00")
    bidder.verified()
    clock_stands(CLOSES - datetime.timedelta(microseconds=1))
    first = bidder.finalise()
    assert first.status_code == 201
    clock_stands(CLOSES)
    answer = late.finalise()
    assert (answer.status_code, code(answer)) == (409, "SB001")
    again = bidder.finalise()
    assert (again.status_code, again.content) == (200, first.content)
    assert Bid.objects.count() == 1


def test_one_key_for_another_statement_is_refused(bidder: Bidder) -> None:
    bidder.verified()
    assert bidder.finalise(client=CLIENT).status_code == 201
    answer = bidder.finalise(client=With("another", "2", bytes(32)))
    assert (answer.status_code, code(answer)) == (409, "SB002")
    assert SealedBid.objects.count() == 1


@pytest.mark.parametrize("changes", [{"env_digest": bytes(32)}, {"header_sha256": bytes(32)}, {"round": 1}])
def test_whatever_else_is_said_under_a_key_that_became_a_bid_is_another_statement(
    bidder: Bidder, changes: dict[str, Any]
) -> None:
    """Before it, it is a statement of another envelope."""
    bidder.verified()
    said = replace(bidder.device.statement().statement, **changes)
    other = signed(said, suite=I1, keys=bidder.device.pair).content
    door = f"submissions/{bidder.sid}/finalise"
    answer = bidder.post(door, other)
    assert (answer.status_code, code(answer)) == (422, "header_mismatch")
    assert bidder.finalise().status_code == 201
    answer = bidder.post(door, other)
    assert (answer.status_code, code(answer)) == (409, "SB002")
    assert SealedBid.objects.count() == 1


def test_a_signature_of_another_device_is_none(tender: SealedTender, bidder: Bidder) -> None:
    bidder.verified()
    bidder.device.sign = type(bidder.device)(bidder.device.post).sign
    answer = bidder.finalise()
    assert (answer.status_code, code(answer)) == (422, "signature_wrong")
    assert not Bid.objects.exists()


def test_who_signs_is_who_began_the_upload(tender: SealedTender, bidder: Bidder) -> None:
    """Bid and Entry name one post: never one that signed nothing."""
    bidder.verified()
    colleague = Bidder(tender, tender.device(make_post(Role.SUPPLIER, bidder.device.post.organisation)))
    own = bidder.device.statement().content
    bidder.device.sign = colleague.device.sign
    signed = bidder.device.statement().content
    answer = colleague.post(f"submissions/{bidder.sid}/finalise", signed)
    assert answer.status_code == 422, answer.content
    assert [one["code"] for one in answer.json()["refusals"]] == ["begun_by_another_post"]
    assert not Bid.objects.exists()
    first = bidder.post(f"submissions/{bidder.sid}/finalise", own)
    again = colleague.post(f"submissions/{bidder.sid}/finalise", own)
    assert (first.status_code, again.status_code, again.content) == (201, 200, first.content)
    assert Bid.objects.get().submitted_by == bidder.device.post


def test_a_bid_is_replaced_and_taken_back(tender: SealedTender, bidder: Bidder) -> None:
    first = bidder.verified()
    assert first.finalise().status_code == 201
    old = first.sid
    assert bidder.verified("880000.00").finalise().status_code == 201
    assert [bid.replaced_at is None for bid in Bid.objects.order_by("revision")] == [False, True]
    wrong = bidder.post(f"submissions/{old}/withdraw", bidder.device.withdrawal(bidder.sid).content)
    assert (wrong.status_code, code(wrong)) == (422, "statement_malformed")
    message = bidder.device.withdrawal(bidder.sid).content
    answers = [bidder.post(f"submissions/{bidder.sid}/withdraw", message) for _ in range(2)]
    assert [answer.json()["again"] for answer in answers] == [False, True]
    assert not Bid.objects.filter(withdrawn_at__isnull=True, replaced_at__isnull=True).exists()
    told = [json.loads(bytes(secret.body))["t"] for secret in LeafSecret.objects.filter(leaf__entry__isnull=True)]
    assert told == ["submit", "submit", "withdraw"]


def test_a_bid_is_confirmed_after_a_correction_once_and_in_time(tender: SealedTender, bidder: Bidder) -> None:
    other = Bidder(tender, tender.device())
    for one in (bidder, other):
        assert one.verified().finalise().status_code == 201
    mine, theirs = (SealedBid.objects.get(upload__sid=one.sid) for one in (bidder, other))
    door = f"submissions/{bidder.sid}/reconfirm"
    right = statement(bidder.device, mine).content
    early = bidder.post(door, right)
    assert early.status_code == 422 and "nothing_to_reconfirm" in early.content.decode()
    correct(tender)
    set_database_clock(tender.now)
    right = statement(bidder.device, mine).content
    assert other.post(door, right).status_code == 404  # another's submission
    for wrong, named in (
        (statement(other.device, theirs).content, "statement_malformed"),
        (bidder.device.withdrawal(bidder.sid).content, "statement_malformed"),
        (statement(bidder.device, mine, header_sha256=bytes(32)).content, "statement_malformed"),
        (right.replace(b'"rev":2', b'"rev":3'), "signature_wrong"),
        (right.replace(b'"st"', b'"s"'), "statement_malformed"),
    ):
        answer = bidder.post(door, wrong)
        assert (answer.status_code, code(answer)) == (422, named)
    for rev in (1, 3):
        assert bidder.post(door, statement(bidder.device, mine, rev=rev).content).status_code == 422
    assert not BidReconfirmation.objects.exists()
    answers = [bidder.post(door, right) for _ in range(2)]
    assert [(one.status_code, one.json()["again"]) for one in answers] == [(200, False), (200, True)]
    assert bidder.post(door, statement(bidder.device, mine).content).status_code == 422
    told = [json.loads(bytes(secret.body))["t"] for secret in LeafSecret.objects.filter(leaf__entry__isnull=True)]
    assert told == ["submit", "submit", "reconfirm"]
    set_database_clock(CLOSES)
    late = other.post(f"submissions/{other.sid}/reconfirm", statement(other.device, theirs).content)
    assert late.status_code in (409, 422) and "late_bid" in late.content.decode()
    assert bidder.post(door, right).json()["again"]  # what was taken in is answered alike for ever


def test_the_state_tells_nobody_who_or_how_many_before_the_deadline(tender: SealedTender, bidder: Bidder) -> None:
    before = Web(None).get(f"opening/{tender.policy().tender}/state").json()
    bidder.verified()
    assert bidder.finalise().status_code == 201
    for post in (None, tender.officer, tender.holders[3].post, tender.holders[0].post, make_supplier()):
        said = Web(post).get(f"opening/{tender.policy().tender}/state").json()
        assert said["lots"] == before["lots"]


def test_how_many_bid_is_told_to_nobody_outside_before_the_bids_lie_open(tender: SealedTender, bidder: Bidder) -> None:
    devices = [bidder.device, tender.device(), tender.device()]
    for device in devices:
        tender.hand_in(device)
    tender.begin()
    tender.release(devices[0])
    clock_stands(tender.now)

    def counts(post: Any) -> tuple[Any, Any]:
        (lot,) = Web(post).get(f"opening/{tender.policy().tender}/state").json()["lots"]
        return lot.get("size"), lot.get("released")

    outside = (None, bidder.device.post, make_supplier())
    inside = (tender.officer, tender.agent_post, *(holder.post for holder in tender.holders))
    assert {counts(post) for post in outside} == {(None, None)}
    assert {counts(post) for post in inside} == {(3, 1)}
    for device in devices[1:]:
        tender.release(device)
    tender.trustee_releases(tender.holders[3])
    tender.unseal()
    assert {counts(post) for post in (*outside, *inside)} == {(3, 3)}


def test_streams_are_read_in_any_lengths(bidder: Bidder) -> None:
    bidder.verified(files={"a.bin": secrets.token_bytes(9 * 2**20)})
    parts = envelopes.whole(BidUpload.objects.get())
    with envelopes.stream(parts) as file:
        head = file.read(7)
        whole = head + file.read()
        assert whole == bidder.device.content
        file.seek(0)
        assert io.BytesIO(file.read()).getvalue() == whole
