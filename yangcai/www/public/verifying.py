"""What is this receipt, number, code or file, is it genuine, and where does it stand in the public log?

Whoever asks has the paper. Of what is not public only that it was issued, and when; never whose it is or what it says.
"""

import datetime
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yangcai.contracts.models import Contract
from yangcai.kernel import log_files, log_keys, log_witnesses, papers
from yangcai.kernel.encoding import BadEncoding, parse_jcs
from yangcai.kernel.leaf_lines import CLEAR
from yangcai.kernel.models import Attachment
from yangcai.kernel.refusals import in_chinese
from yangcai.kernel.tlog import proof, tree
from yangcai.kernel.tlog.faults import Malformed, Unproven
from yangcai.kernel.verifying import document, receipt
from yangcai.kernel.verifying.findings import NotVerified
from yangcai.portal.models import Notice
from yangcai.portal.notices.base import type_of
from yangcai.portal.queries import leaf_of
from yangcai.tendering.models import Bid, EvaluationReport, PrequalificationApplication, SealedBid
from yangcai.www import formats
from yangcai.www.access import PUBLIC, page
from yangcai.www.official import resolve
from yangcai.www.public.files import ANYBODYS
from yangcai.www.public.notices import CODE_LENGTH, DIGEST_LENGTH

#: So much is read of what somebody pastes, so much of a file that comes without a script.
LONGEST_TEXT = 8_000
LONGEST_FILE = 20 * 2**20
CHUNK = 2**20
_HEX = re.compile(rf"[0-9a-f]{{{CODE_LENGTH},{DIGEST_LENGTH}}}")
_RECEIPT = re.compile(r"(?:TB|YS)[0-9]{8}-[0-9A-F]{12}")
_NOTE, _PROOF = "sbp-receipt/v1\n", proof.HEAD


@dataclass(frozen=True)
class Answer:
    """What something is: `tone` ok (genuine), warn (genuine, but no longer in force) or bad."""

    tone: str
    title: str
    rows: tuple[tuple[str, Any], ...] = ()
    url: str = ""
    name: str = ""
    proof_url: str = ""
    said: str = ""


@page(by=PUBLIC)
def verify(request: HttpRequest) -> HttpResponse:
    """?code=: a verification code, a digest, a number, a receipt or a proof."""
    now = request.now  # type: ignore[attr-defined]
    return shown(request, request.GET.get("code", "")[:LONGEST_TEXT], now=now)


@page(by=PUBLIC, methods=("GET", "POST"), from_anybody=LONGEST_FILE)
def verify_file(request: HttpRequest) -> HttpResponse:
    """POST: a file, from a browser that runs no script; it is hashed and not kept. GET: the page itself."""
    now = request.now  # type: ignore[attr-defined]
    uploaded = request.FILES.get("file")
    if uploaded is None:
        return shown(request, "", now=now)
    hashed = hashlib.sha256()
    head = b""
    for part in uploaded.chunks(CHUNK):
        hashed.update(part)
        head = head if len(head) > LONGEST_TEXT else head + part[: LONGEST_TEXT + 1]
    digests = [hashed.hexdigest()]
    if len(head) <= LONGEST_TEXT:
        text = head.decode("utf-8", "replace")
        if text.startswith((_NOTE, _PROOF)):
            return shown(request, text, now=now)
        digests = list(document.digests(head))  # its own, and those of the notices that the API gave out
    found = [answer for digest in digests if (answer := look_up(digest, now=now))]
    return _page(request, typed=digests[0], answers=found, now=now)


def shown(request: HttpRequest, typed: str, *, now: datetime.datetime) -> HttpResponse:
    typed = typed.replace("\r\n", "\n")
    if typed.startswith((_NOTE, _PROOF)):
        return _page(request, typed=typed, answers=[_of_text(typed, now=now)], now=now)
    answer = look_up(typed, now=now)
    return _page(request, typed=typed.strip(), answers=[answer] if answer else [], now=now)


