"""Which document does a purchase have? Everything that is said about its terms rests on this one row."""

from yangcai.cases.models import Case
from yangcai.kernel.reading import remembered
from yangcai.tendering.models import Solicitation


@remembered
def solicitation(case: Case) -> Solicitation | None:
    """The solicitation document of a case, drafted or published; None before there is one."""
    return Solicitation.objects.filter(case=case).first()
