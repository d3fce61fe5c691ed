"""What did the first request get, so that a retried one gets the same? Kept beside its idempotency key."""

import base64
import datetime
from decimal import Decimal
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.db import models
from django.utils.crypto import salted_hmac


def packed(value: Any, *, key: str, now: datetime.datetime) -> Any:
    """What an Action gave back, as JSON. A text is a secret that is shown once (a token): it is enciphered by the
    site's key, so that the database alone does not tell it. Raises TypeError for what could not be given again."""
    match value:
        case None | bool() | int():
            return value
        case Decimal():
            return {"decimal": str(value)}
        case models.Model():
            return {"row": f"{value._meta.label}:{value.pk}"}
        case dict():
            # Pairs: the database would put the names into an order of its own.
            return {"of": [[str(name), packed(one, key=key, now=now)] for name, one in value.items()]}
        case list() | tuple():
            return [packed(one, key=key, now=now) for one in value]
        case str():
            sealed = _cipher(key).encrypt_at_time(value.encode(), int(now.timestamp()))
            return {"sealed": sealed.decode()}
    raise TypeError(f"{type(value).__name__} cannot be given again")


def unpacked(kept: Any, *, key: str) -> Any:
    """The value again; None for a row that is gone, and for a secret after the site's key was changed."""
    match kept:
        case {"decimal": text}:
            return Decimal(text)
        case {"row": ref}:
            label, _colon, pk = ref.rpartition(":")
            return apps.get_model(label)._base_manager.filter(pk=pk).first()
        case {"of": pairs}:
            return {name: unpacked(one, key=key) for name, one in pairs}
        case {"sealed": text}:
            try:
                return _cipher(key).decrypt(text.encode()).decode()
            except InvalidToken:
                return None
        case list():
            return tuple(unpacked(one, key=key) for one in kept)
    return kept


def _cipher(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(salted_hmac("yangcai.answer", key, algorithm="sha256").digest()))
