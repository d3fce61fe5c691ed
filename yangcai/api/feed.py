"""What has happened since log index n? A feed whose cursor is the log index, so it can lose nothing."""

import datetime
from typing import Any

from django.apps import apps

from yangcai.cases.queries import OVERSEERS
from yangcai.kernel.actions import ACTIONS, SCOPES
from yangcai.kernel.models import Entry


def page(*, after: int, limit: int, post: Any, now: datetime.datetime) -> dict[str, Any]:
    """Entries with seq > after that this post (or the public) may see; `next` moves over hidden ones too."""
    entries = list(Entry.objects.filter(seq__gt=after).order_by("seq")[:limit])
    visible = _visible_roots({e.root for e in entries}, post, now)
    items = [_item(e) for e in entries if e.root in visible and e.outcome == "done" and _may_see(e, post)]
    return {"items": items, "next": entries[-1].seq if entries else after, "more": len(entries) == limit}


def _may_see(entry: Entry, post: Any) -> bool:
    """Secret Actions (a bid came in) are seen by the one who did them alone, until the opening makes them public."""
    action = ACTIONS.get(entry.action)
    if action is None:
        return False
    if action.is_public:
        return True
    return post is not None and post.organisation_id == entry.organisation_id


def _visible_roots(refs: set[str], post: Any, now: datetime.datetime) -> set[str]:
    models = {m._meta.model_name: m for m in apps.get_models()}
    by_model: dict[str, set[int]] = {}
    for ref in refs:
        name, _colon, pk = ref.partition(":")
        if pk.isdigit():
            by_model.setdefault(name, set()).add(int(pk))
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
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "action": entry.action,
        "root": entry.root,
        "subject": entry.subject,
        "by": actor,
        "sentence": {"zh": action.sentence[0].format(post=actor), "en": action.sentence[1].format(post=actor)},
        "hash": entry.hash,
    }
