"""What does the committee find before it scores: is a bid responsive, its price consistent, its price too low?"""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Lot, Stage
from yangcai.kernel import money
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DocumentField, Input, MomentField, TextField
from yangcai.kernel.models import Attachment
from yangcai.kernel.refusals import in_chinese
from yangcai.parties.roles import Role
from yangcai.tendering import arithmetic, standing
from yangcai.tendering.actions.qualification import RecordFindings
from yangcai.tendering.findings import write_findings
from yangcai.tendering.inputs import AnswerField
from yangcai.tendering.models import ClauseKind, EvaluationReport, Finding, LowPriceReview, OpenedBid
from yangcai.tendering.rules import covers
from yangcai.tendering.rules.clarification import clarifications_settled
from yangcai.tendering.rules.committee import seats
from yangcai.tendering.rules.dialogue import last_offers_are_open
from yangcai.tendering.rules.evaluation import low_price, price_correction, reporting, responsiveness, scores
from yangcai.tendering.rules.qualification import is_examined_now

CHAIRED = (seats.sits, seats.chairs)


class RecordResponsiveness(RecordFindings):
    kind = ClauseKind.RESPONSIVENESS

    def bids(self) -> list[OpenedBid]:
        """Those who qualify; after a dialogue those who made a last offer."""
        bids = standing.still_in(self.subject, through=standing.QUALIFICATION)
        last = [bid for bid in bids if hasattr(bid, "final_offer")]
        return last or bids


@action(
    "responsiveness.record",
    zh="记录符合性审查",
    en="Record the responsiveness check",
    on=Lot,
    by={Role.EXPERT},
    at={Stage.QUALIFICATION, Stage.EVALUATION},
    needs=(*CHAIRED, is_examined_now, responsiveness.responsiveness_open, covers.technical_is_open),
    checks=(responsiveness.one_finding_per_pair,),
    input=RecordResponsiveness,
    sentence=("{post}记录了符合性审查结论", "{post} recorded the responsiveness check"),
    is_public=False,
    cites=("evaluation.conformity", "evaluation.invalid_bid"),
    hint=(
        "逐家逐项记录；是否超过最高限价由系统在报价修正后自动审查",
        "Bid by bid and clause by clause; the price limit is checked automatically after correction",
    ),
)
def record_responsiveness(lot: Lot, *, by: Any, now: datetime.datetime, rows: list[dict[str, Any]]) -> None:
    """Write what the committee found on each substantive requirement. Prices count only once the last are in."""
    write_findings(Finding, rows, opened_bid="bid", now=now)
    if lot.stage_at(now) == Stage.EVALUATION:
        arithmetic.record(arithmetic.outcome(lot, now=now))


# --- arithmetic correction -----------------------------------------------------------------------------------------


class ProposeCorrection(Input):
    answer_by = MomentField(label=_("答复期限"))


@action(
    "price_correction.propose",
    zh="提出报价修正",
    en="Propose the corrected price",
    on=OpenedBid,
    by={Role.EXPERT},
    at={Stage.EVALUATION},
    needs=(
        *CHAIRED,
        responsiveness.responsiveness_found,
        covers.prices_are_open,
        low_price.still_valid,
        price_correction.has_correction,
        price_correction.correction_not_proposed,
    ),
    checks=(price_correction.answer_time_ahead,),
    input=ProposeCorrection,
    sentence=("{post}按规定顺序提出报价修正，请投标人确认", "{post} asked the bidder to confirm its corrected price"),
    is_public=False,
    cites=("evaluation.arithmetic", "evaluation.clarification"),
)
def propose_correction(bid: OpenedBid, *, by: Any, now: datetime.datetime, answer_by: datetime.datetime) -> None:
    """Put the price that holds by the four rules of 87号令 art. 59 to the bidder."""
    corrected = arithmetic.outcome(bid.lot, now=now).of(bid).bid_price
    OpenedBid.objects.filter(pk=bid.pk).update(corrected_price=corrected, correction_answer_by_at=answer_by)


class AnswerCorrection(Input):
    confirms = AnswerField(
        label=_("是否确认修正后的报价"), yes=_("确认"), no=_("不确认"), help_text=_("不确认的，投标无效")
    )

    def scope(self) -> None:
        """The bidder reads what it confirms: each correction by the four rules, and the price that comes of it."""
        if not isinstance(self.subject, OpenedBid) or self.subject.corrected_price is None:
            return
        made = arithmetic.outcome(self.subject.lot, now=self.now).of(self.subject).corrections
        told = "；".join(one.zh if in_chinese() else one.en for one in made)
        prices = f"{money.figures(self.subject.price)} → {money.figures(self.subject.corrected_price)}"
        self.fields["confirms"].help_text = f"{told}（{prices}）。{self.fields['confirms'].help_text}"


