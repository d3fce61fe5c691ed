"""Through which stages can a procurement go? A closed vocabulary; in which order, the method says."""

from enum import StrEnum


class Stage(StrEnum):
    """The ten stages; a method uses some of them, in an order of its own."""

    PREPARATION = "preparation"
    JUSTIFICATION = "justification"
    INVITATION = "invitation"
    SUBMISSION = "submission"
    OPENING = "opening"
    QUALIFICATION = "qualification"
    EVALUATION = "evaluation"
    DIALOGUE = "dialogue"
    FINAL_OFFER = "final_offer"
    AWARD = "award"

    @property
    def zh(self) -> str:
        return TITLES[self][0]

    @property
    def en(self) -> str:
        return TITLES[self][1]


TITLES: dict[Stage, tuple[str, str]] = {
    Stage.PREPARATION: ("准备", "Preparation"),
    Stage.JUSTIFICATION: ("论证公示", "Justification"),
    Stage.INVITATION: ("采购公告", "Invitation"),
    Stage.SUBMISSION: ("投标", "Submission"),
    Stage.OPENING: ("开标", "Opening"),
    Stage.QUALIFICATION: ("资格审查", "Qualification"),
    Stage.EVALUATION: ("评审", "Evaluation"),
    Stage.DIALOGUE: ("谈判磋商", "Dialogue"),
    Stage.FINAL_OFFER: ("最后报价", "Final offer"),
    Stage.AWARD: ("定标", "Award"),
}
