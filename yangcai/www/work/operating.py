"""How well does the platform run, what waits or was given up, what ends soon, what mends it? The operator's desk."""

import datetime
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Count, Min, Q
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yangcai import law
from yangcai.kernel import at_rest, calendar, file_keys, health_lines, room
from yangcai.kernel.models import Leaf, Task
from yangcai.kernel.refusals import in_chinese
from yangcai.notifications.models import Outgoing
from yangcai.parties.roles import Role
from yangcai.tendering.queries.outages import state_of_platform
from yangcai.www import formats, signed_papers, timings
from yangcai.www.access import page
from yangcai.www.pictures import of_answers
from yangcai.www.pictures.picture import csv_asked
from yangcai.www.work import expiring

#: No law: of these things so much is well. What is waited for longer is looked at.
DRIFT = 2.0
LOG_WAIT = 60.0
HOUR = datetime.timedelta(hours=1)
#: The worker looks so often at what has fallen due, at the longest.
LATE = datetime.timedelta(minutes=5)
#: So long before the known holidays end, those of the next year are asked for.
AHEAD = datetime.timedelta(days=122)


@dataclass(frozen=True)
class Light:
    """One thing looked at: how it stands, and what mends it where it is not well."""

    what: str
    tone: str
    state: str
    mend: str = ""
    url: str = ""

    @property
    def word(self) -> str:
        return {"ok": _("正常"), "warn": _("注意"), "bad": _("故障"), "mute": _("未启用")}[self.tone]


@page(by={Role.PLATFORM})
def operating(request: HttpRequest) -> HttpResponse:
    """The lights, worst first, and where to go from here."""
    now = request.now  # type: ignore[attr-defined]
    order = ("bad", "warn", "mute", "ok")
    good = expiring.everything(now=now)
    found = sorted((*lights(now=now), _keys(good)), key=lambda light: order.index(light.tone))
    wrong = [light for light in found if light.tone in {"bad", "warn"}]
    at = timezone.now()  # of the machine: in the sandbox too it is the machine that takes its time
    counted = list(timings.lines(since=at - of_answers.HOURS * HOUR, until=at))
    picture = of_answers.answers(counted, now=at)
    if (asked := csv_asked(request, [picture])) is not None:
        return asked
    context = {
        "lights": found,
        "wrong": len(wrong),
        "now": now,
        "good": good,
        "said": expiring.summary(good),
        "picture": picture,
        "slowest": of_answers.slowest(counted),
    }
    return render(request, "work/operating.html", context)


def _keys(good: list[expiring.Good]) -> Light:
    """Of certificates and keys the one that ends first, and those that cannot be read."""
    what, url = _("证书和密钥"), "#keys"
    if unread := [one for one in good if one.mend and one.note and one.until is None]:
        said = _("；").join(one.what + _("：") + one.note for one in unread)
        return Light(what, "bad", said, unread[0].mend, url)
    dated = [one for one in good if one.days is not None]
    return Light(what, dated[0].tone if dated else "ok", expiring.summary(good), dated[0].mend if dated else "", url)


def lights(*, now: datetime.datetime) -> Iterator[Light]:
    """Everything that is looked at."""
    yield from (_service(now=now), _work(now=now), _papers(), _log(), _outbox(now=now))
    yield from (_database(), _store(), _file_keys(), _clock(now=now), _calendar(now=now), _law(now=now))


def _service(*, now: datetime.datetime) -> Light:
    """What the health journal says."""
    what, url, state = _("对外服务"), reverse("status"), state_of_platform(now=now)
    if state is None:
        said = _("没有健康日志，截止时间不因停机顺延")
        return Light(what, "mute", said, _("运行 yangcai work，每分钟核查一次"), url)
    if state.bad_since is None:
        return Light(what, "ok", _("最近一次核查 %(at)s") % {"at": formats.moment(state.last.at)}, url=url)
    names = _("、").join(health_lines.PROBES[code][0 if in_chinese() else 1] for code in state.bad)
    said = _("%(at)s 以后没有正常记录") % {"at": formats.moment(state.bad_since)}
    said = said + _("：") + names if names else said
    return Light(what, "bad", said, _("yangcai doctor 说明原因；没有记录时检查 yangcai work 是否在运行"), url)


def _work(*, now: datetime.datetime) -> Light:
    """Whether what the clock makes due was done: by the worker, else by nobody."""
    due = Task.objects.filter(done_at__isnull=True, fired_at__isnull=True, due_at__lte=now)
    first = due.aggregate(first=Min("due_at"), n=Count("pk"))
    if not first["n"]:
        return Light(_("到期事项"), "ok", _("都已处理"))
    said = ngettext("%(n)d 件已到期未处理，最早 %(at)s", "%(n)d 件已到期未处理，最早 %(at)s", first["n"])
    said %= {"n": first["n"], "at": formats.moment(first["first"])}
    return Light(_("到期事项"), "bad" if first["first"] < now - LATE else "ok", said, _("运行 yangcai work"))


