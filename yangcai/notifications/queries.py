"""What has a person been told, and what of it is not read yet?"""

import datetime

from django.db.models import QuerySet

from yangcai.notifications.models import Message
from yangcai.parties.models import Person

#: More unread messages than this are not counted.
COUNTED = 100


def messages_of(person: Person, *, unread: bool = False) -> QuerySet[Message]:
    """A person's own messages, newest first; nobody reads another's."""
    found = Message.objects.filter(person_id=person.pk).order_by("-at", "-id")
    return found.filter(read_at__isnull=True) if unread else found


def unread(person: Person) -> int:
    """How many are not read, up to COUNTED."""
    return Message.objects.filter(person_id=person.pk, read_at__isnull=True)[:COUNTED].count()


def mark_read(messages: QuerySet[Message], *, now: datetime.datetime) -> int:
    """Note that they were read; what was read before keeps its time. Returns how many."""
    return Message.objects.filter(pk__in=messages.values("pk"), read_at__isnull=True).update(read_at=now)


def read_before(moment: datetime.datetime, *, now: datetime.datetime) -> int:
    """Note everybody's older messages as read, where a demo begins. Returns how many."""
    return Message.objects.filter(at__lt=moment, read_at__isnull=True).update(read_at=now)