def _page(request: HttpRequest, *, typed: str, answers: list[Answer], now: datetime.datetime) -> HttpResponse:
    return render(
        request,
        "public/verify.html",
        {
            "typed": typed,
            "answers": answers,
            "asked": bool(typed),
            "valid": bool(answers) or _is_code(typed),
            "largest": LONGEST_FILE,
            "keys": _log_keys(),
        },
    )


def _log_keys() -> list[tuple[str, str]]:
    """What the log signs with, and its key of SM2; nothing before there is a log, and no key is made by looking."""
    if not (log_files.folder() / log_files.CHECKPOINT).exists():
        return []
    try:
        found = [(_("Ed25519 公钥"), log_keys.verifier().vkey)]
        if any((log_keys.folder() / f"{log_keys.SM2}.{kind}").exists() for kind in ("key", "vkey")):
            found += [(_("国密（SM2）公钥"), key.vkey)] if (key := log_keys.sm2_verifier()) else []
    except (Malformed, OSError, log_keys.KeyExposed, log_keys.NotSigned):
        return []
    return found


def _is_code(typed: str) -> bool:
    return _HEX.fullmatch(re.sub(r"\s", "", typed).lower()) is not None


def look_up(typed: str, *, now: datetime.datetime) -> Answer | None:
    """By whatever it may be: the first that knows it."""
    if not typed.strip():
        return None
    for ask in (_of_number, _of_receipt, _of_code):
        if answer := ask(typed.strip(), now):
            return answer
    return None


# --- by what stands on a paper --------------------------------------------------------------------------------------


def _of_number(typed: str, now: datetime.datetime) -> Answer | None:
    numbers = {typed, typed.upper()}
    notice = Notice.objects.filter(number__in=numbers, published_at__lte=now).select_related("buyer").first()
    if notice is not None:
        return _notice(notice)
    contract = Contract.objects.filter(number__in=numbers, published_at__lte=now).select_related("case").first()
    return _contract(contract) if contract is not None else None


def _of_receipt(typed: str, now: datetime.datetime) -> Answer | None:
    """A receipt's number cannot be guessed: whoever types it has the receipt. Nothing of the bid is told."""
    number = typed.upper()
    if not _RECEIPT.fullmatch(number):
        return None
    bid = Bid.objects.filter(receipt=number, received_at__lte=now).select_related("lot__case", "sealed__leaf").first()
    if bid is not None:
        sealed = getattr(bid, "sealed", None)
        return _bid(bid, index=sealed.leaf.index if sealed else None, is_logged=sealed is not None)
    applied = PrequalificationApplication.objects.filter(receipt=number).first()
    if applied is None:
        return None
    return Answer("ok", _("资格预审申请的回执，由本平台出具"), ((_("回执号"), number),))


def _of_code(typed: str, now: datetime.datetime) -> Answer | None:
    digest = re.sub(r"\s", "", typed).lower()
    if not _HEX.fullmatch(digest):
        return None
    lookups: tuple[Callable[[str, datetime.datetime], Answer | None], ...] = (
        _notice_with,
        _report_with,
        _contract_with,
        _paper_with,
        _document_with,
    )
    return next((answer for ask in lookups if (answer := ask(digest, now))), None)


def _paper_with(digest: str, now: datetime.datetime) -> Answer | None:
    """Any other official paper, by its verification code or the digest printed on it."""
    found = resolve(digest, now=now)
    if found is None:
        return None
    name = found.zh if not in_chinese() else ""
    return Answer(
        "warn" if found.is_draft else "ok",
        _("核对一致：本平台制作的%(kind)s") % {"kind": found.zh if in_chinese() else found.en},
        (
            (_("编号"), found.number),
            (_("出具时间"), formats.moment(found.at)),
            (_("文件摘要 SHA-256"), formats.fingerprint(found.digest)),
        ),
        name=name,
        said=_("草稿，尚未定稿") if found.is_draft else _("请核对编号、时间和摘要与手中的文件一致。"),
    )


