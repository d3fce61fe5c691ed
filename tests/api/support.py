"""A caller of the API: a token for a post, and requests that carry it."""

import datetime
import hashlib
import json
import secrets
from typing import Any

from django.test import Client

from tests.factories import NOW
from yangcai.parties.models import ApiToken, Post


def token_of(post: Post, *, now: datetime.datetime = NOW, days: int = 30, **values: Any) -> str:
    secret = secrets.token_urlsafe(32)
    ApiToken.objects.create(
        post=post,
        digest=hashlib.sha256(secret.encode()).hexdigest(),
        label="测试",
        created_at=now,
        expires_at=now + datetime.timedelta(days=days),
        **values,
    )
    return secret


class Caller:
    """`post` None: without a token."""

    def __init__(self, post: Post | None, *, language: str = "zh"):
        # A server answers 500 where a test would raise: what is to be seen is the answer.
        self.client = Client(raise_request_exception=False)
        self.headers = {"Accept-Language": language}
        if post is not None:
            self.headers["Authorization"] = f"Bearer {token_of(post)}"

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"/api/v1/{path}", headers={**self.headers, **headers})

    def post(self, path: str, data: Any = None, **headers: str) -> Any:
        body = data if isinstance(data, bytes) else json.dumps(data or {}, ensure_ascii=False, default=str)
        return self.client.post(
            f"/api/v1/{path}", body, content_type="application/json", headers={**self.headers, **headers}
        )

    def act(self, subject: Any, code: str, data: Any = None, *, query: str = "", **headers: str) -> Any:
        from yangcai.api.resources import path_of

        return self.post(f"{path_of(type(subject))}/{subject.pk}/actions/{code}{query}", data, **headers)


def codes(answer: Any) -> set[str]:
    """The codes of the Refusals of a problem document."""
    assert answer["Content-Type"] == "application/problem+json", answer.content
    return {refusal["code"] for refusal in answer.json()["refusals"]}
