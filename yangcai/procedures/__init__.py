"""By which method? Each method is some data on one engine.

procedures.get("open_tender").stages
procedures.engine.next_stage(procedure=…, stage="opening")
procedures.choice.propose(amount=…, category="goods", on=…, grounds=["negotiation.complex"])
"""

from yangcai.procedures import choice, engine, grounds
from yangcai.procedures.definitions import PROCEDURES
from yangcai.procedures.procedure import AwardBy, Committee, Procedure, Step
from yangcai.procedures.stages import Stage

__all__ = ["PROCEDURES", "AwardBy", "Committee", "Procedure", "Stage", "Step", "choice", "engine", "get", "grounds"]


def get(code: str) -> Procedure:
    """The method of that code. Raises KeyError."""
    return PROCEDURES[code]
