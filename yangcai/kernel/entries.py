"""How does an Action leave its trace? One append per Action performed or refused on a legal ground."""

import datetime
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, models

from yangcai.kernel.refusals import Refusal


def plain(value: Any) -> Any:
    """A JSON form of what an Action was given: money as text, times as ISO 8601, rows by reference."""
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return str(value)
        case float():
            raise TypeError("floating point has no place in an Entry")
        case datetime.datetime():
            return value.astimezone(datetime.UTC).isoformat()
        case datetime.date():
            return value.isoformat()
        case models.Model():
            return f"{value._meta.model_name}:{value.pk}"
        case dict():
            return {str(k): plain(v) for k, v in value.items()}
        case list() | tuple() | set() | frozenset() | models.QuerySet():
            return [plain(v) for v in value]
    return str(value)


def canonical(data: Any) -> bytes:
    """JSON in the one form that is hashed: keys sorted, no spaces, UTF-8. Raises TypeError for what JSON does not
    know."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Draft:
    """What an Entry is to say. `by` is a post, or None for the public; `data` becomes the payload."""

    action: str
    outcome: str
    root: str
    subject: str
    by: Any
    now: datetime.datetime
    data: dict[str, Any]
    refusals: Sequence[Refusal] = ()


def append(
    *,
    action: str,
    outcome: str,
    root: str,
    subject: str,
    by: Any,
    now: datetime.datetime,
    data: dict[str, Any],
    refusals: Sequence[Refusal] = (),
) -> int:
    """Write one Entry and its payload; returns the log index that the database gave it."""
    return append_all([Draft(action, outcome, root, subject, by, now, data, refusals)])[0]


_COLUMNS = (
    "at, action, outcome, root, subject, post_id, person_id, role, organisation, organisation_id, refusals,"
    " payload_digest"
)


def append_all(drafts: Sequence[Draft]) -> list[int]:
    """Write Entries in their order, by one statement however many they are; their log indexes."""
    if not drafts:
        return []
    rows: list[Any] = []
    payloads: list[Any] = []
    for draft in drafts:
        payload, salt = plain(draft.data), secrets.token_hex(16)
        digest = hashlib.sha256(salt.encode() + canonical(payload)).hexdigest()
        rows += [*_row(draft), digest]
        payloads += [digest, salt, json.dumps(payload, ensure_ascii=False)]
    # With its salt, a payload has a digest of its own: by it, each finds the index that the database gave its Entry.
    statement = (
        f"WITH e AS (INSERT INTO kernel_entry ({_COLUMNS}) VALUES {_places(12, len(drafts))}"
        " RETURNING seq, payload_digest)"
        " INSERT INTO kernel_entrypayload (entry_id, salt, data) SELECT e.seq, p.salt, p.data::jsonb FROM e"
        f" JOIN (VALUES {_places(3, len(drafts))}) AS p (digest, salt, data) ON p.digest = e.payload_digest"
        " RETURNING entry_id"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, rows + payloads)
        return sorted(index for (index,) in cursor.fetchall())


def _places(columns: int, rows: int) -> str:
    return ", ".join([f"({', '.join(['%s'] * columns)})"] * rows)


def _row(draft: Draft) -> list[Any]:
    return [
        draft.now,
        draft.action,
        draft.outcome,
        draft.root,
        draft.subject,
        getattr(draft.by, "id", None),
        getattr(draft.by, "person_id", None),
        getattr(draft.by, "role", "public"),
        str(getattr(draft.by, "organisation", "")),
        getattr(draft.by, "organisation_id", None),
        json.dumps([_refused(refusal) for refusal in draft.refusals], ensure_ascii=False),
    ]


def _refused(refusal: Refusal) -> dict[str, str]:
    cited = refusal.citation.rule if refusal.citation else ""
    return {"code": refusal.code, "rule": cited, "zh": refusal.zh, "en": refusal.en}
