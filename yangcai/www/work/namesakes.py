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
    alike: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for task in found:
        alike[task.action, task.root, task.clock].add(task.subject)
    keys: dict[str, list[int]] = defaultdict(list)
    for subject in {one for subjects in alike.values() if len(subjects) > 1 for one in subjects}:
        kind, _colon, key = subject.partition(":")
        if kind in NAMED:
            keys[kind].append(int(key))
    called = sitters(found, post=post)
    for kind, pks in keys.items():
        model, column = NAMED[kind]
        for pk, name in model.objects.filter(pk__in=pks).values_list("pk", column):
            called[f"{kind}:{pk}"] = _("第 %(n)s 包") % {"n": name} if model is Lot else str(name)
    return called
