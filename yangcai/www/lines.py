"""How are the long lists of a page written: what is closed or comes later, what runs, what is known, what happened?

Like marks.py, and for the same reason: these lists are most of a case's page. Whatever they are given is escaped.
"""

import datetime
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.formats import localize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from yangcai.www import formats, icons
from yangcai.www.components import attribute
from yangcai.www.escaping import escaped, filled
from yangcai.www.marks import NOTHING, citation, count, marked, refusals, tag

#: State of a clock -> tone of its word.
TONES = {"running": "info", "met": "done", "overdue": "bad", "waiting": "mute", "over": "mute"}
#: So much of an Entry's digest stands beside it.
HASH_CHARACTERS = 8


def closed(lines: Iterable[Any]) -> SafeString:
    """What may not be done now (www/work/offers.py): of which rows, why, and by which article."""
    mark = icons.svg("lock")
    return mark_safe("\n".join(_closed(line, mark) for line in lines))


def _closed(line: Any, mark: str) -> str:
    first = line.first
    if line.is_one:
        which = f' <small lang="zh-Hans">{escaped(first.about)}</small>' if first.about else ""
    else:
        which = f" {count(len(line.offers))}"
    if not line.refusals:
        why = "".join(f"<p>{_about(one)}</p>{refusals(one.refusals)}" for one in line.offers)
    elif line.is_one:
        why = refusals(line.refusals)
    else:
        rows = escaped(_("、").join(str(one.about) for one in line.offers))
        why = f'<p class="hint" lang="zh-Hans">{rows}</p>{refusals(line.refusals)}'
    return f"<li><h3>{mark}{escaped(first.title)}{which}</h3>{why}{_ground(line)}</li>"


def later(lines: Iterable[Any]) -> SafeString:
    """What waits for another stage: which, from when, and by which article it is done then."""
    mark = icons.svg("clock")
    return mark_safe("\n".join(_later(line, mark) for line in lines))


def _later(line: Any, mark: str) -> str:
    first, which = line.first, ""
    if not line.is_one:
        which = f" {count(len(line.offers))}"
    elif first.about:
        which = f" {_about(first)}"
    when = "".join(f"<p>{escaped(one.text)}</p>" for one in line.refusals) or "".join(
        f"<p>{_about(offer)} {escaped(one.text)}</p>" for offer in line.offers for one in offer.refusals
    )
    return f"<li><h3>{mark}{escaped(first.title)}{which}</h3>{when}{_ground(line)}</li>"


def _about(offer: Any) -> str:
    return f'<small lang="zh-Hans">{escaped(offer.about)}</small>'


def _ground(line: Any) -> str:
    if not line.citation:
        return ""
    ground = escaped(_("依据"))
    return f'<p class="hint">{ground} {citation(line.citation)}</p>'


def each(offers: Iterable[Any]) -> SafeString:
    """One button for each row on which the same may be done."""
    return mark_safe("".join(_button(one) for one in offers))


def _button(one: Any) -> str:
    css, title = "button small primary" if one.is_due else "button small", one.title
    about = escaped(one.about or title)
    said = f'<span class="sr">{escaped(title)} </span><span lang="zh-Hans">{about}</span>'
    return f'<li><a class="{css}" href="{escaped(one.url)}">{said}</a></li>'


def clocks(found: Iterable[Any], *, now: datetime.datetime) -> SafeString:
    """The lines of the clock table (www/work/clocks.py)."""
    words = {
        "running": _("进行中"),
        "met": _("已完成"),
        "overdue": _("已逾期"),
        "waiting": _("尚未起算"),
        "over": _("已届满"),
    }
    heads = [formats.titled(head) for head in (_("期限"), _("剩余或办结"), _("责任方"), _("状态"))]
    return mark_safe("\n".join(_clock(item, words, heads, now=now) for item in found))


