"""Who gives the public log its next lines? `yangcai log sequence`, round after round. `log policy` shows its key."""

import argparse
import contextlib
import functools
import logging
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from yangcai.cli import console, site
from yangcai.cli.commands import migrate
from yangcai.cli.console import Stop, answer, say, tell

if TYPE_CHECKING:
    from yangcai.kernel.sequencer import Round

logger = logging.getLogger(__name__)
HELP = ("公开日志：排序、签名、发布", "the public log: sequence, sign, publish")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="kind", required=True, metavar=say(zh="事项", en="what"))
    text = say(zh="按批排定条目、签署并发布检查点", en="place lines in batches, sign and publish checkpoints")
    sequence = kinds.add_parser("sequence", help=text, description=text)
    sequence.add_argument("--once", action="store_true", help=say(zh="只办理一次", en="one round, then end"))
    sequence.add_argument("--tied", action="store_true", help=argparse.SUPPRESS)  # ends when its input is closed
    sequence.add_argument(
        "--interval", type=float, default=10.0, help=say(zh="间隔（秒）", en="seconds between rounds")
    )
    text = say(
        zh="显示公开日志的信任策略（tlog-policy）：日志公钥、见证人、法定数",
        en="show the trust policy of the log (tlog-policy): its key, witnesses, quorum",
    )
    kinds.add_parser("policy", help=text, description=text)


def run(options: argparse.Namespace) -> int:
    if options.kind == "policy":
        return _policy(options)
    if options.once:
        site.load()
        migrate.check()
        found = _once()
        answer(options, data=_data(found), text=_told(found), warnings=found.faults if found else ())
        return console.OK
    with contextlib.nullcontext() if options.tied else site.running_database():
        site.load()
        migrate.check()
        tell(options, zh="开始排定公开日志（Ctrl-C 结束）", en="sequencing the public log (Ctrl-C ends)")
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        wait = functools.partial(_input_closes, stop) if options.tied else stop.wait
        for found in rounds(stop=stop, interval=options.interval, wait=wait):
            if found.placed or found.faults:
                tell(options, zh=_told(found), en=_told(found))
    return console.OK


def _policy(options: argparse.Namespace) -> int:
    site.load(with_database=False)
    from yangcai.kernel import log_keys, log_witnesses

    text = log_witnesses.text()
    log_witnesses.trusted()
    data = {"log": log_keys.verifier().vkey, "policy": text}
    if second := log_keys.sm2_verifier():
        data["sm2"] = second.vkey
        text += say(
            zh="# 另有国密（SM2）密钥签署；去掉下行的井号，yangcai verify 就同时核对，其他程序不读这样的策略",
            en="# It signs in SM2 too: without the hash `yangcai verify` wants that as well; other programs refuse it",
        )
        text += f"\n# log {second.vkey}\n"
    answer(options, data=data, text=text.removesuffix("\n"))
    return console.OK


def _input_closes(stop: threading.Event, seconds: float) -> None:
    """Wait so long, or until whoever started this process has gone."""
    if select.select([sys.stdin], [], [], seconds)[0]:
        stop.set()


def rounds(*, stop: threading.Event, interval: float, wait: Callable[[float], object]) -> "Iterator[Round]":
    """Round after round until `stop`; a database that is away for a while is waited for, and what nobody foresaw (a
    full disk, a damaged key) is tried again until somebody mends it. Raises Stop where the log must not go on."""
    from django.db import OperationalError, connection

    faults = Faults()
    while not stop.is_set():
        try:
            found = _round()
        except OperationalError:
            connection.close()
        except Stop:
            raise
        except Exception as error:
            faults.tell(error)
        else:
            faults.end()
            if found:
                yield found
        wait(interval)


class Faults:
    """Tells an unforeseen exception of the log's rounds once, until a round went well or another takes its place."""

    def __init__(self) -> None:
        self._said = ""

    def tell(self, error: Exception) -> None:
        """Called where the exception is being handled."""
        text = f"{type(error).__name__}: {error}"
        if text != self._said:
            logger.exception("a round of the public log failed")
        self._said = text

    def end(self) -> None:
        self._said = ""


class Beat:
    """Called as often as one likes, it makes a round of the log every ten seconds, and says once why it cannot; answers
    in how many seconds it wants to be called again. Only a database that is away is left to the caller: deadlines must
    not wait for a log that fails."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options, self.next_at, self.said, self.faults = options, 0.0, "", Faults()

    def __call__(self) -> float:
        if time.monotonic() >= self.next_at:
            self._beat()
        return max(self.next_at - time.monotonic(), 0.0)

    def _beat(self) -> None:
        from django.db import OperationalError

        from yangcai.kernel.sequencer import INTERVAL

        self.next_at = time.monotonic() + INTERVAL
        try:
            _round()
        except Stop as stopped:
            if stopped.en != self.said:
                tell(self.options, zh=stopped.zh, en=stopped.en)
            self.said = stopped.en
        except OperationalError:
            raise
        except Exception as error:
            self.faults.tell(error)
        else:
            self.faults.end()


def _once() -> "Round | None":
    """A round that nobody repeats: what a later one might mend is said in a sentence, too."""
    from yangcai.kernel.log_keys import NotSigned

    try:
        return _round()
    except NotSigned as error:
        raise Stop(zh=f"日志签名进程没有签署：{error}", en=f"the log's signer did not sign: {error}") from error


def _round() -> "Round | None":
    """Raises Stop where the log must not go on: nobody but a person can decide then."""
    from yangcai.cli.sealed import client
    from yangcai.kernel import clock, log_keys, sequencer
    from yangcai.www import bundle

    try:
        return sequencer.sequence(now=clock.now(), announced=[bundle.announced(), client.announced()])
    except (sequencer.LogStopped, log_keys.NeverTwo, log_keys.KeyExposed) as error:
        raise Stop(zh=f"公开日志已停止：{error}", en=f"the public log has stopped: {error}") from error


def _data(found: "Round | None") -> dict[str, object]:
    if found is None:
        return {"busy": True}
    return {"busy": False, "size": found.size, "placed": found.placed, "cosigned": list(found.cosigned)}


def _told(found: "Round | None") -> str:
    if found is None:
        return say(zh="另一进程正在排定公开日志", en="another process is sequencing the log")
    zh = f"公开日志共 {found.size} 条，新增 {found.placed} 条，{len(found.cosigned)} 份见证联署"
    en = f"{found.size} lines, {found.placed} of them new, {len(found.cosigned)} cosignatures"
    return "\n".join([say(zh=zh, en=en), *found.faults])
