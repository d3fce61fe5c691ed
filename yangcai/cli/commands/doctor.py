"""Can the platform work on this machine, and if not, what is to be done?"""

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yangcai.cli import console, machine, ports, site
from yangcai.cli.console import answer, say
from yangcai.cli.machine import Finding
from yangcai.kernel import room

if TYPE_CHECKING:
    import psycopg

HELP = ("诊断运行环境", "examine this machine")

FREE_SPACE = 2**30  # bytes: a cluster, its log, some files
LOG_WAIT_SECONDS = 60  # within so long a receipt promises that its line is in the public log
SILENCE_SECONDS = 180  # so long without a line of the health journal is on the way to an outage
CLOCK_DRIFT_SECONDS = 2  # between this process and the database; a bid's receipt is stamped by the latter
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=ports.port, default=ports.DEFAULT, help=say(zh="拟用端口", en="the port to be used")
    )


def run(options: argparse.Namespace) -> int:
    findings = [
        *(
            _python(),
            *_database(),
            _disk(),
            _store(),
            *machine.permissions(),
            machine.file_keys(),
            machine.time_source(),
        ),
        *(
            machine.paper_font(),
            _fonts(),
            _port(options.port),
            machine.live_port(options.port),
            machine.memory(),
            machine.mail(),
        ),
        *filter(None, [machine.certificate()]),
    ]
    lines = []
    for finding in findings:
        sign = "✓" if finding.well else "✗" if finding.needed else "!"
        lines.append(f"{sign} {finding.what}{say(zh='：', en=': ')}{finding.state}")
        if not finding.well and finding.mend:
            lines.append(f"    → {finding.mend}")
    errors = [finding.what for finding in findings if finding.needed and not finding.well]
    answer(options, data={"findings": [asdict(finding) for finding in findings]}, text="\n".join(lines), errors=errors)
    return console.NOT_MET if errors else console.OK


def _python() -> Finding:
    return Finding(
        key="python",
        what="Python",
        well=sys.version_info >= (3, 11),
        state=sys.version.split()[0],
        mend=say(zh="需要 3.11 或更高版本", en="3.11 or newer is needed"),
    )


def _database() -> Iterator[Finding]:
    """Version, rights and clock of the database that the site would use; starts our own."""
    import psycopg

    what = say(zh="数据库", en="database")
    own = not os.environ.get("DATABASE_URL")
    try:
        site.ensure_database()
        url = os.environ.get("DATABASE_URL") or site.embedded_postgres.status(site.cluster_home()).dsn
        with psycopg.connect(url, connect_timeout=5) as connection:
            version = connection.info.server_version // 10000
            drift = connection.execute("SELECT extract(epoch FROM clock_timestamp())").fetchone()
            here = connection.execute("SELECT has_database_privilege(current_database(), 'CREATE')").fetchone()
            waiting, silent = _waiting(connection), _silent(connection)
            durable = _durable(connection, own=own)
            unsent = _unsent(connection)
    except (psycopg.OperationalError, site.embedded_postgres.PostgresError) as error:
        mend = (
            say(zh="看 var/postgres/log，或设 DATABASE_URL", en="see var/postgres/log, or set DATABASE_URL")
            if own
            else say(zh="检查 DATABASE_URL", en="check DATABASE_URL")
        )
        yield Finding(key="database", what=what, well=False, state=str(error).strip(), mend=mend)
        return
    yield Finding(
        key="database",
        what=what,
        well=version >= 15,
        state=f"PostgreSQL {version}" + (say(zh="（内置）", en=" (embedded)") if own else ""),
        mend=say(zh="需要 15 或更高版本", en="15 or newer is needed"),
    )
    yield Finding(
        key="create_right",
        what=say(zh="建表权限", en="right to create tables"),
        well=bool(here and here[0]),
        state=say(zh="有", en="yes") if here and here[0] else say(zh="无", en="no"),
        mend="GRANT CREATE ON DATABASE … TO …",
    )
    seconds = abs(float(drift[0]) - _machine_seconds()) if drift else 0.0
    yield Finding(
        key="clock_drift",
        what=say(zh="时钟偏差", en="clock drift"),
        well=seconds < CLOCK_DRIFT_SECONDS,
        state=say(zh=f"与数据库相差 {seconds:.1f} 秒", en=f"{seconds:.1f} s from the database"),
        mend=say(zh="为两台机器配置 NTP", en="run NTP on both machines"),
    )
    yield durable
    if waiting is not None:
        yield Finding(
            key="public_log",
            what=say(zh="公开日志", en="public log"),
            well=waiting < LOG_WAIT_SECONDS,
            state=say(zh=f"最早一条已等候 {waiting:.0f} 秒", en=f"the oldest line waits for {waiting:.0f} s"),
            mend="yangcai log sequence",
            needed=False,
        )
    if unsent is not None:
        given_up, waiting_long = unsent
        yield Finding(
            key="outbox",
            what=say(zh="外发消息", en="messages going out"),
            well=not given_up and not waiting_long,
            state=say(
                zh=f"放弃 {given_up} 条，等候超过一小时 {waiting_long} 条",
                en=f"{given_up} given up, {waiting_long} waiting for over an hour",
            ),
            mend=say(
                zh="yangcai outbox list 看原因，修好网关后 yangcai outbox retry；没有发出的须有 yangcai work 运行",
                en="yangcai outbox list says why; mend the gateway, then yangcai outbox retry; yangcai work must run",
            ),
            needed=False,
        )
    if silent is not None:
        yield Finding(
            key="health_journal",
            what=say(zh="健康日志", en="health journal"),
            well=silent < SILENCE_SECONDS,
            state=say(zh=f"最近一条在 {silent:.0f} 秒前", en=f"the last line is {silent:.0f} s old"),
            mend=say(
                zh="yangcai work：没有记录即为停机，截止时间将顺延",
                en="yangcai work: silence is an outage, and extends deadlines",
            ),
            needed=False,
        )


