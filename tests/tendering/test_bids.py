"""Who may hand in a bid, and does anything at all tell what is in it before the opening?"""

import base64
import datetime
import json
import zipfile
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from tests.factories import NOW, at, make_organisation, make_post, make_supplier
from tests.tendering.walk import CLOSES, SUPPLY_CLOSES, Tender, offer, set_database_clock
from yangcai.credit.models import Debarment
from yangcai.kernel import documents
from yangcai.kernel.actions import ACTIONS, SCOPES, can, perform
from yangcai.kernel.inputs import PrivateFile
from yangcai.kernel.models import Attachment, Document, Entry, IdempotencyKey, Upload
from yangcai.kernel.refusals import Refused
from yangcai.kernel.tasks import derive
from yangcai.parties.models import OrganisationKind
from yangcai.parties.roles import Role
from yangcai.tendering import sealing
from yangcai.tendering.models import Bid, BidSecurity, Participation
from yangcai.tendering.standing import QUALIFICATION, standings

pytestmark = pytest.mark.django_db

#: Appears nowhere else; part of it as a price, part as text, part in a file.
CANARY_PRICE, CANARY_TEXT, CANARY_FILE = "734561.89", "金丝雀品牌Kanarienvogel", b"canary-in-the-file-7f3a"
CANARY_WORDS = "人民币柒拾叁万肆仟伍佰陆拾壹元捌角玖分"


# --- who may take part -----------------------------------------------------------------------------------------------


def test_documents_are_obtained_once_and_in_time() -> None:
    tender = Tender().published()
    post = tender.supplier()
    assert set(tender.refused("documents.obtain", tender.case, post)) == {"has_documents"}
    tender.now = SUPPLY_CLOSES
    found = tender.refused("documents.obtain", tender.case, make_supplier())
    assert found["documents_not_supplied"].citation.article == "第十八条"


def test_debarred_suppliers_get_no_documents_and_hand_in_no_bid() -> None:
    tender = Tender().published()
    post = tender.supplier()
    Debarment.objects.create(
        organisation=post.organisation,
        ground="procurement",
        from_on=datetime.date(2026, 3, 1),
        to_on=datetime.date(2027, 2, 28),
        authority="兰州新区财政局",
        decision="〔2026〕1号",
    )
    assert set(tender.refused("bid.submit", tender.lot, post, **offer())) == {"debarred"}
    other = Tender().published()
    assert set(other.refused("documents.obtain", other.case, post)) == {"debarred"}


def test_only_who_has_the_documents_may_bid() -> None:
    tender = Tender().published()
    assert set(tender.refused("bid.submit", tender.lot, make_supplier(), **offer())) == {"documents_not_obtained"}


def test_a_reserved_case_is_for_small_and_medium_enterprises() -> None:
    tender = Tender(set_aside="whole").published()
    large = tender.supplier(size="large")
    refused = tender.refused("bid.submit", tender.lot, large, **offer())  # of goods its form says it
    assert set(refused) == {"invalid_input"} and "中小企业" in refused["invalid_input"].zh
    services = Tender(set_aside="whole", category="services").published()
    large = services.supplier(size="large")
    assert set(services.refused("bid.submit", services.lot, large, **offer())) == {"not_an_sme"}
    tender.bid(tender.supplier(size="medium"))


