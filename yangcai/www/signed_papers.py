"""How do signed papers come about, and what does a page say of one? Made after the act, from what the act froze.

The act is the Action (`contract.sign`, `report.sign`); a paper that cannot be sealed or stamped now waits as a Task of
the platform and is made later, from the same rows. Nothing here is in the transaction of the act, and nothing waits for
a time-stamping authority while it holds a lock.
"""

import datetime
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from yangcai.cases.models import Case
from yangcai.contracts import paper as contract_text
from yangcai.contracts import payment_paper as payment_text
from yangcai.contracts.models import Contract, PaymentRequest
from yangcai.contracts.queries import without_order
from yangcai.kernel import documents, papers, tasks
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.kernel.models import Document, Rooted, Task
from yangcai.kernel.refusals import Refused, in_chinese
from yangcai.kernel.signatures import configured
from yangcai.kernel.signatures.handed_in import sealed_here
from yangcai.kernel.signatures.subjects import Signature
from yangcai.kernel.signatures.timestamps import Unavailable
from yangcai.kernel.signatures.verification import FAULTS, Findings, verify
from yangcai.kernel.wording import in_words
from yangcai.parties.queries import platform_post
from yangcai.parties.roles import Role
from yangcai.tendering import opening_record
from yangcai.tendering import paper as report_text
from yangcai.tendering.models import BidClosing, EvaluationReport, Opening
from yangcai.www import formats, wording

logger = logging.getLogger(__name__)
#: So many are tried in one round, so that a backlog holds up nothing else.
ROUND = 20
#: So soon after the act a worker would have issued its paper.
PROMPT = datetime.timedelta(seconds=5)
#: After a failure a paper rests so many seconds, twice as long each time, an hour at most.
REST, LONGEST_REST = 30.0, 3600.0


@dataclass(frozen=True)
class Kind:
    """What a paper is made of: its bytes before the signatures, who signed, what the file is called."""

    unsigned: Callable[[Any], bytes]
    signatures: Callable[[Any], Sequence[Signature]]
    name: Callable[[Any], str]


def _kinds() -> dict[str, tuple[type[Any], Kind]]:
    """Action -> of what, and how. Imported late: the pages import this module."""
    from yangcai.www.hall import rooms
    from yangcai.www.official import payments
    from yangcai.www.work import contracts, explained

    return {
        "contract.issue_paper": (
            Contract,
            Kind(contracts.unsigned, contract_text.signatures, lambda one: f"{one.number}.pdf"),
        ),
        "payment.issue_paper": (
            PaymentRequest,
            Kind(payments.unsigned, payment_text.signatures, payments.file_name),
        ),
        "report.issue_paper": (
            EvaluationReport,
            Kind(explained.unsigned, report_text.signatures, explained.file_name),
        ),
        "opening.issue_paper": (
            Opening,
            Kind(rooms.unsigned, report_text.of_record, lambda one: f"{one.case.number}-opening-record.pdf"),
        ),
        "closing.issue_paper": (
            BidClosing,
            Kind(rooms.unsigned_closing, _of_closing, lambda one: f"{one.root.number}-{one.pk}-opening-record.pdf"),
        ),
    }


def _of_closing(closing: BidClosing) -> Sequence[Signature]:
    found = opening_record.shown(closing, inside=False)
    return report_text.of_closing(closing, digest=found.document_id if found else "")


class Issuer:
    """Makes the papers that wait. Remembers which failed, so that it neither hammers an authority nor fills the log."""

    def __init__(self) -> None:
        self.rests: dict[int, tuple[float, float]] = {}

    def round(self, *, now: datetime.datetime, tick: float, root: str = "", most: int = ROUND) -> list[Task]:
        """Try at most so many of what waits (under `root` alone, where one is given); returns what was made. `tick`:
        seconds of any clock that runs, by which a failed one rests."""
        made: list[Task] = []
        kinds = _kinds()
        resting = [pk for pk, (again_at, _rest) in self.rests.items() if tick < again_at]
        for task in waiting(root=root).exclude(pk__in=resting).order_by("pk")[:most]:
            _again_at, rest = self.rests.get(task.pk, (0.0, REST))
            try:
                issue(task, now=now, kinds=kinds)
            except Unavailable as error:
                logger.warning("%s of %s waits: %s", task.action, task.subject, error)
                self.rests[task.pk] = (tick + rest, min(rest * 2, LONGEST_REST))
                break  # the next would fare no better
            except Refused as refused:
                reasons = "; ".join(one.en for one in refused.refusals)
                logger.warning("%s of %s is refused: %s", task.action, task.subject, reasons)
                self.rests[task.pk] = (tick + rest, min(rest * 2, LONGEST_REST))
            except OperationalError:
                raise  # the database is away: the worker waits for it
            except Exception:
                logger.exception("%s of %s failed", task.action, task.subject)
                self.rests[task.pk] = (tick + rest, min(rest * 2, LONGEST_REST))
            else:
                self.rests.pop(task.pk, None)
                made.append(task)
        return made


