"""Is what comes out of an envelope the same offer as what the form would have been sent, or refused?"""

from decimal import Decimal
from typing import Any

import pytest
from django import forms

from yangcai.kernel.encoding import jcs, parse_jcs
from yangcai.kernel.inputs import MoneyField, PrivateFilesField, RowsField, TextField
from yangcai.sealing.schedule import BadOffer
from yangcai.tendering.actions.bids import LineRow, SubmitBid
from yangcai.tendering.sealed_offer import form_data, kinds


class Offer(forms.Form):
    price = MoneyField()
    ceiling = MoneyField(required=False)
    lines = RowsField(LineRow)
    share = forms.DecimalField(decimal_places=4)
    is_domestic = forms.BooleanField(required=False)
    brand = TextField(required=False)
    attachments = PrivateFilesField(required=False)


LINE = {
    "item": "计算机",
    "brand": "",
    "specification": "X1",
    "quantity": "100.125",
    "unit_price": 900001,
    "amount": 90_000_100,
}
SEALED: dict[str, Any] = {
    "price": 88_888_888,
    "ceiling": None,
    "lines": [LINE],
    "share": "0.3000",
    "is_domestic": True,
    "brand": "甲",
}


def test_it_comes_out_as_it_went_in() -> None:
    form = Offer(form_data(parse_jcs(jcs(SEALED)), form=Offer))
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {
        "price": Decimal("888888.88"),
        "ceiling": None,
        "lines": [
            LINE | {"quantity": Decimal("100.125"), "unit_price": Decimal("9000.01"), "amount": Decimal("900001.00")}
        ],
        "share": Decimal("0.3000"),
        "is_domestic": True,
        "brand": "甲",
        "attachments": [],
    }


def test_every_fen_survives() -> None:
    for fen in (0, 1, 9, 10, 99, 100, 101, 10**15 - 1):
        assert Decimal(form_data({"price": fen}, form=Offer)["price"]) * 100 == fen


def test_money_that_a_program_wrote_as_text_is_yuan() -> None:
    assert form_data({"price": "900000.00"}, form=Offer) == {"price": "900000.00"}


def test_what_the_api_takes_as_a_number_or_leaves_out_is_taken() -> None:
    found = form_data({"lines": [{"quantity": 100, "brand": None}]}, form=Offer)
    assert found == {"lines": [{"quantity": "100", "brand": ""}]}


@pytest.mark.parametrize(
    "price",
    [
        {"price": True},
        {"price": [1]},
        {"unknown": 1},
        {"attachments": []},
        {"lines": "x"},
        {"lines": ["x"]},
        {"lines": [{"unknown": 1}]},
        {"lines": [{"item": True}]},
        {"is_domestic": "yes"},
        {"brand": []},
        {"share": 0.5},
    ],
)
def test_what_no_form_can_hold_is_refused(price: dict[str, Any]) -> None:
    with pytest.raises(BadOffer):
        form_data(price, form=Offer)


def test_the_page_is_told_of_every_field_but_the_files() -> None:
    told = kinds(SubmitBid)
    assert set(told) == set(SubmitBid.base_fields) - {"attachments"}
    assert told["price"] == {"kind": "money", "required": True}
    assert told["lines"]["columns"]["unit_price"] == {"kind": "money", "required": True}
    assert told["commitment"] == {"kind": "flag", "required": True}
