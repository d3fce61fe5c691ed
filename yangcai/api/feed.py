"""What has happened since log index n? A feed whose cursor is the log index, so it can lose nothing.

What happened on a case before a reader may see it lies before the cursor that the reader has by then. So it comes at
the Entry that opens the case to the reader (the invitation for the public, the appointment for an agent): the earlier
ones in order, then that Entry, all under its index and never on two pages.

The cursor is enciphered (kernel/log_index.py) and moves only over what this reader may see: neither its steps nor the
number of pages tell that a bid came in.
"""

import datetime
from typing import Any

from django.apps import apps
from django.db.models import Max, Min, Q

from yangcai.cases import words
from yangcai.cases.models import Case
from yangcai.cases.queries import OVERSEERS
from yangcai.kernel import log_index
from yangcai.kernel.actions import ACTIONS, SCOPES
from yangcai.kernel.inputs import number_of
from yangcai.kernel.models import Entry
from yangcai.kernel.wording import Say, in_words, worded
from yangcai.parties.roles import BUYER, Role
from yangcai.planning.models import PlanItem

#: So many Entries are looked at in one query.
BATCH = 500
#: What opens a case to everybody, a case to its agent, and a plan to the unit above its buyer.
PUBLISHING = ("invitation.publish", "framework.call")
APPOINTING = ("agent.appoint",)
CONSULTING = ("method_approval.apply",)
OPENING = (*PUBLISHING, *APPOINTING, *CONSULTING)


def page(*, after: str, limit: int, post: Any, now: datetime.datetime) -> dict[str, Any]:
    """At least `limit` Entries after the cursor (empty: from the beginning) that this post, or the public, may see, if
    there are so many; more only where what came to light together would be torn apart.

    `next` is the index of the last one, else the cursor as it came. Raises UnknownIndex.
    """
    found: list[tuple[int, list[Entry]]] = []
    position = log_index.read(after) if after else -1
    while len(found) <= limit:
        wanted = _may_see(post) | Q(action__in=OPENING)
        entries = list(Entry.objects.filter(wanted, outcome="done", seq__gt=position).order_by("seq")[:BATCH])
        visible = _visible_roots({e.root for e in entries}, post, now)
        opened = _opened(visible, post)
        found += [(e.seq, come) for e in entries if e.root in visible and (come := _coming(e, opened, post))]
        if len(entries) < BATCH:
            break
        position = entries[-1].seq
    shown: list[Entry] = []
    taken = 0
    while taken < len(found) and (not shown or len(shown) + len(found[taken][1]) <= limit):
        shown += found[taken][1]
        taken += 1
    said = words.of_roots(entry.root for entry in shown)
    return {
        "items": [_item(entry, said.get(entry.root)) for entry in shown],
        "next": log_index.shown(found[taken - 1][0]) if taken else after,
        "more": len(found) > taken,
    }


def _coming(entry: Entry, opened: dict[str, int], post: Any) -> list[Entry]:
    """What a reader who follows the log gets to see when it comes to this Entry."""
    since = opened.get(entry.root)
    if since is not None and entry.seq < since:
        return []  # comes when its root is opened
    earlier: list[Entry] = []
    if entry.seq == since:
        before = Entry.objects.filter(_may_see(post), outcome="done", root=entry.root, seq__lt=since)
        earlier = list(before.order_by("seq"))
    return [*earlier, entry] if _shows(entry, post) else earlier


def _shows(entry: Entry, post: Any) -> bool:
    """`_may_see`, of one Entry."""
    action = ACTIONS.get(entry.action)
    own = post is not None and entry.organisation_id == post.organisation_id
    return action is not None and (action.is_public or own)


def _opened(roots: set[str], post: Any) -> dict[str, int]:
    """Root -> the log index at which it came to this reader's sight; a root that it always saw is not in it."""
    if post is not None and post.role in OVERSEERS:
        return {}
    pks: dict[str, list[int]] = {"case": [], "planitem": []}
    for root in roots:
        name, _colon, pk = root.partition(":")
        if name in pks:
            pks[name].append(int(pk))
    own = post.organisation_id if post is not None and post.role in BUYER else None
    found: dict[str, int] = {}
    strange = {case.ref: case for case in Case.objects.filter(pk__in=pks["case"]).exclude(buyer_id=own)}
    found |= _seqs(list(strange), PUBLISHING, Min("seq"))
    if post is not None and post.role == Role.AGENT:
        mine = [ref for ref, case in strange.items() if case.agent_id == post.organisation_id]
        for ref, seq in _seqs(mine, APPOINTING, Max("seq")).items():
            found[ref] = min(seq, found.get(ref, seq))
    if own is not None:
        plans = PlanItem.objects.filter(pk__in=pks["planitem"]).exclude(appropriation__buyer_id=own)
        found |= _seqs([plan.ref for plan in plans], CONSULTING, Min("seq"))
    return found


def _seqs(roots: list[str], actions: tuple[str, ...], which: Any) -> dict[str, int]:
    """Root -> the first or last log index of one of these Actions on it."""
    if not roots:
        return {}
    done = Entry.objects.filter(root__in=roots, action__in=actions, outcome="done")
    return dict(done.values("root").annotate(index=which).values_list("root", "index"))


def _may_see(post: Any) -> Q:
    """What is public, and what one's own organisation did: that a bid came in is seen by nobody else."""
    public = Q(action__in=[code for code, action in ACTIONS.items() if action.is_public])
    return public if post is None else public | Q(action__in=list(ACTIONS), organisation_id=post.organisation_id)


def _visible_roots(refs: set[str], post: Any, now: datetime.datetime) -> set[str]:
    models = {m._meta.model_name: m for m in apps.get_models()}
    by_model: dict[str, set[int]] = {}
    for ref in refs:
        name, _colon, pk = ref.partition(":")
        if (number := number_of(pk)) is not None:
            by_model.setdefault(name, set()).add(number)
    seen: set[str] = set()
    for name, pks in by_model.items():
        model = models.get(name)
        if model is None or model not in SCOPES:
            continue
        if name == "organisation" and (post is None or post.role not in OVERSEERS):
            continue  # what an organisation does inside (posts, tokens) is not public although it is listed
        found = SCOPES[model](post, now).filter(pk__in=pks).values_list("pk", flat=True)
        seen |= {f"{name}:{pk}" for pk in found}
    return seen


def _item(entry: Entry, say: Say | None) -> dict[str, Any]:
    """As it stands in the feed: its sentence in the words of the method by which its case is bought, as on its page."""
    action = ACTIONS[entry.action]
    actor = entry.organisation if entry.role != "expert" else "评审专家"
    with in_words(say):
        sentence = [worded(text, chinese=n == 0) for n, text in enumerate(action.sentence)]
    return {
        "entry": log_index.shown(entry.seq),
        "at": entry.at.isoformat(),
        "action": entry.action,
        "root": entry.root,
        "subject": entry.subject,
        "by": actor,
        "sentence": {"zh": sentence[0].format(post=actor), "en": sentence[1].format(post=actor)},
        "hash": entry.hash,
    }
