"""How does an Action leave its trace? One append per Action performed or refused on a legal ground."""

import datetime
import hashlib
import json
import secrets
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
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def append(
    *,
    action: str,
    outcome: str,
    root: str,
    subject: str,
    by: Any,
    now: datetime.datetime,
    data: dict[str, Any],
    refusals: list[Refusal] = (),  # type: ignore[assignment]
) -> int:
    """Write one Entry and its payload; returns the log index that the database gave it."""
    payload, salt = plain(data), secrets.token_hex(16)
    digest = hashlib.sha256(salt.encode() + canonical(payload)).hexdigest()
    refused = [
        {"code": r.code, "rule": r.citation.rule if r.citation else "", "zh": r.zh, "en": r.en} for r in refusals
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH e AS (INSERT INTO kernel_entry (at, action, outcome, root, subject, post_id, person_id, role,"
            " organisation, organisation_id, refusals, payload_digest) VALUES"
            " (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING seq)"
            " INSERT INTO kernel_entrypayload (entry_id, salt, data) SELECT seq, %s, %s FROM e RETURNING entry_id",
            [
                now,
                action,
                outcome,
                root,
                subject,
                getattr(by, "id", None),
                getattr(by, "person_id", None),
                getattr(by, "role", "public"),
                str(getattr(by, "organisation", "")),
                getattr(by, "organisation_id", None),
                json.dumps(refused, ensure_ascii=False),
                digest,
                salt,
                json.dumps(payload, ensure_ascii=False),
            ],
        )
        return cursor.fetchone()[0]
