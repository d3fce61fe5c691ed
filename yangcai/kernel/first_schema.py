"""How does an empty database get today's schema at once?

Django applies migration after migration and renders the models anew for every one of their operations: three quarters
of a minute for what a first start waits for. Where there are no rows, all that a migration leaves behind are the
tables of today's models and what its own SQL adds to them. tests/kernel/test_first_schema.py holds that both ways lead
to the same schema.
"""

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import RunSQL
from django.db.migrations.executor import MigrationExecutor


def is_wanted(connection: BaseDatabaseWrapper) -> bool:
    """Is there nothing in this database yet, neither a table nor a migration?"""
    return not connection.introspection.table_names()


def create(connection: BaseDatabaseWrapper) -> int:
    """Create all tables, run the SQL of all migrations in their order, record them; returns how many. All or nothing.

    SQL that only changes rows which are there already says so (`elidable=True`) and is left out; so is RunPython, which
    changes rows by its nature.
    """
    executor = MigrationExecutor(connection)
    plan = [migration for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)]
    state = executor.loader.project_state()
    with transaction.atomic(using=connection.alias):
        with connection.schema_editor() as editor:
            for model in state.apps.get_models():
                if model._meta.can_migrate(connection):
                    editor.create_model(model)
        for migration in plan:
            for operation in migration.operations:
                if isinstance(operation, RunSQL) and not operation.elidable:
                    with connection.schema_editor() as editor:
                        operation.database_forwards(migration.app_label, editor, state, state)
        executor.recorder.ensure_schema()
        for migration in plan:
            executor.recorder.record_applied(migration.app_label, migration.name)
    return len(plan)
