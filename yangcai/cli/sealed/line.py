"""How does a command speak with the platform? One connection, tried again when it breaks; a token over https only."""

import argparse
import http.client
import json
import os
import re
import urllib.parse
from pathlib import Path
from typing import Any

from yangcai.cli import console
from yangcai.cli.console import Stop, say
from yangcai.cli.sealed import files

#: How often one request is tried when the line breaks; running the command again goes on from there.
TRIES = 5
#: The codes of the answers that the file store takes no files: it is down, or nearly full.
STORE = ("store", "no-room")
#: Seconds without an answer.
PATIENCE = 120
#: Whoever asks again finds out what became of it.
AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
#: The headers of a whole opening fit into it, bytes.
LARGEST_ANSWER = 16 * 2**20


def add_options(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Options of every command that speaks with a platform: where, and with which token."""
    parser.add_argument(
        "--server", required=required, metavar="URL", help=say(zh="平台地址", en="address of the platform")
    )
    parser.add_argument(
        "--token-file",
        type=Path,
        metavar="FILE",
        help=say(
            zh="访问令牌所在文件（或环境变量 YANGCAI_TOKEN）", en="file that holds the access token (or YANGCAI_TOKEN)"
        ),
    )


def opened(options: argparse.Namespace) -> "Line":
    """The line that the options name, to be used in a `with`."""
    return Line(options.server, _token(options))


class StoreDown(Stop):
    """The platform's file store takes no files, however often it is asked."""


class Line:
    """One connection to the platform, opened again when it breaks."""

    def __init__(self, server: str, token: str) -> None:
        found = urllib.parse.urlsplit(server)
        if found.scheme not in {"https", "http"} or not found.hostname:
            raise Stop(zh=f"地址有误：{server}", en=f"no address: {server}", code=console.USAGE)
        is_local = found.hostname in {"localhost", "127.0.0.1", "::1"}
        if found.scheme == "http" and not is_local:
            raise Stop(zh="令牌只经 https 发送", en="a token goes over https only", code=console.USAGE)
        kind = http.client.HTTPSConnection if found.scheme == "https" else http.client.HTTPConnection
        self.connection = kind(found.hostname, found.port, timeout=PATIENCE)
        self.base = found.path.rstrip("/") + "/sbp/v1"
        self.token = token

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_error: object) -> None:
        self.connection.close()

    def ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> bytes:
        """The answer's bytes. Raises Stop with the platform's own words when it refuses, or the line stays broken."""
        given = {"Authorization": f"Bearer {self.token}", "Accept-Language": console.language(), **(headers or {})}
        last = ""
        for _try in range(TRIES):
            try:
                self.connection.request(method, self.base + path, body=body, headers=given)
                response = self.connection.getresponse()
                content = response.read(LARGEST_ANSWER)
            except (OSError, http.client.HTTPException) as error:
                self.connection.close()
                last = str(error) or type(error).__name__
                continue
            if response.status < 300:
                return content
            last = _title(content) or f"HTTP {response.status}"
            if response.status not in AGAIN:
                raise Stop(zh=last, en=last, code=console.NOT_MET)
        if last.endswith(tuple(f"[{code}]" for code in STORE)):
            raise StoreDown(zh=last, en=last)
        raise Stop(
            zh=f"连接中断：{last}；再次运行同一命令即从中断处继续",
            en=f"the line is broken: {last}; run the same command again, it goes on from here",
        )

    def ask_json(self, method: str, path: str, value: Any = None) -> Any:
        body = json.dumps(value).encode() if value is not None else None
        try:
            return json.loads(self.ask(method, path, body, {"Content-Type": "application/json"} if body else None))
        except ValueError as error:
            raise Stop(zh="平台的回答不可理解", en="the platform's answer makes no sense") from error


def _title(content: bytes) -> str:
    """What a problem document (RFC 9457) says, with every reason and its code; empty where it is none."""
    try:
        told = json.loads(content)
        code = str(told.get("type") or "").rsplit("/", 1)[-1]
        reasons = [str(one.get(console.language()) or "") for one in told.get("refusals", [])]
        said = [str(told.get("title") or ""), str(told.get("detail") or ""), *reasons]
    except (ValueError, AttributeError, TypeError):
        return ""
    return "; ".join(filter(None, said)) + (f" [{code}]" if code else "")


def _token(options: argparse.Namespace) -> str:
    given = files.read(options.token_file) if options.token_file else os.environb.get(b"YANGCAI_TOKEN", b"")
    token = given.strip()
    if not re.fullmatch(rb"[!-~]+", token):
        raise Stop(
            zh="请用 --token-file 或环境变量 YANGCAI_TOKEN 给出访问令牌",
            en="give the access token by --token-file or YANGCAI_TOKEN",
            code=console.USAGE,
        )
    return token.decode("ascii")
