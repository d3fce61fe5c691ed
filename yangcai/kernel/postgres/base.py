"""How does Django come to our compiler? As to every backend's: by its operations."""

from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper
from django.db.backends.postgresql.operations import DatabaseOperations as PostgresOperations


class DatabaseOperations(PostgresOperations):
    """Django's, but for the compiler."""

    compiler_module = "yangcai.kernel.postgres.compiler"


class DatabaseWrapper(PostgresWrapper):
    """Django's, but for the compiler."""

    ops_class = DatabaseOperations
