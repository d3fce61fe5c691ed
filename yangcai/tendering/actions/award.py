"""Who wins each lot, who is told what, and what when nobody wins?"""

import datetime
from typing import Any

from django import forms
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from yangcai import procedures
from yangcai.cases import periods
from yangcai.cases.actions import chinese
from yangcai.cases.models import Award, AwardFall, Candidate, CaseEnd, Lot, LotOutcome, PassedOverGround, Stage
from yangcai.cases.queries import candidates
from yangcai.kernel import documents
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DocumentField, Input, TextField
from yangcai.parties.roles import Role
from yangcai.procedures import every, spoken
from yangcai.tendering import arithmetic, award_line, opening_record, standing
from yangcai.tendering.inputs import limit
from yangcai.tendering.models import AwardAnnulment, AwardLetter, EvaluationReport, OpenedBid
from yangcai.tendering.passed_over import PassedOver, passed_over
from yangcai.tendering.rules import award as rules
from yangcai.tendering.rules.bids import live_bids
from yangcai.tendering.rules.dialogue import last_offers_are_open
from yangcai.tendering.rules.lots import all_are_decided, at_limit, comes_next, won_beside
from yangcai.tendering.rules.prequalification.changes import changes_are_decided, lost
from yangcai.tendering.rules.qualification import through


class DetermineAward(Input):
    candidate = forms.ModelChoiceField(label=_("中标候选人"), queryset=Candidate.objects.all())
    ground = forms.ChoiceField(
        label=_("不按顺序确定的情形"), choices=[("", "—"), *PassedOverGround.choices], required=False
    )
    reason = TextField(label=_("理由"), lines=3, required=False, help_text=_("不按顺序确定时必填"))

    def scope(self) -> None:
        if isinstance(self.subject, Lot):
            limit(self.fields["candidate"], candidates(self.subject))
            first = next(iter(rules.open_candidates(self.subject, now=self.now)), None)
            self.fields["candidate"].initial = first.pk if first else None
            full = at_limit(self.subject)
            if ranks := [str(one.rank) for one in candidates(self.subject) if one.supplier_id in full]:
                # Else somebody reads that the first one is left out, and not why.
                said = _("第 %(ranks)s 名已中其他采购包，达到采购文件规定的数量，由其后的候选人递补")
                self.fields["candidate"].help_text = said % {"ranks": "、".join(ranks)}


@action(
    "award.determine",
    zh="确定中标供应商",
    en="Determine the winner",
    on=Lot,
    by={Role.BUYER_OFFICER, Role.BUYER_REVIEWER},
    at={Stage.AWARD},
    only=(rules.awards_a_contract,),
    needs=(
        rules.not_awarded,
        rules.may_have_a_winner,
        comes_next,
        rules.has_candidate,
        rules.enough_are_left,
        changes_are_decided,
    ),
    checks=(rules.in_rank_order,),
    input=DetermineAward,
    sentence=("{post}确定了中标供应商", "{post} determined the winner"),
    is_public=False,
    cites=(
        "award.decide",
        "award.in_order",
        "award.deemed",
        "solicitation.lot_limit",
        "prequalification.change",
        "award.annulled",
        "award.annulled_after_objection",
        *every(Stage.AWARD, "decide"),
    ),
    hint=(spoken.IN_ORDER, spoken.IN_ORDER_EN),
)
def determine_award(
    lot: Lot, *, by: Any, now: datetime.datetime, candidate: Candidate, ground: str, reason: str
) -> Award:
    """One award for one candidate at its bid price."""
    first = next(iter(rules.open_candidates(lot, now=now)), candidate)
    if candidate.pk == first.pk:
        return _award(candidate, determined_at=now, is_deemed=False)
    return _award(candidate, determined_at=now, is_deemed=False, ground=ground, reason=reason)


@action(
    "award.deem",
    zh="视同确定中标供应商",
    en="Deem the first candidate the winner",
    on=Lot,
    by={Role.PLATFORM},
    at={Stage.AWARD},
    only=(rules.awards_a_contract,),
    needs=(
        rules.not_awarded,
        rules.may_have_a_winner,
        comes_next,
        rules.has_candidate,
        rules.buyer_was_silent,
        changes_are_decided,
    ),
    sentence=(
        "采购人逾期未确定，{post}依法视同确定排名第一的候选人为中标供应商",
        "The buyer let its time pass: {post} records that the first candidate is deemed the winner",
    ),
    is_public=False,
    cites=("award.deemed", "prequalification.change"),
)
def deem_award(lot: Lot, *, by: Any, now: datetime.datetime) -> Award:
    """The first candidate wins at the instant the buyer's time ran out, however late the clock is read."""
    return _award(
        rules.open_candidates(lot, now=now)[0], determined_at=rules.deemed_at(lot, now=now) or now, is_deemed=True
    )


