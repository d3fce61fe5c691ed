"""Does the database have today's schema? Django's command, which makes that of an empty database at once."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from yangcai.kernel import first_schema

#: What asks for something else than the whole schema of today.
NARROWER = ("app_label", "migration_name", "fake", "fake_initial", "plan", "check_unapplied", "prune")


class Command(migrate.Command):
    """As Django's (the tests' databases come by it, too)."""

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        connection.prepare_database()
        if not any(options.get(name) for name in NARROWER) and first_schema.is_wanted(connection):
            first_schema.create(connection)
        super().handle(*args, **options)
