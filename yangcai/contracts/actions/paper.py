"""How does a signed contract become a paper that anybody's reader can verify?"""

import datetime
from collections.abc import Iterator
from typing import Any

from yangcai.contracts import paper as text
from yangcai.contracts.models import Contract
from yangcai.contracts.rules import contract as rules
from yangcai.kernel import leaves, papers
from yangcai.kernel.actions import action
from yangcai.kernel.encoding import timestamp
from yangcai.kernel.models import Document
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Post
from yangcai.parties.roles import Role


def bears_both_signatures(
    contract: Contract, *, by: Any, now: datetime.datetime, paper: Document, **data: Any
) -> Iterator[Refusal]:
    yield from papers.missing(paper, expected=text.signatures(contract))


@action(
    "contract.issue_paper",
    zh="出具合同签署文本",
    en="Issue the signed paper of the contract",
    on=Contract,
    by={Role.PLATFORM},
    needs=(rules.signed, rules.says_what_was_signed, papers.not_issued),
    checks=(bears_both_signatures,),
    input=papers.IssuePaper,
    sentence=(
        "{post}出具了双方签名并加盖时间戳的合同文本",
        "{post} issued the contract with both signatures and their timestamps",
    ),
    despite_block=True,
    cites=("contract.written", "submission.signature"),
    hint=(
        "双方签订后由平台自动出具；签名或者时间戳服务不可用时排队等候，合同自双方签订时成立，不受影响",
        "The platform does so by itself once both have signed; where seals or stamps are not to be had it waits, and "
        "the contract stands from the moment that both signed",
    ),
)
def issue_contract_paper(contract: Contract, *, by: Post, now: datetime.datetime, paper: Document) -> Contract:
    """A reliable signature has the force of a seal (电子签名法 art. 14); the act itself was `contract.sign`."""
    papers.put(paper, to=contract, title=f"{contract.title}（签署文本）", by=by, now=now)
    line = {
        "t": "contract",
        "contract": contract.ref,
        "root": contract.root.ref,
        "sha256": paper.digest,
        "at": timestamp(now),
    }
    leaves.append_leaf(body=line, root=contract.root.ref, in_clear=True)  # who holds the paper finds it
    return contract
