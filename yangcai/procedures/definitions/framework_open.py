"""How does an open framework (开放式框架协议) run? A standing call; whoever meets it enters (110号令 art. 38-41)."""

from yangcai.procedures.definitions.framework import FAILURE, NOTICE, RESULT, WORDS
from yangcai.procedures.definitions.tenders import CATEGORIES, NO_TALKS
from yangcai.procedures.procedure import AwardBy, Procedure, Step
from yangcai.procedures.stages import Stage

FRAMEWORK_OPEN = Procedure(
    code="framework_open",
    zh="框架协议（开放式征集）",
    en="Open framework agreement, first stage",
    ocds_method="open",
    categories=CATEGORIES,
    grounds="method.framework_open",
    needs_approval=False,
    spends=False,
    steps=(
        Step(Stage.PREPARATION, rules=("plan.before_activity",)),
        Step(
            Stage.INVITATION,
            decide="framework.open_review",
            zh="常年征集",
            en="Standing call",
            rules=("framework.open_call", "framework.entry_notice"),
        ),
    ),
    committee=None,
    award_by=(AwardBy.LOWEST,),
    instead=NO_TALKS,
    notice=NOTICE,
    result=RESULT,
    failure=FAILURE,
    words=WORDS,
)
