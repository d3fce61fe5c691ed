"""Are papers kept once, for their owner alone, and replaced in time; does a commitment stand as it was signed?"""

import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from tests import factories
from tests.factories import NOW
from tests.www.conftest import clock  # noqa: F401 - the pages' clock
from tests.www.support import Clock, at_desk, text_of
from yangcai.credit.commitments import TEXT, in_force_at, sign_commitment, withdraw_commitment
from yangcai.kernel import tasks
from yangcai.kernel.actions import SCOPES, can, perform
from yangcai.kernel.models import Attachment
from yangcai.kernel.refusals import Refused
from yangcai.notifications.models import Message
from yangcai.parties.credentials import keep_credential, replace_credential, withdraw_credential
from yangcai.parties.models import Credential, Post
from yangcai.parties.queries import vault
from yangcai.parties.roles import Role

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
PDF = b"%PDF-1.4 a licence"


def keep(post: Post, **values: Any) -> Credential:
    given = {"kind": "licence", "title": "营业执照", "document": SimpleUploadedFile("a.pdf", PDF), **values}
    return perform(keep_credential, post.organisation, by=post, now=NOW, **given).value


def test_a_paper_is_kept_replaced_and_taken_out_and_never_rewritten() -> None:
    post = factories.make_supplier()
    first = keep(post, valid_to_on="2026-12-31")
    given = {"kind": "licence", "title": "新执照", "document": SimpleUploadedFile("b.pdf", PDF + b"2")}
    second = perform(replace_credential, first, by=post, now=NOW, **given).value
    assert list(vault(post.organisation)) == [second] and second.replaces == first
    first.refresh_from_db()
    assert can(withdraw_credential, first, by=post, now=NOW)[0].code == "credential_withdrawn"
    perform(withdraw_credential, second, by=post, now=NOW)
    assert not vault(post.organisation)
    for attack in ("title = 'x'", "withdrawn_at = NULL", "valid_to_on = '2099-01-01'"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE parties_credential SET {attack} WHERE withdrawn_at IS NOT NULL")
    with pytest.raises(IntegrityError), transaction.atomic():
        Credential.objects.all().delete()


@pytest.mark.parametrize(
    "values", [{"valid_to_on": "2026-03-01"}, {"valid_from_on": "2026-05-01", "valid_to_on": "2026-04-01"}]
)
def test_an_expired_paper_is_not_kept(values: Any) -> None:
    with pytest.raises(Refused):
        keep(factories.make_supplier(), **values)


def test_nobody_else_sees_a_paper_not_even_who_oversees(clock: Clock) -> None:  # noqa: F811
    post = factories.make_supplier()
    paper = keep(post)
    attachment = Attachment.objects.get(subject=paper.ref)
    assert "a licence" in text_of(at_desk(post).get(f"/work/file/{attachment.pk}/"))
    for other in (
        factories.make_supplier(),
        factories.make_post(Role.TREASURY),
        factories.make_post(Role.BUYER_OFFICER),
        factories.make_post(Role.PLATFORM),
    ):
        assert not SCOPES[Credential](other, NOW)
        client = at_desk(other)
        assert client.get(f"/work/file/{attachment.pk}/").status_code == 404
        assert "营业执照" not in text_of(client.get(f"/work/organisation/{post.organisation_id}/"))
    assert "营业执照" in text_of(at_desk(post).get("/work/vault/"))


def test_its_owner_is_told_a_month_a_week_and_a_day_before_it_expires() -> None:
    post = factories.make_supplier()
    keep(post, valid_to_on="2026-05-31")
    last = datetime.datetime(2026, 5, 31, 9, tzinfo=NOW.tzinfo)
    counts = []
    for days in (31, 30, 29, 7, 1, 1, 0):
        tasks.fire_due(now=last - days * DAY)
        counts.append(Message.objects.filter(kind="credential_expiring", person=post.person).count())
    assert counts == [0, 1, 1, 2, 3, 3, 3]


def test_papers_go_with_a_bid_and_stay_in_it_as_they_were() -> None:
    from tests.tendering.walk import Tender
    from yangcai.tendering.actions.bids import SubmitHere

    tender = Tender().published()
    bidder, other = tender.supplier(), tender.supplier()
    mine, foreign = keep(bidder), keep(other)
    form = {"price": "900000.00", "commitment": True, "credentials": [mine.pk]}
    draft = SubmitHere(form, subject=tender.lot, by=bidder, now=tender.now)
    assert draft.is_valid(), draft.errors
    assert [file.content for file in draft.cleaned_data["attachments"]] == [PDF]
    stolen = SubmitHere(form | {"credentials": [foreign.pk]}, subject=tender.lot, by=bidder, now=tender.now)
    assert "credentials" in stolen.errors
    bid = tender.bid(bidder, **form)
    perform(withdraw_credential, mine, by=bidder, now=tender.now)
    assert bid.receipt and bid.envelope.size > len(PDF)


# --- commitment --------------------------------------------------------------------------------------------------


def test_a_commitment_is_signed_once_stands_until_withdrawn_and_is_never_rewritten() -> None:
    post = factories.make_supplier()
    given = {"representative": "测试法人", "agrees": True}
    signed = perform(sign_commitment, post.organisation, by=post, now=NOW, **given).value
    assert signed.text == TEXT and "政府采购法" in signed.law and len(signed.digest) == 64
    assert can(sign_commitment, post.organisation, by=post, now=NOW)[0].code == "commitment_in_force"
    assert list(in_force_at([post.organisation_id], at=NOW)) == [signed]
    assert not in_force_at([post.organisation_id], at=NOW - DAY)
    for attack in ("text = 'x'", "signed_at = now()", "organisation_id = organisation_id + 1"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE credit_commitment SET {attack}")
    later = NOW + DAY
    perform(withdraw_commitment, signed, by=post, now=later)
    assert not in_force_at([post.organisation_id], at=later)
    assert in_force_at([post.organisation_id], at=NOW)  # bids of that day keep it
    with pytest.raises(Refused):
        perform(sign_commitment, post.organisation, by=post, now=later, representative="甲", agrees=False)


def test_nobody_signs_for_another() -> None:
    post, other = factories.make_supplier(), factories.make_supplier()
    given = {"representative": "测试法人", "agrees": True}
    with pytest.raises(Refused) as error:
        perform(sign_commitment, post.organisation, by=other, now=NOW, **given)
    assert error.value.codes == {"not_yours"}
