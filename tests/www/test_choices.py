"""Does what one chooses from a list begin as a label does: in English with a capital?"""

import re

import pytest
from django import forms
from django.test import Client
from django.utils import translation

from yangcai.kernel.inputs import Input

OPTION = re.compile(r"<option[^>]*>([^<]+)</option>")
KINDS = (("goods", "货物"), ("works", "works"))


class Chosen(Input):
    """A list, and the same to tick in."""

    one = forms.ChoiceField(choices=KINDS)
    some = forms.MultipleChoiceField(choices=KINDS, widget=forms.CheckboxSelectMultiple)


def test_a_choice_begins_with_a_capital_in_english_only() -> None:
    with translation.override("en"):
        english = str(Chosen()["one"]) + str(Chosen()["some"])
    assert english.count("Works") == 2 and english.count("货物") == 2
    assert str(Chosen()["one"]).count(">works<") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/notices/", "/register/"])
def test_so_do_all_of_a_page(client: Client, address: str) -> None:
    client.cookies["django_language"] = "en"
    options = OPTION.findall(client.get(address).content.decode())
    assert len(options) > 3
    assert not [one for one in options if one[0].islower()]
