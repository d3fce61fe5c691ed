"""Which components may a template use? The list with all parameters: templates/components/README.md."""

import datetime
from typing import Any, cast

from django import template
from django.forms import BoundField, CheckboxInput, Form
from django.http import QueryDict
from django.template import Context
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from yangcai.kernel.inputs import RowsField
from yangcai.kernel.refusals import Refusal
from yangcai.www import components, formats, icons, lines, marks
from yangcai.www import gantt as gantts

register = template.Library()

for _name in (
    "day",
    "moment",
    "deadline",
    "clock",
    "duration",
    "until",
    "amount",
    "quantity",
    "yuan",
    "wan",
    "capitals",
    "fingerprint",
    "file_size",
    "titled",
    "in_yuan",
):
    register.filter(_name, getattr(formats, _name))

register.filter("marked", marks.marked)
register.filter("its_lang", marks.its_lang)

TONE_MARKS = {
    "ok": "circle-check",
    "warn": "clock",
    "bad": "octagon-x",
    "info": "circle-dot",
    "mute": "circle-dashed",
    "done": "circle-check",
}
URGENCIES = {
    "overdue": ("bad", "alarm-clock"),
    "today": ("warn", "clock"),
    "week": ("info", "calendar-days"),
    "later": ("mute", "calendar"),
    "undated": ("mute", "circle-dashed"),
}
#: A notice whose submission closes within this time is marked; a matter of layout, not of law.
SOON = datetime.timedelta(days=7)
MINUTE = datetime.timedelta(minutes=1)
URGENT = 5 * MINUTE


@register.simple_tag
def icon(name: str) -> SafeString:
    """A Lucide icon as inline SVG, as large as the text, silent for screen readers."""
    return mark_safe(icons.svg(str(name)))


def _include(context: Context, name: str, **values: Any) -> str:
    """Render a component's template around the content of a block."""
    assert context.template is not None
    inner = context.new({**values, "request": context.get("request"), "csrf_token": context.get("csrf_token")})
    return context.template.engine.get_template(f"components/{name}.html").render(inner)


def _component(name: str) -> Any:
    return register.inclusion_tag(f"components/{name}.html", name=name)


# --- small marks -------------------------------------------------------------------------------------------------


@register.simple_tag
def tag(tone: str, text: str, icon: str | None = None) -> SafeString:
    return marks.tag(tone, text, icon=icon)


@register.simple_tag
def count(n: int) -> SafeString:
    return marks.count(n)


@register.simple_tag
def citation(c: Any, text: str = "", short: bool = False) -> SafeString:
    return marks.citation(c, text=text, short=short)


@_component("money")
def money(n: Any, capitals: bool = False, big: bool = False) -> dict[str, Any]:
    return {"n": n, "capitals": capitals, "big": big}


@_component("meta")
def meta(*facts: Any) -> dict[str, Any]:
    flat = [part for fact in facts for part in (fact if isinstance(fact, list | tuple) else [fact])]
    return {"facts": [part for part in flat if part not in (None, "")]}


@_component("countdown")
def countdown(due_at: datetime.datetime, now: datetime.datetime, label: str = "", big: bool = False) -> dict[str, Any]:
    left = due_at - now
    return {
        "due_at": due_at,
        "now": now,
        "label": label,
        "big": big,
        "over": left <= datetime.timedelta(),
        "urgent": datetime.timedelta() < left < URGENT,
        "parts": _parts(left),
    }


def _parts(left: datetime.timedelta) -> list[tuple[str, str]]:
    """Numbers and units as the browser's countdown writes them: d/h/m above a day, else h:m:s."""
    seconds = max(0, int(left.total_seconds()))
    days, hours, minutes = seconds // 86_400, seconds % 86_400 // 3_600, seconds % 3_600 // 60
    if days:
        return [(str(days), _("天")), (f"{hours:02}", _("时")), (f"{minutes:02}", _("分"))]
    shown = [(f"{hours:02}", _("时"))] if hours else []
    return [*shown, (f"{minutes:02}", _("分")), (f"{seconds % 60:02}", _("秒"))]


