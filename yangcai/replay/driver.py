"""Through which door does a replay act? Straight through `perform`, or over HTTP with a token per post."""

import datetime
import hashlib
import http.client
import json
import secrets
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.apps import apps
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections, models

from yangcai.api.openapi import model_of
from yangcai.api.resources import path_of
from yangcai.kernel import clock, documents, tasks
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.kernel.entries import plain
from yangcai.kernel.models import Document
from yangcai.kernel.refusals import Citation, Refusal, Refused
from yangcai.parties.models import ApiToken, Post


class Driver(Protocol):
    """A door: moves the sandbox clock, brings files in, performs Actions."""

    def do(self, code: str, subject: Any, *, by: Post, at: datetime.datetime, **data: Any) -> Any: ...

    def file(self, name: str, content: bytes, *, by: Post, at: datetime.datetime) -> Any: ...


#: Earlier than any case: the first law that is known here is of 2003.
BEFORE_ALL = datetime.datetime(2003, 1, 1, tzinfo=datetime.UTC)


def begin_again() -> None:
    """Each case of a run has its own years: put the sandbox clock back, so that it may start earlier."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_sandboxclock (id, at) VALUES (1, %s) ON CONFLICT (id) DO UPDATE SET at = EXCLUDED.at",
            [BEFORE_ALL],
        )


def move_to(at: datetime.datetime) -> None:
    """Move the sandbox clock and let fire what falls due on the way."""
    clock.set_sandbox(at=at)
    tasks.fire_due(now=at)


class PythonDriver:
    """Straight through the write path."""

    def do(self, code: str, subject: Any, *, by: Post, at: datetime.datetime, **data: Any) -> Any:
        move_to(at)
        fresh = type(subject)._base_manager.get(pk=subject.pk)
        return perform(ACTIONS[code], fresh, by=by, now=at, **data).value

    def file(self, name: str, content: bytes, *, by: Post, at: datetime.datetime) -> Document:
        return documents.store_bytes(data=content, name=name, person_id=by.person_id, now=at)


class ApiError(Exception):
    """The API answered something that is neither success nor a refusal."""


class ApiDriver:
    """Over HTTP on the loopback address: JSON in, JSON out, problems carry the Refusals."""

    def __init__(self, *, host: str, port: int):
        self.connection = http.client.HTTPConnection(host, port, timeout=60)
        self.tokens: dict[int, str] = {}

    def token(self, post: Post, at: datetime.datetime) -> str:
        if post.pk not in self.tokens:
            secret = secrets.token_urlsafe(32)
            ApiToken.objects.create(
                post=post,
                digest=hashlib.sha256(secret.encode()).hexdigest(),
                label="replay",
                created_at=at,
                expires_at=at + datetime.timedelta(days=36500),
            )
            self.tokens[post.pk] = secret
        return self.tokens[post.pk]

    def _post(self, path: str, body: bytes, content_type: str, *, by: Post, at: datetime.datetime) -> dict[str, Any]:
        headers = {
            "Authorization": f"Bearer {self.token(by, at)}",
            "Content-Type": content_type,
            "Idempotency-Key": uuid.uuid4().hex,
        }
        self.connection.request("POST", f"/api/v1/{path}", body=body, headers=headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status in (200, 201):
            found: dict[str, Any] = json.loads(text)
            return found
        problem = json.loads(text) if "json" in (answer.getheader("Content-Type") or "") else {}
        if problem.get("refusals"):
            raise Refused([_refusal(r) for r in problem["refusals"]])
        raise ApiError(f"{answer.status} {path}: {problem.get('title', '')}")

    def do(self, code: str, subject: Any, *, by: Post, at: datetime.datetime, **data: Any) -> Any:
        move_to(at)
        path = f"{path_of(type(subject))}/{subject.pk}/actions/{code}"
        body = json.dumps(_sent(data), ensure_ascii=False).encode()
        value = self._post(path, body, "application/json", by=by, at=at)["value"]
        model = model_of(value["path"]) if value and "path" in value else None
        return model._base_manager.get(pk=value["id"]) if model and value else None

    def file(self, name: str, content: bytes, *, by: Post, at: datetime.datetime) -> str:
        move_to(at)
        edge = uuid.uuid4().hex
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
        body = head + content + f"\r\n--{edge}--\r\n".encode()
        digest: str = self._post("documents", body, f"multipart/form-data; boundary={edge}", by=by, at=at)["digest"]
        return digest


def _sent(value: Any) -> Any:
    """The JSON of an input: rows by their number, the rest as in an Entry."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, dict):
        return {k: _sent(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_sent(v) for v in value]
    return plain(value)


def _refusal(data: dict[str, Any]) -> Refusal:
    cited = data.get("citation")
    known = {name: cited[name] for name in Citation.__dataclass_fields__ if name in cited} if cited else {}
    return Refusal(data["code"], data["zh"], data["en"], citation=Citation(**known) if cited else None)


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """The steps are the log."""


@contextmanager
def api_driver() -> Iterator[ApiDriver]:
    """The real site on a free loopback port, for as long as the block runs."""
    if not apps.ready:
        raise RuntimeError("load the site first")
    server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=_Quiet)

    def serve() -> None:
        """One client, one thread, one connection to the database, which is closed where it was opened."""
        try:
            server.serve_forever(poll_interval=0.05)
        finally:
            connections.close_all()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    through = ApiDriver(host="127.0.0.1", port=server.server_port)
    try:
        yield through
    finally:
        through.connection.close()
        server.shutdown()
        server.server_close()
        thread.join()