def test_related_suppliers_are_found_at_the_opening_and_told_nothing_before() -> None:
    """条例 art. 18; a refusal when the second bid comes in would tell that the first one is there (87号令 art. 28)."""
    tender = Tender(lots=2).published()
    mother = tender.supplier()
    tender.bid(mother, price="400000")
    daughter = make_post(Role.SUPPLIER, make_organisation(OrganisationKind.SUPPLIER, parent=mother.organisation))
    tender.do("documents.obtain", tender.case, daughter)
    tender.bid(daughter, price="410000")
    for _ in range(3):
        tender.bid(tender.supplier(), price="420000")
    other = tender.case.lots.order_by("pk").last()
    tender.bid(daughter, lot=other, price="400000")
    tender.open()
    out = {s.bid.supplier_id: s.reason for s in standings(tender.lot, through=QUALIFICATION) if not s.is_in}
    assert set(out) == {mother.organisation_id, daughter.organisation_id}
    assert all("控股" in reason for reason in out.values())


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"price": "0"}, "price"),
        ({"price": "12.345"}, "price"),
        ({"price_in_words": "九十万左右"}, "price_in_words"),
        ({"preference": "small_micro"}, "preference"),
        ({"preference": "consortium"}, "preference"),
        ({"partners": [{"kind": "member", "name": "乙公司", "size": "small", "share": "0.3"}]}, "partners"),
        ({"partners": [{"kind": "member", "name": "乙公司", "size": "small", "share": "1"}]}, "partners"),
        ({"commitment": False}, "commitment"),
        ({"lines": [{"item": "计算机", "quantity": "-1", "unit_price": "1", "amount": "1"}]}, "lines"),
        ({"attachments": [{"name": "a.pdf", "content": "not base64!"}]}, "attachments"),
        ({"attachments": [{"name": "a.pdf", "content": ""}]}, "attachments"),
        ({"attachments": "a.pdf"}, "attachments"),
    ],
)
def test_a_faulty_bid_is_refused_at_its_field_and_leaves_no_trace(change: dict[str, object], field: str) -> None:
    tender = Tender().published()
    post = tender.supplier(size="medium")
    with pytest.raises(Refused) as refused:
        tender.do("bid.submit", tender.lot, post, **{**offer(), **change})
    assert {r.field for r in refused.value.refusals} == {field}
    assert not Bid.objects.exists()
    assert not Entry.objects.filter(action="bid.submit").exists()


def test_files_beyond_the_limit_are_refused(settings: object) -> None:
    settings.YANGCAI_UPLOAD_MAX_BYTES = 1000  # type: ignore[attr-defined]
    tender = Tender().published()
    post = tender.supplier()
    uploads = MultiValueDict({"attachments": [SimpleUploadedFile("a.pdf", b"%PDF-" + b"x" * 600) for _ in range(2)]})
    with pytest.raises(Refused, match="invalid_input"):
        perform(
            ACTIONS["bid.submit"],
            tender.lot,
            by=post,
            now=tender.now,
            form_data=QueryDict("price=900000&commitment=on"),
            files=uploads,
        )


def test_a_browser_form_with_files_is_sealed_and_opened_again() -> None:
    tender = Tender().published()
    tender.bids("900000", "910000")
    post = tender.supplier()
    form = QueryDict(
        "price=880000&commitment=on&lines-0-item=计算机&lines-0-quantity=1&lines-0-unit_price=880000"
        "&lines-0-amount=880000&brand=甲"
    )
    uploads = MultiValueDict({"attachments": [SimpleUploadedFile("../../投标函.pdf", b"%PDF-1.7 one")]})
    perform(ACTIONS["bid.submit"], tender.lot, by=post, now=tender.now, form_data=form, files=uploads)
    opened = tender.open()[2]
    assert (opened.price, opened.brand) == (Decimal("880000.00"), "甲")
    assert opened.price_in_words == "人民币捌拾捌万元整"
    assert [(file.name, file.media_type) for file in opened.files.all()] == [("投标函.pdf", "application/pdf")]
    assert [line.item for line in opened.lines.all()] == ["计算机"]
    attached = Attachment.objects.get(kind="bid")
    assert (attached.title, attached.is_public, attached.organisation_id) == ("投标函.pdf", False, post.organisation_id)


# --- in time ---------------------------------------------------------------------------------------------------------


def test_a_late_bid_is_refused_with_its_article_and_noted() -> None:
    tender = Tender().published()
    post = tender.supplier()
    tender.now = CLOSES - datetime.timedelta(microseconds=1)
    tender.bid(post)
    tender.now = CLOSES
    found = tender.refused("bid.submit", tender.lot, post, **offer())
    assert {"late_bid", "wrong_stage"} <= set(found)
    assert found["late_bid"].citation.article == "第三十三条"
    assert Entry.objects.filter(action="bid.submit", outcome="refused").count() == 1
    assert Bid.objects.count() == 1


def test_the_database_stamps_the_receipt() -> None:
    tender = Tender().published()
    post = tender.supplier()
    stamped = at("2026-03-05T11:22:33")
    set_database_clock(stamped)
    done = perform(ACTIONS["bid.submit"], tender.lot, by=post, now=NOW, **offer())
    assert done.value.received_at == stamped
    assert done.value.receipt.startswith("TB20260302-")


