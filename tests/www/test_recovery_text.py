"""Does the solicitation document say what follows when a bid does not open, with the numbers of its own policy?"""

import pytest
from django.utils import translation

from tests.tendering.sealing_walk import SealedTender
from tests.tendering.walk import Tender
from yangcai.sealing import faults
from yangcai.tendering import recovery_text
from yangcai.tendering.models import OpeningPolicy, Recovery, Solicitation
from yangcai.www.official import KINDS
from yangcai.www.official.drafts import solicited

pytestmark = pytest.mark.django_db


def test_what_follows_stands_in_the_document_as_the_opening_records_it() -> None:
    tender = SealedTender().announced()
    document = Solicitation.objects.get(case=tender.case)
    policy = OpeningPolicy.objects.get(lot=tender.lot)
    texts = [row["text"] for row in solicited(document)["sealing"]]
    with translation.override("en"):
        assert [row["text"] for row in solicited(document)["sealing"]] == texts
    whole = "\n".join(texts)
    assert f"有效份额达到 {policy.threshold} 份" in whole and f"在 {policy.window_seconds // 60} 分钟内" in whole
    for consequence in (faults.RESTORED, faults.SET_ASIDE, faults.WAITED, faults.REVOKED):
        assert consequence.zh in whole, consequence.zh
    assert all(recovery_text.CHOSEN[Recovery(code)] in whole for code in policy.recovery_allowed)
    named = [field.name for section in KINDS["solicitation"].sections for field in section.fields]
    assert "sealing" in named


def test_where_the_platform_seals_the_document_says_nothing_of_keys() -> None:
    tender = Tender().published()
    assert "sealing" not in solicited(Solicitation.objects.get(case=tender.case))
