"""Will my bid open? What can be found out any time before the deadline, from what the supplier has (SBP/1 §2.8).

The payload itself was opened once when it was sealed (`Sealer.try_opening`); its key was forgotten then, and the
supplier's shares alone do not give it back: that is the point. So it checks what can have gone wrong since: the
envelope is still the one that was signed, it fits the policy in force, and the opening file opens and holds the shares
that were committed to. Whether each trustee can read its share is for the trustees to test.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from yangcai.sealing.envelope import Envelope, Imprint
from yangcai.sealing.faults import ENVELOPE_DAMAGED, HEADER_MISMATCH, Fault, Faulty
from yangcai.sealing.header import Header
from yangcai.sealing.opening_file import OpeningFile, check_belongs, check_shares
from yangcai.sealing.policy import Policy, check_chain
from yangcai.sealing.statement import Submit


@dataclass(frozen=True)
class Finding:
    """One thing that was tried; `fault` is None when it is well."""

    code: str
    zh: str
    en: str
    fault: Fault | None = None
    detail: str = ""


def _tried(code: str, zh: str, en: str, work: Callable[[], None]) -> Finding:
    try:
        work()
    except Faulty as faulty:
        return Finding(code, zh, en, faulty.fault, faulty.detail)
    return Finding(code, zh, en)


def rehearse(
    envelope: BinaryIO,
    *,
    policies: list[Policy],
    opening_file: OpeningFile,
    statement: Submit,
    passphrase: str | None = None,
    prf: bytes | None = None,
) -> Iterator[Finding]:
    """Everything that was tried, in order; the first is the envelope, without which there is no more to try.

    `policies` are the published revisions in order, the one that the bid was sealed under among them. Without the
    `statement` nobody could tell: the key of the payload is gone, so its digest there is all that shows a changed byte.
    """
    header, imprint, finding = _read(envelope)
    yield finding
    if header is None or imprint is None:
        return
    core = header.core

    def fits() -> None:
        check_chain(policies)
        named = [policy for policy in policies if policy.sha256 == core.policy_sha256]
        header.check(named[0] if named else policies[-1])

    yield _tried("policy", "符合公布的开启规则", "it fits the published policy", fits)
    yield _tried(
        "statement",
        "与签名声明一致",
        "it is what the signed statement says",
        lambda: check_statement(header, imprint, statement),
    )
    yield _tried(
        "belongs",
        "开启文件属于这份投标",
        "the opening file is of this bid",
        lambda: check_belongs(opening_file, header),
    )
    yield _tried(
        "opens",
        "开启文件可以打开，份额与承诺一致",
        "the opening file opens and its shares are those committed to",
        lambda: check_shares(header, opening_file.shares(passphrase=passphrase, prf=prf)),
    )


def _read(stream: BinaryIO) -> tuple[Header | None, Imprint | None, Finding]:
    what = ("envelope", "密封文件格式和长度正确", "the envelope has its form and its length")
    try:
        envelope = Envelope(stream)
        return envelope.header, envelope.imprint(), Finding(*what)
    except Faulty as faulty:
        return None, None, Finding(*what, faulty.fault, faulty.detail)


def check_statement(header: Header, imprint: Imprint, statement: Submit) -> None:
    """Is this the envelope that was signed for? Raises Faulty (header_mismatch, envelope_damaged)."""
    core = header.core
    if (statement.env_digest, statement.env_len) != (imprint.env_digest, imprint.env_len):
        raise Faulty(ENVELOPE_DAMAGED, "another envelope was signed for")
    if statement.header_sha256 != header.sha256:
        raise Faulty(HEADER_MISMATCH, "header_sha256")
    for name in ("tender", "rev", "lot", "cover", "round", "supplier"):
        if getattr(statement, name) != getattr(core, name):
            raise Faulty(HEADER_MISMATCH, name)