def test_the_last_bid_counts_and_a_withdrawn_one_is_out() -> None:
    tender = Tender().published()
    post = tender.supplier()
    first, second = tender.bid(post, price="900000"), tender.bid(post, price="890000")
    first.refresh_from_db()
    assert first.replaced_at is not None
    assert second.revision == 2
    assert set(tender.refused("bid.withdraw", first, post)) == {"bid_not_live"}
    tender.do("bid.withdraw", second, post)
    third = tender.bid(post, price="880000")
    assert third.revision == 3
    tender.bids("910000", "920000")
    prices = {b.price for b in tender.open()}
    assert prices == {Decimal("880000"), Decimal("910000"), Decimal("920000")}


def test_nobody_takes_back_a_bid_of_another_or_after_the_deadline() -> None:
    tender = Tender().published()
    bid = tender.bid(tender.supplier())
    assert set(tender.refused("bid.withdraw", bid, make_supplier())) == {"not_yours"}
    tender.now = CLOSES
    assert {"wrong_stage", "late_bid"} <= set(tender.refused("bid.withdraw", bid, tender.suppliers[0]))


def test_a_bid_that_waited_while_the_opening_began_came_too_late() -> None:
    tender = Tender().published()
    tender.bids("900000", "910000", "920000")
    late = tender.supplier()
    before = tender.now
    tender.open()
    found = {r.code for r in can(ACTIONS["bid.submit"], tender.lot, by=late, now=before)}
    assert "late_bid" in found


def test_a_retried_bid_gets_the_same_receipt_and_a_changed_one_is_refused() -> None:
    tender = Tender().published()
    post = tender.supplier()
    first = tender.do("bid.submit", tender.lot, post, idempotency_key="k1", **offer())
    again = tender.do("bid.submit", tender.lot, post, idempotency_key="k1", **offer())
    assert again.again
    assert again.value.receipt == first.value.receipt
    assert Bid.objects.count() == 1
    with pytest.raises(Refused, match="idempotency_mismatch"):
        tender.do("bid.submit", tender.lot, post, idempotency_key="k1", **offer("899999.99"))


def test_suppliers_are_reminded_until_they_have_bid() -> None:
    tender = Tender().published()
    post = tender.supplier()

    def due() -> list[tuple[str, int | None]]:
        tender.case.refresh_from_db()
        return [(d.action, d.organisation_id) for d in derive(tender.case, now=tender.now) if d.role == Role.SUPPLIER]

    assert due() == [("bid.submit", post.organisation_id)]
    tender.bid(post)
    assert due() == []


# --- secrecy ---------------------------------------------------------------------------------------------------------


def plant(tender: Tender) -> tuple[Bid, bytes]:
    """A bid with canaries in every place, handed in twice, also as a retry, after refused attempts."""
    post = tender.supplier()
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("投标函.txt", CANARY_FILE)
    data = {
        **offer(CANARY_PRICE),
        "price_in_words": CANARY_WORDS,
        "brand": CANARY_TEXT,
        "delivery": CANARY_TEXT,
        "attachments": [{"name": f"{CANARY_TEXT}.zip", "content": base64.b64encode(content.getvalue()).decode()}],
    }
    with pytest.raises(Refused):
        tender.do("bid.submit", tender.lot, post, **{**data, "commitment": False})
    with pytest.raises(Refused):  # a refusal on a legal ground is written down, but not what was handed in
        perform(ACTIONS["bid.submit"], tender.lot, by=post, now=CLOSES, **data)
    tender.do("bid.submit", tender.lot, post, **data)
    bid = tender.do("bid.submit", tender.lot, post, idempotency_key="canary", **data).value
    return bid, content.getvalue()


