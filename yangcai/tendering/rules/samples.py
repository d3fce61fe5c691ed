"""May samples be asked for, handed in and settled like this (87号令 art. 22; 条例 art. 44)?"""

import datetime
import re
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from yangcai.cases.models import Award, Case, Lot, LotOutcome
from yangcai.cases.rules import applicable, own, refuse
from yangcai.kernel.beneath import may_have
from yangcai.kernel.reading import remembered
from yangcai.kernel.refusals import Refusal
from yangcai.parties.roles import Role
from yangcai.tendering.models import Opening, Sample, SampleFate, SampleTerms

#: A test of samples after the award on which the award would hang.
AFTER_AWARD = re.compile(
    r"(?:中标|成交|评审结束|定标)后[^。；]{0,20}样[品件][^。；]{0,20}(?:检测|测试|检验|试用|复核)[^。；]{0,30}"
    r"(?:取消|不合格|不予|递补|顺延|废除)"
)


def is_known_to_the_method(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses where the method's own rules know no samples: 87号令 art. 22 is about tenders alone."""
    if own(subject.case, "samples.exception"):
        return None
    return Refusal(
        "no_samples_here",
        "样品的规定适用于招标，本采购方式没有此项",
        "The rules on samples belong to tenders: this method has none",
    )


def terms_are_complete(
    subject: Lot, *, now: datetime.datetime, is_asked: bool, needs_report: bool, **told: Any
) -> Iterator[Refusal]:
    """Asked for at all only in one of the two cases; then the document says how they are made, tested and judged."""
    if not is_asked:
        return
    on = applicable(subject.case, now=now)
    if not told["ground"] or not str(told["reason"] or "").strip():
        yield refuse(
            "samples.exception",
            code="samples_without_ground",
            zh="一般不得要求投标人提供样品；确需提供的，选择法定情形并说明必要性",
            en="Samples are not asked for as a rule: name the lawful case and say why they are needed",
            field="ground",
            **on,
        )
    wanted = {"standard": "制作标准和要求", "judged_by": "样品评审方法和标准", "place": "递交地点"}
    wanted |= {"institution": "检测机构的要求", "tested": "检测内容"} if needs_report else {}
    for name, zh in wanted.items():
        if not str(told[name] or "").strip():
            yield refuse(
                "samples.stated",
                code="sample_terms_missing",
                zh="要求提供样品的，采购文件应当写明{what}",
                en="Where samples are asked for the document says: {what_en}",
                field=name,
                what=zh,
                what_en=ENGLISH[name],
                **on,
            )
    if not str(told["keeping"] or "").strip():
        yield refuse(
            "samples.after",
            code="sample_terms_missing",
            zh="采购文件应当规定中标人样品的保管、封存",
            en="The document says how the winner's sample is kept and sealed",
            field="keeping",
            **on,
        )


ENGLISH = {
    "standard": "how a sample is made",
    "judged_by": "how a sample is judged",
    "place": "where it is handed in",
    "institution": "what kind of institution tests it",
    "tested": "what is tested",
}


def clauses_leave_the_result(
    subject: Case, *, now: datetime.datetime, rows: list[dict[str, Any]], **_: Any
) -> Iterator[Refusal]:
    """不得通过对样品进行检测改变评审结果 (条例 art. 44). Only what is evident."""
    for number, row in enumerate(rows, start=1):
        hit = AFTER_AWARD.search(row["text"])
        if hit is not None:
            yield refuse(
                "samples.no_change_of_result",
                code="sample_changes_result",
                zh="第 {number} 行：不得通过对样品进行检测改变评审结果：“{word}”",
                en="Row {number}: no test of samples may change the result: “{word}”",
                field="rows",
                number=number,
                word=hit.group(0),
                **applicable(subject, now=now),
            )


# --- handing in ----------------------------------------------------------------------------------------------------


@remembered
def asked_for(case: Case) -> frozenset[int]:
    """The lots for which the document asks for samples."""
    if not may_have(case, SampleTerms):
        return frozenset()
    return frozenset(SampleTerms.objects.filter(lot__case=case).values_list("lot_id", flat=True))


def samples_are_asked(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses a sample of a lot whose document asks for none (87号令 art. 22)."""
    if subject.pk in asked_for(subject.case):
        return None
    return refuse(
        "samples.exception",
        code="no_samples_asked",
        zh="采购文件没有要求提供样品，不接收样品",
        en="The document asks for no samples: none are taken",
        **applicable(subject.case, now=now),
    )


def is_not_registered(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """One sample per supplier and lot: refuses a second code."""
    if subject.pk not in asked_for(subject.case):
        return None
    if not Sample.objects.filter(lot=subject, supplier_id=by.organisation_id).exists():
        return None
    return Refusal("sample_registered", "贵单位已登记样品", "Your organisation has registered its sample")


def opening_not_begun(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses once the bids are opened: a sample comes in by the deadline, like the bid that it belongs to (87号令
    art. 33)."""
    if subject.pk not in asked_for(subject.case) or not Opening.objects.filter(case=subject.case).exists():
        return None
    return refuse(
        "submission.late_bid",
        code="sample_too_late",
        zh="投标截止后不再接收样品",
        en="After the deadline no samples are taken",
        **applicable(subject.case, now=now),
    )


def code_is_known(subject: Lot, *, now: datetime.datetime, label: str, **_: Any) -> Refusal | None:
    """Refuses a `label` that no sample of the lot bears, or one that was taken in already."""
    found = Sample.objects.filter(lot=subject, code=label).first()
    if found is not None and found.received_at is None:
        return None
    return Refusal(
        "sample_unknown",
        "本包没有这个编号的样品，或者已经接收；请核对样品上的编号",
        "No sample of this lot has that code, or it was taken already: compare the code on it",
        field="label",
    )


# --- afterwards ----------------------------------------------------------------------------------------------------


def is_own(subject: Sample, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses a supplier that would dispose of somebody else's sample."""
    if by.role != Role.SUPPLIER or subject.supplier_id == by.organisation_id:
        return None
    return Refusal("not_yours", "这不是贵单位的样品", "This is not your sample")


def activity_is_over(subject: Sample, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """采购活动结束后: the contract of the lot is signed, or the lot has failed, or the case ended. Until then the award
    may still fall, and who comes next would have no sample to be held to (87号令 art. 22; 条例 art. 49, 71)."""
    lot = subject.lot
    if over_since(subject) is not None:
        return None
    return refuse(
        "samples.after",
        code="result_not_final",
        zh="采购活动结束后才能退还、处理或者封存样品：合同签订以前中标结果仍可能失效，"
        "请待合同签订、废标或者项目终止后办理",
        en="Samples are settled once the procurement is over: until the contract is signed the award may still fall."
        " Wait for its signing, or for the end of the lot or the case",
        **applicable(lot.case, now=now),
    )


def over_since(sample: Sample) -> datetime.datetime | None:
    """When the first of the three came about; None while the result may still change."""
    lot = sample.lot
    failed = lot.outcome in {LotOutcome.UNSUCCESSFUL, LotOutcome.TERMINATED}
    ends = [lot.case.ended_at, lot.outcome_at if failed else None, *(_signed_at(award) for award in _standing(lot))]
    return min((end for end in ends if end is not None), default=None)


def _signed_at(award: Award) -> datetime.datetime | None:
    """The contract belongs to a later part of the house, which hangs itself on the award."""
    contract = getattr(award, "contract", None)
    return contract.signed_at if contract is not None else None


def is_not_settled(subject: Sample, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses a sample that never came in, or whose fate is recorded: that is done once."""
    if subject.received_at is not None and subject.settled_at is None:
        return None
    return Refusal("sample_settled", "该样品没有收到或者已经处理", "It never came in, or was settled already")


def _standing(lot: Lot) -> QuerySet[Award]:
    return Award.objects.filter(lot=lot, announced_at__isnull=False, refused_at__isnull=True)


def _winners(lot: Lot) -> set[int]:
    return set(_standing(lot).values_list("supplier_id", flat=True))


def fate_is_lawful(subject: Sample, *, now: datetime.datetime, fate: str, **_: Any) -> Iterator[Refusal]:
    """The winner's is kept, a loser's goes back or, with its consent, is disposed of."""
    won, on = subject.supplier_id in _winners(subject.lot), applicable(subject.lot.case, now=now)
    if won != (fate == SampleFate.KEPT):
        yield refuse(
            "samples.after",
            code="fate_of_winner" if won else "fate_of_loser",
            zh="中标人的样品应当保管、封存，作为履约验收的参考"
            if won
            else "未中标人的样品应当及时退还或者经其同意后处理",
            en="The winner's sample is kept under seal for the acceptance"
            if won
            else "A loser's sample is returned, or disposed of with its consent",
            field="fate",
            **on,
        )
    elif fate == SampleFate.DISPOSED and subject.released_at is None:
        yield refuse(
            "samples.after",
            code="no_consent_to_disposal",
            zh="自行处理样品须经未中标人同意；请退还，或者等待其在平台上同意",
            en="A sample is disposed of only with its owner's consent: return it, or wait for that",
            field="fate",
            **on,
        )


def has_lost(subject: Sample, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses to let the winner's sample be disposed of: it is kept for the acceptance (87号令 art. 22)."""
    if subject.supplier_id not in _winners(subject.lot):
        return None
    return refuse(
        "samples.after",
        code="fate_of_winner",
        zh="中标人的样品应当保管、封存，作为履约验收的参考",
        en="The winner's sample is kept under seal for the acceptance",
        **applicable(subject.lot.case, now=now),
    )
