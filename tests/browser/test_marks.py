"""Is what is Chinese on an English page marked as Chinese on every page, so that a screen reader says it right?

Names, titles, numbers and the texts of the law stay Chinese wherever they stand; each of them in an element that says
so (`lang="zh-Hans"`). Only the title of a window cannot hold one.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.browser import samples
from tests.browser.samples import Samples
from tests.kernel.log import world
from tests.tendering.walk import set_database_clock
from tests.www.support import text_of
from tests.www.test_english import unmarked

TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)


def wrong_on(page: str, written: list[str]) -> list[str]:
    """Chinese on an English page that no element marks; of the window's title, what nobody wrote."""
    titles = "".join(TITLE.findall(page))
    return list(dict.fromkeys([*unmarked(TITLE.sub("", page), []), *unmarked(titles, written)]))


@pytest.fixture
def shown(settings: Any, tmp_path: Path, sandbox: None) -> Iterator[Samples]:
    world.use(settings, tmp_path)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 24 * 60 * 60
    settings.YANGCAI_SEALS, settings.YANGCAI_TIMESTAMPS = "demo", "demo"
    yield Samples()


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_what_is_chinese_is_marked_on_every_page(shown: Samples) -> None:
    wrong: list[str] = []
    written = samples.written()
    for sample in shown.all():
        set_database_clock(sample.at)
        client = Client()
        for name, value in {**sample.cookies, "django_language": "en"}.items():
            client.cookies[name] = value
        answer = client.get(sample.address)
        assert answer.status_code == sample.status, f"{sample.name} answered {answer.status_code}"
        wrong += [f"{sample.name}: {text}" for text in wrong_on(text_of(answer), written)]
    assert not wrong, "\n".join(wrong)
