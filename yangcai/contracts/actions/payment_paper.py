"""How does a payment order become a paper that anybody's reader can verify, and that the public log names?"""

import datetime
from collections.abc import Iterator
from typing import Any

from yangcai.contracts import payment_paper as text
from yangcai.contracts.models import PaymentRequest
from yangcai.contracts.rules import payment as rules
from yangcai.kernel import leaves, papers
from yangcai.kernel.actions import action
from yangcai.kernel.encoding import timestamp
from yangcai.kernel.models import Document
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Post
from yangcai.parties.roles import Role


def bears_buyers_and_treasurys_signature(
    request: PaymentRequest, *, by: Any, now: datetime.datetime, paper: Document, **data: Any
) -> Iterator[Refusal]:
    """Refuses a paper on which the buyer's or the treasury's signature is missing or does not verify."""
    yield from papers.missing(paper, expected=text.signatures(request))


@action(
    "payment.issue_paper",
    zh="出具资金支付凭证签署文本",
    en="Issue the signed payment order",
    on=PaymentRequest,
    by={Role.PLATFORM},
    needs=(rules.is_paid, rules.says_what_was_paid, papers.not_issued),
    checks=(bears_buyers_and_treasurys_signature,),
    input=papers.IssuePaper,
    sentence=(
        "{post}出具了采购人和国库签名并加盖时间戳的资金支付凭证",
        "{post} issued the payment order with the signatures of buyer and treasury and their timestamps",
    ),
    despite_block=True,
    cites=("control.no_contract_no_payment", "submission.signature"),
    hint=(
        "支付后由平台自动出具；签名或者时间戳服务不可用时排队等候，支付不受影响",
        "The platform does so by itself after the payment; where seals or stamps are not to be had it waits, and the "
        "payment stands all the same",
    ),
)
def issue_payment_paper(
    request: PaymentRequest, *, by: Post, now: datetime.datetime, paper: Document
) -> PaymentRequest:
    """The log names the digest of the bytes, no sum and no account: who holds the order finds it there."""
    papers.put(paper, to=request, title=f"{request.contract.title}（资金支付凭证签署文本）", by=by, now=now)
    line = {
        "t": "payment",
        "payment": request.ref,
        "contract": request.contract.ref,
        "root": request.root.ref,
        "sha256": paper.digest,
        "at": timestamp(now),
    }
    leaves.append_leaf(body=line, root=request.root.ref, in_clear=True)
    return request
