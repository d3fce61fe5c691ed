"""Which picture tells whoever operates the site how long answers take, and which pages take the longest?"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yangcai.kernel.refusals import in_chinese
from yangcai.www import formats, timings
from yangcai.www.pictures.bars import Stack, stacked
from yangcai.www.pictures.picture import Column, Picture
from yangcai.www.timings import Counts, Line

HOUR = datetime.timedelta(hours=1)
#: So many hours are drawn, and so many addresses are listed, of those that answered at least so often.
HOURS, LISTED, OFTEN = 24, 8, 5
HALF, MOST = 50, 95
#: No law: 95 % of the pages within so many milliseconds, as docs/benchmarks.md measures it.
GOAL = 300


@dataclass(frozen=True)
class Slow:
    """An address (empty: several, counted together), and within how many milliseconds half and 95 % of its answers
    came. Not how often: before the opening it would tell how many hand in (87号令 art. 28)."""

    kind: str
    route: str
    half: int
    most: int

    @property
    def word(self) -> str:
        """What it is, in the reader's language."""
        return kinds()[self.kind]

    @property
    def is_slow(self) -> bool:
        return self.most > GOAL


def kinds() -> dict[str, str]:
    """What an answer is -> its word."""
    return {
        timings.PAGE: formats.titled(_("公开页面")),
        timings.DESK: formats.titled(_("工作台页面")),
        timings.FORM: formats.titled(_("提交（表单和接口）")),
        timings.PROGRAM: formats.titled(_("程序接口")),
    }


def slowest(found: Sequence[Line]) -> list[Slow]:
    """The addresses whose 95 % take the longest, slowest first."""
    by_route: dict[tuple[str, str], list[Counts]] = {}
    for line in found:
        by_route.setdefault((line.kind, line.route), []).append(line.counts)
    summed = {key: timings.together(counts) for key, counts in by_route.items()}
    rows = [
        Slow(kind, "" if route == timings.TOGETHER else f"/{route}", _ms(counts, HALF), _ms(counts, MOST))
        for (kind, route), counts in summed.items()
        if sum(counts.values()) >= OFTEN
    ]
    return sorted(rows, key=lambda one: (-one.most, -one.half, one.route))[:LISTED]


def answers(found: Sequence[Line], *, now: datetime.datetime) -> Picture:
    """Each of the last hours: within what time half of the answers came, and within what time 95 % did."""
    first = now.replace(minute=0, second=0, microsecond=0) - (HOURS - 1) * HOUR
    hours = [first + n * HOUR for n in range(HOURS)]
    by_hour = {at: timings.together(line.counts for line in found if at <= line.at < at + HOUR) for at in hours}
    whole = timings.together(line.counts for line in found)
    return Picture(
        key="answers",
        title=_("应答要多久？"),
        says=_said(whole),
        caption=_(
            "本机近 %(hours)d 小时，从收到请求到给出应答，不含网络；读数取所在档的上限："
            "3 毫秒至 10 秒偏高不到三分之一，超过 10 秒的按 10 秒计。截至 %(at)s。"
        )
        % {"hours": HOURS, "at": formats.moment(now)},
        legend=(("s0", _("一半在此时间内")), ("s1", _("九成五在此时间内"))),
        drawings=stacked([_stack(at, by_hour[at]) for at in hours], [_("一半"), _("到九成五")]),
        columns=(
            Column(_("时间")),
            Column(_("应答次数"), 0),
            Column(_("一半在此时间内（毫秒）"), 0),
            Column(_("九成五在此时间内（毫秒）"), 0),
        ),
        rows=[
            (formats.moment(at), sum(by_hour[at].values()), timings.share(by_hour[at], HALF),
             timings.share(by_hour[at], MOST))
            for at in hours
            if by_hour[at]
        ],
    )  # fmt: skip


def _said(whole: Counts) -> str:
    total = sum(whole.values())
    if not total:
        return _("近一天没有记录到应答。")
    said = ngettext(
        "共 %(n)s 次应答，一半在 %(half)s 毫秒内，九成五在 %(most)s 毫秒内。",
        "共 %(n)s 次应答，一半在 %(half)s 毫秒内，九成五在 %(most)s 毫秒内。",
        total,
    ) % {"n": f"{total:,}", "half": f"{_ms(whole, HALF):,}", "most": f"{_ms(whole, MOST):,}"}
    met = (
        _("达到九成五在 %(ms)d 毫秒内的目标。")
        if _ms(whole, MOST) <= GOAL
        else _("未达到九成五在 %(ms)d 毫秒内的目标。")
    )
    return f"{said}{'' if in_chinese() else ' '}{met % {'ms': GOAL}}"


def _stack(at: datetime.datetime, counts: Counts) -> Stack:
    """What lies on top of the half is the rest up to 95 %: the whole column is as high as that."""
    local = timezone.localtime(at)
    half, most = _ms(counts, HALF), _ms(counts, MOST)
    return Stack(f"{local:%H:%M}", f"{local:%H}", (Decimal(half), Decimal(most - half)))


def _ms(counts: Counts, percent: int) -> int:
    return timings.share(counts, percent) or 0
