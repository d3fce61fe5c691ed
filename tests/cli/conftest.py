"""How does a test of the command line give a command, on a site that stands where the test wants it?"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from tests.factories import NOW
from yangcai import cli
from yangcai.cli import console, site


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Any:
    """A command in this process: the data of its answer, once its exit code is the one that is expected."""

    def run(*arguments: object, code: int = 0) -> dict[str, Any]:
        found = cli.main([*map(str, arguments), "--json", "--quiet"])
        said = json.loads(capsys.readouterr().out)
        assert found == code, said
        return dict(said.get("data") or {})

    return run


@pytest.fixture
def own_site(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Django runs already, the clock stands, and the language is put back."""
    monkeypatch.setattr(site, "load", lambda **_how: translation.activate(site.LANGUAGES[console.language()]))
    monkeypatch.setattr("yangcai.kernel.clock.now", lambda: NOW)
    yield
    translation.activate("zh-hans")
    console.choose_language("zh")
