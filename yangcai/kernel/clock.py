"""What time is it? Asked only by www, api and cli; everything below is told."""

import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone


class ClockError(Exception):
    """The sandbox clock was asked for something it must not do."""


def now() -> datetime.datetime:
    """The platform's time: the sandbox clock where one is set (demo and replay only), else the machine's."""
    if settings.YANGCAI_SANDBOX:
        with connection.cursor() as cursor:
            cursor.execute("SELECT at FROM kernel_sandboxclock WHERE id = 1")
            row = cursor.fetchone()
        if row:
            return row[0]
    return timezone.now()


def of_database() -> datetime.datetime:
    """The database's time, by which bids are in time or late: a machine that serves pages may be wrong by an hour."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT yangcai_clock()")
        return cursor.fetchone()[0]


def set_sandbox(*, at: datetime.datetime) -> None:
    """Put the sandbox clock forward to `at`; backwards or outside a sandbox is refused."""
    if not settings.YANGCAI_SANDBOX:
        raise ClockError("the clock can only be moved in a sandbox")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT at FROM kernel_sandboxclock WHERE id = 1 FOR UPDATE")
        row = cursor.fetchone()
        if row and at < row[0]:
            raise ClockError("the sandbox clock moves only forward")
        cursor.execute(
            "INSERT INTO kernel_sandboxclock (id, at) VALUES (1, %s) ON CONFLICT (id) DO UPDATE SET at = EXCLUDED.at",
            [at],
        )
