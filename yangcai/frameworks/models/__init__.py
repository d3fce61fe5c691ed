"""Which rows does a framework agreement leave: its terms, its entrants, and what was called off under it?"""

from yangcai.frameworks.models.agreement import (
    Entrant,
    EntryRequest,
    Framework,
    Leaving,
    QualityGround,
    RemovalGround,
)
from yangcai.frameworks.models.approval import FrameworkApproval
from yangcai.frameworks.models.call_off import CallOff, Way
from yangcai.frameworks.models.consumable import AgreedConsumable
from yangcai.frameworks.models.dealer import Dealer
from yangcai.frameworks.models.discount import QuantityDiscount
from yangcai.frameworks.models.feedback import Feedback, Grade
from yangcai.frameworks.models.outside_offer import OutsideOffer
from yangcai.frameworks.models.replacement import Replacement

__all__ = [
    "AgreedConsumable",
    "CallOff",
    "Dealer",
    "Entrant",
    "EntryRequest",
    "Feedback",
    "Framework",
    "FrameworkApproval",
    "Grade",
    "Leaving",
    "OutsideOffer",
    "QualityGround",
    "QuantityDiscount",
    "RemovalGround",
    "Replacement",
    "Way",
]
