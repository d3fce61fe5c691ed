"""What is this file that somebody holds from the log: a receipt, a notice, a contract, a payment order?"""

import hashlib

from yangcai.kernel.tlog.policy import Policy
from yangcai.kernel.verifying import document
from yangcai.kernel.verifying.findings import NotVerified
from yangcai.kernel.verifying.log import Log

RECEIPT, NOTICE = "receipt", "notice"
#: How the text of a receipt begins (SBP/1 §2.6).
BEGINS = b"sbp-receipt/"


def kind_of(content: bytes, *, log: Log) -> str:
    """A receipt and a notice say it themselves; of a signed paper the log does. Raises NotVerified where none does."""
    if found := _says_itself(content):
        return found
    digest = hashlib.sha256(content).hexdigest()
    for kind in document.PAPERS:
        if any(body.get(document.FIELDS[kind]) == digest for _index, body in log.saying(kind)):
            return kind
    raise NotVerified(
        zh="不认识这份文件：它不是收据，也不是公告，公开日志也没有把它列为合同或者资金支付凭证",
        en="the file is neither a receipt nor a notice, nor does the log name it as a contract or a payment order",
    )


def kind_by_proof(content: bytes, *, proved: bytes, policy: Policy) -> str:
    """Likewise without the log, of a paper by the line in its `.tlog-proof`. Raises NotVerified."""
    if found := _says_itself(content):
        return found
    *others, last = document.PAPERS
    for kind in others:
        try:
            document.verify_proof(content, kind=kind, proved=proved, policy=policy)
        except NotVerified:
            continue
        return kind
    return last


def _says_itself(content: bytes) -> str:
    if content.startswith(BEGINS):
        return RECEIPT
    return NOTICE if any(True for _notice in document.notices(content)) else ""
