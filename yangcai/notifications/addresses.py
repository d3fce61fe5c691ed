"""Does an e-mail address belong to whoever gave it? A letter goes there, and nothing else before its link was used.

The letter's link is made when it leaves (outbox.py) and kept nowhere: who reads the message in the centre learns that
a letter is on its way, not what is in it.
"""

import datetime
from typing import Any

from django.core import signing

from yangcai.notifications.hearing import News, tell
from yangcai.notifications.kinds.address_given import ADDRESS_GIVEN
from yangcai.notifications.models import Message, Wishes
from yangcai.notifications.people import wishes_of
from yangcai.parties.models import Person

SALT = "yangcai.notifications.addresses"
#: For how long the link of a letter is good.
GOOD_FOR = datetime.timedelta(days=3)
#: So many letters in a day, whatever addresses somebody gives: nobody's mailbox is filled through this platform.
LETTERS, IN = 5, datetime.timedelta(days=1)


def given(person: Person, *, now: datetime.datetime) -> None:
    """Somebody gave an address: it waits to be confirmed, and the letter goes out. Nothing is sent to it meanwhile."""
    if not person.email:
        return
    Wishes.objects.update_or_create(person=person, defaults={"unconfirmed": person.email})
    person.refresh_from_db()
    if Message.objects.filter(person=person, kind=ADDRESS_GIVEN.code, at__gt=now - IN).count() >= LETTERS:
        return
    facts: dict[str, Any] = {"case": person.email}
    ground = f"address:{person.pk}:{person.email}:{now.isoformat()}"
    tell([News(ADDRESS_GIVEN, facts, (), ground, root="", subject="", at=now, to=person)], now=now)


def is_waiting(person: Person) -> bool:
    """Whether the person's own address has not been confirmed yet."""
    return bool(person.email) and wishes_of(person).unconfirmed == person.email


def secret(person: Person, address: str, *, now: datetime.datetime) -> str:
    """What the link of the letter holds: who, which address, until when; signed by this platform."""
    until = (now + GOOD_FOR).isoformat()
    return signing.dumps({"person": person.pk, "address": address, "until": until}, salt=SALT)


def of_secret(given_secret: str, *, now: datetime.datetime) -> Person | None:
    """Whose address a link confirms; None where it is none of ours, too old, or of an address that is not waiting."""
    try:
        held = signing.loads(given_secret, salt=SALT)
    except signing.BadSignature:
        return None
    if datetime.datetime.fromisoformat(held["until"]) <= now:
        return None
    waits = {"pk": held["person"], "email": held["address"], "wishes__unconfirmed": held["address"]}
    return Person.objects.filter(is_active=True, **waits).first()


def confirm(person: Person) -> None:
    """From now on messages go there."""
    Wishes.objects.filter(person=person).update(unconfirmed="")
