"""How does a stranger see that a draw was honest? A page, a file, and a check that runs in the reader's browser."""

import json
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yangcai.cases.models import Case
from yangcai.cases.queries import visible_to
from yangcai.parties.models import Post
from yangcai.parties.roles import BUYER, Role
from yangcai.tendering import vrd
from yangcai.tendering.draws import REASONS
from yangcai.tendering.models import DrawSide
from yangcai.tendering.queries import draws
from yangcai.www import formats
from yangcai.www.access import PUBLIC, page
from yangcai.www.work.tables import Cell, Column, Line, Table

OUTCOMES = {
    vrd.SEATED: gettext_lazy("入选"),
    vrd.REFUSED: gettext_lazy("不能参加"),
    vrd.REPLACED: gettext_lazy("更换"),
    vrd.PASSED: gettext_lazy("跳过"),
}
#: What the check in the browser may find, by the code of `vrd.faults`.
DIFFERENCES = {
    "version": gettext_lazy("版本不是 vrd/1"),
    "case": gettext_lazy("项目编号与承诺的不符"),
    "pool": gettext_lazy("名单与承诺的名单摘要或者人数不符"),
    "leaf": gettext_lazy("承诺的叶摘要不符"),
    "parties": gettext_lazy("公布随机数的各方与承诺的各方不符"),
    "promise": gettext_lazy("有一方公布的随机数与其承诺不符"),
    "seed": gettext_lazy("种子不符"),
    "order": gettext_lazy("抽取顺序不符"),
    "call": gettext_lazy("没有按抽取顺序依次通知"),
    "outcome": gettext_lazy("通知结果不明"),
    "reason": gettext_lazy("未入选但没有理由"),
    "unopened": gettext_lazy("已入选但没有公开"),
    "places": gettext_lazy("入选人数少于承诺的席位"),
    "opening": gettext_lazy("公开的内容与名单上的行不符"),
    "unreadable": gettext_lazy("不是 VRD/1 抽取记录"),
}
#: Who reads a record at work; everybody else reads it on the portal.
READERS = frozenset({*BUYER, Role.AGENT, Role.TREASURY, Role.AUDITOR})
#: Of a line so much is shown; the file has all of it.
SHORT = 8


def _case(request: HttpRequest, post: Post | None, pk: int) -> Case:
    found = visible_to(post, request.now).filter(pk=pk).first()  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


def _records(request: HttpRequest, case: Case, post: Post | None) -> dict[str, Any]:
    """404 while the names are secret: not even that there is a record is told."""
    found = draws.records(case, post=post, now=request.now)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


def _file(case: Case, records: dict[str, Any]) -> HttpResponse:
    text = json.dumps(records, ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(case.number)}-draw.json"
    response["Cache-Control"] = "private, no-store"
    return response


def _page(request: HttpRequest, case: Case, records: dict[str, Any], *, file_url: str, case_url: str) -> HttpResponse:
    context = {
        "case": case,
        "kicker": [case.number, case.title],
        "draws": [_shown(record) for record in records["draws"]],
        "file_url": file_url,
        "case_url": case_url,
        "file_name": f"{case.number}-draw.json",
        "differences": DIFFERENCES.items(),
    }
    response = render(request, "public/draw.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@page(by=PUBLIC)
def public_draws(request: HttpRequest, pk: int) -> HttpResponse:
    """For anyone, from the result notice on: who sits is named, nobody else."""
    case = _case(request, None, pk)
    urls = {"file_url": reverse("public_draw_file", args=[pk]), "case_url": reverse("public_case", args=[pk])}
    return _page(request, case, _records(request, case, None), **urls)


@page(by=PUBLIC)
def public_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a file that `yangcai draw verify` recomputes."""
    case = _case(request, None, pk)
    return _file(case, _records(request, case, None))


@page(by=READERS)
def case_draws(request: HttpRequest, pk: int) -> HttpResponse:
    """For the treasury and the auditors with every line opened, as soon as the draw is done."""
    post = request.post  # type: ignore[attr-defined]
    case = _case(request, post, pk)
    urls = {"file_url": reverse("work_draw_file", args=[pk]), "case_url": reverse("work_case", args=[pk])}
    return _page(request, case, _records(request, case, post), **urls)


@page(by=READERS)
def case_file(request: HttpRequest, pk: int) -> HttpResponse:
    post = request.post  # type: ignore[attr-defined]
    case = _case(request, post, pk)
    return _file(case, _records(request, case, post))


# --- one draw ------------------------------------------------------------------------------------------------------


def _shown(record: dict[str, Any]) -> dict[str, Any]:
    commit = record["commit"]
    numbers = {"count": commit["count"], "places": commit["places"]}
    return {
        "title": _title(record),
        "summary": [
            {"label": _("名单"), "value": _("%(count)d 名，抽取 %(places)d 名") % numbers},
            {"label": _("抽取时间"), "value": formats.moment(_moment(record["drawn_at"]))},
            {"label": _("名单摘要"), "value": formats.fingerprint(commit["pool"]), "mono": True},
            {"label": _("承诺摘要"), "value": formats.fingerprint(record["leaf"]), "mono": True},
            {
                "label": _("日志头摘要"),
                "value": formats.fingerprint(record["head"]["hash"]),
                "mono": True,
                "hint": _("取自平台留痕，尚无见证人联署"),
            },
            {"label": _("抽取种子"), "value": formats.fingerprint(record["seed"]), "mono": True},
        ],
        "parties": _parties(record),
        "calls": _calls(record),
        "is_alone": set(record["numbers"]) <= {"platform", "public"},
        "earlier": [one for one in record["earlier"] if one["abandoned"]],
        "left": commit["count"] - len(record["calls"]),
    }


def _title(record: dict[str, Any]) -> str:
    if record["of"] == "suppliers":
        return _("供应商抽取")
    return _("评审专家抽取：第 %(n)d 轮") % {"n": record["commit"]["round"]}


def _moment(text: str | None) -> Any:
    return parse_datetime(text) if text else None


def _parties(record: dict[str, Any]) -> list[dict[str, str]]:
    """First the digest, then the number: nobody can change the one after hearing the others. Both as they are, for
    whoever copies them."""
    promises, numbers = record["commit"]["promises"], record["numbers"]
    return [
        {"party": str(side.label), "digest": promises[side], "number": numbers[side]}
        for side in DrawSide
        if side in numbers
    ]


def _calls(record: dict[str, Any]) -> Table:
    """In the order of the draw: a name where the line is opened, else its digest alone."""
    opened = {one["line"]: one["facts"] for one in record["opened"]}
    lines = []
    for call in record["calls"]:
        facts = opened.get(call["line"], {})
        lines.append(
            Line(
                [
                    Cell(str(call["position"]), is_number=True),
                    Cell(f"{call['line'][:SHORT]}…"),
                    Cell(facts["name"], is_data=True) if facts else Cell(_("保密")),
                    Cell(facts.get("unit") or facts.get("uscc") or "", is_data=True),
                    Cell(_outcome(call)),
                ],
                (),
            )
        )
    columns = [
        Column(_("序号"), is_number=True),
        Column(_("名单上的行")),
        Column(_("名称")),
        Column(_("单位或者代码")),
        Column(_("结果")),
    ]
    return Table(_("依次通知"), columns, lines)


def _outcome(call: dict[str, Any]) -> str:
    outcome = str(OUTCOMES.get(call["outcome"], call["outcome"]))
    reason = str(REASONS.get(call["reason"], call["reason"]))
    return _("%(outcome)s（%(reason)s）") % {"outcome": outcome, "reason": reason} if reason else outcome
