"""Were the bids closed where everybody can see it, at their time? Asked before a share is given out (SBP/1 §2.8).

By the `.tlog-proof` of the closing line alone: it is that line, the log signed a tree with it, and as many witnesses as
the opening policy wants saw it, at the opening time or later by their own clocks.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from yangcai.kernel.encoding import BadEncoding, parse_jcs, read_timestamp
from yangcai.kernel.leaf_lines import CLEAR
from yangcai.kernel.tlog import cosignature, proof, tree
from yangcai.kernel.tlog.faults import Malformed, Unproven, in_chinese
from yangcai.kernel.tlog.policy import Policy
from yangcai.kernel.verifying.findings import NotVerified

#: So far a witness's clock may be behind the platform's.
CLOCKS = datetime.timedelta(seconds=60)


@dataclass(frozen=True)
class Close:
    """The place of the closing line, and the digest of what was closed."""

    index: int
    close_set: str


def verify(
    content: bytes,
    *,
    trust: Policy,
    of: dict[str, Any],
    deadline: datetime.datetime,
    open_at: datetime.datetime,
) -> Close:
    """`of`: tender, lot, cover and round as the envelope has them. Raises NotVerified."""
    try:
        found = proof.parse(content)
        proof.verify(found, leaf=tree.leaf_hash(found.extra), policy=trust)
        if not found.extra.startswith(CLEAR):
            raise Unproven("it is of no line in clear", zh="它不是明文条目的证明")
        body = parse_jcs(found.extra.removeprefix(CLEAR).removesuffix(b"\n"))
        said = {name: body.get(name) for name in ("t", *of)}
        if said != {"t": "close", **of} or read_timestamp(body["deadline"]) != deadline:
            raise Unproven(f"it is the close of something else: {said}", zh=f"它是另一次截止的：{said}")
        cosignatures = trust.verify(found.checkpoint).cosignatures
        later = {name for name, line in cosignatures.items() if cosignature.seen_at(line) + CLOCKS >= open_at}
        if not trust.is_met_by(later):
            raise Unproven("witnesses saw it before the opening time", zh="见证人在开标时间之前就见到了它")
        return Close(found.index, str(body["close_set"]))
    except (Malformed, Unproven, BadEncoding, KeyError, TypeError, AttributeError) as error:
        raise NotVerified(
            zh=f"截止记录核对不符，不释放任何份额：{in_chinese(error)}",
            en=f"the close is not proved, nothing is released: {error}",
        ) from error
