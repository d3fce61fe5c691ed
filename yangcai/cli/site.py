"""How does a command come to the site's models? By loading the settings and starting the database."""

import os
from pathlib import Path

from yangcai.cli import console
from yangcai.kernel import embedded_postgres

LANGUAGES = {"zh": "zh-hans", "en": "en"}


def cluster_home() -> Path:
    """Where our own PostgreSQL lives (used unless DATABASE_URL names another)."""
    from yangcai import settings

    return settings.YANGCAI_HOME / "postgres"


def ensure_database() -> None:
    """Start our own PostgreSQL unless DATABASE_URL names another. Raises embedded_postgres.PostgresError."""
    if not os.environ.get("DATABASE_URL"):
        embedded_postgres.start(cluster_home())


def load(*, with_database: bool = True) -> None:
    """Django, in the language of the command line; from here on models can be imported."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yangcai.settings")
    if with_database:
        ensure_database()
    import django
    from django.utils import translation

    django.setup()
    translation.activate(LANGUAGES[console.language()])
