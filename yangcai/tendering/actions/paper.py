"""How do a signed evaluation report and the record of an opening become papers that anybody's reader can verify?"""

import datetime
from collections.abc import Iterator
from typing import Any

from yangcai.kernel import documents, log_keys, papers
from yangcai.kernel.actions import action
from yangcai.kernel.models import Document
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering import opening_proof, opening_record
from yangcai.tendering import paper as text
from yangcai.tendering.models import BidClosing, EvaluationReport, Opening
from yangcai.tendering.rules import award as results
from yangcai.tendering.rules import opening as openings
from yangcai.tendering.rules import records


def bears_every_signature(
    report: EvaluationReport, *, by: Any, now: datetime.datetime, paper: Document, **data: Any
) -> Iterator[Refusal]:
    """Refuses a paper on which a member's signature is missing or does not verify."""
    yield from papers.missing(paper, expected=text.signatures(report))


@action(
    "report.issue_paper",
    zh="出具评标报告签署文本",
    en="Issue the signed paper of the evaluation report",
    on=EvaluationReport,
    by={Role.PLATFORM},
    needs=(results.report_is_signed, papers.not_issued),
    checks=(bears_every_signature,),
    input=papers.IssuePaper,
    sentence=(
        "{post}出具了成员签名并加盖时间戳的评标报告文本",
        "{post} issued the evaluation report with the members' signatures and their timestamps",
    ),
    is_public=False,
    despite_block=True,
    cites=("evaluation.report", "submission.signature"),
    hint=(
        "全体成员签署后由平台自动出具；签名或者时间戳服务不可用时排队等候，报告的效力不受影响",
        "The platform does so by itself once all have signed; where seals or stamps are not to be had it waits, and "
        "the report stands all the same",
    ),
)
def issue_report_paper(
    report: EvaluationReport, *, by: Any, now: datetime.datetime, paper: Document
) -> EvaluationReport:
    """A signature that meets art. 13 has the force of a handwritten one (电子签名法 art. 14)."""
    papers.put(paper, to=report, title=f"{report.lot.case.title}评标报告（签署文本）", by=by, now=now)
    return report


def bears_the_hosts_signature(
    opening: Opening, *, by: Any, now: datetime.datetime, paper: Document, **data: Any
) -> Iterator[Refusal]:
    """Refuses a record without the host's signature, or with one that does not verify."""
    yield from papers.missing(paper, expected=text.of_record(opening))


@action(
    "opening.issue_paper",
    zh="出具开标记录签署文本",
    en="Issue the signed paper of the opening record",
    on=Opening,
    by={Role.PLATFORM},
    needs=(openings.has_a_record, papers.not_issued),
    checks=(bears_the_hosts_signature,),
    input=papers.IssuePaper,
    sentence=(
        "{post}出具了主持人签名并加盖时间戳的开标记录文本，并以公开日志密钥签署了记录",
        "{post} issued the record of the opening with the host's signature and its timestamp, and signed the record"
        " with the key of the public log",
    ),
    despite_block=True,
    cites=("opening.recorded", "submission.signature"),
    hint=(
        "开标结束后由平台自动出具并公开；签名或者时间戳服务不可用时排队等候，开标记录的效力不受影响",
        "The platform does so by itself once the opening is over, for everybody to read; where seals or stamps are not"
        " to be had it waits, and the record stands all the same",
    ),
)
def issue_record_paper(opening: Opening, *, by: Post, now: datetime.datetime, paper: Document) -> Opening:
    """Beside the paper the record as a note of the log's key (SBP/1 §2.8): two proofs that do not need each other."""
    assert opening.record is not None and opening.concluded_at is not None  # has_a_record
    _put(opening, paper, record=opening.record, named="开标记录", at=opening.concluded_at, by=by, now=now)
    return opening


def _put(
    row: Opening | BidClosing,
    paper: Document,
    *,
    record: Document,
    named: str,
    at: datetime.datetime,
    by: Post,
    now: datetime.datetime,
) -> None:
    """Paper and note of a record, for everybody."""
    case = row.root
    title = f"{case.title}{named}（签署文本）"
    documents.attach(paper, to=row, title=title, kind=papers.SIGNED, by=by, now=now, is_public=True)
    signed = log_keys.sign_record(
        opening_proof.note_text(case, record_digest=record.digest, size=record.size, concluded_at=at)
    )
    note = documents.store_bytes(data=str(signed).encode(), name=f"{case.number}-opening-record.note.txt")
    documents.attach(
        note, to=row, title=f"{named}（日志密钥签名）", kind=opening_proof.NOTE, by=by, now=now, is_public=True
    )


def bears_the_signature_of_who_opened(
    closing: BidClosing, *, by: Any, now: datetime.datetime, paper: Document, **data: Any
) -> Iterator[Refusal]:
    record = opening_record.shown(closing, inside=False)
    assert record is not None  # has_a_public_record
    yield from papers.missing(paper, expected=text.of_closing(closing, digest=record.document_id))


@action(
    "closing.issue_paper",
    zh="出具开启记录签署文本",
    en="Issue the signed paper of the record of a closing",
    on=BidClosing,
    by={Role.PLATFORM},
    needs=(records.has_a_public_record, papers.not_issued),
    checks=(bears_the_signature_of_who_opened,),
    input=papers.IssuePaper,
    sentence=(
        "{post}出具了开启记录的签署文本，并以公开日志密钥签署了记录",
        "{post} issued the signed paper of the record of what was opened, and signed the record with the key of the"
        " public log",
    ),
    despite_block=True,
    cites=("opening.recorded", "opening.no_disclosure", "submission.signature"),
    hint=(
        "报价信封开启后，或者不公开唱标的随结果公告，由平台自动出具并公开",
        "The platform does so by itself: of prices once they lie open, of offers that are not read out with the award",
    ),
)
def issue_closing_paper(closing: BidClosing, *, by: Post, now: datetime.datetime, paper: Document) -> BidClosing:
    """As of the record of the hall, of each record that stands by itself."""
    record = opening_record.shown(closing, inside=False)
    assert record is not None and closing.unsealed_at is not None  # has_a_public_record
    named = opening_record.title_of(closing)
    _put(closing, paper, record=record.document, named=named, at=closing.unsealed_at, by=by, now=now)
    return closing
