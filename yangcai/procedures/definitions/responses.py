"""What have the methods without a tender in common? They follow 财政部令第74号, or are modelled on it (214号文).

A committee meets all of it: it examines the offers, talks to the suppliers, and proposes who gets the contract.
"""

from dataclasses import replace

from yangcai.procedures.procedure import By, Continuation, Step
from yangcai.procedures.spoken import Words
from yangcai.procedures.stages import Stage

EVERYTHING = ("goods", "services", "works")
RESULT = ("成交结果公告", "award notice")
FAILURE = ("终止公告", "termination notice")
#: 财库〔2026〕12号: two suppliers, even one, may go on under its conditions, whatever competitive method is used.
IN_EMERGENCY = Continuation("emergency.competitive", "bidders.emergency")
#: 74号令 art. 21: nothing else is a reason to evaluate anew.
REOPENS = ("qualification", "price")
#: What the words of a tender are called here, the longer ones first.
WORDS = (
    ("评标", "评审"),
    ("招标文件", "采购文件"),
    ("招标公告", "采购公告"),
    ("招标", "采购"),
    ("投标文件", "响应文件"),
    ("投标报价", "报价"),
    ("投标保证金", "保证金"),
    ("投标截止", "响应文件提交截止"),
    ("投标人", "供应商"),
    ("未中标", "未成交"),
    ("中标", "成交"),
    ("开标", "开启"),
    ("唱标", "公布报价"),
    ("废标", "终止"),
    ("投标响应", "响应内容"),
    ("投标", "响应"),
)


def words(*, committee: str, talks: str = "") -> Words:
    """WORDS with what the committee of a method is called there (谈判小组, 询价小组: 74号令; 磋商小组: 214号文), and
    its talks where they are no 谈判."""
    own = (("谈判（磋商、协商）", talks), ("谈判磋商", talks), ("谈判", talks)) if talks else ()
    return (*own, ("评标委员会", committee), *WORDS)


#: After each of these too few suppliers end the purchase (74号令 art. 37, 50; 214号文 art. 34).
COUNTED = frozenset({Stage.SUBMISSION, Stage.QUALIFICATION, Stage.FINAL_OFFER, Stage.EVALUATION})
#: What 财政部令第74号 says where 财政部令第87号 says it for tenders.
BY_ORDER_74 = (
    ("qualification.by_buyer", "qualification.by_committee"),
    ("evaluation.conformity", "qualification.by_committee"),
    ("evaluation.clarification", "evaluation.clarification_response"),
    ("evaluation.arithmetic", "evaluation.clarification_response"),
    ("evaluation.confirm_correction", "evaluation.clarification_response"),
    ("evaluation.invalid_bid", "qualification.by_committee"),
    ("bid_security.missing", "qualification.by_committee"),
    ("evaluation.same_brand", ""),
    ("evaluation.above_ceiling", "qualification.by_committee"),  # a highest price is a substantive requirement
    ("solicitation.core_product", ""),  # whose brand counts only for that
    ("contract.subcontract", "contract.subcontract_law"),  # 87号令 art. 35 speaks of tenders
    ("committee.formed_anew", ""),  # 87号令 art. 49 forms a tender's committee anew; 74号令 has nothing like it
    ("evaluation.candidates", "evaluation.candidates_negotiation"),
    ("evaluation.corrections", "evaluation.reevaluation_negotiation"),
    ("evaluation.abnormal_finding", ""),  # nothing is scored there
    ("evaluation.review_request", ""),  # a duty of 87号令 art. 45 alone
    ("site_visit.visit", ""),  # as are visits and samples of 87号令 art. 26 and 22
    ("samples.exception", ""),
    ("award.report", "award.report_negotiation"),
    ("award.decide", "award.decide_negotiation"),
    ("award.in_order", "award.in_order_negotiation"),
    ("award.deemed", "award.deemed_negotiation"),
    ("award.publish", "award.publish_negotiation"),
    ("award.letter", "award.letter_negotiation"),
    ("award.refused", "award.refused_negotiation"),
    ("notice.award.content", "notice.award.content_negotiation"),
    ("notice.invitation.content", "notice.invitation.content_negotiation"),
    ("submission.late_bid", "submission.late_response"),
    ("submission.withdrawal", "submission.response_withdrawal"),
    ("termination.reason", "termination.cancelled_negotiation"),
)


def steps(
    *,
    bidders: str,
    window: str = "",
    notice: str = "",
    documents: str = "",
    correction: str = "",
    quotes: tuple[str, ...] = (),
    continuations: tuple[Continuation, ...] = (),
    dialogue: tuple[str, str] = ("", ""),
    report: str = "award.report_negotiation",
    award: Step,
) -> tuple[Step, ...]:
    """The stages; with a dialogue and last offers where `dialogue` names one, else straight to the evaluation."""
    zh, en = dialogue
    talks = (
        Step(Stage.DIALOGUE, by=By.COMMITTEE, zh=zh, en=en, rules=("dialogue.separately", "dialogue.change")),
        Step(Stage.FINAL_OFFER, rules=("final_offer.all", "final_offer.leave")),
    )
    found = (
        Step(Stage.PREPARATION, rules=("plan.before_activity", "solicitation.no_brand")),
        Step(Stage.INVITATION, notice=notice, documents=documents),
        Step(
            Stage.SUBMISSION,
            window=window,
            correction=correction,
            rules=quotes,
            zh="提交响应文件",
            en="Submission of offers",
        ),
        Step(Stage.OPENING, zh="开启响应文件", en="Opening of offers", rules=("opening.no_disclosure",)),
        Step(
            Stage.QUALIFICATION,
            by=By.COMMITTEE,
            examines=True,
            zh="响应文件审查",
            en="Examination of offers",
            rules=("qualification.by_committee",),
        ),
        *(talks if zh else ()),
        Step(Stage.EVALUATION, by=By.COMMITTEE, examines=True, decide=report),
        award,
    )
    return tuple(
        replace(step, bidders=bidders, continuations=continuations) if step.stage in COUNTED else step for step in found
    )
