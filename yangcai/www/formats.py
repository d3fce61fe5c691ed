"""How are dates, durations and amounts written in the reader's language?"""

import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from yangcai.kernel import money
from yangcai.kernel.numbers import bare
from yangcai.kernel.refusals import in_chinese

TEN_THOUSAND = Decimal(10_000)
MILLION = Decimal(1_000_000)


def day(value: datetime.date | str | None) -> str:
    """2026-03-02, of a date or of a datetime in the platform's time zone. Text passes unchanged, None is empty."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, datetime.datetime):
        value = timezone.localtime(value).date()
    return value.isoformat()


def moment(value: datetime.date | str | None) -> str:
    """2026-03-02 09:00; a date without a time stays a date."""
    if isinstance(value, datetime.datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return day(value)


def deadline(value: datetime.date | str | None) -> str:
    """2026-03-01 24:00 for what must be done before 2 March begins: the day that a person may still use."""
    if isinstance(value, datetime.datetime):
        local = timezone.localtime(value)
        if local.time() == datetime.time():
            return f"{(local - datetime.timedelta(days=1)).date().isoformat()} 24:00"
    return moment(value)


def clock(value: datetime.datetime | None) -> str:
    """09:00"""
    return timezone.localtime(value).strftime("%H:%M") if value else ""


def duration(value: datetime.timedelta | None) -> str:
    """6天4小时 above a day, 4小时17分 above an hour, else 17分; the sign is dropped."""
    if value is None:
        return ""
    days, rest = divmod(int(abs(value).total_seconds()), 86_400)
    hours, rest = divmod(rest, 3_600)
    parts = {"days": days, "hours": hours, "minutes": rest // 60}
    if days:
        return (_("%(days)d天%(hours)d小时") if hours else _("%(days)d天")) % parts
    if hours:
        return (_("%(hours)d小时%(minutes)d分") if parts["minutes"] else _("%(hours)d小时")) % parts
    return _("%(minutes)d分") % parts


def until(at: datetime.datetime | None, now: datetime.datetime) -> str:
    """The time left until `at`, or the time since; see `duration`."""
    return duration(at - now) if at else ""


def amount(value: Decimal | int | None) -> str:
    """4,735,500.00"""
    return "" if value is None else money.figures(Decimal(value))


def quantity(value: Decimal | str | None) -> str:
    """30.000 -> 30, 12.500 -> 12.5: how many, without places that say nothing."""
    return "" if value is None else bare(Decimal(value))


def yuan(value: Decimal | int | None) -> str:
    """4,735,500.00 元, or CNY 4,735,500.00"""
    if value is None:
        return ""
    return f"{amount(value)} 元" if in_chinese() else f"CNY {amount(value)}"


def wan_parts(value: Decimal | int) -> tuple[str, str]:
    """(473.55, 万元) or (4.74, CNY million): number and unit of a large figure, for `figures`."""
    if in_chinese():
        return f"{Decimal(value) / TEN_THOUSAND:,.2f}", "万元"
    return f"{Decimal(value) / MILLION:,.2f}", "CNY million"


def wan(value: Decimal | int | None) -> str:
    """473.55 万元, or CNY 4.74 million: for figures in overview pages, never for legal amounts."""
    if value is None:
        return ""
    number, _unit = wan_parts(value)
    return f"{number} 万元" if in_chinese() else f"CNY {number} million"


def capitals(value: Decimal | int | None) -> str:
    """人民币肆佰柒拾叁万伍仟伍佰元整, in both languages: the capital amount is a legal form of its own."""
    return "" if value is None else money.capitals(Decimal(value))


def fingerprint(digest: str | None) -> str:
    """A hexadecimal digest in groups of four, so that two can be compared by eye."""
    text = digest or ""
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def file_size(size: int | None) -> str:
    """38.6 MB"""
    if size is None:
        return ""
    if size < 1024:
        return f"{size} B"
    value = float(size)
    for unit in ("KB", "MB", "GB"):
        value /= 1024
        if value < 1024 or unit == "GB":
            break
    return f"{value:.1f} {unit}"


def titled(text: object) -> str:
    """A label as a heading: English begins with a capital, Chinese is as it is, and so is what is marked up already."""
    words = str(text)
    return words if in_chinese() or words.startswith("<") else words[:1].upper() + words[1:]


def in_yuan(text: object) -> str:
    """The heading of a column of amounts: with their unit, which the figures below do not repeat."""
    return _("%(label)s（元）") % {"label": titled(text)}
