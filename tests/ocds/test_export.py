"""Does `yangcai ocds export` write whole, valid packages, and nothing of a case that is not public?"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.factories import make_case
from tests.tendering.walk import Tender
from yangcai import cli
from yangcai.cli import console
from yangcai.ocds import validation

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("options", "kind"), [([], "release"), (["--records"], "record")])
def test_every_published_case_is_written(options: list[str], kind: str, tmp_path: Path, capsys: Any) -> None:
    cases = [Tender().published().case, Tender(lots=2).published().case]
    secret = make_case(title="尚未公告的采购")
    path = tmp_path / "package.json"
    assert cli.main(["ocds", "export", "--check", "--json", *options, "--output", str(path)]) == console.OK
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] and told["data"]["cases"] == 2
    text = path.read_text(encoding="utf-8")
    package = json.loads(text)
    assert validation.faults(package, kind=kind) == []
    assert [item["ocid"].rsplit("-", 1)[1] for item in package[f"{kind}s"]] == [str(case.pk) for case in cases]
    assert secret.title not in text
    assert list(tmp_path.iterdir()) == [path]


def test_one_case_to_stdout(capsys: Any) -> None:
    case = Tender().published().case
    Tender().published()
    assert cli.main(["ocds", "export", "--quiet", "--case", str(case.pk)]) == console.OK
    assert len(json.loads(capsys.readouterr().out)["releases"]) == 1
    assert cli.main(["ocds", "export", "--case", str(make_case().pk)]) == console.NOT_MET


def test_the_report_and_the_data_do_not_share_one_stream() -> None:
    assert cli.main(["ocds", "export", "--json"]) == console.USAGE
