"""When may a person be disturbed?"""

import datetime

from django.utils import timezone

from yangcai.notifications.people import wishes_of
from yangcai.parties.models import Person

DAY = datetime.timedelta(days=1)


def when(person: Person, *, now: datetime.datetime, until: datetime.datetime | None = None) -> datetime.datetime:
    """Now, or the end of the quiet hours in which now lies; what would be of no use by then (`until`) goes out now."""
    wishes = wishes_of(person)
    start, end = wishes.quiet_from, wishes.quiet_to
    if start is None or end is None or start == end:
        return now
    local = timezone.localtime(now)
    clock = local.time()
    is_quiet = start <= clock < end if start < end else clock >= start or clock < end
    if not is_quiet:
        return now
    ends = local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    ends = ends if ends > local else ends + DAY
    return now if until is not None and until <= ends else ends