def _award(
    candidate: Candidate, *, determined_at: datetime.datetime, is_deemed: bool, ground: str = "", reason: str = ""
) -> Award:
    award = Award.objects.create(
        candidate=candidate,
        lot=candidate.lot,
        supplier=candidate.supplier,
        amount=candidate.amount,
        determined_at=determined_at,
        is_deemed=is_deemed,
        passed_over_ground=ground,
        passed_over_reason=reason,
    )
    award_line.commit(award)
    return award


@action(
    "award.announce",
    zh="公告中标结果",
    en="Announce the award",
    on=Award,
    by={Role.AGENT, Role.BUYER_OFFICER},
    needs=(
        rules.is_run_by,
        rules.not_announced,
        rules.may_have_a_winner,
        all_are_decided,
        changes_are_decided,
    ),
    notice="award",
    sentence=(
        "{post}公告了中标结果，并发出中标通知书和未中标告知",
        "{post} announced the award and sent the letters to winner and losers",
    ),
    cites=("award.publish", "award.letter", "award.tell_losers", "prequalification.change"),
    hint=(
        "公告的同时向中标人发出通知书，并告知每个未中标人理由、本人得分和排序",
        "With the notice the winner gets its letter, and every loser its reason, own score and rank",
    ),
)
def announce_award(award: Award, *, by: Any, now: datetime.datetime) -> Award:
    """Publish, write everybody's letter, and end the lot's stage of award."""
    award.announced_at = now
    award.save(update_fields=["announced_at"])
    Lot.objects.filter(pk=award.lot_id).update(outcome=LotOutcome.AWARDED, outcome_at=now)
    write_letters(award.lot, award=award, reason="", now=now)
    opening_record.lay_open(award.lot.judged_with)
    award_line.tell(award, now=now)
    periods.close_period(award.lot.case, at=now, lot=award.lot)
    return award


def write_letters(lot: Lot, *, award: Award | None, reason: str, now: datetime.datetime) -> None:
    """One letter per bidder: the winner's, or the loser's reason, and under rated criteria the own score and rank. Who
    won another lot of the same evaluation gets its letter with that one."""
    head = lot.judged_with
    report = rules.sent_report(head) or EvaluationReport.objects.filter(lot=head).order_by("-revision").first()
    results = report.result["bids"] if report else {}
    fell = dict(Award.objects.filter(lot=lot, refused_at__isnull=False).values_list("supplier_id", "fall_ground"))
    full = at_limit(lot) if award else frozenset()
    gone = lost(lot.case)
    opened, elsewhere = list(OpenedBid.objects.filter(lot=head)), won_beside(lot)
    # Where the sandbox's clock stands still the next result has the moment of the last one: letters stay in order.
    before = AwardLetter.objects.filter(lot=lot).aggregate(last=Max("issued_at"))["last"]
    issued_at = now if before is None or before < now else before + datetime.timedelta(microseconds=1)
    for bid in opened:
        if bid.supplier_id in elsewhere or (lot.follows_id and (award is None or bid.supplier_id != award.supplier_id)):
            continue
        found = results.get(str(bid.pk), {})
        wins = award is not None and bid.supplier_id == award.supplier_id
        passed = award is not None and bid.supplier_id in full and (found.get("rank") or 0) < award.candidate.rank
        left = gone.get(bid.supplier_id, "")
        over = passed_over(lot, award, bid.supplier, found.get("rank")) if award else None
        why, quoted = _why_lost(found, before=over, fell=fell.get(bid.supplier_id, ""), full=passed, gone=left)
        why = procedures.get(lot.case.procedure).say(why) + (f"：{quoted}" if quoted else "")
        AwardLetter.objects.create(
            lot=lot,
            supplier_id=bid.supplier_id,
            is_winner=wins,
            score=found.get("total"),
            rank=found.get("rank"),
            reason="" if wins else bid.invalid_reason or reason or why,
            issued_at=issued_at,
        )
    # Too few came for an opening: those who did come are told why nothing was opened.
    if not opened:
        for supplier in live_bids(lot=lot).values_list("supplier_id", flat=True):
            AwardLetter.objects.create(
                lot=lot, supplier_id=supplier, is_winner=False, reason=reason, issued_at=issued_at
            )