# --- blocks ------------------------------------------------------------------------------------------------------


@register.simple_block_tag(takes_context=True)
def page_head(context: Context, content: str, title: str, sub: str = "", kicker: Any = (), lang: str = "") -> str:
    """`lang`: of title and kicker, where they are data; the buttons beside them are ours."""
    return _include(context, "page_head", content=content, title=title, sub=sub, kicker=kicker, lang=lang)


@register.simple_block_tag(takes_context=True)
def card(
    context: Context, content: str, title: str = "", note: str = "", more: str = "", more_url: str = "", id: str = ""
) -> str:
    return _include(context, "card", content=content, title=title, note=note, more=more, more_url=more_url, id=id)


@register.simple_block_tag(takes_context=True)
def callout(context: Context, content: str, tone: str, title: str = "") -> str:
    return _include(context, "callout", content=content, tone=tone, title=title)


@register.simple_block_tag(takes_context=True)
def table_box(context: Context, content: str, label: str, cards: bool = False) -> str:
    return _include(context, "table_box", content=content, label=label, cards=cards)


@register.simple_block_tag(takes_context=True)
def action_card(context: Context, content: str, title: str, tone: str = "warn", label: str = "") -> str:
    return _include(context, "action_card", content=content, title=title, tone=tone, label=label or _("待您办理"))


@register.simple_block_tag(takes_context=True)
def sheet(
    context: Context,
    content: str,
    title: str,
    serial: str = "",
    number: str = "",
    digest: str = "",
    verify_code: str = "",
    verify_url: str = "",
    signatures: Any = (),
    lang: str = "",
) -> str:
    """`lang`: of a title that is data."""
    return _include(
        context,
        "sheet",
        content=content,
        title=title,
        serial=serial,
        number=number,
        digest=digest,
        verify_code=verify_code,
        verify_url=verify_url,
        signatures=signatures,
        lang=lang,
    )


@register.simple_block_tag(takes_context=True)
def filter_panel(context: Context, content: str, form: Form, title: str = "") -> str:
    chips = components.chips(form, context["request"].GET)
    return _include(context, "filter_panel", content=content, form=form, chips=chips, title=title or _("筛选"))


# --- a case ------------------------------------------------------------------------------------------------------


@_component("process_rail")
def process_rail(steps: Any, label: str = "") -> dict[str, Any]:
    steps = list(steps)
    states = [components.attribute(step, "state") for step in steps]
    current = next((n for n, state in enumerate(states, start=1) if state in {"current", "stopped"}), None)
    return {"steps": steps, "label": label or _("采购流程"), "current": current}


@_component("lamps")
def lamps(lamps: Any) -> dict[str, Any]:
    return {"lamps": [(lamp, TONE_MARKS[components.attribute(lamp, "tone")]) for lamp in lamps]}


@_component("clock_table")
def clock_table(clocks: Any, now: datetime.datetime) -> dict[str, Any]:
    return {"clocks": clocks, "now": now}


@register.simple_tag
def clock_lines(clocks: Any, now: datetime.datetime) -> SafeString:
    return lines.clocks(clocks, now=now)


@register.simple_tag
def timeline(entries: Any) -> SafeString:
    return lines.timeline(entries)


@register.simple_tag
def summary(rows: Any, columns: int = 1) -> SafeString:
    return lines.summary(rows, columns=columns)


@register.simple_tag
def closed_lines(offers: Any) -> SafeString:
    return lines.closed(offers)


@register.simple_tag
def later_lines(offers: Any) -> SafeString:
    return lines.later(offers)


@register.simple_tag
def each_offer(offers: Any) -> SafeString:
    return lines.each(offers)


@_component("receipt")
def receipt(title: str, rows: Any, number: str = "") -> dict[str, Any]:
    return {"title": title, "rows": rows, "number": number}


@_component("documents")
def documents(items: Any) -> dict[str, Any]:
    return {"items": items}


