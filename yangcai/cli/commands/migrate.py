"""Does the database have today's schema? Shows what is missing (--plan), or brings it there."""

import argparse

from yangcai.cli import console, site
from yangcai.cli.console import Stop, answer, say, tell

HELP = ("建立或更新数据库结构", "bring the database to today's schema")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--plan", action="store_true", help=say(zh="只列出，不执行", en="only list what would be done"))


def run(options: argparse.Namespace) -> int:
    site.load()
    missing = pending()
    if not options.plan:
        tell(options, zh=f"执行 {len(missing)} 项结构变更……", en=f"applying {len(missing)} migrations ...")
        apply()
    listed = "\n".join(missing) or say(zh="数据库结构已是最新", en="the schema is up to date")
    answer(options, data={"pending" if options.plan else "applied": missing}, text=listed)
    return console.OK


def check() -> None:
    """Raises Stop unless the database has today's schema."""
    if missing := pending():
        raise Stop(
            zh=f"数据库结构不是最新（差 {len(missing)} 项）",
            en=f"the schema is not up to date ({len(missing)} migrations missing)",
            hint="yangcai migrate",
        )


def pending() -> list[str]:
    """The migrations that this database has not seen, in order."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return [str(migration) for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def apply() -> None:
    """All migrations, and the table of the shared cache: unlogged, so that a page that is kept in it never waits for a
    standby. After a crash it is empty, and the pages are made again."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    table = settings.CACHES["default"]["LOCATION"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence = 'u' FROM pg_class WHERE oid = %s::regclass", [table])
        if cursor.fetchone() == (False,):
            cursor.execute(f"ALTER TABLE {connection.ops.quote_name(table)} SET UNLOGGED")


def applied() -> list[str]:
    """The migrations that this database has seen."""
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def known() -> list[str]:
    """The migrations that this programme has."""
    from django.db.migrations.loader import MigrationLoader

    return sorted(f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations)
