"""Which seals and which time-stamping authority does this installation use? What YANGCAI_SEALS and the rest say.

YANGCAI_SEALS       demo, or module:function of whoever holds the keys (a function without arguments that gives Seals)
YANGCAI_TIMESTAMPS  demo, or the http(s) address of an authority;  YANGCAI_TIMESTAMPS_SECONDS  how long it may take
YANGCAI_TRUST       a PEM file of roots that are believed besides those of the seals

In the sandbox both are `demo` unless told otherwise; outside it there is no default and `demo` is refused: nobody shall
find a certificate of the demo under a contract in force.
"""

import datetime
import re
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from django.conf import settings

from yangcai.kernel.signatures.authority import DemoAuthority, DemoSeals
from yangcai.kernel.signatures.subjects import Seals
from yangcai.kernel.signatures.timestamps import HttpTimestamps, OwnTimestamps, Timestamps, Unavailable

DEMO = "demo"
BEGIN = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


class NotConfigured(Unavailable):
    """Nobody signs or stamps here; the texts say what is to be set."""

    def __init__(self, *, zh: str, en: str):
        self.zh, self.en = zh, en
        super().__init__(en)


def seals() -> Seals:
    """Whoever signs. Raises NotConfigured."""
    chosen = settings.YANGCAI_SEALS
    if chosen == DEMO:
        return DemoSeals(_demo_authority())
    module, _, function = chosen.partition(":")
    if not function:
        raise NotConfigured(
            zh="没有配置电子签章：请设置 YANGCAI_SEALS=模块:函数，由其调用 PKCS#11 设备、远程签名服务或者国密电子印章"
            "（SM2、GB/T 38540）系统，写法见 docs/howto/signing-papers.md",
            en="no seals are configured: set YANGCAI_SEALS=module:function to whatever calls a PKCS#11 device, a "
            "remote signing service or a server of national seals (SM2, GB/T 38540); see docs/howto/signing-papers.md",
        )
    try:
        return cast(Seals, getattr(import_module(module), function)())
    except (ImportError, AttributeError) as error:
        raise NotConfigured(
            zh=f"YANGCAI_SEALS={chosen} 无法载入：{error}", en=f"YANGCAI_SEALS={chosen} cannot be loaded: {error}"
        ) from error


def timestamps(*, now: datetime.datetime) -> Timestamps:
    """Whoever stamps; the demo's own authority with the moment `now`. Raises NotConfigured."""
    chosen = settings.YANGCAI_TIMESTAMPS
    if chosen == DEMO:
        return OwnTimestamps(_demo_authority().stamper(), now)
    parts = urlsplit(chosen)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise NotConfigured(
            zh="没有配置时间戳服务：请将 YANGCAI_TIMESTAMPS 设为时间戳服务（RFC 3161）的 http(s) 地址",
            en="no time-stamping authority is configured: set YANGCAI_TIMESTAMPS to the http(s) address of one "
            "(RFC 3161)",
        )
    return HttpTimestamps(chosen, settings.YANGCAI_TIMESTAMPS_SECONDS)


def trust() -> Sequence[bytes]:
    """The roots by which signatures are believed here: those of the seals, of the demo where it is in use, and those of
    the file."""
    roots = list(BEGIN.findall(Path(settings.YANGCAI_TRUST).read_bytes())) if settings.YANGCAI_TRUST else []
    if settings.YANGCAI_SEALS:
        roots += seals().roots
    if DEMO in (settings.YANGCAI_SEALS, settings.YANGCAI_TIMESTAMPS):
        roots += DemoSeals(_demo_authority()).roots
    return list(dict.fromkeys(roots))


def _demo_authority() -> DemoAuthority:
    if not settings.YANGCAI_SANDBOX:
        raise NotConfigured(
            zh="演示认证机构只在演示环境（YANGCAI_SANDBOX=1）中使用，其签名无法律效力",
            en="the demo's authority serves the sandbox alone (YANGCAI_SANDBOX=1): its signatures have no legal force",
        )
    return DemoAuthority(Path(settings.YANGCAI_HOME) / "keys" / "demo-authority")
