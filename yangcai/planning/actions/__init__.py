"""What may be done with intentions, plans, and the choice of their method?"""

from yangcai.planning.actions.imports import apply_for_import, decide_on_import
from yangcai.planning.actions.intention import publish_intention, withdraw_intention
from yangcai.planning.actions.method import (
    apply_for_method,
    consent_to_method,
    decide_on_method,
    withdraw_application,
)
from yangcai.planning.actions.plan import cancel_plan, draft_plan, file_plan, review_plan, revise_plan, submit_plan
from yangcai.planning.actions.publicity import (
    conclude_publicity,
    object_to_publicity,
    publicise_single_source,
)
from yangcai.planning.actions.sentences import allow_sentence

__all__ = [
    "allow_sentence",
    "apply_for_import",
    "apply_for_method",
    "cancel_plan",
    "conclude_publicity",
    "consent_to_method",
    "decide_on_import",
    "decide_on_method",
    "draft_plan",
    "file_plan",
    "object_to_publicity",
    "publicise_single_source",
    "publish_intention",
    "review_plan",
    "revise_plan",
    "submit_plan",
    "withdraw_application",
    "withdraw_intention",
]