def _why_lost(found: dict[str, Any], *, before: PassedOver | None, fell: str, full: bool, gone: str) -> tuple[str, str]:
    """The reason in the words of a tender, and what somebody wrote of it, which stays as it is."""
    if fell == AwardFall.REFUSED:
        return "拒绝与采购人签订合同", ""
    if gone:
        return "资格发生变化，不再符合资格条件", gone
    if fell:
        return f"中标结果无效：{chinese(AwardFall(fell).label)}", ""
    if full and found.get("rank"):
        return f"评审排名第 {found['rank']}，在本项目其他采购包中标已达到采购文件规定的数量", ""
    if found.get("left_behind"):
        return f"研发方案得分第 {found['merit_rank']} 名，未达到采购文件规定的名次，不进入综合评审", ""
    if found.get("same_brand_as"):
        return "与排名在前的投标人为同一品牌，不作为中标候选人", ""
    if before is not None:
        return before.zh, before.quoted
    return f"评审排名第 {found['rank']}，未被确定为中标供应商" if found.get("rank") else "未被确定为中标供应商", ""


class RefuseAward(Input):
    reason = TextField(label=_("拒签理由"), lines=4)
    proof = DocumentField(label=_("证明材料"), required=False)


@action(
    "award.refuse",
    zh="拒签合同",
    en="Refuse the award",
    on=Award,
    by={Role.SUPPLIER},
    needs=(rules.may_be_refused,),
    input=RefuseAward,
    notice="award_change",
    sentence=("{post}声明拒绝签订合同", "{post} declared that it refuses the contract"),
    cites=("award.refused", "award.no_change"),
    hint=(
        "拒签后可以确定下一候选人，也可以重新开展采购活动；无正当理由拒签须承担法律责任",
        "Then the next candidate may be taken, or the procurement restarts; refusing without cause has consequences",
    ),
    dangerous=True,
)
def refuse_award(award: Award, *, by: Any, now: datetime.datetime, reason: str, proof: Any) -> None:
    """The winner says so itself, and needs nobody to confirm it: the award falls, a notice says so, and the lot stands
    at award again, for the next or the end (条例 art. 49)."""
    _fall(award, ground=AwardFall.REFUSED, reason=reason, declared_by=by, now=now)
    documents.attach(proof, to=award, title="拒签证明材料", kind="award_refusal", by=by, now=now)


def _fall(award: Award, *, ground: str, reason: str, declared_by: Any = None, now: datetime.datetime) -> None:
    award.refused_at, award.fall_ground, award.refusal_reason = now, ground, reason
    award.declared_by = declared_by
    award.save(update_fields=["refused_at", "fall_ground", "refusal_reason", "declared_by"])
    Lot.objects.filter(pk=award.lot_id).update(outcome=LotOutcome.PENDING, outcome_at=None)
    periods.advance(award.lot.case, to=str(Stage.AWARD), at=now, lot=award.lot)


class ReportRefusal(Input):
    evidence = forms.ChoiceField(label=_("拒签的表现"), choices=[("", _("请选择")), *rules.RefusalEvidence.choices])
    reason = TextField(label=_("事实和依据"), lines=4)
    proof = DocumentField(label=_("供应商拒签的书面函件，或者通知签约、逾期未签的证明"))


@action(
    "award.report_refusal",
    zh="提请确认供应商拒签合同",
    en="Report that the winner refuses",
    on=Award,
    by={Role.BUYER_OFFICER},
    needs=(rules.may_be_refused, rules.no_annulment_waits),
    checks=(rules.refusal_has_its_evidence,),
    input=ReportRefusal,
    sentence=("{post}提请确认中标供应商拒签合同", "{post} reported that the winner refuses the contract"),
    is_public=False,
    cites=("award.refused", "award.no_change", "contract.sign"),
    hint=(
        "附供应商的书面函件，或者签约期限届满仍未签订的证明；由采购人复核岗核对后公告。供应商自己声明拒签的，不需要办理",
        "With the winner's letter, or proof that it did not come to sign in its time; a reviewer of the buyer holds it"
        " against the papers. A winner that declares it here itself needs none of this",
    ),
    dangerous=True,
)
def report_refusal(
    award: Award, *, by: Any, now: datetime.datetime, evidence: str, reason: str, proof: Any
) -> AwardAnnulment:
    """What the buyer says of its winner waits for another person like any other ground on which an award falls."""
    title = chinese(rules.RefusalEvidence(evidence).label)
    documents.attach(proof, to=award, title=title, kind="award_refusal", by=by, now=now)
    return _asked(award, ground=AwardFall.REFUSED, reason=reason, by=by, now=now)


