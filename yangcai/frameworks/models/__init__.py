"""Which rows does a framework agreement leave: its terms, its entrants, and what was called off under it?"""

from yangcai.frameworks.models.agreement import Entrant, EntryRequest, Framework, Leaving, RemovalGround
from yangcai.frameworks.models.call_off import CallOff, Way

__all__ = ["CallOff", "Entrant", "EntryRequest", "Framework", "Leaving", "RemovalGround", "Way"]
