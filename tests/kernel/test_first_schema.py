"""Is the schema that an empty database gets at once the one to which all migrations lead, one after the other?"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from yangcai.cli import archive
from yangcai.kernel import first_schema

pytestmark = [pytest.mark.django_db, pytest.mark.long]

#: Django's own command in a process of its own: from migration to migration, as an installation that is kept goes.
STEP_BY_STEP = """
import django
from django.core.management import call_command
from django.core.management.commands import migrate
django.setup()
call_command(migrate.Command(), verbosity=0, interactive=False)
"""
A_TABLE = re.compile(r"(CREATE TABLE \S+ \()\n(.*?)\n\);", re.DOTALL)


@pytest.fixture
def migrated() -> Iterator[str]:
    """The address of a database that went through every migration."""
    kept = {k: v for k, v in connection.get_connection_params().items() if k in {"host", "port", "user", "password"}}
    ordinary = str(connection.settings_dict["NAME"])
    with psycopg.connect(**kept, dbname="postgres", autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{ordinary}_steps"')
        address = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{ordinary}_steps"))
        try:
            environment = os.environ | {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "yangcai.settings"}
            subprocess.run([sys.executable, "-c", STEP_BY_STEP], env=environment, check=True, timeout=1000)
            yield address
        finally:
            server.execute(f'DROP DATABASE "{ordinary}_steps" WITH (FORCE)')


def _schema(address: str) -> list[str]:
    """Every statement that makes it, without the cache's table, which no migration makes; columns in no order, as a
    column that came later stands last."""
    command = [archive.program("pg_dump"), "--schema-only", "--no-owner", "--no-privileges", "-T", "platform_cache"]
    said = subprocess.run([*command, address], capture_output=True, text=True, check=True).stdout
    said = A_TABLE.sub(lambda it: it[1] + "\n".join(sorted(line.rstrip(",") for line in it[2].split("\n"))), said)
    return sorted(part for part in said.split("\n\n") if not part.startswith("\\"))


def test_both_ways_lead_to_the_same_schema(migrated: str) -> None:
    assert _schema(archive.address()) == _schema(migrated)
    with psycopg.connect(migrated) as there:
        recorded = there.execute("SELECT app, name FROM django_migrations").fetchall()
    assert set(recorded) == set(MigrationRecorder(connection).applied_migrations())
    assert len(recorded) == len(set(recorded))


def test_a_database_with_anything_in_it_is_migrated_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not first_schema.is_wanted(connection)
    monkeypatch.setattr(first_schema, "create", lambda connection: pytest.fail("it has tables already"))
    call_command("migrate", verbosity=0)
