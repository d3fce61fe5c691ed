"""By which test is a price too low, and by how much? Whoever asks, answers or decides sees the sum beside the form."""

import datetime
from typing import Any

from django.utils.translation import gettext as _

from yangcai import law
from yangcai.cases.rules import applicable
from yangcai.kernel.money import rounded
from yangcai.kernel.numbers import percent
from yangcai.kernel.refusals import in_chinese
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.procedures.evaluation import abnormally_low
from yangcai.tendering import arithmetic
from yangcai.tendering.models import OpenedBid
from yangcai.www import formats
from yangcai.www.work.tables import Cell, Column, Line, Table

#: Where prices are asked about.
ASKS = frozenset({"low_price.start", "low_price.explain", "low_price.decide"})


def table(code: str, subject: Any, *, post: Post, now: datetime.datetime) -> Table | None:
    """The tests of 财库〔2026〕2号 with their lines and what this price is beside each. A bidder is told which of them
    its price failed, and no line: from that it could reckon what others ask."""
    if code not in ASKS or not isinstance(subject, OpenedBid):
        return None
    return _told(subject) if post.role == Role.SUPPLIER else _reckoned(subject, now=now)


def _named(test: str, bid: OpenedBid, *, now: datetime.datetime) -> tuple[Cell, Cell, Cell]:
    """The test in the words of the law, the rate, which the file may have raised, and the article."""
    rule, on = abnormally_low.RULES[test], applicable(bid.lot.case, now=now)
    known, given = law.rule(rule), arithmetic.terms(bid.lot, now=now)
    by_file = {
        abnormally_low.AVERAGE: given.average_rate,
        abnormally_low.SECOND: given.second_rate,
        abnormally_low.CEILING: given.ceiling_rate,
    }[test]
    rate = law.value(rule, **on) if by_file is None else by_file
    said = known.zh if in_chinese() else known.en
    return Cell(said), Cell(percent(rate)), Cell(law.cite(rule, **on).text)


def _reckoned(bid: OpenedBid, *, now: datetime.datetime) -> Table | None:
    result = arithmetic.outcome(bid.lot, now=now)
    prices = {bidder: one.bid_price for bidder, one in result.result.bids.items() if one.passed_conformity}
    found = abnormally_low.screen(prices=prices, terms=arithmetic.terms(bid.lot, now=now))
    if not found.lines or str(bid.pk) not in prices:
        return None
    hit, price = found.hits.get(str(bid.pk), ()), prices[str(bid.pk)]
    lines = []
    for test, line in found.lines.items():
        said, rate, article = _named(test, bid, now=now)
        word = _("低于审查线，触发") if test in hit else _("未触发")
        sums = [Cell(formats.yuan(rounded(line, places=2))), Cell(formats.yuan(price))]
        lines.append(Line([said, rate, *sums, Cell(word), article]))
    labels = (_("审查情形"), _("比例"), _("审查线"), _("本报价"), _("结果"), _("依据"))
    return Table(_("异常低价测算"), [Column(formats.titled(label)) for label in labels], lines)


def _told(bid: OpenedBid) -> Table | None:
    review = getattr(bid, "low_price_review", None)
    if review is None:
        return None
    lines = []
    for test in review.tests["hit"]:
        lines.append(Line(list(_named(test, bid, now=review.started_at))))
    if review.tests["judgment"]:
        lines.append(Line([Cell(review.tests["judgment"], is_data=True), Cell(""), Cell("")]))
    labels = (_("审查情形"), _("比例"), _("依据"))
    return Table(_("要求说明的原因"), [Column(formats.titled(label)) for label in labels], lines)
