"""Which notices are wanted? The filters of the list, of its feed and of a search that somebody keeps: one form."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yangcai import procedures
from yangcai.kernel.refusals import in_chinese
from yangcai.planning.models import Category
from yangcai.portal.notices.base import TYPES

LONGEST = 100


class Filters(forms.Form):
    """What to look for; everything may stay empty."""

    q = forms.CharField(label=gettext_lazy("关键词"), required=False, max_length=LONGEST)
    kind = forms.ChoiceField(label=gettext_lazy("公告类型"), required=False)
    category = forms.ChoiceField(
        label=gettext_lazy("类别"), required=False, choices=[("", gettext_lazy("全部")), *Category.choices]
    )
    procedure = forms.ChoiceField(label=gettext_lazy("采购方式"), required=False)
    buyer = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        everything = ("", _("全部"))
        kinds: Any = self.fields["kind"]
        kinds.choices = [everything, *((t.code, t.name) for t in TYPES.values())]
        methods: Any = self.fields["procedure"]
        methods.choices = [
            everything,
            *((p.code, p.zh if in_chinese() else p.en) for p in procedures.PROCEDURES.values()),
        ]

    def wanted(self) -> dict[str, Any]:
        """The arguments of `search_notices`; a filter that says nothing lawful filters nothing."""
        if not self.is_bound:
            return {}
        self.is_valid()
        found = dict(self.cleaned_data)
        found["text"] = found.pop("q", "")
        return {name: value for name, value in found.items() if value}


def as_query(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The same as the parameters of an address."""
    return {"q" if name == "text" else name: value for name, value in wanted.items() if value}