def _durable(connection: "psycopg.Connection[Any]", *, own: bool) -> Finding:
    """Where a bid lies when its receipt goes out (SBP/1 §2.5): on this disk, on a standby too, or nowhere for sure."""
    what = say(zh="投标回执的保存", en="what a receipt rests on")
    shown = "SELECT current_setting('fsync') = 'on', current_setting('synchronous_standby_names') <> ''"
    on_disk, is_named = connection.execute(shown).fetchone() or (False, False)
    # Whoever may not see the state of others sees NULL in its place.
    seen = "SELECT count(*) FILTER (WHERE sync_state IN ('sync', 'quorum')), count(*) FILTER (WHERE sync_state IS NULL)"
    confirming, unseen = connection.execute(f"{seen} FROM pg_stat_replication").fetchone() or (0, 0)
    if not on_disk:
        state = say(zh="fsync 关闭：断电会丢失已出回执的投标", en="fsync is off: a power cut loses bids with receipts")
        return Finding("durability", what, False, state, "fsync = on", needed=False)
    if not is_named:
        state = say(zh="仅本机磁盘，未设同步备库", en="this machine's disk alone: no synchronous standby")
        return Finding("durability", what, own, state, "synchronous_standby_names", needed=False)
    if confirming:
        state = say(zh=f"本机磁盘和 {confirming} 个同步备库", en=f"this disk and {confirming} synchronous standby")
        return Finding("durability", what, True, state)
    if unseen:
        state = say(zh="已设同步备库，无权查看其状态", en="a standby is named; its state is not for this role to see")
        return Finding("durability", what, False, state, f"GRANT pg_monitor TO {connection.info.user}", needed=False)
    state = say(
        zh="同步备库没有连接：在其恢复之前不出回执",
        en="the synchronous standby is not connected: no receipt is given until it is",
    )
    return Finding("durability", what, False, state, say(zh="恢复备库", en="bring the standby back"))


def _waiting(connection: "psycopg.Connection[Any]") -> float | None:
    """For how many seconds the oldest line waits for its place in the public log; None where there is no log yet."""
    if not connection.execute("SELECT to_regclass('kernel_leaf') IS NOT NULL").fetchone()[0]:
        return None
    oldest = "SELECT extract(epoch FROM clock_timestamp() - min(at)) FROM kernel_leaf WHERE index IS NULL"
    return float(connection.execute(oldest).fetchone()[0] or 0)


