"""What makes a kind of official paper: of which row, which facts in which order, by whose act, read by whom?"""

import datetime
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from yangcai.cases.models import Case
from yangcai.kernel.actions import ACTIONS, SCOPES
from yangcai.kernel.entries import canonical, plain
from yangcai.kernel.models import Entry
from yangcai.kernel.refusals import in_chinese
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.portal.notices.base import Section
from yangcai.www.official import codes

#: Characters of an Entry's hash that stand beside an act.
PROOF = 16
#: Characters of its code that stand in the serial of a paper that is not counted.
WHICH = 12


@dataclass(frozen=True)
class Act:
    """Something that was done for the paper, as the log has it: no person is named, only the office."""

    what: str
    office: str
    at: datetime.datetime
    proof: str


@dataclass(frozen=True)
class Kind:
    """One kind. `mark` is its number in verification codes and is never given to another; `facts` are frozen: what may
    still change stands in the acts. `when`: of which rows there is a paper; `reads`: who may, of those who see the row.
    `draft`: it is offered as DOCX, because officials go on writing in it; `is_draft`: this one is not final yet.
    `lead`: a sentence before the facts; `body`: the HTML where it is no list of facts. `is_counted`: its serial has the
    number of its row; not where that would tell how many there are before the opening (87号令 art. 28).
    `is_signed`: the platform issues it with signatures and stamps; from then on that is its PDF, byte for byte."""

    code: str
    mark: int
    zh: str
    en: str
    model: type[Any]
    sections: tuple[Section, ...]
    facts: Callable[[Any], dict[str, Any]]
    at: Callable[[Any], datetime.datetime | None]
    acts: tuple[str, ...]
    when: Callable[[Any], bool] = lambda row: True
    reads: Callable[[Any, Post], bool] = lambda row, post: True
    draft: bool = False
    is_draft: Callable[[Any], bool] = lambda row: False
    lead: Callable[[Any], str] = lambda row: ""
    body: Callable[[Any, datetime.datetime], str] | None = None
    is_counted: bool = True
    is_signed: bool = False

    @property
    def title(self) -> str:
        return self.zh if in_chinese() else self.en

    @property
    def name(self) -> str:
        """Of its address; the PDF and the DOCX have their own, made of it."""
        return f"work_paper_{self.code}"

    def row(self, pk: int, *, post: Post, now: datetime.datetime) -> Any | None:
        """The row, if there is a paper of it that this post may read."""
        found = SCOPES[self.model](post, now).filter(pk=pk).first()
        return found if found is not None and self.exists(found, now=now) and self.reads(found, post) else None

    def exists(self, row: Any, *, now: datetime.datetime) -> bool:
        made = self.at(row)
        return made is not None and made <= now and self.when(row)

    def serial(self, row: Any) -> str:
        """The number of the paper: of its case, its kind, and which of that kind it is."""
        which = f"{row.pk:06d}" if self.is_counted else self.code_of(row)[:WHICH].upper()
        return f"{case_of(row).number} {self.zh} {which}"

    def code_of(self, row: Any) -> str:
        return codes.code_of(mark=self.mark, pk=row.pk)

    def digest(self, row: Any) -> str:
        """SHA-256 (hex) of kind, number and facts in the canonical form, in whatever language it is read."""
        told = {"kind": self.code, "number": self.serial(row), "facts": plain(self.facts(row))}
        return hashlib.sha256(canonical(told)).hexdigest()

    def done(self, row: Any) -> list[Act]:
        """The acts behind it, oldest first."""
        found = Entry.objects.filter(
            Q(subject=row.ref) | Q(at=self.at(row)), root=row.root.ref, action__in=self.acts, outcome="done"
        )
        roles = dict(Role.choices)
        return [
            Act(
                ACTIONS[entry.action].title,
                " ".join(
                    filter(None, (entry.organisation, str(roles.get(Role(entry.role), "")) if entry.role else ""))
                ),
                entry.at,
                entry.hash[:PROOF],
            )
            for entry in found.order_by("seq")
        ]


def case_of(row: Any) -> Case:
    """The case that a row belongs to, also of what stands under a prequalification."""
    root = row.root
    return root if isinstance(root, Case) else root.case


KINDS: dict[str, Kind] = {}


def official(kind: Kind) -> Kind:
    """Register a kind."""
    if kind.code in KINDS or any(kind.mark == one.mark for one in KINDS.values()):
        raise ValueError(f"two official papers are called {kind.code} or have the mark {kind.mark}")
    KINDS[kind.code] = kind
    return kind
