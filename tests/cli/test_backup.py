"""Does an installation come back from its backup, whole and checked, and is a damaged or misplaced one refused?"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, connections

from tests.contracts import support
from yangcai import cli
from yangcai.cli import archive, console
from yangcai.kernel import documents
from yangcai.kernel.models import Document, Entry
from yangcai.tendering import opened_files

pytestmark = pytest.mark.long
SECRET = "只给评审委员会".encode() * 500


@pytest.fixture
def site(own_site: None, transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[Path]:
    """A contract with its papers, in a database and folders of its own; and an empty database beside it."""
    home = tmp_path / "home"
    settings.YANGCAI_HOME, settings.YANGCAI_FILES, settings.YANGCAI_LOG = home, home / "files", home / "log"
    (home / "log").mkdir(parents=True)
    (home / "log" / "checkpoint").write_text("whole")
    deal = support.scene()
    support.effective(deal)
    support.accepted(deal)
    yield tmp_path
    ordinary = connection.settings_dict["NAME"].removesuffix("_restored")
    connections.close_all()
    connection.settings_dict["NAME"] = ordinary
    settings.DATABASES["default"]["NAME"] = ordinary
    _elsewhere(f'DROP DATABASE IF EXISTS "{ordinary}_restored"')


def _elsewhere(statement: str) -> None:
    kept = {k: v for k, v in connection.get_connection_params().items() if k in {"host", "port", "user", "password"}}
    with psycopg.connect(**kept, dbname="postgres", autocommit=True) as server:
        server.execute(statement)


def moved(settings: Any, home: Path) -> None:
    """From here on an installation with nothing in it."""
    name = connection.settings_dict["NAME"]
    connections.close_all()
    _elsewhere(f'CREATE DATABASE "{name}_restored"')
    connection.settings_dict["NAME"] = f"{name}_restored"
    settings.YANGCAI_HOME, settings.YANGCAI_FILES, settings.YANGCAI_LOG = home, home / "files", home / "log"


def test_what_was_kept_comes_back_and_is_checked(site: Path, settings: Any, command: Any) -> None:
    backup = site / "backup"
    kept = command("backup", backup)
    before = (Entry.objects.count(), set(Document.objects.values_list("pk", flat=True)))
    assert kept["rows"] > 0 and kept["files"] >= 3 and before[1]
    assert not [path for path in backup.rglob("*") if path.name in {"secret_key", "log.key", "files.key"}]
    command("backup", backup, code=console.NOT_MET)  # never written over
    command("restore", backup, code=console.NOT_MET)  # nor is a database that has somebody in it
    assert command("restore", backup, "--check")["files"] == kept["files"]
    moved(settings, site / "other")
    assert command("restore", backup)["rows"] == kept["rows"]
    assert (Entry.objects.count(), set(Document.objects.values_list("pk", flat=True))) == before
    assert all(documents.read(document) for document in Document.objects.all())
    assert (site / "other" / "log" / "checkpoint").read_text() == "whole"
    with pytest.raises(Exception, match="are never changed"):
        Entry.objects.filter(seq=Entry.objects.latest("seq").seq).update(action="x")


def test_what_lies_enciphered_comes_back_with_its_key_and_is_checked_without(
    site: Path, settings: Any, command: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key is put back later, as it lies in no backup: until then the ciphertext is held against the manifest."""
    opened = opened_files.keep_bytes(SECRET, name="投标文件.txt")
    backup = site / "backup"
    command("backup", backup)
    assert not [path for path in backup.rglob("*") if path.is_file() and SECRET in path.read_bytes()]
    whole = shutil.copytree

    def rotten(source: Any, *rest: Any, **how: Any) -> Any:
        """A disk that changes a bit on the way."""
        done = whole(source, *rest, **how)
        if source == backup / "files":
            path = documents.path_of(opened.digest)
            content = bytearray(path.read_bytes())
            content[-1] ^= 1
            path.write_bytes(content)
        return done

    moved(settings, site / "other")
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copytree", rotten)
        assert command("restore", backup, code=console.VERIFICATION_FAILED)["locked"] == 0
    again(settings, site / "third")
    assert command("restore", backup)["locked"] == 1
    assert documents.state_of(opened.digest) == "locked"
    shutil.copytree(site / "home" / "keys", site / "third" / "keys")
    assert documents.read(opened) == SECRET
    again(settings, site / "fourth")
    shutil.copytree(site / "home" / "keys", site / "fourth" / "keys")  # put back before: read through it
    assert command("restore", backup)["locked"] == 0


def again(settings: Any, home: Path) -> None:
    """Likewise, a database and folders with nothing in them, once more."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    settings.YANGCAI_HOME, settings.YANGCAI_FILES, settings.YANGCAI_LOG = home, home / "files", home / "log"


@pytest.mark.parametrize("how", ["changed", "missing", "added", "manifest"])
def test_a_damaged_backup_is_told_and_nothing_is_restored(how: str, tmp_path: Path, capsys: Any) -> None:
    backup = tmp_path / "backup"
    (backup / "files").mkdir(parents=True)
    (backup / "files" / "a").write_text("a")
    files = {"files/a": archive.digest_of(backup / "files" / "a")}
    manifest = {"format": 1, "version": "0", "at": "", "migrations": [], "rows": {}, "files": files}
    (backup / "manifest.json").write_text(json.dumps(manifest))
    assert cli.main(["restore", str(backup), "--check", "--json", "--quiet"]) == 0
    capsys.readouterr()
    match how:
        case "changed":
            (backup / "files" / "a").write_text("b")
        case "missing":
            (backup / "files" / "a").unlink()
        case "added":
            (backup / "files" / "b").write_text("b")
        case "manifest":
            (backup / "manifest.json").write_text(json.dumps(manifest)[:-9])
    assert cli.main(["restore", str(backup), "--json", "--quiet"]) == console.VERIFICATION_FAILED
    assert not json.loads(capsys.readouterr().out)["ok"]
