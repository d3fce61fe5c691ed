"""By what does one tell apart what waits, where its lines would read alike: a seat, a bidder, a payment, a lot?"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from yangcai.cases.models import Lot
from yangcai.contracts.models import Invoice, Milestone, PaymentRequest
from yangcai.kernel.models import Task
from yangcai.parties.models import Post
from yangcai.www.work.judging import sitters

#: Kind of row -> its model, and the column that says which of several it is.
NAMED: dict[str, tuple[type[Any], str]] = {
    str(model._meta.model_name): (model, column)
    for model, column in (
        (Milestone, "title"),
        (Invoice, "milestone__title"),
        (PaymentRequest, "milestone__title"),
        (Lot, "number"),
    )
}


def names(tasks: Iterable[Task], *, post: Post) -> dict[str, str]:
    """Subject -> what it is called beside its like; only of those tasks of which there are several in one purchase, and
    of those about somebody else's seat."""
    found = list(tasks)
    alike: dict[tuple[str, str, str, str], set[int]] = defaultdict(set)
    for task in found:
        kind, _colon, key = task.subject.partition(":")
        if kind in NAMED:
            alike[task.action, task.root, task.clock, kind].add(int(key))
    keys: dict[str, set[int]] = defaultdict(set)
    for (_action, _root, _clock, kind), pks in alike.items():
        keys[kind] |= pks if len(pks) > 1 else set()
    called = sitters(found, post=post)
    for kind, pks in ((kind, pks) for kind, pks in keys.items() if pks):
        model, column = NAMED[kind]
        for pk, name in model.objects.filter(pk__in=pks).values_list("pk", column):
            called[f"{kind}:{pk}"] = _("第 %(n)s 包") % {"n": name} if model is Lot else str(name)
    return called
