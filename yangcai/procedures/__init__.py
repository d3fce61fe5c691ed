"""By which method? Each method is some data on one engine.

procedures.get("open_tender").stages
procedures.engine.next_stage(procedure=…, stage="opening")
procedures.choice.propose(amount=…, category="goods", on=…, grounds=["negotiation.complex"])
"""

from functools import cache

from yangcai.procedures import choice, engine, grounds
from yangcai.procedures.definitions import PROCEDURES
from yangcai.procedures.procedure import (
    AwardBy,
    By,
    Committee,
    Continuation,
    Invite,
    Procedure,
    Step,
)
from yangcai.procedures.stages import Stage

__all__ = [
    "PROCEDURES", "AwardBy", "By", "Committee", "Continuation", "Invite", "Procedure", "Stage", "Step",
    "binding", "choice", "engine", "every", "get", "grounds",
]  # fmt: skip


def get(code: str) -> Procedure:
    """The method of that code. Raises KeyError."""
    return PROCEDURES[code]


def every(stage: Stage | str, what: str) -> tuple[str, ...]:
    """The keys that the methods name for the same thing, e.g. every window of the submission: what an Action cites
    that all methods share. Which of them binds a case, `binding` says."""
    found = (getattr(step, what) for one in PROCEDURES.values() for step in one.steps if step.stage == stage)
    return tuple(dict.fromkeys(filter(None, found)))


def each(what: str) -> tuple[str, ...]:
    """As `every`, of what a method says as a whole, e.g. how suppliers come to it."""
    return tuple(dict.fromkeys(filter(None, (getattr(one, what) for one in PROCEDURES.values()))))


@cache
def binding(keys: tuple[str, ...], *, procedure: str) -> tuple[str, ...]:
    """Of the rules that an Action cites those that bind this method: general ones, replaced by its own where it has
    one, and those that it names; what only other methods name is left out."""
    method = get(procedure)
    named = {key for one in PROCEDURES.values() for key in one.rule_keys()}
    general = {key for one in PROCEDURES.values() for key, _own in one.instead}
    mine = set(method.rule_keys())
    kept = (method.own(key) for key in keys if key in mine or key in general or key not in named)
    return tuple(dict.fromkeys(filter(None, kept)))
