"""Is what is wrong in a row said in the language of whoever reads it, whoever was at the form?"""

import pytest
from django import forms
from django.utils import translation

from yangcai.kernel.inputs import Input, RowsField


class Row(forms.Form):
    price = forms.DecimalField(label="price", max_digits=6, decimal_places=2)


class Prices(Input):
    rows = RowsField(Row, label="prices")


@pytest.mark.parametrize("at_the_form", ["zh-hans", "en"])
@pytest.mark.parametrize("written", ["", "one", "1.001", "12345678"])
def test_a_fault_in_a_row_is_said_in_both_languages(at_the_form: str, written: str) -> None:
    with translation.override(at_the_form):
        (refusal,) = Prices({"rows": [{"price": written}]}).refusals()
    with translation.override("en"):
        assert "第" in refusal.zh and refusal.en.isascii(), refusal
    assert not refusal.zh.isascii() and "required" not in refusal.zh
