"""How are experts drawn from another province's library: filed, its list brought in, or refused (异地抽取)?"""

import datetime
from typing import Any

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.kernel import documents
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DocumentField, Input, TextField
from yangcai.kernel.models import Document
from yangcai.parties import other_libraries
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering.models import OutsideLibrary
from yangcai.tendering.rules.committee import outside as rules


class FileOutsideLibrary(Input):
    library = TextField(label=_("专家库"), help_text=_("如：某省政府采购评审专家库"))
    province = TextField(
        label=_("所在省份代码"),
        help_text=_("六位行政区划代码，如 610000"),
        validators=[RegexValidator(r"\A[1-9][0-9]{5}\Z", _("应为六位行政区划代码"))],
    )
    reason = TextField(label=_("异地抽取的理由"), lines=3)
    paper = DocumentField(label=_("备案函"))


@action(
    "outside_library.file",
    zh="报送异地抽取备案",
    en="File a draw from another province",
    on=Case,
    by={Role.AGENT, Role.BUYER_OFFICER},
    needs=(rules.experts_are_drawn, rules.no_draw_has_begun, rules.none_is_filed),
    checks=(rules.is_another_province,),
    input=FileOutsideLibrary,
    creates=False,
    sentence=("{post}报送了异地抽取评审专家备案", "{post} filed a draw of experts from another province"),
    is_public=False,
    cites=("committee.outside_library", "committee.random_draw"),
    hint=(
        "事前书面报本级财政部门备案；财政部门导入外省专家库提供的名单后，按同样的承诺抽取",
        "Filed in writing with one's own treasury first, which brings in the other library's list; then drawn by the"
        " same sealed draw",
    ),
)
def file_outside_library(
    case: Case, *, by: Post, now: datetime.datetime, paper: Document, **told: Any
) -> OutsideLibrary:
    """Declared before anybody is drawn."""
    made = OutsideLibrary.objects.create(case=case, filed_at=now, **told)
    documents.attach(paper, to=made, title="异地抽取备案函", kind="outside_library", by=by, now=now)
    return made


class ReceiveOutsideList(Input):
    number = TextField(label=_("备案文号"))
    names = DocumentField(
        label=_("外省专家名单"),
        help_text=_("CSV 文件，列为：编号、姓名、工作单位、评审专业；只用于本项目的抽取"),
    )
    corrected = TextField(
        label=_("更正姓名的行"),
        required=False,
        help_text=_("经与提供名单的专家库核实，编号不变、同一人更正姓名的，逐行填写行号（表头为第 1 行），如：3、6"),
        validators=[
            RegexValidator(r"\A\s*[0-9]{1,4}(?:[\s,，、]+[0-9]{1,4})*\s*\Z", _("填写行号，用顿号或者逗号隔开"))
        ],
    )


@action(
    "outside_library.receive",
    zh="备案并导入外省专家名单",
    en="Take in the other library's list",
    on=OutsideLibrary,
    by={Role.TREASURY},
    needs=(rules.waits, rules.is_not_drawn_yet),
    checks=(rules.list_is_readable,),
    input=ReceiveOutsideList,
    sentence=("{post}备案并导入了外省专家名单", "{post} took in the list of another province's library"),
    is_public=False,
    secret=True,  # who stands on it is (87号令 art. 47)
    cites=("committee.outside_library", "committee.secrecy"),
)
def receive_outside_list(
    library: OutsideLibrary, *, by: Post, now: datetime.datetime, number: str, names: Document, corrected: str
) -> OutsideLibrary:
    """From here on the case is drawn from this list; its digest goes into the commit of the draw, and the file itself
    is kept beside it for the supervisors."""
    content, lines = documents.read(names), rules.lines_of(corrected)
    listed = other_libraries.read(content)
    experts, library.added = other_libraries.take_in(library.library, listed, corrected=lines, now=now)
    library.listed, library.corrected = len(experts), len(lines)
    library.number, library.list_digest, library.received_at = number, other_libraries.digest(content), now
    library.save(update_fields=["number", "list_digest", "received_at", "listed", "added", "corrected"])
    library.experts.set(experts)
    documents.attach(names, to=library, title="外省专家名单", kind=rules.LIST, by=by, now=now)
    return library


class RefuseOutsideLibrary(Input):
    reason = TextField(label=_("不予备案的理由"), lines=2)


@action(
    "outside_library.refuse",
    zh="不予异地抽取备案",
    en="Send the filing back",
    on=OutsideLibrary,
    by={Role.TREASURY},
    needs=(rules.waits,),
    input=RefuseOutsideLibrary,
    sentence=("{post}退回了异地抽取备案", "{post} sent the filing of another province's library back"),
    is_public=False,
    cites=("committee.outside_library",),
)
def refuse_outside_library(library: OutsideLibrary, *, by: Post, now: datetime.datetime, reason: str) -> OutsideLibrary:
    """Drawn from the own library, or filed anew."""
    library.refused_at, library.refusal = now, reason
    library.save(update_fields=["refused_at", "refusal"])
    return library
