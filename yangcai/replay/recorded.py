"""Who records after an evaluation how the others worked, in the demo, whose desks are to show what really waits?"""

import datetime

from yangcai.kernel.actions import ACTIONS, can
from yangcai.kernel.calendar import SHANGHAI
from yangcai.replay.walk import Walk

#: What was awarded from then on is still to be recorded: a desk shows that too.
WAITS_FROM = datetime.datetime(2026, 5, 19, tzinfo=SHANGHAI)


class RecordedWalk(Walk):
    """A walk in which organisers and experts record each other's conduct, and the buyer its agent's, when the result is
    there. No published case tells of it, so no other walk does."""

    def award(self) -> None:
        super().award()
        at = self.no_earlier(self.at("award"))
        if at >= WAITS_FROM:
            return
        for member in self.members():
            for code, by in (("conduct.record", self.people.runner), ("conduct.answer", member.post)):
                if not can(ACTIONS[code], member, by=by, now=at):
                    self.do(code, member, by, at, grade="good")
        case, officer = self.refreshed(), self.people.officer
        if not can(ACTIONS["agent_conduct.record"], case, by=officer, now=at):
            self.do("agent_conduct.record", case, officer, at, grade="good")
