"""How does a supplier see, on the form of its bid, what the formal rules of the evaluation make of the draft?"""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yangcai.cases.models import Lot
from yangcai.kernel.inputs import Input, number_of
from yangcai.tendering import preflight
from yangcai.tendering.preflight import Verdict
from yangcai.www.components import anchor

#: The Action whose form has a pre-flight.
OF = "bid.submit"
TONES = {Verdict.FAIL: "bad", Verdict.WARN: "warn", Verdict.PASS: "ok"}


class SelfCheck(forms.Form):
    """The clauses that the bidder ticks for itself; no field of the bid, so that nothing of it is sealed or kept."""

    met = forms.MultipleChoiceField(
        label=gettext_lazy("对照自查"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("逐项核对投标文件是否满足；只用于预检，不递交，也不保存"),
    )


def self_check(lot: Lot, request: HttpRequest) -> SelfCheck:
    """The checklist of this lot, with what was ticked."""
    form = SelfCheck(initial={"met": request.POST.getlist("met")})
    form.fields["met"].choices = [  # type: ignore[attr-defined]
        (str(clause.pk), format_html('<span lang="zh-Hans">{}</span>', clause.text))
        for clause in preflight.clauses(lot)
    ]
    return form


def checked(form: Input, request: HttpRequest) -> dict[str, Any]:
    """The lines of the result and how many there are of each kind."""
    met = frozenset(n for pk in request.POST.getlist("met") if (n := number_of(pk)) is not None)
    found = preflight.of_form(form, met=met)
    words = {Verdict.FAIL: _("不通过"), Verdict.WARN: _("注意"), Verdict.PASS: _("通过")}
    counts = {verdict: sum(1 for one in found if one.verdict == verdict) for verdict in Verdict}
    lines = [
        {
            "text": one.text,
            "citation": one.citation,
            "tone": TONES[one.verdict],
            "word": words[one.verdict],
            "href": f"#{anchor(form[one.field])}" if one.field in form.fields else "",
        }
        for one in found
    ]
    return {
        "lines": lines,
        "tone": "bad" if counts[Verdict.FAIL] else "warn" if counts[Verdict.WARN] else "ok",
        "said": _("不通过 %(fail)d 项，注意 %(warn)d 项，通过 %(passed)d 项。")
        % {"fail": counts[Verdict.FAIL], "warn": counts[Verdict.WARN], "passed": counts[Verdict.PASS]},
    }
