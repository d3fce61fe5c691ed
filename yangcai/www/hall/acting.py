"""In which hall is done what waits for somebody? A worklist leads there, to everything that is wanted next."""

from collections.abc import Iterable

from django.urls import reverse

from yangcai.cases.models import Case
from yangcai.kernel.models import Task
from yangcai.tendering.queries.bids import READ_OUT
from yangcai.www.hall import OF_HALL
from yangcai.www.work import places


def is_of_hall(task: Task) -> bool:
    """Whether it is done on the card of a hall; what one's own device does has its own page."""
    return task.action in OF_HALL and task.action not in places.BY_DEVICE


def rooms(tasks: Iterable[Task]) -> dict[str, str]:
    """Root -> the room; only of purchases whose offers are read out."""
    pks = {task.root.partition(":")[2] for task in tasks if is_of_hall(task)}
    if not pks:
        return {}
    found = Case.objects.filter(pk__in=pks, procedure__in=READ_OUT).values_list("pk", flat=True)
    return {f"{Case._meta.model_name}:{pk}": reverse("hall", args=[pk]) for pk in found}
