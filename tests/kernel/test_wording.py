"""Does a text come in the words of the method, and stay as it is what somebody is called or wrote?"""

import datetime

import pytest
from django.utils import translation
from django.utils.translation import gettext as _

from tests import factories
from yangcai import procedures
from yangcai.credit.models import Debarment
from yangcai.credit.queries import may_take_part
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written, in_words, worded

SAY = procedures.get("consultation").word
NAME, NAME_EN = Written("甘肃中标招标有限公司"), Written("Bid & Tender (Gansu)")


def test_names_and_quotations_within_a_text_are_nobodys_words() -> None:
    facts = {"name": NAME, "name_en": NAME_EN}
    said = Refusal("x", f"投标人{NAME}已经中标", f"The bidder {NAME_EN} has won the tender", facts=facts)
    with in_words(SAY):
        assert said.text == "供应商甘肃中标招标有限公司已经成交"
        assert worded("投标人：投标", around=["投标"]) == "供应商：响应"  # a fact that is the platform's own word
        with translation.override("en"):
            assert said.text == "The supplier Bid & Tender (Gansu) has won the purchase"
    assert said.text == said.zh


def test_words_count_within_their_block_alone() -> None:
    with in_words(SAY):
        with in_words(None):
            assert _("投标人") == "投标人"
        assert _("投标人") == "供应商"
    assert _("投标人") == "投标人"


@pytest.mark.django_db
def test_a_rule_says_a_name_as_it_is() -> None:
    supplier = factories.make_organisation(kind="supplier", name=str(NAME))
    Debarment.objects.create(
        organisation=supplier,
        ground="procurement",
        from_on=datetime.date(2026, 1, 1),
        authority="兰州新区财政局",
        decision="新财招标〔2026〕9号",
    )
    [told] = may_take_part(supplier, at=datetime.date(2026, 2, 1))
    with in_words(SAY):
        assert told.text.startswith(f"{NAME}被列入") and "新财招标〔2026〕9号" in told.text
