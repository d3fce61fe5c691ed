"""Which of the tasks that wait does somebody want to see: of which project, which verb, on whose seat?"""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yangcai.kernel.models import Task
from yangcai.parties.models import Post
from yangcai.www import formats
from yangcai.www.work.clocks import title_of

#: Whose seat a task waits on.
ME, UNIT, ANYBODY = "me", "unit", "anybody"
SEATS = (
    ("", gettext_lazy("全部")),
    (ME, gettext_lazy("只由我本人办理")),
    (UNIT, gettext_lazy("本单位任何人可以办理")),
    (ANYBODY, gettext_lazy("同岗位任何人可以办理")),
)
#: More kinds of tasks than this wait for nobody.
VERBS = 100


class Wanted(forms.Form):
    """What to look for; everything may stay empty."""

    q = forms.CharField(label=gettext_lazy("项目名称"), required=False, max_length=100)
    verb = forms.ChoiceField(label=gettext_lazy("事项"), required=False)
    seat = forms.ChoiceField(label=gettext_lazy("由谁办理"), required=False, choices=SEATS)

    def __init__(self, *args: Any, waiting: QuerySet[Task], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["verb"].choices = [("", _("全部")), *verbs(waiting)]  # type: ignore[attr-defined]

    @property
    def asked(self) -> dict[str, str]:
        """What was asked for; nothing where that makes no sense."""
        given = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return {name: value for name, value in given.items() if value}


def verbs(waiting: QuerySet[Task]) -> list[tuple[str, str]]:
    """Each kind of task that waits, once, by its title: an Action's code, or the clock's where there is none."""
    found = waiting.order_by().values_list("action", "clock").distinct()[:VERBS]
    named = {action or clock: formats.titled(title_of(Task(action=action, clock=clock))) for action, clock in found}
    return sorted(named.items(), key=lambda pair: pair[1])


def narrowed(waiting: QuerySet[Task], asked: dict[str, str], *, post: Post) -> QuerySet[Task]:
    """The tasks that were asked for."""
    if text := asked.get("q"):
        waiting = waiting.filter(title__icontains=text)
    if verb := asked.get("verb"):
        waiting = waiting.filter(action=verb) if "." in verb else waiting.filter(action="", clock=verb)
    match asked.get("seat"):
        case "me":
            waiting = waiting.filter(person_id=post.person_id)
        case "unit":
            waiting = waiting.filter(person_id__isnull=True, organisation_id=post.organisation_id)
        case "anybody":
            waiting = waiting.filter(person_id__isnull=True, organisation_id__isnull=True)
    return waiting


def tabs(current: str) -> list[dict[str, Any]]:
    """What waits, and what is done."""
    pages = (("work", _("待办")), ("work_handled", _("已办")))
    return [{"label": label, "url": reverse(name), "current": name == current} for name, label in pages]
