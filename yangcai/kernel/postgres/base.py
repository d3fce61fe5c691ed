"""How does Django come to our compiler and our cursors? As to every backend's: by its operations and its wrapper."""

from typing import Any

from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper
from django.db.backends.postgresql.operations import DatabaseOperations as PostgresOperations

from yangcai.kernel.postgres.cursors import Cursor


class DatabaseOperations(PostgresOperations):
    """Django's, but for the compiler."""

    compiler_module = "yangcai.kernel.postgres.compiler"


class DatabaseWrapper(PostgresWrapper):
    """Django's, but for the compiler and for what its cursors prepare."""

    ops_class = DatabaseOperations

    def get_connection_params(self) -> dict[str, Any]:
        return {**super().get_connection_params(), "cursor_factory": Cursor}
