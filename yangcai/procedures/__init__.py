"""By which method? Each method is some data on one engine.

procedures.get("open_tender").stages
procedures.engine.next_stage(procedure=…, stage="opening")
"""

from yangcai.procedures import engine
from yangcai.procedures.definitions import PROCEDURES
from yangcai.procedures.procedure import AwardBy, Committee, Procedure, Step
from yangcai.procedures.stages import Stage

__all__ = ["PROCEDURES", "AwardBy", "Committee", "Procedure", "Stage", "Step", "engine", "get"]


def get(code: str) -> Procedure:
    """The method of that code. Raises KeyError."""
    return PROCEDURES[code]
