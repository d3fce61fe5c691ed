"""Is nothing lost because a provider of tasks says of which rows it speaks, and is not asked where there are none?"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from yangcai.kernel import tasks
from yangcai.kernel.beneath import may_have
from yangcai.kernel.reading import reading
from yangcai.kernel.tasks import PROVIDERS


def lost(root: Any, *, now: datetime.datetime) -> list[str]:
    """What the providers that are not asked about this root would have said."""
    with reading():
        silent = [
            provider for provider, having in PROVIDERS.get(type(root), ()) if having and not may_have(root, *having)
        ]
        return [f"{provider.__name__}: {due.action}" for provider in silent for due in provider(root, now=now)]


@contextmanager
def nothing_lost() -> Iterator[None]:
    """In this block whoever derives tasks asks those that are not asked, too: what they say is an error."""
    ordinary = tasks.derive

    def derive(root: Any, *, now: datetime.datetime) -> list[tasks.Due]:
        unsaid = lost(root, now=now)
        assert not unsaid, f"not asked, and would have said {', '.join(unsaid)}"
        return ordinary(root, now=now)

    with mock.patch.object(tasks, "derive", derive):
        yield
