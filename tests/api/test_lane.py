"""Does the short way of a request with a token give the answers of the long one?"""

from typing import Any

import pytest
from django.test import Client

from tests.api.support import token_of
from tests.factories import make_post
from yangcai.parties.roles import Role

pytestmark = pytest.mark.django_db


def asked(path: str, **headers: str) -> Any:
    return Client(raise_request_exception=False).get(path, headers=headers)


def with_token(**more: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token_of(make_post(Role.AGENT))}", **more}


def test_a_token_needs_no_session() -> None:
    answer = asked("/api/v1/me", **with_token())
    assert answer.status_code == 200
    assert answer.json()["role"] == Role.AGENT
    # What reads cookies says that the answer depends on them: this one was not asked through it.
    assert "Cookie" not in answer.get("Vary", "")
    assert answer["Content-Length"] == str(len(answer.content))


@pytest.mark.parametrize("header", ["Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"])
def test_what_protects_every_answer_protects_this_one(header: str) -> None:
    assert asked("/api/v1/me", **with_token())[header] == asked("/api/v1/me")[header]


@pytest.mark.parametrize("path", ["/api/v1/nothing/here", "/api/v2/me", "/work/"])
def test_what_is_no_door_goes_the_long_way(path: str) -> None:
    short, long = asked(path, **with_token()), asked(path)
    assert (short.status_code, short.headers.get("Location")) == (long.status_code, long.headers.get("Location"))


def test_another_host_is_refused() -> None:
    assert asked("/api/v1/me", **with_token(host="elsewhere.example")).status_code == 400
