"""What of this machine, apart from its database, does the platform need? Time, keys, memory, fonts, ports."""

import ctypes
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from yangcai.cli import ports
from yangcai.cli.console import say

if TYPE_CHECKING:
    import datetime

#: Two web processes, a worker, PostgreSQL and the halls.
MEMORY = 2 * 2**30
#: So many days before a certificate of the site ends a new one is asked for; seconds to wait for the site.
CERTIFICATE_DAYS, PATIENCE = 30, 5.0
#: The state that adjtimex(2) gives where no clock is followed.
TIME_ERROR = 5


@dataclass(frozen=True)
class Finding:
    """One thing looked at: how it is, and how to mend it when it is not well. `needed` False: only a part suffers."""

    key: str
    what: str
    well: bool
    state: str
    mend: str = ""
    needed: bool = True


def permissions() -> Iterator[Finding]:
    """Whether the home can be written to, and its secrets are read by its owner alone."""
    from yangcai import settings

    home = settings.YANGCAI_HOME
    nearest = home
    while not nearest.exists():
        nearest = nearest.parent
    writable = os.access(nearest, os.W_OK | os.X_OK)
    yield Finding(
        key="home",
        what=say(zh="数据目录", en="home"),
        well=writable,
        state=say(zh=f"{home} 可写", en=f"{home} can be written to")
        if writable
        else say(zh=f"{nearest} 不可写", en=f"{nearest} cannot be written to"),
        mend=f"chown -R $(id -un) {nearest}",
    )
    exposed = [path for path in _secrets(home) if stat.S_IMODE(path.stat().st_mode) & 0o077]
    yield Finding(
        key="secrets",
        what=say(zh="密钥权限", en="modes of the keys"),
        well=not exposed,
        state=say(zh=f"他人可读：{exposed[0]}", en=f"others may read {exposed[0]}")
        if exposed
        else say(zh="仅本人可读", en="their owner's alone"),
        mend="chmod 600 " + " ".join(str(path) for path in exposed),
    )


def _secrets(home: Path) -> list[Path]:
    """The key of the site and those of the log, of the receipts, of the trustee, of the files with those before it."""
    folder = home / "keys"
    found = {*folder.glob("*.key"), *folder.glob("files.key*")} if os.access(folder, os.R_OK | os.X_OK) else set()
    return [path for path in (home / "secret_key", *sorted(found)) if path.is_file()]


def file_keys() -> Finding:
    """Whether the files that lie enciphered in the store can be read: the keys by which they were wrapped are there."""
    from yangcai import settings
    from yangcai.kernel import at_rest
    from yangcai.kernel import file_keys as keys

    what, root = say(zh="文件密钥", en="keys of files"), Path(settings.YANGCAI_FILES)
    try:
        away = at_rest.keys_away(root, keys.chosen(settings.YANGCAI_FILE_KEYS, home=Path(settings.YANGCAI_HOME)))
        count = at_rest.keys_noted(root)
    except OSError as error:  # the keeper cannot be had at all, or the store cannot be read
        away, count = {"YANGCAI_FILE_KEYS": str(error)}, 0
    if away:
        name, why = next(iter(away.items()))
        state = say(zh=f"缺少 {name}：{why}", en=f"{name} is away: {why}")
    elif count:
        state = say(zh=f"{count} 把，均可用", en=f"{count}, all at hand")
    else:
        state = say(zh="存储中没有加密的文件", en="nothing in the store lies enciphered")
    return Finding(
        key="file_keys",
        what=what,
        well=not away,
        state=state,
        mend=say(
            zh="将 keys/files.key 及其以前各把（files.key.*）从密钥的保管处放回 YANGCAI_HOME/keys，权限 0600；"
            "或者使 YANGCAI_FILE_KEYS 所指的密钥服务可用",
            en="put keys/files.key and those before it (files.key.*) back into YANGCAI_HOME/keys, mode 0600, from where"
            " keys are kept; or have the service answer that YANGCAI_FILE_KEYS names",
        ),
    )


def time_source() -> Finding:
    """Whether this machine's clock follows another: deadlines hang on it."""
    state = _adjtimex()
    followed = state is not None and state != TIME_ERROR
    return Finding(
        key="time_source",
        what=say(zh="时间同步", en="time source"),
        well=followed,
        state=say(zh="已同步", en="synchronised")
        if followed
        else say(zh="未同步或者无法得知", en="not synchronised, or not to be told"),
        mend="timedatectl set-ntp true",
        needed=False,
    )


def _adjtimex() -> int | None:
    """What the kernel says of its clock; None where it is not Linux, or does not say."""
    if sys.platform != "linux":
        return None
    buffer = ctypes.create_string_buffer(512)  # struct timex, all zero: only read
    answer = ctypes.CDLL(None, use_errno=True).adjtimex(buffer)
    return None if answer < 0 else int(answer)