def _clock(item: Any, words: dict[str, str], heads: list[str], *, now: datetime.datetime) -> SafeString:
    state, due_at, url = attribute(item, "state"), attribute(item, "due_at"), attribute(item, "url")
    title, article, reminded = attribute(item, "title"), attribute(item, "citation"), attribute(item, "reminded")
    met_at, is_late = attribute(item, "met_at"), state == "overdue"
    if attribute(item, "is_window"):  # a window must have run for so long; a deadline must be kept
        limit, at = _("不早于 %(at)s"), formats.moment(due_at)
    else:
        limit, at = _("不迟于 %(at)s"), formats.deadline(due_at)
    left = ""
    if due_at is not None and state in {"running", "overdue"}:
        time = formats.until(due_at, now)
        left = _("逾期 %(late)s") % {"late": time} if is_late else time
    elif met_at:
        left = formats.moment(met_at)
    return filled(
        '<tr><th scope="row">{}{}</th><td data-label="{}" class="nowrap">{}</td>'
        '<td data-label="{}" class="nowrap{}">{}</td><td data-label="{}" class="nowrap">{}</td>'
        '<td data-label="{}">{}{}</td></tr>',
        filled('<a href="{}">{}</a>', url, marked(title)) if url else marked(title),
        filled("<small>{}</small>", citation(article)) if article else NOTHING,
        heads[0],
        limit % {"at": at} if at else "",
        heads[1],
        " over" if is_late else "",
        left,
        heads[2],
        marked(attribute(item, "actor") or ""),
        heads[3],
        tag(TONES[state], words[state]),
        filled("<small>{}</small>", reminded) if reminded else NOTHING,
    )


def timeline(entries: Iterable[Any]) -> SafeString:
    """What happened: `at`, `sentence`; also `refused`, `url`, `actor`, `citation`, `hash`, `note`."""
    return mark_safe(f'<ol class="timeline">{"".join(_happened(entry) for entry in entries)}</ol>')


def _happened(entry: Any) -> str:
    at, url, note = attribute(entry, "at"), attribute(entry, "url"), attribute(entry, "note")
    actor, article, digest = attribute(entry, "actor"), attribute(entry, "citation"), attribute(entry, "hash")
    said = marked(attribute(entry, "sentence"))
    if url:
        said = filled('<a href="{}">{}</a>', url, said)
    refused = attribute(entry, "refused")
    beside = f'<li><time datetime="{timezone.localtime(at).isoformat()}">{formats.moment(at)}</time></li>'
    if actor:
        beside += f"<li>{marked(actor)}</li>"
    if article:
        beside += f"<li>{citation(article)}</li>"
    if digest:
        number = _("留痕 %(seq)s") % {"seq": digest[:HASH_CHARACTERS]}
        beside += f"<li>{escaped(number)}</li>"
    css, mark = (' class="refused"', tag("bad", _("不予办理")) + " ") if refused else ("", "")
    remark = f'<p class="timeline-note">{marked(note)}</p>' if note else ""
    body = f'<p>{mark}{said}</p><ul class="meta">{beside}</ul>{remark}'
    return f'<li{css}><div class="timeline-body">{body}</div></li>'


def summary(rows: Iterable[Any], *, columns: int = 1) -> SafeString:
    """What is known: pairs of label and value, or with `lang`, `url`, `mono`, `hint` and `change_url`."""
    css = "summary two" if columns == 2 else "summary"
    return mark_safe(f'<dl class="{css}">{"".join(_fact(row) for row in rows)}</dl>')


def _fact(row: Any) -> str:
    known = {"label": row[0], "value": row[1]} if isinstance(row, tuple | list) else row
    label, lang = marked(formats.titled(known["label"])), known.get("lang")
    value = marked(known["value"]) if isinstance(known["value"], str) and not lang else _shown(known["value"])
    if url := known.get("url"):
        value = filled('<a href="{}">{}</a>', url, value)
    elif known.get("mono"):
        value = filled("<code>{}</code>", value)
    hint, change_url = known.get("hint"), known.get("change_url")
    lang = f' lang="{escaped(lang)}"' if lang else ""
    hint = f'<span class="hint">{marked(hint)}</span>' if hint else ""
    change = ""
    if change_url:
        word = escaped(_("修改"))
        change = f'<dd><a href="{escaped(change_url)}">{word}<span class="sr"> {label}</span></a></dd>'
    return f"<div><dt>{label}</dt><dd{lang}>{value}{hint}</dd>{change}</div>"


def _shown(value: Any) -> SafeString:
    """As a template writes it."""
    if isinstance(value, datetime.datetime):
        value = timezone.localtime(value)
    return escaped(value if isinstance(value, str) else localize(value))
