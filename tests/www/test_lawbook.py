"""Does the law book speak in words, where the rules themselves have keys and codes?"""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.www.support import Clock, text_of
from yangcai import law
from yangcai.www.public.topics import PLACES, TOPICS


def test_every_topic_and_every_place_has_a_name() -> None:
    rules = law.all_rules()
    assert {rule.key.partition(".")[0] for rule in rules} == set(TOPICS)
    assert {value.jurisdiction for rule in rules for value in rule.values} <= set(PLACES)


@pytest.mark.long
@pytest.mark.django_db
def test_a_term_of_the_platform_says_that_it_is_no_law(clock: Clock) -> None:
    shown = text_of(Client().get("/law/outage.extension", follow=True))
    assert "不是法律规定" in shown and "已核对原文" not in shown


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_heading_is_a_key(language: str, clock: Clock) -> None:
    client = Client()
    client.cookies["django_language"] = language
    headings = re.findall(r"<h2[^>]*>([^<]+)</h2>", text_of(client.get(reverse("law"))))
    assert len(headings) >= len(TOPICS)
    assert [text for text in headings if "_" in text or (text.lower() in TOPICS and language != "en")] == []
