"""Who holds the key of the public log apart from the site? This process: it signs, and never two roots for one size."""

import argparse
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from yangcai.cli import console
from yangcai.cli.console import Stop, answer, say, tell

if TYPE_CHECKING:
    from yangcai.kernel.log_keys import KeyFile

HELP = ("公开日志的独立签名进程", "the process that holds the log's key")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "home",
        type=Path,
        metavar="FOLDER",
        help=say(
            zh="密钥和签名记录所在的文件夹，平台不能读取", en="folder of key and memory, which the site can't read"
        ),
    )
    parser.add_argument(
        "--socket",
        type=Path,
        metavar="PATH",
        help=say(
            zh="套接字，平台以 YANGCAI_LOG_SIGNER 指定（默认 FOLDER/signer.sock）",
            en="socket that the site names by YANGCAI_LOG_SIGNER (FOLDER/signer.sock)",
        ),
    )
    parser.add_argument(
        "--name",
        default="",
        help=say(zh="首次使用时的平台名称（YANGCAI_NAME）", en="the site's YANGCAI_NAME, when first used"),
    )
    parser.add_argument("--show", action="store_true", help=say(zh="只显示公钥", en="only show its public key"))


def run(options: argparse.Namespace) -> int:
    from yangcai.kernel.log_keys import LOG, KeyExposed, KeyFile

    held = KeyFile(options.home, f"{options.name}/{LOG}")
    if not options.name and not (options.home / f"{LOG}.key").exists():
        raise Stop(zh="首次使用须给出 --name", en="give --name when it is first used", code=console.USAGE)
    try:
        vkey = held.verifier.vkey
        if options.show:
            answer(options, data={"vkey": vkey}, text=vkey)
            return console.OK
        return _serve(options, held, vkey)
    except (KeyExposed, ValueError, OSError) as error:  # Malformed, or no text at all, are ValueErrors
        raise Stop(zh=f"签名进程不能工作：{error}", en=f"the signer cannot work: {error}") from error


def _serve(options: argparse.Namespace, held: "KeyFile", vkey: str) -> int:
    from yangcai.kernel import log_signer

    path = options.socket or options.home / "signer.sock"
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with log_signer.serving(held, path=path):
        tell(options, zh=f"签名公钥 {vkey} 在 {path} （Ctrl-C 结束）", en=f"key {vkey} at {path} (Ctrl-C ends)")
        stop.wait()
    return console.OK