class AnnulAward(Input):
    ground = forms.ChoiceField(label=_("认定无效的情形"), choices=rules.AnnulmentGround.choices)
    reason = TextField(label=_("事实和依据"), lines=4)
    proof = DocumentField(label=_("处理决定书、质疑答复或者审查意见"))
    report = DocumentField(label=_("报告财政部门的书面报告"), required=False, help_text=_("质疑成立改变结果的必须附上"))


@action(
    "award.annul",
    zh="提请认定中标结果无效",
    en="Ask to annul the award",
    on=Award,
    by={Role.AGENT, Role.BUYER_OFFICER},
    needs=(rules.is_run_by, rules.may_be_refused, rules.no_annulment_waits),
    checks=(rules.annulment_has_its_ground,),
    input=AnnulAward,
    sentence=("{post}提请认定中标结果无效", "{post} asked to annul the award"),
    is_public=False,
    cites=("award.annulled", "award.annulled_after_objection", "prequalification.change"),
    hint=(
        "限于质疑成立、财政部门认定和资格变化三种情形，合同签订前办理；由采购人复核岗核对依据，确认后公告",
        "On a founded objection, the treasury's finding or a lost status, before the contract is signed; a reviewer of"
        " the buyer holds it against the papers, and it is announced when confirmed",
    ),
    dangerous=True,
)
def annul_award(
    award: Award, *, by: Any, now: datetime.datetime, ground: str, reason: str, proof: Any, report: Any
) -> AwardAnnulment:
    """Asked for with its papers; the award stands until another person confirms."""
    documents.attach(proof, to=award, title="认定中标结果无效的依据", kind="award_annulment", by=by, now=now)
    documents.attach(report, to=award, title="报告财政部门的书面报告", kind="treasury_report", by=by, now=now)
    return _asked(award, ground=ground, reason=reason, by=by, now=now)


def _asked(award: Award, *, ground: str, reason: str, by: Any, now: datetime.datetime) -> AwardAnnulment:
    return AwardAnnulment.objects.create(award=award, ground=ground, reason=reason, proposed_by=by, proposed_at=now)


#: What nobody who confirms or declines it may have done: to ask for it.
ASKS = ("award.annul", "award.report_refusal")


class AnswerAnnulment(Input):
    answer = TextField(label=_("复核意见"), lines=3, help_text=_("依据是否真实、与所称情形是否一致"))

    def scope(self) -> None:
        """Whoever answers reads what was asked for, and why."""
        asked = rules.annulment_of(self.subject) if isinstance(self.subject, Award) else None
        if asked is not None:
            told = f"{AwardFall(asked.ground).label} · {asked.reason}"
            self.fields["answer"].help_text = f"{told} · {self.fields['answer'].help_text}"


@action(
    "award.confirm_annulment",
    zh="确认中标结果失效",
    en="Confirm that the award falls",
    on=Award,
    by={Role.BUYER_REVIEWER},
    needs=(rules.may_be_refused, rules.annulment_waits, rules.ground_still_stands),
    input=AnswerAnnulment,
    notice="award_change",
    not_same_person_as=ASKS,
    sentence=("{post}复核并公告了中标结果失效", "{post} confirmed and announced that the award no longer stands"),
    cites=("award.annulled", "award.annulled_after_objection", "award.refused", "prequalification.change"),
    hint=(
        "核对处理决定书、质疑答复、审查意见或者拒签函件的原件；确认后从合格候选人中另行确定或者重新采购",
        "Look at the original papers; after it the next qualified candidate is taken, or it is procured again",
    ),
    dangerous=True,
)
def confirm_annulment(award: Award, *, by: Any, now: datetime.datetime, answer: str) -> None:
    """The award falls on the ground that another person asked for, and the lot stands at award again (条例 art. 49, 71;
    94号令 art. 16)."""
    asked = _answered(award, by=by, now=now, answer=answer, is_confirmed=True)
    _fall(award, ground=asked.ground, reason=asked.reason, now=now)


