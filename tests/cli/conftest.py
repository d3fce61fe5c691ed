"""How does a test of the command line give a command?"""

import json
from typing import Any

import pytest

from yangcai import cli


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Any:
    """A command in this process: the data of its answer, once its exit code is the one that is expected."""

    def run(*arguments: object, code: int = 0) -> dict[str, Any]:
        found = cli.main([*map(str, arguments), "--json", "--quiet"])
        said = json.loads(capsys.readouterr().out)
        assert found == code, said
        return dict(said.get("data") or {})

    return run
