"""Which methods does the platform know? One file each; a new file is listed here and nowhere else."""

from yangcai.procedures.definitions.open_tender import OPEN_TENDER
from yangcai.procedures.procedure import Procedure

PROCEDURES: dict[str, Procedure] = {procedure.code: procedure for procedure in (OPEN_TENDER,)}
