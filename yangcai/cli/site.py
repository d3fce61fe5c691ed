"""How does a command come to the site's models? By loading the settings and starting the database."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from yangcai.cli import console
from yangcai.cli.console import Stop
from yangcai.kernel import embedded_postgres

LANGUAGES = {"zh": "zh-hans", "en": "en"}


def cluster_home() -> Path:
    """Where our own PostgreSQL lives (used unless DATABASE_URL names another)."""
    from yangcai import settings

    return settings.YANGCAI_HOME / "postgres"


def in_use(home: Path) -> Path:
    """The file that everybody who keeps the cluster of this folder holds locked; made here."""
    home.parent.mkdir(parents=True, exist_ok=True)
    path = home.parent / f"{home.name}.in-use"
    path.touch()
    return path


def ensure_database() -> None:
    """Start our own PostgreSQL unless DATABASE_URL names another. Raises embedded_postgres.PostgresError."""
    if not os.environ.get("DATABASE_URL"):
        embedded_postgres.start(cluster_home())


@contextlib.contextmanager
def running_database() -> Iterator[None]:
    """Our own PostgreSQL is up as long as the block runs: started again when killed, stopped at the end if it was down.

    A process of its own (`yangcai db keep`) sees to it, so that this one's end, however it comes, is noticed.
    """
    if os.environ.get("DATABASE_URL"):
        yield
        return
    keeper = subprocess.Popen(
        [sys.executable, "-m", "yangcai", "db", "keep", "--lang", console.language()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for us; the database goes last
    )
    with keeper:  # closes the pipes, waits
        if not keeper.stdout or not keeper.stdout.readline():
            raise Stop(
                zh="内置数据库未能启动（见上）",
                en="the embedded database did not start (see above)",
                hint="yangcai doctor",
            )
        yield


@contextlib.contextmanager
def beside(command: str, *arguments: str) -> Iterator[None]:
    """Another command of ours runs beside the block, in a process that notices this one's end by its input."""
    line = [sys.executable, "-m", "yangcai", command, "--lang", console.language(), *arguments]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True) as running:
        try:
            yield
        finally:
            running.terminate()


def load(*, with_database: bool = True) -> None:
    """Django, in the language of the command line; from here on models can be imported."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yangcai.settings")
    if with_database:
        ensure_database()
    import django
    from django.utils import translation

    django.setup()
    translation.activate(LANGUAGES[console.language()])
