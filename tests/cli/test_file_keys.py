"""Does the doctor say whether the files that lie enciphered can be read, and what is to be done where they cannot?"""

from pathlib import Path
from typing import Any

import pytest

import yangcai.settings
from yangcai.cli import machine
from yangcai.tendering import opened_files


@pytest.fixture
def home(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The doctor reads the settings before the site is loaded."""
    for name, value in (("YANGCAI_HOME", tmp_path), ("YANGCAI_FILES", tmp_path / "files"), ("YANGCAI_FILE_KEYS", "")):
        setattr(settings, name, value)
        monkeypatch.setattr(yangcai.settings, name, value)
    return tmp_path


@pytest.mark.django_db
def test_a_key_that_is_away_is_named_with_what_mends_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = machine.file_keys()
    assert found.well and "没有加密的文件" in found.state and not (home / "keys").exists()
    opened_files.keep_bytes("投标文件".encode(), name="x.txt")
    assert machine.file_keys().well and machine.file_keys().state == "1 把，均可用"
    key = home / "keys" / "files.key"
    key.rename(key.with_name("files.key.before"))
    opened_files.keep_bytes("投标文件二".encode(), name="y.txt")
    assert machine.file_keys().state == "2 把，均可用"
    key.with_name("files.key.before").rename(home / "lost")
    found = machine.file_keys()
    assert (found.well, found.needed) == (False, True)
    assert "has no key" in found.state and "files.key.*" in found.mend and "0600" in found.mend
    (home / "lost").rename(key.with_name("files.key.before"))
    assert machine.file_keys().well
    key.with_name("files.key.before").chmod(0o640)
    exposed = next(one for one in machine.permissions() if one.key == "secrets")
    assert not machine.file_keys().well and not exposed.well and "files.key.before" in exposed.mend
    monkeypatch.setattr(yangcai.settings, "YANGCAI_FILE_KEYS", "nowhere:keys")
    assert "YANGCAI_FILE_KEYS" in machine.file_keys().state