@_component("stage_bar")
def stage_bar(segments: Any) -> dict[str, Any]:
    return {"segments": segments}


@_component("score_matrix")
def score_matrix(columns: Any, rows: Any, total: Any = (), totalled: str = "", label: str = "") -> dict[str, Any]:
    heated = components.matrix(rows)
    return {
        "columns": columns,
        "rows": heated,
        "says": components.told(heated),
        "total": total,
        "totalled": totalled,
        "label": label or _("评分一致性"),
    }


@register.inclusion_tag("components/chart.html", takes_context=True, name="chart")
def chart(context: Context, picture: Any) -> dict[str, Any]:
    """A picture with its sentence, its table, and the same page's address that answers with the table as CSV."""
    request = context.get("request")
    query = request.GET.copy() if request is not None else QueryDict(mutable=True)
    query["csv"] = picture.key
    return {"picture": picture, "csv_url": f"?{query.urlencode()}"}


@_component("gantt")
def gantt(
    rows: Any, start: datetime.datetime, end: datetime.datetime, now: datetime.datetime, title: str, said: str
) -> dict[str, Any]:
    """The chart in two widths; `rows` are of www/gantt.py. The data table stands beside it, where it is made."""
    rows = list(rows)
    names = (
        ("g-prep", _("编制")),
        ("g-open", _("公告、投标")),
        ("g-judge", _("开标、评审")),
        ("g-award", _("定标")),
        ("g-least", _("法定最短期限")),
        ("g-due", _("办理期限")),
        ("g-late", _("已逾期")),
        ("g-now", _("现在")),
        ("g-rest", _("非工作日")),
    )
    drawings = [
        (size, gantts.gantt(rows, start=start, end=end, now=now, width=width)) for size, width in gantts.NATURAL
    ]
    return {"drawings": drawings, "title": title, "said": said, "legend": names}


@register.simple_tag
def refusals(list: Any, title: str = "") -> SafeString:
    return marks.refusals(list, title=title)


@register.simple_tag
def table_lines(table: Any) -> SafeString:
    return marks.table_lines(table)


@register.simple_tag
def open_links(offers: Any) -> SafeString:
    return marks.open_links(offers)


@register.simple_tag
def choice_of_posts(posts: Any, chosen: Any = None) -> SafeString:
    return marks.choice_of_posts(posts, chosen=chosen)


@_component("action_button")
def action_button(
    title: str,
    url: str,
    refusals: list[Refusal] | tuple[()] = (),
    primary: bool = False,
    icon: str = "",
    hint: str = "",
) -> dict[str, Any]:
    return {"title": title, "url": url, "refusals": refusals, "primary": primary, "icon": icon, "hint": hint}


# --- work --------------------------------------------------------------------------------------------------------


@_component("todo_groups")
def todo_groups(groups: Any, now: datetime.datetime) -> dict[str, Any]:
    titles = {
        "overdue": _("已逾期"),
        "today": _("今日到期"),
        "week": _("本周"),
        "later": _("以后"),
        "undated": _("无期限"),
    }
    shown = []
    for group in groups:
        key, items = components.attribute(group, "key"), components.attribute(group, "items")
        if items:
            total = components.attribute(group, "total", len(items))
            shown.append({"key": key, "title": titles[key], "icon": URGENCIES[key][1], "todos": items, "total": total})
    return {"groups": shown, "now": now}


@_component("todo_row")
def todo_row(item: Any, now: datetime.datetime, primary: bool = False, urgency: str = "later") -> dict[str, Any]:
    due_at = components.attribute(item, "due_at")
    over = due_at is not None and due_at < now
    return {"item": item, "now": now, "over": over, "primary": primary, "tone": URGENCIES[urgency][0]}


@_component("task_list")
def task_list(title: str, tasks: Any) -> dict[str, Any]:
    return {"title": title, "tasks": tasks}


