"""How is a whole procurement walked, from budget to payment, through the platform's own Actions?

Every method is one stretch and takes its moments from the case's dates. The demo district, the scenario tests and the
replay of published cases are all walked here; `until` stops after a stretch.
"""

from yangcai.replay.walk.bidding import Bidding
from yangcai.replay.walk.fulfilling import Fulfilling
from yangcai.replay.walk.inviting import Inviting
from yangcai.replay.walk.judging import Judging
from yangcai.replay.walk.planning import Planning
from yangcai.replay.walk.trip import ONE_PAYMENT, Step

__all__ = ["ONE_PAYMENT", "Step", "Walk"]


class Walk(Planning, Inviting, Bidding, Judging, Fulfilling):
    """All stretches of a purchase, in the order of its method."""

    def run(self, *, until: str = "") -> None:
        """Every stretch in order; a case whose lots all failed, or that was terminated, ends early."""
        stages = [str(stage) for stage in self.procedure.stages]
        stretches = ["budget", "intention", "plan", *stages, "contract", "acceptance", "payment"]
        if until and until not in stretches:
            raise ValueError(f"there is no stretch {until!r}: {', '.join(stretches)}")
        for name in stretches:
            if name == "contract" and self.dates.contract is None:
                return  # published as failed or terminated, and yet awarded: the comparison shows it
            if self.happened_before(name):
                return
            getattr(self, name)()
            if name == until or (name not in ("budget", "intention", "plan") and self.refreshed().ended_at):
                return
