"""Has the buyer confirmed the document, and the committee where it has to?"""

import datetime
from typing import Any

from yangcai.cases.models import Case
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.tendering import method
from yangcai.tendering.models import Solicitation


def is_confirmed(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """采购文件须经采购人确认; every later change takes the confirmation back."""
    if Solicitation.objects.filter(case=subject, confirmed_at__isnull=False).exists():
        return None
    return refuse(
        "agent.agreement",
        code="not_confirmed",
        zh="采购文件尚未经采购人审核岗确认",
        en="The buyer's reviewer has not confirmed the solicitation document",
        **applicable(subject, now=now),
    )


def not_confirmed_yet(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A document is confirmed once."""
    if not Solicitation.objects.filter(case=subject, confirmed_at__isnull=False).exists():
        return None
    return Refusal("confirmed_already", "采购文件已经确认", "The solicitation document is confirmed already")


def is_for_the_committee(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses where the method has no group confirm the file (74号令 art. 8 is where it does)."""
    if method.file_confirmed_by_committee(subject):
        return None
    return Refusal(
        "no_committee_confirms",
        "该采购方式的采购文件不由小组确认",
        "In this method no committee confirms the file",
    )


def is_confirmed_by_committee(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """确认或者制定谈判文件 (74号令 art. 8); every later change takes this confirmation back too."""
    key = method.file_confirmed_by_committee(subject)
    if not key or Solicitation.objects.filter(case=subject, committee_confirmed_at__isnull=False).exists():
        return None
    return refuse(
        key,
        code="not_confirmed_by_committee",
        zh="采购文件尚未经谈判小组确认；请先抽取小组成员，签到后由组长办理“小组确认采购文件”",
        en="The committee has not confirmed the file: form it first, and once all are signed in its chair confirms",
        **applicable(subject, now=now),
    )


def not_confirmed_by_committee(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """The group confirms the file once."""
    if not Solicitation.objects.filter(case=subject, committee_confirmed_at__isnull=False).exists():
        return None
    return Refusal("confirmed_already", "小组已经确认采购文件", "The committee has confirmed the file already")
