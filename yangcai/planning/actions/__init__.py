"""What may be done with intentions and plans?"""

from yangcai.planning.actions.intention import publish_intention, withdraw_intention
from yangcai.planning.actions.plan import cancel_plan, draft_plan, file_plan, review_plan, revise_plan, submit_plan

__all__ = [
    "cancel_plan",
    "draft_plan",
    "file_plan",
    "publish_intention",
    "review_plan",
    "revise_plan",
    "submit_plan",
    "withdraw_intention",
]
