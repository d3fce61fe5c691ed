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
    parser.add_argument(
        "--sm2",
        action="store_true",
        help=say(
            zh="同时以国密（SM2）密钥签署（log-sm2.key，首次使用时生成；需要 openssl）",
            en="sign with a key of SM2 too (log-sm2.key, made when first used; needs openssl)",
        ),
    )
    parser.add_argument("--show", action="store_true", help=say(zh="只显示公钥", en="only show its public key"))


def run(options: argparse.Namespace) -> int:
    from yangcai.kernel.log_keys import LOG, KeyExposed, KeyFile

    held = KeyFile(options.home, f"{options.name}/{LOG}", has_sm2=options.sm2)
    if not options.name and not (options.home / f"{LOG}.key").exists():
        raise Stop(zh="首次使用须给出 --name", en="give --name when it is first used", code=console.USAGE)
    try:
        vkey = held.verifier.vkey
        second = held.sm2_verifier
        if options.show:
            data = {"vkey": vkey} | ({"sm2": second.vkey} if second else {})
            answer(options, data=data, text="\n".join(data.values()))
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
