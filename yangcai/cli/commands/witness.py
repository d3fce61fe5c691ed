"""Who else watches a log? This witness (C2SP tlog-witness): it cosigns only what follows from all before."""

import argparse
import contextlib
import datetime
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from yangcai.cli import console, ports
from yangcai.cli.console import Stop, answer, say, tell

if TYPE_CHECKING:
    from yangcai.kernel.witness.store import Store

HELP = ("公开日志的见证人（C2SP tlog-witness）", "a witness of public logs (C2SP tlog-witness)")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "home", type=Path, metavar="FOLDER", help=say(zh="密钥和状态所在的文件夹", en="folder of its key and its state")
    )
    parser.add_argument("--name", default="", help=say(zh="见证人名称（首次使用时）", en="its name, when first used"))
    parser.add_argument(
        "--log", action="append", default=[], metavar="VKEY", help=say(zh="见证的日志公钥", en="key of a log to watch")
    )
    parser.add_argument("--host", default="127.0.0.1", help=say(zh="监听地址", en="address to listen on"))
    parser.add_argument("--port", type=ports.port, default=7380, help=say(zh="端口", en="port"))
    parser.add_argument("--show", action="store_true", help=say(zh="只显示公钥", en="only show its key"))


def run(options: argparse.Namespace) -> int:
    from yangcai.kernel.tlog import note
    from yangcai.kernel.witness.store import Store, StoreFault

    try:
        if options.show and not options.log and (known := Store.shown(options.home)) is not None:
            return _show(options, known.vkey)  # while it runs, too: whoever names it in a policy asks then
        with contextlib.closing(Store.opened(options.home, name=options.name)) as keeper:
            for vkey in options.log:
                keeper.watch(note.parse_vkey(vkey))
            return _show(options, keeper.signer.verifier.vkey) if options.show else _serve(options, keeper)
    except (StoreFault, ValueError, OSError) as error:  # Malformed, or no text at all, are ValueErrors
        raise Stop(zh=f"见证人不能工作：{error}", en=f"the witness cannot work: {error}") from error


def _show(options: argparse.Namespace, vkey: str) -> int:
    answer(options, data={"vkey": vkey}, text=vkey)
    return console.OK


def _serve(options: argparse.Namespace, keeper: "Store") -> int:
    from yangcai.kernel.witness import server

    ports.claim_or_stop(host=options.host, port=options.port, command="witness").close()
    with server.serving(keeper, host=options.host, port=options.port, clock=_clock) as running:
        tell(
            options,
            zh=f"见证人 {keeper.signer.verifier.vkey} 在 http://{options.host}:{running.port} （Ctrl-C 结束）",
            en=f"witness {keeper.signer.verifier.vkey} at http://{options.host}:{running.port} (Ctrl-C ends)",
        )
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        stop.wait()
    return console.OK


def _clock() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