def _papers() -> Light:
    """Signed papers that nobody has made yet."""
    n = signed_papers.waiting().count()
    if not n:
        return Light(_("签署文本"), "ok", _("都已出具"))
    said = ngettext("%(n)d 份待出具", "%(n)d 份待出具", n) % {"n": n}
    return Light(_("签署文本"), "warn", said, _("由 yangcai work 出具；YANGCAI_SEALS、YANGCAI_TIMESTAMPS 须已配置"))


def _log() -> Light:
    """For how long the oldest line waits for its place, by the database's own clock, and how long the log is."""
    placed = Leaf.objects.filter(index__isnull=False).order_by("-index").values_list("index", flat=True).first()
    lines = 0 if placed is None else placed + 1
    unplaced = Leaf.objects.filter(index__isnull=True).order_by("pk").annotate(of_database=Now())
    oldest = unplaced.values_list("at", "of_database").first()
    url = reverse("log_file", args=["checkpoint"]) if lines else ""
    if oldest is None:
        return Light(_("公开日志"), "ok", _("共 %(n)d 条，没有等候的") % {"n": lines}, url=url)
    seconds = (oldest[1] - oldest[0]).total_seconds()
    said = _("共 %(n)d 条，最早一条已等候 %(s)d 秒") % {"n": lines, "s": seconds}
    return Light(_("公开日志"), "ok" if seconds < LOG_WAIT else "warn", said, "yangcai log sequence", url)


def _outbox(*, now: datetime.datetime) -> Light:
    """What was given up, and what waits for long."""
    unsent = Outgoing.objects.filter(sent_at__isnull=True)
    late = Q(given_up_at__isnull=True, next_at__lt=now - HOUR)
    found = unsent.aggregate(given_up=Count("pk", filter=Q(given_up_at__isnull=False)), late=Count("pk", filter=late))
    said = _("放弃 %(given_up)d 条，等候超过一小时 %(late)d 条") % found
    return Light(
        _("外发消息"), "warn" if any(found.values()) else "ok", said, _("yangcai outbox list 看原因，再 retry")
    )


def _database() -> Light:
    """Its version, and whether its clock is that of this process: a bid's receipt is stamped by the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp()), pg_database_size(current_database())")
        seconds, size = cursor.fetchone()
    drift = abs(float(seconds) - time.time())
    said = _("PostgreSQL %(version)d，%(size)s，与本机时钟相差 %(s).1f 秒") % {
        "version": connection.pg_version // 10_000,  # type: ignore[attr-defined]
        "size": formats.file_size(size),
        "s": drift,
    }
    return Light(_("数据库"), "ok" if drift < DRIFT else "bad", said, _("两台机器都配置 NTP"))


def _store() -> Light:
    """How much room the disk of the file store has."""
    folder = Path(settings.YANGCAI_FILES)
    while not folder.exists():
        folder = folder.parent
    try:
        free, full = room.free_bytes(folder), room.is_nearly_full(folder)
    except OSError as error:
        return Light(_("文件存储"), "bad", str(error.strerror), _("检查存储所在的磁盘"))
    said = _("可用 %(free)s") % {"free": formats.file_size(free)}
    return Light(_("文件存储"), "bad" if full else "ok", said, _("扩容：存满以前只收投标文件的摘要，密文随后补传"))


def _file_keys() -> Light:
    """Whether the files of opened bids, which lie enciphered, can be read."""
    root = Path(settings.YANGCAI_FILES)
    try:
        away, count = at_rest.keys_away(root, file_keys.keeper()), at_rest.keys_noted(root)
    except OSError as error:
        away, count = {"": str(error)}, 0
    if away:
        said = _("%(n)d 把不可用，已开启的投标文件无法读取") % {"n": len(away)}
        return Light(_("文件密钥"), "bad", said, _("放回 keys/files.key 及其以前各把，或者恢复密钥服务"))
    said = _("%(n)d 把，均可用") % {"n": count} if count else _("存储中没有加密的文件")
    return Light(_("文件密钥"), "ok", said)


def _clock(*, now: datetime.datetime) -> Light:
    """Which time counts here."""
    if settings.YANGCAI_SANDBOX:
        said = _("演示时间 %(at)s，只能向前快进") % {"at": formats.moment(now)}
        return Light(_("平台时间"), "ok", said, url=reverse("demo"))
    return Light(_("平台时间"), "ok", _("北京时间 %(at)s") % {"at": formats.moment(now)})


def _calendar(*, now: datetime.datetime) -> Light:
    """Until when deadlines of working days can be counted."""
    until = calendar.announced_until()
    said = _("节假日安排已知到 %(day)s") % {"day": formats.day(until - datetime.timedelta(days=1))}
    mend = _("国务院公布次年安排后，加入 yangcai/kernel/holidays")
    return Light(_("工作日历"), "ok" if now < until - AHEAD else "warn", said, mend, reverse("law_clocks"))


def _law(*, now: datetime.datetime) -> Light:
    """How many rules count today."""
    on = calendar.day_of(now)
    n = sum(1 for rule in law.all_rules() if law.applies(rule.key, on=on))
    said = ngettext("今天执行 %(n)d 条规则", "今天执行 %(n)d 条规则", n) % {"n": n}
    return Light(_("法规规则"), "ok", said, url=reverse("law"))