def _silent(connection: "psycopg.Connection[Any]") -> float | None:
    """How many seconds old the last line of the health journal is; None where none was ever kept."""
    if not connection.execute("SELECT to_regclass('kernel_healthline') IS NOT NULL").fetchone()[0]:
        return None
    age = connection.execute("SELECT extract(epoch FROM clock_timestamp() - max(at)) FROM kernel_healthline")
    found = age.fetchone()[0]
    return None if found is None else float(found)


def _unsent(connection: "psycopg.Connection[Any]") -> tuple[int, int] | None:
    """How many messages were given up, and how many wait for over an hour of the platform's time; None without any."""
    if not connection.execute("SELECT to_regclass('notifications_outgoing') IS NOT NULL").fetchone()[0]:
        return None
    counted = connection.execute(
        "SELECT count(*) FILTER (WHERE given_up_at IS NOT NULL),"
        " count(*) FILTER (WHERE given_up_at IS NULL AND next_at < yangcai_now() - interval '1 hour')"
        " FROM notifications_outgoing WHERE sent_at IS NULL"
    )
    given_up, waiting = counted.fetchone()
    return int(given_up), int(waiting)


def _machine_seconds() -> float:
    import time

    return time.time()


def _disk() -> Finding:
    from yangcai import settings

    folder = settings.YANGCAI_HOME
    while not folder.exists():
        folder = folder.parent
    disk = shutil.disk_usage(folder)
    needed = max(FREE_SPACE, room.kept_free(disk.total))  # below the store's reserve no new bid comes in
    free, least = disk.free // 2**20, needed // 2**20
    return Finding(
        key="disk",
        what=say(zh="磁盘", en="disk"),
        well=disk.free >= needed and os.access(folder, os.W_OK),
        state=say(zh=f"{folder} 可用 {free} MiB（至少 {least}）", en=f"{free} MiB free at {folder} (at least {least})"),
        mend=say(zh="腾出空间，或以 YANGCAI_HOME 另指可写目录", en="free some space, or point YANGCAI_HOME elsewhere"),
    )


def _store() -> Finding:
    """An alarm and no outage: bidders hand in digests until there is room again."""
    from yangcai import settings

    folder = Path(settings.YANGCAI_FILES)
    while not folder.exists():
        folder = folder.parent
    disk = shutil.disk_usage(folder)
    free, least = disk.free // 2**20, room.kept_free(disk.total) // 2**20
    return Finding(
        key="file_store",
        what=say(zh="文件存储", en="file store"),
        well=not room.is_nearly_full(folder),
        state=say(
            zh=f"{folder} 可用 {free} MiB（其中 {least} 留给已开始的）",
            en=f"{free} MiB free at {folder}, {least} of them kept for what has begun",
        ),
        mend=say(
            zh="即将存满，不再接收新的投标文件（只收摘要，密文随后补传）：扩容",
            en="nearly full, and takes no new bids but their digests, whose bytes follow: give it more room",
        ),
        needed=False,
    )


def _fonts() -> Finding:
    found = any(
        path.suffix.lower() in {".ttf", ".ttc", ".otf"}
        and any(name in path.name for name in ("CJK", "SC-", "wqy", "Han"))
        for folder in FONT_FOLDERS
        for path in Path(os.path.expanduser(folder)).rglob("*")
    )
    return Finding(
        key="browser_font",
        what=say(zh="中文字体", en="Chinese font"),
        well=found,
        state=say(zh="有", en="found")
        if found
        else say(zh="无（只影响本机浏览器）", en="none (only a browser here suffers)"),
        mend="apt-get install fonts-noto-cjk",
        needed=False,
    )


def _port(port: int) -> Finding:
    claimed = ports.claim(host="127.0.0.1", port=port)
    if free := claimed is not None:
        claimed.close()
    return Finding(
        key="port",
        what=say(zh=f"端口 {port}", en=f"port {port}"),
        well=free,
        state=say(zh="空闲", en="free") if free else say(zh="被占用", en="taken"),
        mend=f"yangcai serve --port {port + 1}",
        needed=False,
    )
