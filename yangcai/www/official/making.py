"""How does a row become a paper: the inside of its sheet, the PDF, the DOCX? One content for all."""

import datetime
from dataclasses import replace
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from yangcai.kernel.entries import plain
from yangcai.kernel.refusals import in_chinese
from yangcai.portal.notices.base import Section
from yangcai.www import formats, signed_papers, typeset
from yangcai.www.official.kind import Kind, case_of
from yangcai.www.public.notices import groups, numeral, shown


def sections(declared: tuple[Section, ...], facts: dict[str, Any]) -> list[dict[str, Any]]:
    """The sections with what they say, numbered; what is empty is left out."""
    told = plain(facts)
    out: list[dict[str, Any]] = []
    for section in declared:
        fields = [f for f in (shown(f, told.get(f.name)) for f in section.fields) if f]
        if fields:
            out.append({"number": numeral(len(out) + 1), "title": section.title, "groups": groups(fields)})
    return out


def inside(kind: Kind, row: Any, *, now: datetime.datetime) -> str:
    """The HTML of the sheet."""
    if kind.body is not None:
        return kind.body(row, now)
    context = {
        "lead": kind.lead(row),
        "sections": sections(kind.sections, kind.facts(row)),
        "is_demo": case_of(row).is_demo,
        "is_draft": kind.is_draft(row),
    }
    return render_to_string("work/official_inside.html", context)


def paper(kind: Kind, row: Any, *, now: datetime.datetime, url: str) -> typeset.Paper:
    """To be set or written: the same facts, serial, digest and code as on the page. `url`: where the code is typed."""
    code = kind.code_of(row)
    case = case_of(row)
    at: datetime.datetime | None = kind.at(row)
    assert at is not None  # otherwise there is no paper
    columns = (_("办理事项"), _("岗位"), _("时间"), _("留痕摘要"))
    return typeset.Paper(
        title=kind.title,
        number=kind.serial(row),
        author=case.buyer.name,
        html=inside(kind, row, now=now),
        lang="zh" if in_chinese() else "en",
        digest=kind.digest(row),
        footer=_("验证码 %(code)s") % {"code": formats.fingerprint(code)},
        at=at,
        is_demo=case.is_demo,
        words={
            "signatures": _("办理记录"),
            "columns": [formats.titled(text) for text in columns],
            "proof": _("核对"),
            "what_is_signed": _(
                "本文件由平台按留痕的事实生成，下列摘要由文件种类、编号和全部事实算出，改动任何一项都会不同。"
            ),
            "verify": _("在 %(url)s 输入验证码 %(code)s，核对编号、时间和摘要是否与本文件一致。")
            % {"url": url, "code": formats.fingerprint(code)},
        },
        signatures=[[act.what, act.office, formats.moment(act.at), act.proof] for act in kind.done(row)],
    )


def unsigned(kind: Kind, row: Any, *, what: str) -> bytes:
    """The PDF before its signatures, of a kind that bears them; `what` says what they are under."""
    columns = (_("办理事项"), _("岗位"), _("时间"), _("留痕摘要"))
    at: datetime.datetime | None = kind.at(row)
    assert at is not None  # only what was done is signed
    made = paper(kind, row, now=at, url="")
    return typeset.pdf(replace(made, words=signed_papers.words(columns=columns, what=what)))
