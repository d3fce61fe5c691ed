"""Who else saw our log? Witnesses named in YANGCAI_HOME/log.policy (C2SP tlog-policy) are asked for cosignatures.

A line `witness NAME VKEY URL` names one; `group` and `quorum` say how many a reader should want. The policy, with the
line of our own log in it, is published beside the log. A witness that does not answer holds nothing up.
"""

import http.client
import logging
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Max

from yangcai.kernel import log_files, log_keys, log_tiles
from yangcai.kernel.models import Cosignature, TreeHead
from yangcai.kernel.patience import connected
from yangcai.kernel.tlog import checkpoint, cosignature, note, policy, tree, witness
from yangcai.kernel.tlog.faults import Malformed, Unproven
from yangcai.kernel.tlog.policy import Party, Policy

logger = logging.getLogger(__name__)

#: Seconds to connect to a witness, and as many for its whole answer.
TIMEOUT = 5.0
#: Characters of a policy that others quote (SBP/1: `witness_policy`).
LONGEST_QUOTED = 16384
#: What a witness answers is a line or two.
MOST_BYTES = 64 * 1024


@dataclass(frozen=True)
class Asked:
    """Names of those whose cosignatures came, and a sentence for each that did not."""

    cosigned: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


class NoCosignature(Exception):
    """A witness could not be reached or did not cosign; the text says why."""


def path() -> Path:
    """The file that names the witnesses and their quorum (C2SP tlog-policy)."""
    return Path(settings.YANGCAI_HOME) / "log.policy"


def text() -> str:
    """The policy that readers should hold us to: that of the site, with our own log in it."""
    own = log_keys.verifier().vkey
    given = path().read_text(encoding="utf-8") if path().exists() else "quorum none\n"
    return given if own in given.split() else f"log {own}\n{given}"


def trusted() -> Policy:
    """Raises Malformed where the site's policy is none, or not one that everybody can read."""
    found = policy.parse(text().encode())
    if found.sm2:
        raise Malformed("a key of SM2 in the policy for everybody: programs of others refuse it (decision 31)")
    return found


def frozen() -> str:
    """The policy as something that is signed now may quote it: at most so many characters; of our log alone where the
    site's own cannot be read or is too long."""
    try:
        trusted()
        found = text()
    except (ValueError, OSError):
        found = ""
    return found if 0 < len(found) <= LONGEST_QUOTED else f"log {log_keys.verifier().vkey}\nquorum none\n"


def publish_policy() -> None:
    """Written only when it changed. Where the site's own cannot be read as text, readers keep the one they have, and
    `ask_all` tells the fault: the log itself goes on."""
    try:
        content = text().encode()
        if _names_sm2(content):
            raise Malformed("it names a key of SM2, which programs of others refuse (decision 31)")
    except (ValueError, OSError):
        logger.exception("the policy of the log is not published: %s", path())
        return
    target = log_files.folder() / log_files.POLICY
    if not target.exists() or target.read_bytes() != content:
        log_files.write(target, content)


def _names_sm2(content: bytes) -> bool:
    try:
        return bool(policy.parse(content).sm2)
    except Malformed:
        return False  # it is published all the same, and `ask_all` tells the fault


def ask_all(head: TreeHead) -> Asked:
    """Every witness with an address that has not cosigned this head yet. A policy that nobody can read is a fault too:
    the log itself goes on."""
    done = set(head.cosignatures.values_list("witness", flat=True))
    cosigned, faults = [], []
    try:
        witnesses = trusted().witnesses
    except (ValueError, OSError) as error:
        return Asked(faults=(f"{path()}: {error}",))
    for name, party in witnesses.items():
        if not party.url or party.verifier.name in done:
            continue
        try:
            line = _ask(party, head)
            at = cosignature.seen_at(line)
            if at == cosignature.LATEST:
                raise NoCosignature("its cosignature states a time that no calendar has")
        except (NoCosignature, ValueError, OSError) as error:
            faults.append(f"{name}: {error}")
            continue
        Cosignature.objects.get_or_create(
            head=head,
            witness=party.verifier.name,
            defaults={"line": line.line, "at": at},
        )
        cosigned.append(name)
    return Asked(tuple(cosigned), tuple(faults))


def _ask(party: Party, head: TreeHead) -> note.Signature:
    """The verified cosignature. A witness that saw another size of ours says so, and is asked again from there."""
    known = _last_cosigned(party.verifier.name)
    status, body = _post(party, head, old=known)
    if status == http.client.CONFLICT:
        seen = _size(body)
        if seen > head.size:
            raise NoCosignature(f"it saw {seen} lines of this log, there are {head.size}")
        if seen != known:
            status, body = _post(party, head, old=seen)
        if status == http.client.CONFLICT:
            raise NoCosignature("it saw another tree of this size")
    if status != http.client.OK:
        raise NoCosignature(f"answered {status}")
    signed = note.parse(head.signed.encode())
    try:
        found = note.verified(note.Note(signed.text, note.parse_signatures(body)), [party.verifier])
    except (Malformed, Unproven) as error:
        raise NoCosignature(str(error)) from error
    if not found:
        raise NoCosignature("its answer bears no cosignature of its key")
    return found[0][1]


def _last_cosigned(name: str) -> int:
    return Cosignature.objects.filter(witness=name).aggregate(size=Max("head_id"))["size"] or 0


def _size(body: str) -> int:
    try:
        return checkpoint.number(body.removesuffix("\n"))
    except Malformed as error:
        raise NoCosignature("a conflict without a size") from error


def _post(party: Party, head: TreeHead, *, old: int) -> tuple[int, str]:
    steps = tree.consistency_proof(old=old, size=head.size, read=log_tiles.reader(size=head.size))
    content = witness.request(old=old, proof=steps, signed=note.parse(head.signed.encode()))
    url = f"{party.url.rstrip('/')}/add-checkpoint"
    try:
        with connected(url, seconds=TIMEOUT) as (connection, hung_up):
            headers = {"Content-Type": "text/plain; charset=utf-8"}
            connection.request("POST", urlsplit(url).path, body=content, headers=headers)
            reply = connection.getresponse()
            body = reply.read(MOST_BYTES).decode(errors="replace")
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoCosignature(f"not reached: {error}") from error
    if hung_up.is_set():
        raise NoCosignature(f"no whole answer within {TIMEOUT} s")
    return reply.status, body