def _notice_with(digest: str, now: datetime.datetime) -> Answer | None:
    found = Notice.objects.filter(digest__startswith=digest, published_at__lte=now).select_related("buyer").first()
    return _notice(found) if found else None


def _notice(notice: Notice) -> Answer:
    later = Notice.objects.filter(supersedes=notice).first()
    kind = type_of(notice.kind, notice.procedure).name
    standing = _("已被更正、变更或者撤回：%(number)s") % {"number": later.number} if later else _("现行有效")
    return Answer(
        "warn" if later else "ok",
        _("核对一致：本平台发布的%(kind)s") % {"kind": kind} if in_chinese() else _("核对一致"),
        (
            (_("公告编号"), notice.number),
            (_("发布时间"), formats.moment(notice.published_at)),
            (_("采购人"), notice.buyer.name),
            (_("效力"), standing),
            (_("内容摘要"), formats.fingerprint(notice.digest)),
            (_("公开日志中的位置"), _place(leaf_of(notice).index)),
        ),
        url=reverse("notice", args=[notice.pk]),
        name=notice.title,
        proof_url=reverse("notice_proof", args=[notice.pk]),
    )


def _report_with(digest: str, now: datetime.datetime) -> Answer | None:
    signed = EvaluationReport.objects.filter(signed_at__lte=now, digest__startswith=digest)
    report = signed.select_related("lot__case").first()
    return _report(report) if report else None


def _report(report: EvaluationReport) -> Answer:
    """That it was signed, and when: what it says stays secret."""
    case = report.lot.case
    said = _("评标报告：%(number)s 第 %(lot)s 包，%(at)s 全部签署") % {
        "number": case.number,
        "lot": report.lot.number,
        "at": formats.moment(report.signed_at),
    }
    return Answer("ok", _("核对一致"), ((_("内容摘要"), formats.fingerprint(report.digest)),), said=said)


def _contract_with(digest: str, now: datetime.datetime) -> Answer | None:
    found = Contract.objects.filter(digest__startswith=digest, published_at__lte=now).exclude(digest="")
    contract = found.select_related("case").first()
    return _contract(contract) if contract else None


def _contract(contract: Contract) -> Answer:
    standing = _("已解除") if contract.terminated_at else _("已结项") if contract.closed_at else _("履行中")
    return Answer(
        "warn" if contract.terminated_at else "ok",
        _("核对一致：本平台公告的合同"),
        (
            (_("合同编号"), contract.number),
            (_("签订时间"), formats.day(contract.signed_at)),
            (_("状态"), standing),
            (_("签订内容摘要"), formats.fingerprint(contract.digest)),
        ),
        url=f"{reverse('public_case', args=[contract.case_id])}?tab=contracts",
        name=contract.title,
    )


def _document_with(digest: str, now: datetime.datetime) -> Answer | None:
    """A file that anybody may read, or a signed paper of the platform. Of no other file is it said that it exists: a
    bid's would tell that it came."""
    found = Attachment.objects.filter(document__digest__startswith=digest, at__lte=now).order_by("pk")
    for attachment in found.filter(is_public=True).select_related("document"):
        name, _colon, root = attachment.root.partition(":")
        if name in ANYBODYS and ANYBODYS[name](None, now).filter(pk=root).exists():
            return _public(attachment, case=root if name == "case" else "")
    paper = found.filter(kind=papers.SIGNED).first()
    if paper is None:
        return None
    return Answer(
        "ok",
        _("核对一致：本平台出具的签署文本"),
        ((_("出具时间"), formats.moment(paper.at)), (_("文件摘要"), formats.fingerprint(paper.document_id))),
        said=_("文本的内容只供有关各方使用；用支持电子签名的阅读器可以核对其中的签名。"),
    )


