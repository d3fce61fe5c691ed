"""Which samples does the document ask for, how do they come in, and what becomes of them (87号令 art. 22)?"""

import datetime
import secrets
from typing import Any

from django import forms
from django.forms.models import model_to_dict
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Lot, Stage
from yangcai.cases.rules import runs_the_case
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, TextField
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering.actions.solicitation import ROLES, unconfirm
from yangcai.tendering.models import Sample, SampleFate, SampleGround, SampleTerms
from yangcai.tendering.rules import bids
from yangcai.tendering.rules import samples as rules


class DefineSamples(Input):
    is_asked = forms.BooleanField(label=_("要求投标人提供样品"), required=False)
    ground = forms.ChoiceField(label=_("要求样品的情形"), choices=[("", "—"), *SampleGround.choices], required=False)
    reason = TextField(label=_("必要性说明"), lines=2, required=False)
    standard = TextField(label=_("制作标准和要求"), lines=3, required=False)
    needs_report = forms.BooleanField(label=_("须随样品提交检测报告"), required=False)
    institution = TextField(label=_("检测机构的要求"), required=False, help_text=_("写资质要求，不得指定某一家机构"))
    tested = TextField(label=_("检测内容"), lines=2, required=False)
    judged_by = TextField(label=_("样品评审方法和标准"), lines=3, required=False)
    place = TextField(label=_("递交地点"), required=False)
    keeping = TextField(label=_("中标样品的保管、封存"), lines=2, required=False)

    def scope(self) -> None:
        found = SampleTerms.objects.filter(lot=self.subject).first() if isinstance(self.subject, Lot) else None
        if found is not None:
            self.initial.update(is_asked=True, **model_to_dict(found, exclude=["id", "lot"]))


@action(
    "samples.define",
    zh="规定样品要求",
    en="State what samples are asked for",
    on=Lot,
    by=ROLES,
    at={Stage.PREPARATION},
    needs=(runs_the_case, rules.is_known_to_the_method),
    checks=(rules.terms_are_complete,),
    input=DefineSamples,
    sentence=("{post}规定了样品要求", "{post} stated what samples are asked for"),
    is_public=False,
    cites=("samples.exception", "samples.stated", "samples.after", "samples.no_change_of_result"),
    hint=(
        "一般不得要求样品；确需提供的，写明情形、制作标准、检测报告、评审方法和保管办法。不勾选即撤销样品要求",
        "As a rule none; else the lawful case, how they are made, tested, judged and kept. Unticked: none",
    ),
)
def define_samples(lot: Lot, *, by: Post, now: datetime.datetime, is_asked: bool, **told: Any) -> None:
    """The terms of the lot's samples; none without `is_asked`."""
    SampleTerms.objects.filter(lot=lot).delete()
    if is_asked:
        SampleTerms.objects.create(lot=lot, **told)
    unconfirm(lot.case)


@action(
    "sample.register",
    zh="登记样品",
    en="Register a sample",
    on=Lot,
    by={Role.SUPPLIER},
    at={Stage.SUBMISSION},
    needs=(rules.samples_are_asked, bids.has_documents, rules.is_not_registered, rules.opening_not_begun),
    sentence=("{post}登记了样品", "{post} registered a sample"),
    is_public=False,
    secret=True,
    cites=("samples.stated", "submission.secrecy"),
    hint=(
        "平台给出编号，请贴在样品上，样品上不得出现单位名称；接收人只看编号",
        "You get a code: put it on the sample, and no name; whoever takes it in sees the code alone",
    ),
)
def register_sample(lot: Lot, *, by: Post, now: datetime.datetime) -> Sample:
    """A code that tells nobody whose sample it is."""
    code = f"YP{secrets.token_hex(4).upper()}"
    return Sample.objects.create(lot=lot, supplier_id=by.organisation_id, code=code, registered_at=now)


class ReceiveSample(Input):
    label = TextField(label=_("样品编号"), max_length=20)
    condition = TextField(label=_("包装和密封情况"))


@action(
    "sample.receive",
    zh="接收样品",
    en="Take in a sample",
    on=Lot,
    by=ROLES,
    at={Stage.SUBMISSION},
    needs=(runs_the_case, rules.samples_are_asked, rules.opening_not_begun),
    checks=(rules.code_is_known,),
    input=ReceiveSample,
    sentence=("{post}接收了一件样品", "{post} took in a sample"),
    is_public=False,
    secret=True,
    cites=("samples.stated", "submission.receipt", "submission.late_bid"),
    hint=("核对样品上的编号；截止时间以后不再接收", "Compare the code on it; nothing is taken after the deadline"),
)
def receive_sample(lot: Lot, *, by: Post, now: datetime.datetime, label: str, condition: str) -> Sample:
    """It came in then, in this condition; its supplier reads that at once."""
    found = Sample.objects.get(lot=lot, code=label)
    found.received_at, found.condition = now, condition
    found.save(update_fields=["received_at", "condition"])
    return found


@action(
    "sample.release",
    zh="同意自行处理样品",
    en="Let the sample be disposed of",
    on=Sample,
    by={Role.SUPPLIER},
    needs=(rules.is_own, rules.activity_is_over, rules.is_not_settled, rules.has_lost),
    sentence=("{post}同意自行处理其样品", "{post} lets its sample be disposed of"),
    is_public=False,
    cites=("samples.after",),
)
def release_sample(sample: Sample, *, by: Post, now: datetime.datetime) -> Sample:
    """经未中标人同意后自行处理."""
    sample.released_at = now
    sample.save(update_fields=["released_at"])
    return sample


class SettleSample(Input):
    fate = forms.ChoiceField(label=_("处理结果"), choices=[("", _("请选择")), *SampleFate.choices])
    note = TextField(label=_("交接或者封存记录"), lines=2)


@action(
    "sample.settle",
    zh="退还、处理或者封存样品",
    en="Return, dispose of or keep a sample",
    on=Sample,
    by=ROLES,
    needs=(runs_the_case, rules.activity_is_over, rules.is_not_settled),
    checks=(rules.fate_is_lawful,),
    input=SettleSample,
    sentence=("{post}处理了一件样品", "{post} settled a sample"),
    is_public=False,
    cites=("samples.after", "samples.no_change_of_result"),
)
def settle_sample(sample: Sample, *, by: Post, now: datetime.datetime, fate: str, note: str) -> Sample:
    """What became of it, with its record."""
    sample.fate, sample.fate_note, sample.settled_at = fate, note, now
    sample.save(update_fields=["fate", "fate_note", "settled_at"])
    return sample