@action(
    "price_correction.answer",
    zh="答复报价修正",
    en="Answer the corrected price",
    on=OpenedBid,
    by={Role.SUPPLIER, Role.EXPERT},
    at={Stage.EVALUATION},
    needs=(*CHAIRED, price_correction.correction_unanswered),
    checks=(price_correction.silence_confirms_nothing,),
    input=AnswerCorrection,
    sentence=("{post}记录了对报价修正的答复", "{post} recorded the answer to the corrected price"),
    is_public=False,
    cites=("evaluation.confirm_correction",),
    hint=(
        "投标人在期限内答复；期满未答复的，由组长记录为未确认",
        "The bidder answers in time; after that the chair records that it did not confirm",
    ),
)
def answer_correction(bid: OpenedBid, *, by: Any, now: datetime.datetime, confirms: bool) -> None:
    """Confirmed it binds; not confirmed the bid is invalid (87号令 art. 59, 51)."""
    OpenedBid.objects.filter(pk=bid.pk).update(correction_confirmed=confirms)
    arithmetic.record(arithmetic.outcome(bid.lot, now=now))


# --- abnormally low prices -----------------------------------------------------------------------------------------


class StartLowPrice(Input):
    judgment = TextField(
        label=_("评标委员会的判断"),
        lines=3,
        required=False,
        help_text=_("未触发量化情形、但评标委员会认为报价明显过低时必填"),
    )
    answer_by = MomentField(label=_("说明期限"), required=False, help_text=_("不填时按法定最短时间"))


@action(
    "low_price.start",
    zh="启动异常低价审查",
    en="Start the review of a low price",
    on=OpenedBid,
    by={Role.EXPERT},
    at={Stage.EVALUATION},
    needs=(
        *CHAIRED,
        responsiveness.responsiveness_found,
        covers.prices_are_open,
        price_correction.corrections_settled,
        low_price.still_valid,
        low_price.no_review_yet,
        low_price.result_is_open,
    ),
    checks=(low_price.low_price_grounds,),
    input=StartLowPrice,
    sentence=("{post}启动异常低价审查，要求投标人书面说明", "{post} asked a bidder to explain its low price"),
    is_public=False,
    cites=("abnormally_low.judgment",),
    occasional=True,
)
def start_low_price(
    bid: OpenedBid, *, by: Any, now: datetime.datetime, judgment: str, answer_by: datetime.datetime | None
) -> LowPriceReview:
    """Tell the bidder which tests its price fails and until when it may explain."""
    tests = arithmetic.outcome(bid.lot, now=now).of(bid).low_price_tests
    return LowPriceReview.objects.create(
        opened_bid=bid,
        tests={"hit": list(tests), "judgment": judgment},
        started_at=now,
        answer_by_at=answer_by or now + low_price.least_answer_time(bid.lot, now=now),
    )


class ExplainLowPrice(Input):
    explanation = TextField(label=_("书面说明"), lines=8, help_text=_("材料、人工、制造、服务等成本的构成和依据"))
    proof = DocumentField(label=_("证明材料"), required=False)


@action(
    "low_price.explain",
    zh="说明报价",
    en="Explain the low price",
    on=OpenedBid,
    by={Role.SUPPLIER},
    at={Stage.EVALUATION},
    needs=(low_price.explanation_open,),
    input=ExplainLowPrice,
    sentence=("{post}提交了报价说明", "{post} explained its price"),
    is_public=False,
    cites=("abnormally_low.judgment",),
)
def explain_low_price(
    bid: OpenedBid, *, by: Any, now: datetime.datetime, explanation: str, proof: Any
) -> LowPriceReview:
    """Keep the explanation and its proof for the committee and the archive."""
    review = bid.low_price_review
    review.explanation, review.explained_at = explanation, now
    review.save(update_fields=["explanation", "explained_at"])
    if proof is not None:
        Attachment.objects.create(
            document=proof,
            root=bid.root.ref,
            subject=bid.ref,
            title=proof.name,
            kind="low_price_proof",
            organisation_id=by.organisation_id,
            at=now,
        )
    return review


