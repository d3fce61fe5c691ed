"""May an entrant commission this dealer?"""

import datetime
from collections.abc import Iterator
from typing import Any

from yangcai.cases.rules import applicable, refuse
from yangcai.credit.queries import may_take_part
from yangcai.frameworks.models import Dealer, Entrant
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Organisation
from yangcai.planning.models import Category


def supplies_goods(subject: Entrant, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Makers of goods sell through dealers; a service is performed by whoever entered for it (art. 18)."""
    if subject.framework.lot.case.category == Category.GOODS:
        return None
    return refuse(
        "framework.dealers",
        code="dealers_are_for_goods",
        zh="只有货物项目的入围供应商可以委托代理商",
        en="Only the entrants of a framework for goods have dealers",
        **applicable(subject.root, now=now),
    )


def dealer_may_be_named(
    subject: Entrant, *, now: datetime.datetime, organisation: Organisation, **_: Any
) -> Iterator[Refusal]:
    """Not debarred, named once, and no entrant of the same agreement: entrants compete with one another."""
    on = applicable(subject.root, now=now)
    yield from may_take_part(organisation, at=now)
    if Entrant.objects.filter(framework=subject.framework_id, supplier=organisation).exists():
        yield refuse(
            "framework.dealers",
            code="dealer_is_an_entrant",
            zh="该单位是同一框架协议的入围供应商（含已退出、被清退的），不能作为代理商",
            en="It is an entrant of the same agreement, or was one: it cannot be a dealer under it",
            field="organisation",
            **on,
        )
    if Dealer.objects.filter(entrant=subject, organisation=organisation, ended_at__isnull=True).exists():
        yield Refusal("dealer_named", "已经委托该代理商", "It is a dealer of yours already", field="organisation")


def is_commissioned(subject: Dealer, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if subject.ended_at is None:
        return None
    return Refusal("commission_ended", "委托已经终止", "The commission has ended already")
