"""What is a kind of row on a page: its title, its columns, and where there can be any?"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise

from yangcai.procedures import Invite, Procedure, Stage


@dataclass(frozen=True)
class Kind:
    """A kind of row: the heading of its section and the columns that are shown."""

    model: type[models.Model]
    title: "str | Promise"
    columns: tuple[str, ...]
    order: tuple[str, ...] = ("pk",)
    #: Whether a case of this method can have such rows at all.
    known_to: Callable[[Procedure], bool] = lambda method: True
    #: Whether there can be such rows only once the bids lie open, so that nobody has to ask before.
    after_opening: bool = False


def talks(method: Procedure) -> bool:
    return Stage.DIALOGUE in method.stages


def invites(method: Procedure) -> bool:
    """A method whose suppliers are listed before they are invited; the page of a prequalification has its own list."""
    return bool(set(method.invites) - {Invite.NOTICE, Invite.PREQUALIFICATION})


def visits(method: Procedure) -> bool:
    """A tender, whose Order knows visits and samples (87号令 art. 22, 26)."""
    return bool(dict(method.instead).get("site_visit.visit", "site_visit.visit"))


def agrees(method: Procedure) -> bool:
    """The first stage of a framework agreement."""
    return not method.spends
