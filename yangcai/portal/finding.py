"""Which organisation does somebody mean who types a name, or a part of it?"""

import datetime

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length

from yangcai.parties.models import Organisation, OrganisationKind
from yangcai.parties.queries import visible_organisations

#: Shorter texts are the ends of too many names.
SHORTEST_END = 3
BUYING = (OrganisationKind.BUYER, OrganisationKind.AGENT, OrganisationKind.CENTRAL_AGENT)


def search_organisations(text: str, *, now: datetime.datetime) -> QuerySet[Organisation]:
    """Public organisations whose name holds every word of the text (or whose credit code it is): the name itself first,
    then what begins or ends with it, buyers before suppliers, shorter names before longer ones."""
    words = text.split()
    found = visible_organisations(None, now)
    if not words:
        return found.none()
    named = Q()
    for word in words:
        named &= Q(name__icontains=word)
    likeness = Case(
        When(Q(name__iexact=text) | Q(uscc__iexact=text), then=Value(0)),
        When(Q(name__istartswith=text) | Q(name__iendswith=text), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    buys = Case(When(kind__in=BUYING, then=Value(0)), default=Value(1), output_field=IntegerField())
    found = found.filter(named | Q(uscc__iexact=text))
    return found.order_by(likeness, buys, Length("name"), "name")


def meant(text: str, *, now: datetime.datetime) -> Organisation | None:
    """The one organisation that the text can only mean: by its whole name or its credit code, else the only buyer or
    agent whose name ends with it (第一中学 for 新区第一中学). None where it may mean several, or something else."""
    first = list(search_organisations(text, now=now)[:1])
    if first and text.casefold() in {first[0].name.casefold(), (first[0].uscc or "").casefold()}:
        return first[0]
    if len(text) < SHORTEST_END:
        return None
    ending = visible_organisations(None, now).filter(kind__in=BUYING, name__iendswith=text)
    found = list(ending[:2])
    return found[0] if len(found) == 1 else None
