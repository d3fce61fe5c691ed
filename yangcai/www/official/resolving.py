"""Whose paper is a code that somebody typed from it? Says that there is one, of when, with which digest, no more.

Whoever has the code has the paper; its content stays between its readers.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from yangcai.contracts.models import Contract
from yangcai.kernel.models import Attachment
from yangcai.tendering import opening_record
from yangcai.tendering.models import BidClosing, Opening
from yangcai.www.official import awards, codes, contracts, drafts, objections, receipts, talks
from yangcai.www.official.kind import KINDS, Kind
from yangcai.www.public.notices import CODE_LENGTH

#: Modules whose import registers their kinds.
REGISTERED = (awards, contracts, drafts, objections, receipts, talks)
#: Shorter than this a digest is not looked up: 2^-64 against finding another.
SHORTEST = 16


@dataclass(frozen=True)
class Found:
    """What may be told of a paper to whoever has its code."""

    zh: str
    en: str
    number: str
    at: datetime.datetime
    digest: str
    is_draft: bool = False


def resolve(typed: str, *, now: datetime.datetime) -> Found | None:
    """The paper of a verification code (32 hexadecimal digits) or of the beginning of a digest; None where there is
    none. `typed` is lower-case hexadecimal."""
    return _by_code(typed, now=now) or _by_digest(typed, now=now)


def _by_code(typed: str, *, now: datetime.datetime) -> Found | None:
    told = codes.read(typed)
    kind: Kind | None = next((one for one in KINDS.values() if told and one.mark == told[0]), None)
    if kind is None or told is None:
        return None
    row: Any = kind.model.objects.filter(pk=told[1]).first()
    if row is None or not kind.exists(row, now=now):
        return None
    return Found(kind.zh, kind.en, kind.serial(row), kind.at(row) or now, kind.digest(row), kind.is_draft(row))


def _by_digest(typed: str, *, now: datetime.datetime) -> Found | None:
    """Contracts and records of openings, whose digests are frozen with them."""
    if len(typed) < CODE_LENGTH:
        return None
    contract = Contract.objects.filter(digest__startswith=typed, signed_at__lte=now).first()
    if contract is not None and contract.signed_at is not None:
        return Found("采购合同", "Contract", contract.number, contract.signed_at, contract.digest)
    opening = (
        Opening.objects.filter(record__digest__startswith=typed, concluded_at__lte=now).select_related("case").first()
    )
    if opening is not None and opening.concluded_at is not None:
        digest = str(opening.record_id)
        return Found("开标记录表", "Record of the opening", opening.case.number, opening.concluded_at, digest)
    record = Attachment.objects.filter(
        kind=opening_record.OF_CLOSING, document__digest__startswith=typed, is_public=True, at__lte=now
    ).first()
    if record is not None:
        closing = BidClosing.objects.select_related("lot__case").get(pk=record.subject.partition(":")[2])
        return Found("开启记录", "Record of the opening", closing.lot.case.number, record.at, record.document_id)
    return None