def waiting(*, root: str = "") -> QuerySet[Task]:
    """The platform's own tasks that are papers."""
    found = Task.objects.filter(
        done_at__isnull=True, role=Role.PLATFORM, organisation_id__isnull=True, action__in=list(_kinds())
    )
    return found.filter(root=root) if root else found


def ask_for_owed_orders(*, now: datetime.datetime) -> int:
    """A payment that was made before there were signed orders has no task for its own: its case gets it now, and not
    only with its next step, of which a closed contract has none. In how many cases; none the second time."""
    cases = Case.objects.filter(contracts__in=without_order().values("contract")).order_by("pk")
    found = list(cases.values_list("pk", flat=True).distinct())
    for pk in found:
        with transaction.atomic():
            tasks.refresh(Case.objects.select_for_update(of=("self",)).get(pk=pk), now=now)
    return len(found)


def issue(task: Task, *, now: datetime.datetime, kinds: dict[str, tuple[type[Any], Kind]] | None = None) -> None:
    """Make one paper: typeset, sealed, stamped, then put in its place by the platform's Action, which verifies it once
    more. Raises Unavailable where nobody seals or stamps, Refused where the Action finds it wanting."""
    model, kind = (kinds or _kinds())[task.action]
    row = model.objects.get(pk=task.subject.partition(":")[2])
    seals, timestamps = configured.seals(), configured.timestamps(now=now)
    # The paper is the contract; a translation would be another text. In whose words is as little the caller's choice.
    with translation.override("zh-hans"), in_words(wording.of(row)):
        content = seals.sign(kind.unsigned(row), signatures=kind.signatures(row), timestamps=timestamps)
    sealed_here(content)
    by = platform_post(now=now)
    document = documents.store_bytes(data=content, name=kind.name(row), person_id=by.person_id, now=now)
    perform(ACTIONS[task.action], row, by=by, now=now, paper=document)


def at_once(*, roots: Iterable[str], now: datetime.datetime) -> None:
    """In the sandbox, where nobody may be running the worker: what waits under these roots, now. Never in a real site,
    where nobody's request shall wait for an authority."""
    if settings.YANGCAI_SANDBOX:
        issuer = Issuer()
        for root in sorted(set(roots) & set(waiting().values_list("root", flat=True))):
            issuer.round(now=now, tick=0.0, root=root)


def catch_up(*, now: datetime.datetime) -> int:
    """Everything that waits, each when a worker would have issued it: for a past that is made at once (decision 40).
    How many. Raises Unavailable, Refused: what is made whole has no paper that waits."""
    kinds, found = _kinds(), list(waiting().order_by("due_at", "pk"))
    for task in found:
        issue(task, now=min((task.due_at or task.since) + PROMPT, now), kinds=kinds)
    return len(found)


# --- what a page says of one --------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _checked(digest: str, trust: tuple[bytes, ...]) -> Findings:
    """The same bytes and the same roots give the same findings: they are read once."""
    return verify(documents.read(Document.objects.get(digest=digest)), trust=trust)


def context(row: Rooted, *, pdf_url: str, is_waiting: bool) -> dict[str, Any]:
    """For `work/signed_paper.html`: the verification in words, or that the paper is still to come."""
    found = papers.paper_of(row)
    if found is None:
        return {"paper": None, "is_waiting": is_waiting, "pdf_url": "", "root": row.root.ref}
    return {"paper": _told(found.document), "is_waiting": False, "pdf_url": pdf_url}


def _told(document: Document) -> dict[str, Any]:
    place = 0 if in_chinese() else 1
    told = {"is_valid": False, "lang": ("zh-Hans", "en")[place], "digest": document.digest}
    try:
        findings = _checked(document.digest, tuple(configured.trust()))
    except documents.BadDocument as bad:
        return {**told, "tone": "bad", "lines": [str(bad)]}
    except Unavailable as error:
        return {**told, "tone": "warn", "lines": [getattr(error, ("zh", "en")[place], str(error))]}
    lines = [one.words[place] for one in findings.signatures] + [FAULTS[code][place] for code in findings.faults]
    tone = "ok" if findings.is_valid else "bad"
    return {**told, "is_valid": findings.is_valid, "is_demo": findings.is_demo, "tone": tone, "lines": lines}


def words(*, columns: Sequence[Any], what: str) -> dict[str, Any]:
    """What stands under a paper that will bear signatures, in the reader's language."""
    how = _("各方的电子签名和时间戳按签署顺序嵌入本文件，此后的任何改动都能发现；用支持电子签名的 PDF 阅读器即可核验。")
    demo = _("演示环境：证书和时间戳由演示机构签发（TEST），没有法律效力。")
    return {
        "signatures": _("签署"),
        "columns": [formats.titled(text) for text in columns],
        "proof": _("核对"),
        "what_is_signed": what,
        "verify": f"{how}{demo}" if configured.seals().is_demo else how,
    }
