"""Does whoever operates the platform see which certificates and keys end, when, and how many days are left?"""

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from tests.factories import NOW, make_post
from tests.kernel.log import world
from tests.signatures import papers
from tests.tendering.sealing_walk import SealedTender
from tests.www.support import Clock, at_desk, text_of
from yangcai.kernel import documents, log_keys
from yangcai.kernel.models import Attachment
from yangcai.kernel.signatures.authority import STAMPER, UNTIL
from yangcai.kernel.signatures.certificates import SIGNER, used
from yangcai.kernel.signatures.timestamps import Unavailable
from yangcai.parties.models import ApiToken, Organisation, OrganisationKind
from yangcai.parties.roles import Role
from yangcai.tendering import drills
from yangcai.www.work import expiring, operating
from yangcai.www.work.expiring import Good

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def home(clock: Clock, settings: Any, tmp_path: Path) -> None:
    """A platform with keys of its own, signed for by the demo's authority."""
    world.use(settings, tmp_path)
    settings.YANGCAI_SANDBOX, settings.YANGCAI_SEALS, settings.YANGCAI_TIMESTAMPS = True, "demo", "demo"


def told() -> dict[str, Good]:
    return {one.what: one for one in expiring.everything(now=NOW)}


def token(days: int, label: str) -> None:
    ApiToken.objects.create(
        post=make_post(Role.BUYER_OFFICER), digest=label * 4, label=label, created_at=NOW, expires_at=NOW + days * DAY
    )


@pytest.mark.parametrize(
    ("days", "tone", "word"),
    [(None, "mute", "无失效日"), (-1, "bad", "已失效"), (15, "bad", "剩 15 天"), (16, "warn", "剩 16 天"),
     (90, "warn", "剩 90 天"), (91, "ok", "剩 91 天")],
)  # fmt: skip
def test_how_near_an_end_is(days: int | None, tone: str, word: str) -> None:
    one = Good("证书", "甲", days=days)
    assert (one.tone, one.word) == (tone, word)


def test_the_keys_of_the_platform_have_no_end_and_the_root_of_the_seals_has_one() -> None:
    found = told()
    assert found["公开日志签名密钥"].name == log_keys.verifier().name and found["公开日志签名密钥"].days is None
    assert found["签章根证书"].until == UNTIL and found["签章根证书"].tone == "ok"


def test_a_log_that_signs_in_sm2_too_has_one_key_more(settings: Any) -> None:
    assert "公开日志国密签名密钥" not in told()
    settings.YANGCAI_LOG_SM2 = True
    assert told()["公开日志国密签名密钥"].name == log_keys.verifier().name


def test_a_key_that_others_can_read_is_a_fault(settings: Any) -> None:
    log_keys.signer(log_keys.RECEIPT)
    (log_keys.folder() / f"{log_keys.RECEIPT}.key").chmod(0o644)
    assert "readable by its owner alone" in told()["回执签名密钥"].note
    page = text_of(at_desk(make_post(Role.PLATFORM)).get(reverse("work_ops")))
    assert page.index("证书和密钥") < page.index("数据库") and "readable by its owner alone" in page


def test_what_ends_first_stands_on_top() -> None:
    token(200, "乙")
    token(10, "甲")
    found = expiring.everything(now=NOW)
    assert [(one.name, one.tone) for one in found[:2]] == [("甲", "bad"), ("乙", "ok")]
    assert "1 项在 90 天内失效" in expiring.summary(found)
    page = text_of(at_desk(make_post(Role.PLATFORM)).get(reverse("work_ops")))
    assert "剩 10 天" in page and "持有人自行换发" in page


def test_a_trustee_is_tried_again_within_the_year() -> None:
    tender = SealedTender().announced()
    platform = Organisation.objects.filter(kind=OrganisationKind.PLATFORM).order_by("pk")[0]
    due = drills.due_at(platform, now=tender.now)
    held = [one for one in expiring.everything(now=tender.now) if one.what == "受托人密钥"]
    assert due is not None and {one.until for one in held} == {due[1], None}  # the platform's own is in every drill
    assert {one.name for one in held} == {holder.post.organisation.name for holder in tender.holders}


def test_a_drill_that_is_overdue_is_no_key_that_has_ended() -> None:
    tender = SealedTender().announced()
    platform = Organisation.objects.filter(kind=OrganisationKind.PLATFORM).order_by("pk")[0]
    due = drills.due_at(platform, now=tender.now)
    assert due is not None
    for now, word, said in (
        (due[1] + DAY, "演练逾期", "项密钥演练逾期。"),
        (due[1] - 30 * DAY, "剩 30 天", "项密钥须在 90 天内演练。"),
    ):
        found = expiring.everything(now=now)
        drilled = [one for one in found if one.what == "受托人密钥" and one.until]
        assert drilled and {one.word for one in drilled} == {word}
        told = expiring.summary(drilled)
        assert told == f"没有定期失效的证书和密钥。{len(drilled)} {said}"
    assert "演练" not in expiring.summary(expiring.everything(now=tender.now))


def test_a_root_that_cannot_be_read_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def unread() -> list[bytes]:
        raise Unavailable("YANGCAI_TRUST 指向的文件不存在")

    monkeypatch.setattr(expiring.configured, "trust", unread)
    light = operating._keys(expiring.everything(now=NOW))
    assert light.tone == "bad" and "YANGCAI_TRUST 指向的文件不存在" in light.state and "换上新证书" in light.mend


def test_a_paper_that_could_not_be_read_once_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    expiring._in_paper.cache_clear()
    document = documents.store_bytes(data=papers.signed(), name="合同.pdf", person_id=1, now=NOW)
    Attachment.objects.create(
        subject="contract:1", document=document, root="case:1", title="签署文本", kind="signed_paper", at=NOW
    )

    def lost(_document: object) -> bytes:
        raise documents.BadDocument("missing", "示例")

    with monkeypatch.context() as patch:
        patch.setattr(documents, "read", lost)
        assert "签章证书" not in told()
    assert "签章证书" in told()


def test_the_certificates_are_those_of_papers_that_organisations_sign() -> None:
    document = documents.store_bytes(data=papers.signed(), name="合同.pdf", person_id=1, now=NOW)
    given = {"document": document, "root": "case:1", "title": "签署文本", "kind": "signed_paper", "at": NOW}
    Attachment.objects.create(subject="evaluationreport:1", **given)
    assert "签章证书" not in told()
    Attachment.objects.create(subject="contract:1", **given)
    found = expiring.everything(now=NOW)
    assert {one.name for one in found if one.what == "签章证书"} == {one.subject.name for one in papers.BOTH}
    assert [one.name for one in found if one.what == "时间戳证书"] == [STAMPER]


def test_a_paper_tells_with_which_certificates_it_was_signed_and_stamped() -> None:
    found = list(used(papers.signed()))
    assert found[0].role == SIGNER and found[0].until == UNTIL
    assert {one.name for one in found if one.role != SIGNER} == {STAMPER}
