"""Which lots were not opened when the hour came, and by which rule?"""

import datetime
from typing import Any

from django.utils.translation import gettext as _

from yangcai import law
from yangcai.cases.models import Stage
from yangcai.cases.rules import applicable
from yangcai.kernel.refusals import Citation
from yangcai.tendering import method
from yangcai.tendering.models import Opening
from yangcai.tendering.rules.bids import whole_bids
from yangcai.tendering.rules.opening import enough_bids, pending_lots


def told(made: Any, *, now: datetime.datetime) -> list[tuple[str, Citation]]:
    """A sentence for each lot that has too few bids, with the article; nothing for what is no opening (87号令 art. 41).
    Whoever opens it sees how many came: the deadline is over."""
    if not isinstance(made, Opening) or made.concluded_at is not None:
        return []
    case = made.case
    short = [lot for lot in pending_lots(case) if not enough_bids(lot, now=now)]
    if not short:
        return []
    least = method.fewest(case, Stage.SUBMISSION, now=now)
    rule = method.said(case, Stage.SUBMISSION, "bidders") or method.of(case).grounds
    cited = law.cite(rule, **applicable(case, now=now))
    said = _("采购包 %(lot)s 只有 %(n)d 家投标人，不足 %(least)d 家，没有开标。")
    return [(said % {"lot": lot.number, "n": whole_bids(lot).count(), "least": least}, cited) for lot in short]