def paper_font() -> Finding:
    """Whether the font of the papers is there: without it no PDF has Chinese in it."""
    from importlib.util import find_spec

    spec = find_spec("noto_cjk_sans_otc")
    folder = Path(spec.origin).parent if spec is not None and spec.origin else None
    found = folder is not None and any(path.suffix in {".ttc", ".otc", ".otf"} for path in folder.rglob("*"))
    return Finding(
        key="paper_font",
        what=say(zh="公文字体", en="font of the papers"),
        well=found,
        state=say(zh="有", en="found") if found else say(zh="无：不能出具 PDF", en="none: no PDF can be made"),
        mend="pip install noto-cjk-sans-otc",
    )


#: Backends that send nothing to anybody.
NOWHERE = ("console.", "dummy.", "locmem.", "filebased.")


def mail() -> Finding:
    """Whether letters leave this machine: reminders, results and the confirmation of addresses go by them."""
    from yangcai import settings

    kind = settings.EMAIL_BACKEND.removeprefix("django.core.mail.backends.")
    sends = not kind.startswith(NOWHERE)
    at_home = settings.YANGCAI_SANDBOX or settings.DEBUG  # a demo and a developer write to nobody
    if sends:
        state = say(
            zh=f"经 {settings.EMAIL_HOST}:{settings.EMAIL_PORT} 发出，发件人 {settings.DEFAULT_FROM_EMAIL}",
            en=f"through {settings.EMAIL_HOST}:{settings.EMAIL_PORT}, from {settings.DEFAULT_FROM_EMAIL}",
        )
    else:
        state = say(zh="只写在本机，不发给任何人", en="written down here, sent to nobody")
    return Finding(
        key="mail",
        what=say(zh="电子邮件", en="e-mail"),
        well=sends or at_home,
        state=state,
        mend=say(
            zh="设 YANGCAI_EMAIL_BACKEND=django.core.mail.backends.smtp.EmailBackend，以及 YANGCAI_EMAIL_HOST、"
            "_PORT、_USER、_PASSWORD、_TLS、_FROM",
            en="set YANGCAI_EMAIL_BACKEND=django.core.mail.backends.smtp.EmailBackend and YANGCAI_EMAIL_HOST, _PORT,"
            " _USER, _PASSWORD, _TLS, _FROM",
        ),
        needed=False,
    )


def certificate() -> Finding | None:
    """How long the certificate is good that the site's own address (YANGCAI_SITE) shows; None of a site without TLS."""
    import datetime
    from urllib.parse import urlsplit

    from yangcai import settings

    parts = urlsplit(settings.YANGCAI_SITE)
    if parts.scheme != "https" or not parts.hostname:
        return None
    what = say(zh="网站证书", en="the site's certificate")
    mend = say(zh="在反向代理上续期，并重新载入", en="renew it at the reverse proxy, and reload that")
    try:
        until = _good_until(parts.hostname, parts.port or 443)
    except (OSError, ValueError) as error:
        state = say(
            zh=f"{settings.YANGCAI_SITE} 无法读取：{error}", en=f"{settings.YANGCAI_SITE} cannot be read: {error}"
        )
        return Finding("certificate", what, False, state, mend, needed=False)
    days = (until - datetime.datetime.now(datetime.UTC)).days
    state = say(zh=f"{until:%Y-%m-%d} 到期，剩 {days} 天", en=f"good until {until:%Y-%m-%d}, {days} days left")
    return Finding("certificate", what, days > CERTIFICATE_DAYS, state, mend, needed=days < 0)


def _good_until(host: str, port: int) -> "datetime.datetime":
    """Whoever signed it: browsers judge that. Raises OSError, ValueError."""
    import socket
    import ssl

    from cryptography import x509

    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection((host, port), timeout=PATIENCE) as plain,
        context.wrap_socket(plain, server_hostname=host) as encrypted,
    ):
        shown = encrypted.getpeercert(binary_form=True)
    if shown is None:
        raise ValueError("no certificate was shown")
    return x509.load_der_x509_certificate(shown).not_valid_after_utc


def live_port(port: int) -> Finding:
    """Whether a port is free for the live halls beside the site's."""
    free = None
    for candidate in range(port + 1, min(port + ports.TRIES, 2**16)):
        if claimed := ports.claim(host="127.0.0.1", port=candidate):
            claimed.close()
            free = candidate
            break
    return Finding(
        key="live_port",
        what=say(zh="开标大厅推送端口", en="port of the live halls"),
        well=free is not None,
        state=str(free) if free else say(zh="没有空闲的", en="none is free"),
        mend=say(zh="没有推送时页面自行查询", en="without it pages ask now and then"),
        needed=False,
    )


def memory() -> Finding:
    """Whether there is memory for the processes of one site."""
    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        free = whole = 0
    return Finding(
        key="memory",
        what=say(zh="内存", en="memory"),
        well=whole >= MEMORY,
        state=say(
            zh=f"共 {whole // 2**20} MiB，空闲 {free // 2**20}", en=f"{whole // 2**20} MiB, {free // 2**20} free"
        ),
        mend=say(zh="减少进程：yangcai serve --workers 1", en="fewer processes: yangcai serve --workers 1"),
        needed=False,
    )
