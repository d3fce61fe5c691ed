"""Which rows does a tender leave: documents, sealed bids, what was opened, who judged and how?"""

from yangcai.tendering.models.bids import (
    Bid,
    BidLine,
    BidSecurity,
    FinalOffer,
    OpenedBid,
    Opening,
    Participation,
    PreferenceClaim,
    SecurityKind,
)
from yangcai.tendering.models.clarification import Clarification, ClarificationGround, SignedAs
from yangcai.tendering.models.committee import Committee, CommitteeMember
from yangcai.tendering.models.conduct import ConductGrade, ConductRecord, ConductSide, ExpertFee
from yangcai.tendering.models.dialogue import Changeable, DialogueChange, DialogueTalk
from yangcai.tendering.models.documents import (
    Clause,
    ClauseKind,
    Correction,
    Criterion,
    CriterionKind,
    InvitedBy,
    Invitee,
    InviteeSource,
    PaymentTerm,
    PaymentTermDue,
    Solicitation,
    SupplierDraw,
)
from yangcai.tendering.models.draw import DrawLine, DrawParty, DrawSide, ExpertDraw
from yangcai.tendering.models.evaluation import (
    AwardLetter,
    EvaluationReport,
    Finding,
    LowPriceReview,
    ReportSignature,
    Score,
)
from yangcai.tendering.models.rows import CaseRow, LotRow

__all__ = [
    "AwardLetter",
    "Bid",
    "BidLine",
    "BidSecurity",
    "CaseRow",
    "Changeable",
    "Clarification",
    "ClarificationGround",
    "Clause",
    "ClauseKind",
    "Committee",
    "CommitteeMember",
    "ConductGrade",
    "ConductRecord",
    "ConductSide",
    "Correction",
    "Criterion",
    "CriterionKind",
    "DialogueChange",
    "DialogueTalk",
    "DrawLine",
    "DrawParty",
    "DrawSide",
    "EvaluationReport",
    "ExpertDraw",
    "ExpertFee",
    "FinalOffer",
    "Finding",
    "InvitedBy",
    "Invitee",
    "InviteeSource",
    "LotRow",
    "LowPriceReview",
    "OpenedBid",
    "Opening",
    "Participation",
    "PaymentTerm",
    "PaymentTermDue",
    "PreferenceClaim",
    "ReportSignature",
    "Score",
    "SecurityKind",
    "SignedAs",
    "Solicitation",
    "SupplierDraw",
]
