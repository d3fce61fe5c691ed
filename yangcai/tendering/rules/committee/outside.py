"""May the experts of this case be drawn from another province's library (财库〔2012〕69号)?"""

import datetime
import re
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef

from yangcai import procedures
from yangcai.cases.models import Case
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel import documents
from yangcai.kernel.beneath import may_have
from yangcai.kernel.reading import remembered
from yangcai.kernel.refusals import Refusal
from yangcai.parties import other_libraries
from yangcai.tendering.models import Committee, ExpertDraw, OutsideLibrary

#: Kind of the Attachment that is the list as the other library sent it: names, for the supervisors alone.
LIST = "outside_list"
#: The first digits of a division code name the province.
PROVINCE = slice(0, 2)


def outside(case: Case) -> OutsideLibrary | None:
    """The other library, once its list is here."""
    return next((one for one in filings(case) if one.received_at is not None), None)


@remembered
def filings(case: Case) -> tuple[OutsideLibrary, ...]:
    """Every filing of the case, those that were sent back among them."""
    if not may_have(case, OutsideLibrary):
        return ()
    return tuple(OutsideLibrary.objects.filter(case=case).order_by("pk"))


@remembered
def draw_has_begun(case: Case) -> bool:
    """Whether a draw of the case is under way or done; what composed a committee that was dissolved is over."""
    if not may_have(case, ExpertDraw):
        return False
    gone = Committee.objects.filter(case=OuterRef("case"), dissolved_at__gte=OuterRef("opened_at"))
    return ExpertDraw.objects.filter(~Exists(gone), case=case, abandoned_at__isnull=True).exists()


def experts_are_drawn(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses a case that has ended, or whose method draws no experts."""
    committee = procedures.get(subject.procedure).committee
    if subject.ended_at is None and committee is not None and committee.size:
        return None
    return Refusal(
        "no_draw_here",
        "本项目不抽取评审专家，或者已经结束",
        "No experts are drawn for this case, or it has ended",
    )


def no_draw_has_begun(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Once a draw began its library stays, and nobody is chosen in the place of somebody who was drawn."""
    if not draw_has_begun(subject):
        return None
    return Refusal(
        "draw_begun",
        "评审专家已经开始抽取，不能再自行选定专家或者改换专家库",
        "The draw has begun: nobody is chosen any more, and its library stays",
    )


def none_is_filed(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """One filing at a time: refuses unless every earlier one was sent back."""
    if all(one.refused_at is not None for one in filings(subject)):
        return None
    return Refusal("outside_filed", "已经报送异地抽取备案", "A draw from another province is filed already")


def is_another_province(subject: Case, *, now: datetime.datetime, province: str, **_: Any) -> Refusal | None:
    """Refuses a library of the case's own province, by the first two digits of the division code (财库〔2012〕69号)."""
    if province[PROVINCE] != subject.jurisdiction[PROVINCE]:
        return None
    return refuse(
        "committee.outside_library",
        code="own_province",
        zh="该专家库在本省，直接从本省专家库抽取，不需要异地抽取备案",
        en="That library is of this province: draw from it as usual, nothing is filed",
        field="province",
        **applicable(subject, now=now),
    )


def no_outside_list_waits(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Filed first, drawn then; while the list is not here there is nothing to draw from."""
    if all(one.received_at is not None or one.refused_at is not None for one in filings(subject)):
        return None
    return refuse(
        "committee.outside_library",
        code="outside_list_awaited",
        zh="异地抽取已报送备案，财政部门尚未备案并导入外省专家名单，不能抽取",
        en="A draw from another province was filed; the treasury has not taken it in with its list yet",
        **applicable(subject, now=now),
    )


def waits(subject: OutsideLibrary, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses a filing that was taken in or sent back."""
    if subject.received_at is None and subject.refused_at is None:
        return None
    return Refusal("decided", "该备案已经办结", "This filing is closed")


def is_not_drawn_yet(subject: OutsideLibrary, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses a list that comes after the draw began."""
    return no_draw_has_begun(subject.case, by=by, now=now)


def lines_of(corrected: str) -> set[int]:
    """The numbers of the lines that somebody wrote down, whatever stands between them."""
    return {int(found) for found in re.findall(r"\d+", corrected)}


def list_is_readable(
    subject: OutsideLibrary, *, now: datetime.datetime, names: Any, corrected: str, **_: Any
) -> Iterator[Refusal]:
    """Every line has its cells and a number of its own, and a number means the person whom it meant before. Where the
    name is another, the treasury says line by line that the library corrected it and the person is the same."""
    try:
        listed = other_libraries.read(documents.read(names))
    except other_libraries.BadList as error:
        yield Refusal("bad_list", error.zh, error.en, field="names")
        return
    other_libraries.one_at_a_time()
    others, said = other_libraries.other_names(subject.library, listed), lines_of(corrected)
    for line in others:
        if line not in said:
            yield Refusal(
                "another_name",
                f"名单第 {line} 行的编号在该专家库此前的名单中是另一姓名；请与提供名单的专家库核实：编号有误的，更正后"
                "重新导入；确为同一人更正姓名的，在“更正姓名的行”中填写该行",
                f"The number in line {line} stood beside another name on an earlier list of this library. Have the"
                " library that sent it check: a wrong number is put right and the list taken in again; where the name"
                " of the same person was corrected, name the line as corrected",
                field="names",
            )
    for line in sorted(said.difference(others)):
        yield Refusal(
            "nothing_corrected",
            f"名单第 {line} 行没有更正姓名：该编号此前没有导入，或者姓名相同",
            f"No name is corrected in line {line}: its number is new here, or the name is the same",
            field="corrected",
        )