@action(
    "award.decline_annulment",
    zh="退回中标结果失效的提请",
    en="Decline to let the award fall",
    on=Award,
    by={Role.BUYER_REVIEWER},
    needs=(rules.annulment_waits,),
    input=AnswerAnnulment,
    not_same_person_as=ASKS,
    sentence=("{post}退回了中标结果失效的提请", "{post} declined to let the award fall"),
    is_public=False,
    cites=("award.annulled", "award.refused"),
)
def decline_annulment(award: Award, *, by: Any, now: datetime.datetime, answer: str) -> None:
    """The award stands."""
    _answered(award, by=by, now=now, answer=answer, is_confirmed=False)


def answered_by_signing(award: Award, *, by: Any, now: datetime.datetime) -> None:
    """Its winner signs: that is the answer to whoever reported that it refuses, and no officer alone can keep it from
    signing until its time has passed."""
    asked = rules.annulment_of(award)
    if asked is not None and asked.ground == AwardFall.REFUSED:
        _answered(award, by=by, now=now, answer="供应商已签订合同", is_confirmed=False)


def _answered(award: Award, *, by: Any, now: datetime.datetime, answer: str, is_confirmed: bool) -> AwardAnnulment:
    asked = AwardAnnulment.objects.get(award=award, answered_at__isnull=True)
    asked.answered_by, asked.answered_at, asked.answer, asked.is_confirmed = by, now, answer, is_confirmed
    asked.save(update_fields=["answered_by", "answered_at", "answer", "is_confirmed"])
    return asked


class DeclareUnsuccessful(Input):
    ground = forms.ChoiceField(label=_("废标情形"), choices=rules.UnsuccessfulGround.choices)
    reason = TextField(label=_("事实和依据"), lines=4, required=False)

    def scope(self) -> None:
        if isinstance(self.subject, Lot):
            shown = rules.failures(self.subject, now=self.now)
            self.fields["ground"].initial = next((g for g in rules.UnsuccessfulGround if g in shown), None)


@action(
    "lot.declare_unsuccessful",
    zh="废标",
    en="Declare the lot unsuccessful",
    on=Lot,
    by={Role.AGENT, Role.BUYER_OFFICER},
    needs=(rules.is_run_by, rules.bids_are_in),
    checks=(rules.ground_is_given,),
    input=DeclareUnsuccessful,
    notice="unsuccessful",
    sentence=("{post}宣布废标", "{post} declared the lot unsuccessful"),
    cites=("evaluation.unsuccessful", "notice.unsuccessful", "evaluation.retender"),
    hint=(
        "只限法定情形；废标理由公告并告知所有投标人，之后可以重新采购",
        "On the lawful grounds only; the reason is published and told to every bidder; then procure again",
    ),
    dangerous=True,
)
def declare_unsuccessful(lot: Lot, *, by: Any, now: datetime.datetime, ground: str, reason: str) -> None:
    """End the lot and tell every bidder why; when no lot is left and none was awarded, the case ends too."""
    label = chinese(rules.UnsuccessfulGround(ground).label)
    text = f"{label}：{reason}" if reason else label
    match lot.stage_at(now):
        case Stage.QUALIFICATION:
            standing.record(lot, through=through(lot))
        case Stage.EVALUATION if not last_offers_are_open(lot, by=None, now=now):
            arithmetic.record(arithmetic.outcome(lot, now=now))
    # With the offers of a lot fail the lots that follow it, unless they have been awarded already.
    failed = [lot.pk, *(one.pk for one in lot.followers.filter(outcome=LotOutcome.PENDING) if not one.awards.exists())]
    Lot.objects.filter(pk__in=failed).update(outcome=LotOutcome.UNSUCCESSFUL, outcome_at=now, outcome_reason=text)
    standing_award = Award.objects.filter(lot=lot, refused_at__isnull=True)
    standing_award.update(refused_at=now, fall_ground=AwardFall.LOT_FAILED, refusal_reason=text)
    lot.refresh_from_db(fields=["outcome", "outcome_at", "outcome_reason"])
    write_letters(lot, award=None, reason=text, now=now)
    periods.close_period(lot.case, at=now, lot=lot)
    outcomes = set(lot.case.lots.values_list("outcome", flat=True))
    if not outcomes & {LotOutcome.PENDING, LotOutcome.AWARDED}:
        periods.end(lot.case, at=now, kind=CaseEnd.UNSUCCESSFUL, reason=text)