def _public(attachment: Attachment, *, case: str) -> Answer:
    later = Attachment.objects.filter(root=attachment.root, kind=attachment.kind, is_public=True, at__gt=attachment.at)
    is_old = attachment.kind == "solicitation" and later.exists()
    return Answer(
        "warn" if is_old else "ok",
        _("核对一致：本平台公开的文件"),
        (
            (_("公开时间"), formats.moment(attachment.at)),
            (_("大小"), formats.file_size(attachment.document.size)),
            (_("效力"), _("已被新版本取代") if is_old else _("现行")),
            (_("文件摘要"), formats.fingerprint(attachment.document_id)),
        ),
        url=f"{reverse('public_case', args=[case])}?tab=documents" if case else "",
        name=attachment.title,
    )


# --- by what somebody was given to keep -----------------------------------------------------------------------------


def _of_text(typed: str, *, now: datetime.datetime) -> Answer:
    """A receipt or a proof, whole."""
    content = typed.encode()
    try:
        return _receipt_note(content) if typed.startswith(_NOTE) else _proof(content, now=now)
    except NotVerified as wrong:
        return Answer("bad", _("核对不符"), said=wrong.zh if in_chinese() else wrong.en)
    except (Malformed, Unproven, BadEncoding) as wrong:
        return Answer("bad", _("核对不符"), said=str(wrong))


def _receipt_note(content: bytes) -> Answer:
    """Signed with the platform's key, and its line is in the log."""
    given, signed = receipt.parse(content)
    receipt.check_signature(signed, [log_keys.signer(log_keys.RECEIPT).verifier])
    kept = SealedBid.objects.filter(header_digest=given.header).select_related("bid__lot__case", "leaf")
    found = next((one for one in kept if tree.leaf_hash(bytes(one.leaf.line)) == given.leaf), None)
    if found is None:
        told = _("回执确由本平台签署，但公开日志中没有它的条目：请保存回执，这是证据。")
        return Answer("bad", _("投标可能被隐瞒"), said=told)
    return _bid(found.bid, index=found.leaf.index, is_logged=True)


def _bid(bid: Bid, *, index: int | None, is_logged: bool) -> Answer:
    rows = [
        (_("回执号"), bid.receipt),
        (_("项目编号"), bid.lot.case.number),
        (_("采购包"), bid.lot.number),
        (_("收到时间"), formats.moment(bid.received_at)),
    ]
    if is_logged:
        rows.append((_("公开日志中的位置"), _place(index)))
    return Answer("ok", _("核对一致：投标文件的回执，由本平台出具"), tuple(rows))


def _proof(content: bytes, *, now: datetime.datetime) -> Answer:
    """A line in clear, proved under a checkpoint of this log."""
    found = proof.parse(content)
    if not found.extra.startswith(CLEAR):
        raise NotVerified(
            zh="这份证明不含公开的内容：请用 yangcai verify 命令与条目一起核对",
            en="the proof holds no line in clear: check it with its line, by the command yangcai verify",
        )
    head = proof.verify(found, leaf=tree.leaf_hash(found.extra), policy=log_witnesses.trusted())
    body = parse_jcs(found.extra.removeprefix(CLEAR).removesuffix(b"\n"))
    digest = next((str(body[name]) for name in document.FIELDS.values() if name in body), "")
    rows = ((_("公开日志中的位置"), _place(found.index)), (_("日志条目数"), str(head.size)))
    named = _of_code(digest, now) if digest else None
    if named is None:
        return Answer("ok", _("核对一致：公开日志的存证证明"), rows)
    return Answer(named.tone, _("核对一致：公开日志的存证证明"), (*named.rows[:-1], *rows), named.url, named.name)


def _place(index: int | None) -> str:
    return _("第 %(n)d 条") % {"n": index} if index is not None else _("正在写入，一分钟内可查")
