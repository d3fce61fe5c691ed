"""What has happened since log index n? A feed whose cursor is the log index, so it can lose nothing.

The cursor is enciphered (kernel/log_index.py) and moves only over what this reader may see: neither its steps nor the
number of pages tell that a bid came in.
"""

import datetime
from typing import Any

from django.apps import apps
from django.db.models import Q

from yangcai.cases.queries import OVERSEERS
from yangcai.kernel import log_index
from yangcai.kernel.actions import ACTIONS, SCOPES
from yangcai.kernel.inputs import number_of
from yangcai.kernel.models import Entry

#: So many Entries are looked at in one query.
BATCH = 500


def page(*, after: str, limit: int, post: Any, now: datetime.datetime) -> dict[str, Any]:
    """At most `limit` Entries after the cursor (empty: from the beginning) that this post, or the public, may see.

    `next` is the last one shown, else the cursor as it came. Raises UnknownIndex.
    """
    found: list[Entry] = []
    position = log_index.read(after) if after else -1
    while len(found) <= limit:
        entries = list(Entry.objects.filter(_may_see(post), outcome="done", seq__gt=position).order_by("seq")[:BATCH])
        visible = _visible_roots({e.root for e in entries}, post, now)
        found += [entry for entry in entries if entry.root in visible]
        if len(entries) < BATCH:
            break
        position = entries[-1].seq
    shown = found[:limit]
    return {
        "items": [_item(entry) for entry in shown],
        "next": log_index.shown(shown[-1].seq) if shown else after,
        "more": len(found) > limit,
    }


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


def _item(entry: Entry) -> dict[str, Any]:
    action = ACTIONS[entry.action]
    actor = entry.organisation if entry.role != "expert" else "评审专家"
    return {
        "entry": log_index.shown(entry.seq),
        "at": entry.at.isoformat(),
        "action": entry.action,
        "root": entry.root,
        "subject": entry.subject,
        "by": actor,
        "sentence": {"zh": action.sentence[0].format(post=actor), "en": action.sentence[1].format(post=actor)},
        "hash": entry.hash,
    }
