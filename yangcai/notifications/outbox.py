"""How does what waits in the outbox leave, each at most once, and what becomes of it when nobody takes it?"""

import datetime
import logging

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from yangcai.notifications import addresses, gateways
from yangcai.notifications.gateways.base import GatewayDown, GatewayRefused, Letter
from yangcai.notifications.kinds.base import KINDS
from yangcai.notifications.models import Message, Outgoing
from yangcai.notifications.people import wishes_of

logger = logging.getLogger(__name__)

#: How long it is waited after each failure; after the last it is given up.
PATIENCE = tuple(datetime.timedelta(minutes=n) for n in (1, 5, 15, 60, 240))
#: What was begun so long ago and never concluded was cut off: nobody knows whether it went out.
CUT_OFF = datetime.timedelta(minutes=15)


def deliver(*, now: datetime.datetime, most: int = 50) -> list[Outgoing]:
    """Send what is due, the oldest first, at most so many; returns what was tried. Two workers never take the same."""
    Outgoing.objects.filter(sent_at__isnull=True, given_up_at__isnull=True, begun_at__lte=now - CUT_OFF).update(
        given_up_at=now, error="cut off: not known whether it was sent"
    )
    tried: list[Outgoing] = []
    while len(tried) < most and (row := _begin(now=now)) is not None:
        _send(row, now=now)
        tried.append(row)
    return tried


def _begin(*, now: datetime.datetime) -> Outgoing | None:
    """The next that is due, marked as begun and committed: whatever happens now, it is not begun again."""
    with transaction.atomic():
        waiting = Outgoing.objects.filter(
            sent_at__isnull=True, given_up_at__isnull=True, begun_at__isnull=True, next_at__lte=now
        )
        row = waiting.order_by("next_at", "pk").select_for_update(skip_locked=True).first()
        if row is not None:
            row.begun_at, row.attempts = now, row.attempts + 1
            row.save(update_fields=["begun_at", "attempts"])
    return row


def _send(row: Outgoing, *, now: datetime.datetime) -> None:
    try:
        row.receipt = gateways.of_channel(row.channel).send(letter(row, now=now))[:200]
    except GatewayDown as error:
        again = row.attempts <= len(PATIENCE)
        row.begun_at, row.error = None, f"down: {error}"
        row.next_at = now + PATIENCE[min(row.attempts, len(PATIENCE)) - 1]
        row.given_up_at = None if again else now
    except GatewayRefused as error:
        row.begun_at, row.error, row.given_up_at = None, f"refused: {error}", now
    except Exception as error:
        logger.exception("the gateway of %s broke down", row.channel)
        row.error, row.given_up_at = f"broken, not known whether it was sent: {type(error).__name__}", now
    else:
        row.begun_at, row.error, row.sent_at, row.given_up_at = None, "", now, None
    row.save(update_fields=["begun_at", "error", "next_at", "receipt", "sent_at", "given_up_at"])


def letter(row: Outgoing, *, now: datetime.datetime) -> Letter:
    """The words of what goes out, in the reader's language: heading and sentence of its kind, and where to read on."""
    message = Message.objects.select_related("person__wishes").get(pk=row.message_id)
    language = wishes_of(message.person).language
    with translation.override(language):
        kind = KINDS[message.kind]
        return Letter(
            to=row.address,
            title=kind.title_of(message.facts),
            text=kind.text_of(message.facts),
            link=f"{settings.YANGCAI_SITE}{_page_of(message, row, now=now)}",
            language=language,
            letter_id=row.letter_id,
        )


def _page_of(message: Message, row: Outgoing, *, now: datetime.datetime) -> str:
    """Where the letter leads: to the message; one that asks whose address it is, to the answer."""
    if KINDS[message.kind].confirms:
        secret = addresses.secret(message.person, row.address, now=now)
        return reverse("account_address", args=[secret])
    return reverse("work_message", args=[message.pk])


def try_again(*, now: datetime.datetime) -> int:
    """Put what was given up back into the outbox, under the same id, once the gateway is mended; returns how many."""
    given_up = Outgoing.objects.filter(given_up_at__isnull=False, sent_at__isnull=True)
    return given_up.update(given_up_at=None, begun_at=None, attempts=0, next_at=now)
