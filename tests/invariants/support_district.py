"""Where does the random walk begin? In a small district whose purchases stand at different stations, made by Walk."""

import datetime
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.scenarios import story
from tests.scenarios.research import research
from tests.scenarios.test_failed_lot import three
from yangcai.kernel import clock, documents, tasks
from yangcai.kernel.calendar import SHANGHAI
from yangcai.parties.models import Post
from yangcai.parties.queries import platform_post
from yangcai.parties.roles import Role
from yangcai.replay import defaults, district, people
from yangcai.replay.district import ADVANCE, Purchase
from yangcai.replay.driver import PythonDriver, begin_again
from yangcai.replay.published import CaseFile, Dates
from yangcai.replay.walk import ONE_PAYMENT, Walk

#: An ordinary Monday, on which every purchase has come as far as it says.
MORNING = datetime.datetime(2026, 6, 15, 10, tzinfo=SHANGHAI)
THREE = ("912000.00", "930000.00", "951000.00")


def _day(month: int, day: int) -> datetime.datetime:
    return datetime.datetime(2026, month, day, 9, 30, tzinfo=SHANGHAI)


#: The name of a station where a purchase has stopped -> the purchase.
PURCHASES = {
    "contract": Purchase("随机-1", "示例设备采购项目", 0, "goods", "1000000.00", _day(5, 20), "contract", THREE,
                         terms=ADVANCE),
    "evaluation": Purchase("随机-2", "示例服务采购项目", 1, "services", "1000000.00", _day(6, 11), "evaluation", THREE,
                           method="lowest"),
    "opening": Purchase("随机-3", "示例家具采购项目", 0, "goods", "1000000.00", _day(6, 12), "opening", THREE),
    "invitation": Purchase("随机-4", "示例维护采购项目", 1, "services", "1000000.00", _day(7, 2), "invitation",
                           THREE, after=district.bidding),
    "preparation": Purchase("随机-5", "示例仪器采购项目", 0, "goods", "1000000.00", _day(7, 6), "preparation"),
    "budget": Purchase("随机-6", "示例安防采购项目", 0, "goods", "2980000.00", _day(7, 20), "budget",
                       after=district.under_review),
}  # fmt: skip

BUDGETS = (
    "采购人,预算年度,预算项目编码,预算项目名称,预算金额,批复日期\n{buyer},2026,随机-7,示例追加项目,500000.00,2026-06-01\n",
    "采购人,预算年度,预算项目编码,预算项目名称,预算金额,批复日期\n{buyer},2026,随机-8,示例追加项目,-1,2026-06-01\n",
    "采购人,预算年度\n没有这个单位,二〇二六\n",
)


def three_lots() -> CaseFile:
    """Two lots are awarded, the third failed so long ago that nobody can object any more."""
    lots = [story.lot(number, three(), budget="500000.00") for number in ("1", "2", "3")]
    *two, last = lots[2].bids
    lots[2] = replace(lots[2], bids=(*two, replace(last, responsive="未响应★条款")))
    return replace(story.purchase(*lots), id="随机-三包", dates=Dates(submission_closes=_day(5, 18)))


#: Told as their own tests tell them: research under contract, and a purchase of three lots of which one has failed.
TOLD: tuple[tuple[Callable[[], CaseFile], str, tuple[dict[str, Any], ...]], ...] = (
    (research, "contract", ADVANCE),
    (three_lots, "award", ONE_PAYMENT),
)


def found() -> list[Post]:
    """Make it and stop the clock on the morning; returns everybody who may act, the platform too."""
    district.settle()
    for purchase in PURCHASES.values():
        begin_again()
        file = defaults.complete(published=district.case_file(purchase)).case
        if not purchase.prices:
            file = replace(file, lots=tuple(replace(lot, bids=()) for lot in file.lots))
        everybody = people.gather(file, bureau_name=district.TREASURY)
        walk = Walk(PythonDriver(), file, everybody, payment_terms=purchase.terms)
        walk.run(until=purchase.until)
        if purchase.after:
            purchase.after(walk)
    for told, until, terms in TOLD:
        begin_again()
        file = defaults.complete(published=told()).case
        Walk(PythonDriver(), file, people.gather(file, bureau_name=district.TREASURY), payment_terms=terms).run(
            until=until
        )
    begin_again()
    clock.set_sandbox(at=MORNING)
    tasks.fire_due(now=MORNING)
    platform_post(now=MORNING)
    posts = list(Post.objects.select_related("organisation", "person").order_by("pk"))
    for post in posts:
        documents.store_bytes(data=b"%PDF-1.4\n" + b"paper", name="依据.pdf", person_id=post.person_id, now=MORNING)
    treasury = next(post for post in posts if post.role == Role.TREASURY)
    for text in BUDGETS:
        data = text.format(buyer=district.BUYERS[0]).encode("utf-8-sig")
        documents.store_bytes(data=data, name="预算.csv", person_id=treasury.person_id, now=MORNING)
    return posts
