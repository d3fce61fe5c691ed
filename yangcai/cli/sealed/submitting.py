"""`bid submit`: the envelope in parts over a bad line, resumed where it broke, then the one request that counts."""

import argparse
import hashlib
import http.client
import json
import os
import urllib.parse
from pathlib import Path
from typing import Any, BinaryIO

from yangcai.cli import console
from yangcai.cli.console import Stop, answer, say, tell
from yangcai.cli.sealed import files
from yangcai.kernel.encoding import base64_of
from yangcai.sealing.digests import PART
from yangcai.sealing.envelope import imprint_of
from yangcai.sealing.rehearsal import check_statement
from yangcai.sealing.statement import Submit

#: How often one request is tried when the line breaks; running the command again goes on from there.
TRIES = 5
#: Seconds without an answer.
PATIENCE = 120
#: Whoever asks again finds out what became of it.
AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
LARGEST_ANSWER = 2**20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--server", required=True, metavar="URL", help=say(zh="平台地址", en="address of the platform"))
    parser.add_argument("--envelope", type=Path, required=True, help=say(zh="密封文件", en="the envelope"))
    parser.add_argument("--statement", type=Path, required=True, help=say(zh="已签名的声明", en="the signed statement"))
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help=say(zh="回执", en="the receipt"))
    parser.add_argument(
        "--token-file",
        type=Path,
        metavar="FILE",
        help=say(
            zh="访问令牌所在文件（或环境变量 YANGCAI_TOKEN）", en="file that holds the access token (or YANGCAI_TOKEN)"
        ),
    )


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
    try:
        told = json.loads(content)
        return str(told.get("title") or "") + (f"（{told['code']}）" if told.get("code") else "")
    except (ValueError, AttributeError):
        return ""


def run(options: argparse.Namespace) -> int:
    files.refuse_existing(options.out)
    message = files.message(options.statement)
    said = message.statement
    if not isinstance(said, Submit):
        raise Stop(zh="这不是投标声明", en="this is no statement of submission", code=console.USAGE)
    header = files.header_of(options.envelope)
    with options.envelope.open("rb") as stream:
        check_statement(header, imprint_of(stream), said)
    line = Line(options.server, _token(options))
    asked = {"idem": said.idem.hex(), "lot": said.lot}
    begun = line.ask_json("POST", f"/tenders/{said.tender}/submissions", asked)
    submission, size = str(begun["sid"]), int(begun["part_size"])
    if size != PART:
        raise Stop(zh="平台的分片大小不同", en="the platform wants parts of another size")
    with options.envelope.open("rb") as stream:
        sent = _send(options, line, submission, stream)
    line.ask_json("POST", f"/submissions/{submission}/check", {"header_b64": base64_of(header.content)})
    headers = {"Content-Type": "application/json"}
    receipt = line.ask("POST", f"/submissions/{submission}/finalise", message.content, headers)
    _keep(options.out, receipt)
    answer(
        options,
        data={"submission": submission, "receipt": str(options.out), "parts_sent": sent},
        text=say(zh=f"已递交，回执 {options.out}", en=f"submitted; receipt {options.out}"),
    )
    return console.OK


def _keep(path: Path, receipt: bytes) -> None:
    """A note ends in a newline that belongs to it."""
    files.write_new(path, receipt)


def _token(options: argparse.Namespace) -> str:
    token = files.read(options.token_file).decode() if options.token_file else os.environ.get("YANGCAI_TOKEN", "")
    if not token.strip():
        raise Stop(
            zh="请用 --token-file 或环境变量 YANGCAI_TOKEN 给出访问令牌",
            en="give the access token by --token-file or YANGCAI_TOKEN",
            code=console.USAGE,
        )
    return token.strip()


def _send(options: argparse.Namespace, line: Line, submission: str, stream: BinaryIO) -> int:
    """Every part that is not there yet; how many were sent."""
    there = set(line.ask_json("GET", f"/submissions/{submission}/parts"))
    number, sent = 0, 0
    while part := stream.read(PART):
        number += 1
        if number in there:
            continue
        digest = hashlib.sha256(part).hexdigest()
        headers = {"Content-SHA256": digest, "Content-Type": "application/octet-stream"}
        line.ask("PUT", f"/submissions/{submission}/parts/{number}", part, headers)
        sent += 1
        tell(options, zh=f"第 {number} 片已送达", en=f"part {number} is there")
    return sent