@_component("notice_row")
def notice_row(notice: Any, now: datetime.datetime) -> dict[str, Any]:
    closes_at = components.attribute(notice, "closes_at")
    is_open = closes_at is not None and closes_at > now
    return {"notice": notice, "now": now, "open": is_open, "soon": is_open and closes_at - now < SOON}


@_component("figures")
def figures(items: Any, caption: str = "") -> dict[str, Any]:
    return {"items": items, "caption": caption}


@_component("log")
def log(lines: Any, label: str) -> dict[str, Any]:
    return {"lines": lines, "label": label}


@_component("empty_state")
def empty_state(title: str, why: str = "", action: str = "", url: str = "", icon: str = "inbox") -> dict[str, Any]:
    return {"title": title, "why": why, "action": action, "url": url, "icon": icon}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: Any) -> dict[str, Any]:
    pages = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return {"page": page, "pages": list(pages), "ellipsis": page.paginator.ELLIPSIS, "request": context["request"]}


@_component("tabs")
def tabs(items: Any, label: str) -> dict[str, Any]:
    return {"items": items, "label": label}


@_component("breadcrumb")
def breadcrumb(items: Any) -> dict[str, Any]:
    return {"items": items}


# --- portal ------------------------------------------------------------------------------------------------------


@_component("hero")
def hero(
    title: str, lead: str, search_url: str, placeholder: str = "", terms: Any = (), name: str = "q"
) -> dict[str, Any]:
    return {
        "title": title,
        "lead": lead,
        "search_url": search_url,
        "placeholder": placeholder or _("搜索公告、项目编号、单位"),
        "terms": terms,
        "name": name,
    }


@_component("doors")
def doors(items: Any) -> dict[str, Any]:
    return {"items": items}


@_component("pipeline")
def pipeline(items: Any, label: str) -> dict[str, Any]:
    return {"items": items, "label": label}


# --- forms -------------------------------------------------------------------------------------------------------


@_component("field")
def field(bound: BoundField) -> dict[str, Any]:
    widget = bound.field.widget
    kind = "plain"
    if isinstance(bound.field, RowsField):
        kind = "rows"
    elif isinstance(widget, CheckboxInput):
        kind = "choice"
    elif widget.use_fieldset:
        kind = "group"
    context: dict[str, Any] = {"bound": bound, "kind": kind, "errors": components.errors_of(bound)}
    if kind == "rows":
        rows_widget = cast(RowsField, bound.field).widget
        context["widget"] = {
            "name": bound.html_name,
            "rows": components.grouped(components.rows_of(bound), getattr(rows_widget, "group", None)),
            "empty": rows_widget.empty_row(f"{bound.html_name}-__n__"),
            "attrs": {"id": bound.auto_id},
            "is_fixed": rows_widget.blank == 0,
        }
    return context


@_component("fields")
def fields(form: Form) -> dict[str, Any]:
    """All that is asked; what a form declares and this row has no use for is not there."""
    return {"form": [bound for bound in form if not components.is_idle(bound)]}


@_component("error_summary")
def error_summary(form: Form | None = None, refusals: Any = ()) -> dict[str, Any]:
    return {"faults": components.faults(form, refusals)}


@register.inclusion_tag("components/action_form.html", takes_context=True)
def action_form(
    context: Context,
    form: Form,
    url: str,
    submit: str,
    cancel_url: str = "",
    hidden: dict[str, Any] | None = None,
    hint: str = "",
    danger: bool = False,
    refusals: Any = (),
) -> dict[str, Any]:
    return {
        "form": form,
        "url": url,
        "submit": submit,
        "cancel_url": cancel_url,
        "hidden": hidden or {},
        "hint": hint,
        "danger": danger,
        "faults": components.faults(form, refusals),
        "csrf_token": context.get("csrf_token"),
    }


@_component("result_page")
def result_page(title: str, tone: str = "ok", number: str = "", lead: str = "", next: Any = ()) -> dict[str, Any]:
    return {"title": title, "tone": tone, "mark": TONE_MARKS[tone], "number": number, "lead": lead, "next": next}
