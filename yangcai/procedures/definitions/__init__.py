"""Which methods does the platform know? One file each; a new file is listed here and nowhere else."""

from yangcai.procedures.definitions.call_offs import DIRECT, MINI_COMPETITION, ROTATION
from yangcai.procedures.definitions.consultation import CONSULTATION
from yangcai.procedures.definitions.cooperative_innovation import (
    COOPERATIVE_INNOVATION,
    FIRST_PURCHASE,
    INNOVATIVE_PRODUCT,
)
from yangcai.procedures.definitions.emergency import EMERGENCY
from yangcai.procedures.definitions.framework import FRAMEWORK
from yangcai.procedures.definitions.framework_open import FRAMEWORK_OPEN
from yangcai.procedures.definitions.negotiation import NEGOTIATION
from yangcai.procedures.definitions.open_tender import OPEN_TENDER
from yangcai.procedures.definitions.quotations import QUOTATIONS
from yangcai.procedures.definitions.restricted_tender import RESTRICTED_TENDER
from yangcai.procedures.definitions.single_source import SINGLE_SOURCE
from yangcai.procedures.procedure import Procedure

PROCEDURES: dict[str, Procedure] = {
    procedure.code: procedure
    for procedure in (
        OPEN_TENDER,
        RESTRICTED_TENDER,
        NEGOTIATION,
        CONSULTATION,
        QUOTATIONS,
        SINGLE_SOURCE,
        EMERGENCY,
        FRAMEWORK,
        FRAMEWORK_OPEN,
        DIRECT,
        MINI_COMPETITION,
        ROTATION,
        COOPERATIVE_INNOVATION,
        FIRST_PURCHASE,
        INNOVATIVE_PRODUCT,
    )
}