def leaks(needles: list[str]) -> list[str]:
    """Every row of every table in which one of the needles stands, whatever the type of the column."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        for (table,) in cursor.fetchall():
            for needle in needles:
                cursor.execute(f'SELECT count(*) FROM "{table}" AS row WHERE strpos(row::text, %s) > 0', [needle])
                if cursor.fetchone()[0]:
                    found.append(f"{table}: {needle}")
    return found


def test_before_the_opening_nobody_reads_a_price_in_any_row_or_file() -> None:
    tender = Tender().published()
    bid, archive = plant(tender)
    # As they are, as numbers, as JSON escapes, and as digests that a guesser could compare.
    escaped = json.dumps(CANARY_TEXT)[1:-1]
    texts = [CANARY_PRICE, CANARY_PRICE.replace(".", ""), "734,561.89", CANARY_TEXT, escaped, CANARY_WORDS]
    texts += [CANARY_FILE.decode(), base64.b64encode(archive).decode()[:40]]
    assert leaks(texts) == []
    stored = [path for path in Path(settings.YANGCAI_HOME).rglob("*") if path.is_file()]
    assert any(path.name == bid.envelope_id for path in stored)
    for path in stored:
        content = path.read_bytes()
        assert not any(needle in content for needle in (*(t.encode() for t in texts), CANARY_FILE)), path
    # The needles are found once the envelope is open: the search itself works.
    tender.bids("900000", "910000")
    tender.open()
    assert any(leak.startswith("tendering_openedbid") for leak in leaks([CANARY_PRICE]))
    kept = [path.read_bytes() for path in Path(settings.YANGCAI_FILES).rglob("*") if path.is_file()]
    assert any(CANARY_FILE in documents.read(one) for one in Document.objects.all())
    assert not any(CANARY_FILE in content for content in kept)  # it lies enciphered there (SBP/1 §2.8)


def test_what_stands_in_the_log_of_a_bid() -> None:
    tender = Tender().published()
    bid, _archive = plant(tender)
    entry = Entry.objects.filter(action="bid.submit", outcome="done").latest("seq")
    assert entry.payload.data["input"] == {"receipt": bid.receipt, "revision": 2, "envelope": bid.envelope_id}
    key = IdempotencyKey.objects.get(key="canary")
    assert key.answer == {"of": [["value", {"row": f"tendering.Bid:{bid.pk}"}], ["notices", []]]}
    assert not Upload.objects.exists()
    assert set(Document.objects.values_list("media_type", flat=True)) == {"application/octet-stream"}


def test_the_digest_of_a_retry_cannot_be_guessed_from_the_data() -> None:
    """Two equal bids of equal shape have different digests under different site keys."""
    tender = Tender().published()
    post = tender.supplier()
    digests = set()
    for secret in ("one", "two"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(settings, "SECRET_KEY", secret)
            tender.do("bid.submit", tender.lot, post, idempotency_key=secret, **offer())
        digests.add(IdempotencyKey.objects.get(key=secret).digest)
    assert len(digests) == 2


def test_nobody_learns_who_or_how_many_take_part() -> None:
    tender = Tender().published(bid_security="0")
    tender.case.refresh_from_db()
    version = tender.case.version
    posts = [tender.supplier() for _ in range(2)]
    for post in posts:
        tender.bid(post)
    tender.case.refresh_from_db()
    assert tender.case.version == version  # the version is public and must not count
    overseer = make_post(Role.TREASURY)
    curious = (None, tender.agent_post, tender.officer, overseer, make_supplier())
    for model in (Bid, Participation):
        for post in curious:
            assert not SCOPES[model](post, tender.now).exists(), (model, post)
        assert SCOPES[model](posts[0], tender.now).count() == 1
        for post in (tender.agent_post, tender.officer, overseer):
            assert SCOPES[model](post, CLOSES).count() == 2
        assert not SCOPES[model](None, CLOSES).exists()
        assert SCOPES[model](posts[0], CLOSES).count() == 1
    for code in ("documents.obtain", "bid.submit", "bid.withdraw"):
        assert not ACTIONS[code].is_public


# --- sealing ---------------------------------------------------------------------------------------------------------


def sealed(**changed: object) -> sealing.Envelope:
    place = {"case": "a", "lot": "1", "supplier": 1, "revision": 1}
    return sealing.seal({"price": CANARY_PRICE}, [PrivateFile("a.txt", "text/plain", CANARY_FILE)], context=place)


def test_an_envelope_hides_content_and_size() -> None:
    one, two = sealed(), sealed()
    assert CANARY_FILE not in one.content
    assert one.content != two.content
    assert one.sealed_key != two.sealed_key
    assert len(one.content) == len(two.content)
    sizes = {sealing.padded(n) for n in range(1_000_000, 1_010_000)}
    assert len(sizes) <= 2
    for n in (1, 2, 3, 9, 100, 12_345, 9_999_999):
        assert n <= sealing.padded(n) <= max(2, n * 112 // 100 + 1)


def test_an_envelope_is_opened_at_the_opening_alone_by_both_clocks() -> None:
    tender = Tender().published()
    bid = tender.bid(tender.supplier(), price="900000")
    for given, stamped in ((NOW, NOW), (CLOSES, NOW), (NOW, CLOSES)):
        set_database_clock(stamped)
        with pytest.raises(sealing.StillSealed):
            sealing.open_envelope(Bid.objects.get(pk=bid.pk), now=given)
    set_database_clock(CLOSES)
    assert sealing.open_envelope(Bid.objects.get(pk=bid.pk), now=CLOSES)["price"] == "900000"


def test_an_envelope_in_another_place_does_not_open() -> None:
    tender = Tender().published()
    bid, other = tender.bids("900000", "910000")
    set_database_clock(CLOSES)
    bid.envelope, bid.sealed_key = other.envelope, other.sealed_key
    with pytest.raises(sealing.DamagedEnvelope):
        sealing.open_envelope(bid, now=CLOSES)


@pytest.mark.parametrize("field", ["sealed_key", "seal_scheme"])
def test_a_key_or_scheme_that_is_not_ours_does_not_open(field: str) -> None:
    tender = Tender().published()
    bid = tender.bid(tender.supplier())
    set_database_clock(CLOSES)
    setattr(bid, field, "0000000000000000:AAAA")
    with pytest.raises(sealing.DamagedEnvelope):
        sealing.open_envelope(bid, now=CLOSES)


def test_the_openers_key_lies_outside_the_database_and_is_nobody_elses_to_read(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "YANGCAI_HOME", tmp_path)
        sealed()
        key = tmp_path / "keys" / "opener.x25519"
        assert key.stat().st_mode & 0o777 == 0o600
        assert key.parent.stat().st_mode & 0o777 == 0o700
        assert [path.name for path in key.parent.iterdir()] == [key.name]
        raw = key.read_bytes()
        key.chmod(0o644)
        with pytest.raises(sealing.KeyExposed):
            sealed()
    assert leaks([raw.hex(), base64.b64encode(raw).decode()]) == []


# --- securities ------------------------------------------------------------------------------------------------------


def record(tender: Tender, supplier: object, **changed: object) -> BidSecurity:
    data = {"supplier": supplier, "kind": "guarantee", "amount": "10000", "received_at": tender.now, **changed}
    return tender.do("bid_security.record", tender.case, tender.runner, **data).value


def due_securities(tender: Tender) -> list[tuple[str, datetime.datetime | None]]:
    tender.case.refresh_from_db()
    found = derive(tender.case, now=tender.now)
    return [(due.clock, due.due_at) for due in found if due.action == "bid_security.return"]


def test_securities_are_recorded_once_where_one_is_asked() -> None:
    tender = Tender().published(bid_security="10000")
    supplier = tender.supplier().organisation
    ahead = {"supplier": supplier.pk, "kind": "transfer", "amount": "10000", "received_at": at("2026-03-03T09:00")}
    assert set(tender.refused("bid_security.record", tender.case, tender.runner, **ahead)) == {"future_receipt"}
    record(tender, supplier.pk)
    again = {**ahead, "received_at": tender.now}
    assert set(tender.refused("bid_security.record", tender.case, tender.runner, **again)) == {"security_recorded"}
    free = Tender().published()
    data = {**again, "supplier": free.supplier().organisation.pk}
    assert set(free.refused("bid_security.record", free.case, free.runner, **data)) == {"no_security_asked"}


def test_a_security_stays_while_its_bid_is_in_and_goes_back_after_withdrawal() -> None:
    tender = Tender().published(bid_security="10000")
    post = tender.supplier()
    bid = tender.bid(post)
    security = record(tender, post.organisation.pk)
    assert due_securities(tender) == []
    assert set(tender.refused("bid_security.return", security, tender.runner)) == {"security_still_needed"}
    tender.now = at("2026-03-05T10:00")
    tender.do("bid.withdraw", bid, post)
    assert due_securities(tender) == [("C18", at("2026-03-13T00:00"))]  # five working days: 12 March, 24:00
    tender.do("bid_security.return", security, tender.runner)
    assert due_securities(tender) == []
    assert set(tender.refused("bid_security.return", security, tender.runner)) == {"security_settled"}


def test_after_termination_every_security_goes_back_by_c19() -> None:
    tender = Tender().published(bid_security="10000")
    securities = [record(tender, tender.supplier().organisation.pk) for _ in range(2)]
    tender.do("case.terminate", tender.case, tender.runner, ground="task_cancelled", reason="机构撤并")
    assert due_securities(tender) == [("C19", at("2026-03-10T00:00"))] * 2
    tender.do("bid_security.return", securities[0], tender.runner)
    tender.do("bid_security.return", securities[1], tender.runner, kept_reason="collusion")
    assert due_securities(tender) == []
    securities[1].refresh_from_db()
    assert (securities[1].kept_reason, securities[1].returned_at) == ("串通投标", None)