class DecideLowPrice(Input):
    is_accepted = AnswerField(label=_("审查结论"), yes=_("能够证明报价合理"), no=_("不能证明报价合理，投标无效"))
    decision = TextField(label=_("审查意见"), lines=5, help_text=_("写明理由；写入评审报告"))
    basis = forms.MultipleChoiceField(
        label=_("审查依据"),
        choices=low_price.LowPriceBasis.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    queries = TextField(
        label=_("网络查询记录"), lines=3, required=False, help_text=_("查询的网址、时间和内容，与说明材料一并存档")
    )
    query_record = DocumentField(label=_("查询记录截图"), required=False)

    def scope(self) -> None:
        """The committee reads the explanation where it judges it."""
        review = getattr(self.subject, "low_price_review", None) if isinstance(self.subject, OpenedBid) else None
        if review is not None:
            self.fields["is_accepted"].help_text = review.explanation or _("供应商没有提交说明")


@action(
    "low_price.decide",
    zh="认定异常低价",
    en="Decide on the low price",
    on=OpenedBid,
    by={Role.EXPERT},
    at={Stage.EVALUATION},
    needs=(*CHAIRED, low_price.decision_open),
    checks=(low_price.silence_is_no_explanation, low_price.basis_is_lawful),
    input=DecideLowPrice,
    sentence=("{post}作出异常低价审查结论", "{post} decided on a low price"),
    is_public=False,
    cites=("abnormally_low.judgment", "abnormally_low.basis", "abnormally_low.archive"),
)
def decide_low_price(
    bid: OpenedBid,
    *,
    by: Any,
    now: datetime.datetime,
    is_accepted: bool,
    decision: str,
    basis: list[str],
    queries: str,
    query_record: Any,
) -> LowPriceReview:
    """The committee, never the buyer or the agent, decides; not accepted means invalid."""
    review = bid.low_price_review
    review.is_accepted, review.decision, review.decided_at = is_accepted, decision, now
    review.basis, review.queries = basis, queries
    review.save(update_fields=["is_accepted", "decision", "decided_at", "basis", "queries"])
    if query_record is not None:
        Attachment.objects.create(
            document=query_record,
            root=bid.root.ref,
            subject=bid.ref,
            title=query_record.name,
            kind="low_price_query",
            organisation_id=by.organisation_id,
            at=now,
        )
    arithmetic.record(arithmetic.outcome(bid.lot, now=now))
    return review


# --- the result ----------------------------------------------------------------------------------------------------


@action(
    "evaluation.compute",
    zh="汇总评审结果",
    en="Compute the evaluation",
    on=Lot,
    by={Role.EXPERT, Role.AGENT},
    at={Stage.EVALUATION},
    needs=(
        *CHAIRED,
        seats.is_complete,
        last_offers_are_open,
        covers.prices_are_open,
        responsiveness.responsiveness_found,
        responsiveness.not_failed,
        price_correction.corrections_settled,
        low_price.low_prices_decided,
        clarifications_settled,
        scores.all_submitted,
        reporting.not_computed,
    ),
    sentence=("{post}汇总了评审结果", "{post} computed the evaluation"),
    is_public=False,
    cites=("evaluation.total", "evaluation.rank_rated", "evaluation.rank_lowest", "evaluation.report"),
    hint=(
        "系统按招标文件和规定自动计算价格扣除、价格分、总分和排序，逐步列明依据",
        "Deductions, price scores, totals and ranks are computed as the file and the law say, each with its article",
    ),
)
def compute_evaluation(lot: Lot, *, by: Any, now: datetime.datetime) -> EvaluationReport:
    """Freeze every step of the arithmetic, with its citation, as the report that the members sign."""
    return write_report(lot, now=now)


def write_report(
    lot: Lot, *, now: datetime.datetime, correction_ground: str = "", reopen_reason: str = ""
) -> EvaluationReport:
    """The next revision of the report, from the rows as they stand; one that a correction overtook names its ground to
    the next. `reopen_reason`: why a signed one is taken up again, in the words of whoever has it done."""
    found = arithmetic.outcome(lot, now=now)
    arithmetic.record(found)
    result = arithmetic.frozen(lot, found)
    latest = arithmetic.latest_report(lot)
    return EvaluationReport.objects.create(
        lot=lot,
        revision=latest.revision + 1 if latest else 1,
        result=result,
        digest=arithmetic.digest(result),
        correction_ground=correction_ground or (latest.overtaken_ground if latest else ""),
        reopen_reason=reopen_reason,
        computed_at=now,
    )
