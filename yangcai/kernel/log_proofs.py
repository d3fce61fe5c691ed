"""How does somebody take the proof home that a line is in the log? As a `.tlog-proof`, once the line is merged."""

from yangcai.kernel import leaf_lines, log_tiles, log_witnesses
from yangcai.kernel.models import Leaf, TreeHead
from yangcai.kernel.tlog import note, tree
from yangcai.kernel.tlog.faults import Unproven
from yangcai.kernel.tlog.policy import Policy
from yangcai.kernel.tlog.proof import Proof

#: Among so many of the newest heads one with a quorum is looked for.
RECENT = 16


def proof_of(leaf: Leaf, *, with_nonce: bool = False, earliest: bool = False) -> str | None:
    """The text of the proof, under the newest checkpoint that has the witnesses which the policy wants, else under the
    newest; None until the line is merged. `earliest`: under the first such checkpoint instead, whose witnesses say when
    the line was seen there. A line in clear goes with it; with its nonce (for its owner) a blinded one
    can be computed from its body."""
    if leaf.index is None:
        return None
    signed = TreeHead.objects.filter(size__gt=leaf.index).exclude(signed="")
    heads = list(signed.order_by("size" if earliest else "-size")[:RECENT])
    if not heads:
        return None
    trust = log_witnesses.trusted()
    head = next((head for head in heads if _is_witnessed(head, trust)), heads[-1 if earliest else 0])
    steps = tree.inclusion_proof(index=leaf.index, size=head.size, read=log_tiles.reader(size=head.size))
    extra = bytes(leaf.line) if bytes(leaf.line).startswith(leaf_lines.CLEAR) else b""
    if with_nonce and not extra:
        extra = bytes(leaf.secret.nonce)
    return str(Proof(leaf.index, tuple(steps), _cosigned(head), extra))


def _cosigned(head: TreeHead) -> note.Note:
    lines = head.cosignatures.order_by("witness").values_list("line", flat=True)
    return note.parse((head.signed + "".join(lines)).encode())


def _is_witnessed(head: TreeHead, trust: Policy) -> bool:
    try:
        trust.verify(_cosigned(head))
    except Unproven:
        return False
    return True
