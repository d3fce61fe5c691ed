"""On what does a benchmark run? A site of its own: its own cluster and files, as in production, gone afterwards.

The cluster is the embedded one with the programme's own role, which is no superuser: triggers and constraints hold as
everywhere. It is durable (fsync and synchronous_commit on) where writing is measured, and not where only reading is.
Two things are not as in production: the clock is the sandbox clock, so that every run stands on the same day (one query
more per request, and the sandbox bar on every page but where pages are measured), and cookies work without TLS.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

from yangcai.kernel import embedded_postgres


@contextlib.contextmanager
def throw_away_site(*, durable: bool) -> Iterator[None]:
    """A new home with an empty database of today's schema; Django is loaded on it. Once per process."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="yangcai-bench-"))
        home = Path(folder)
        home.chmod(0o755)  # the server of root's cluster runs as another user and must get in
        dsn = embedded_postgres.start(home / "postgres", durable=durable)
        stack.callback(embedded_postgres.stop, home / "postgres")
        os.environ |= {
            "YANGCAI_HOME": str(home),
            "YANGCAI_SANDBOX": "1",
            "DATABASE_URL": dsn,
            "DJANGO_SETTINGS_MODULE": "yangcai.settings",
        }
        os.environ.pop("YANGCAI_DEBUG", None)
        import django

        django.setup()
        from django.db import connections

        from yangcai.cli.commands import migrate

        stack.callback(connections.close_all)
        migrate.apply()
        yield


def connect(*, superuser: bool = False) -> psycopg.Connection:
    """A bare connection to the same database, past Django's models, with its adapters and client-side parameters; as
    the cluster's superuser only to copy rows in bulk."""
    from django.db import connection

    parameters = connection.get_connection_params()
    if superuser:
        parameters["user"] = embedded_postgres.SUPERUSER
    return psycopg.connect(**parameters)
