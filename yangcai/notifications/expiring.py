"""Which papers in the vaults expire soon? Their owners are told a month, a week and a day before, each once."""

import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from yangcai.notifications import hearing
from yangcai.notifications.kinds.base import Whom
from yangcai.notifications.kinds.credential_expiring import CREDENTIAL_EXPIRING, DAYS
from yangcai.parties.credentials import KEEPERS
from yangcai.parties.models import Credential


def warn(*, now: datetime.datetime) -> None:
    """Whoever comes late past several warns once, of the last."""
    today = timezone.localdate(now)
    if not _soon(max(DAYS), today=today).exists():  # mostly: the clock asks every few seconds
        return
    for days in sorted(DAYS):
        _warn(days, today=today, now=now)


def _soon(days: int, *, today: datetime.date) -> QuerySet[Credential]:
    last = today + datetime.timedelta(days=days)
    return Credential.objects.filter(withdrawn_at__isnull=True, valid_to_on__gte=today, valid_to_on__lte=last)


def _warn(days: int, *, today: datetime.date, now: datetime.datetime) -> None:
    soon = _soon(days, today=today).filter(Q(warned_days__isnull=True) | Q(warned_days__gt=days))
    with transaction.atomic():
        found = list(soon.select_for_update(skip_locked=True)[:500])
        hearing.tell([_news(credential, days, now=now) for credential in found], now=now)
        Credential.objects.filter(pk__in=[credential.pk for credential in found]).update(warned_days=days)


def _news(credential: Credential, days: int, *, now: datetime.datetime) -> hearing.News:
    assert credential.valid_to_on is not None
    return hearing.News(
        CREDENTIAL_EXPIRING,
        {"case": credential.title, "on": credential.valid_to_on.isoformat()},
        (Whom(organisation_id=credential.organisation_id, roles=KEEPERS),),
        ground=f"expiring:{credential.pk}:{credential.valid_to_on}:{days}",
        root=f"organisation:{credential.organisation_id}",
        subject=credential.ref,
        at=now,
        action="credential.replace",
    )
