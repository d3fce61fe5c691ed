"""Is a request that is too large refused by what it says of itself, before its body is read?"""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.factories import make_post
from tests.www.support import Clock, at_desk
from yangcai.parties.roles import Role

pytestmark = pytest.mark.django_db


class Unread:
    """A body that nobody may read."""

    def read(self, *args: int) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def announced(client: Client, path: str, length: int | str, **headers: str) -> Any:
    """A request that names the length of its body, and whose body must not be looked at."""
    return client.generic(
        "POST",
        path,
        headers=headers,
        **{"wsgi.input": Unread(), "CONTENT_LENGTH": str(length), "CONTENT_TYPE": "multipart/form-data; boundary=x"},
    )


@pytest.mark.parametrize("length", [64 * 2**10 + 1, 200 * 2**20, "9" * 4400, "²", "-1"])
@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/language/", "/sandbox/post/", "/", "/work/do/case/1/bid.submit/"]
)
def test_nobody_sends_much_without_a_post(path: str, length: int | str) -> None:
    answer = announced(Client(enforce_csrf_checks=True), path, length)
    assert answer.status_code == 413 and "内容过大" in answer.content.decode()
    answer = announced(Client(), path, length, **{"Accept-Language": "en"})
    assert answer.status_code == 413 and "at most 64.0 KB" in answer.content.decode()


def test_a_form_takes_what_its_action_takes(clock: Clock, settings: Any) -> None:
    treasury = make_post(Role.TREASURY)
    settings.YANGCAI_UPLOAD_MAX_BYTES, settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20, 2**20
    address = f"/work/do/organisation/{treasury.organisation_id}"
    client = at_desk(treasury)
    for code, most in (("budget.import", 3 * 2**20), ("debarment.record", 2**20), ("no.such", 2**20)):
        assert announced(client, f"{address}/{code}/", most + 1).status_code == 413, code
    file = SimpleUploadedFile("预算.csv", b"x" * 2**20)
    assert client.post(f"{address}/budget.import/", {"file": file}).status_code == 422  # read, and found wanting
    answer = client.post(f"{address}/budget.import/", {"key": "x" * (2**20 + 1)})  # a text, where a file may be
    assert answer.status_code == 413 and "内容过大" in answer.content.decode()


def test_nothing_is_read_beyond_the_length_that_was_named() -> None:
    """As with chunks that name none: what a server hands on without a length is not read at all."""
    for length in ("", "0"):
        answer = announced(Client(), "/accounts/login/", length)
        assert answer.status_code == 200
