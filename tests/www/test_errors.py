"""Does a page that fails say what happened, what to do now, and nothing that it should not?"""

import logging
import re

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from tests.factories import make_post
from tests.www.support import Clock, at_desk
from yangcai.parties.roles import Role
from yangcai.www import errors

pytestmark = pytest.mark.django_db


def test_what_is_not_there_offers_the_search(clock: Clock) -> None:
    answer = at_desk(make_post(Role.SUPPLIER)).get("/work/case/123456/")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "没有这一页" in page and f'action="{reverse("notices")}"' in page
    assert "DoesNotExist" not in page and "Traceback" not in page


def test_another_role_is_told_who_may(clock: Clock) -> None:
    answer = at_desk(make_post(Role.SUPPLIER)).get(reverse("work_payments"))
    assert answer.status_code == 403
    assert "国库支付" in answer.content.decode() and "采购人经办" not in answer.content.decode()


def test_a_forged_form_is_refused(clock: Clock) -> None:
    post = make_post(Role.SUPPLIER)
    client = Client(enforce_csrf_checks=True)
    client.force_login(post.person)
    answer = client.post(reverse("choose_post"), {"post": post.pk})
    assert answer.status_code == 403 and "页面已失效" in answer.content.decode()


def test_what_broke_has_a_number_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = errors.broken(RequestFactory().get("/work/"))
    number = re.search(r"<code>([0-9A-F]{8})</code>", answer.content.decode()).group(1)
    assert answer.status_code == 500
    assert f"incident {number} at /work/" in caplog.text
