"""Where do the Actions of a benchmark act? On many published cases, each a copy of one that real Actions published."""

import datetime
from dataclasses import dataclass

from django.utils import timezone

from benchmarks.population import Population
from yangcai.cases.models import Case
from yangcai.kernel import clock
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.replay import defaults, district
from yangcai.replay.driver import PythonDriver
from yangcai.replay.walk import Walk

#: The purchase of the demo district whose bids are still awaited.
WAITS_FOR_BIDS = "demo-08"


@dataclass(frozen=True)
class Published:
    """The cases that wait for bids, in order of their keys, and the time it is."""

    cases: tuple[Case, ...]
    now: datetime.datetime

    def officer(self, case: Case) -> Post:
        return _post(case.buyer_id, Role.BUYER_OFFICER)

    def supplier(self, number: int) -> Post:
        """The suppliers in turn, so that no two neighbours act for one."""
        posts = Post.objects.filter(role=Role.SUPPLIER).select_related("organisation", "person").order_by("pk")
        found = list(posts)
        return found[number % len(found)]


def _post(organisation: int, role: str) -> Post:
    posts = Post.objects.select_related("organisation", "person")
    return posts.get(organisation_id=organisation, role=role)


def publish(*, cases: int) -> Published:
    """So many published cases on an empty database; their suppliers have not yet asked for the documents."""
    purchase = next(p for p in district.PURCHASES if p.id == WAITS_FOR_BIDS)
    district.settle()
    file = defaults.complete(published=district.case_file(purchase)).case
    walk = Walk(PythonDriver(), file, district.gathered(file), payment_terms=purchase.terms)
    walk.run(until="invitation")
    now = walk.at("invitation") + datetime.timedelta(days=1, hours=1)
    clock.set_sandbox(at=now)
    Population().grow(copies=cases - 1)
    found = Case.objects.select_related("buyer", "plan_item__appropriation").order_by("pk")
    return Published(tuple(found), timezone.localtime(now))
