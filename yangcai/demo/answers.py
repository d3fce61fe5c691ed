"""How does somebody in a story answer what stands on his worklist?"""

import datetime
from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from django.db import models
from django.utils import timezone

from yangcai.cases.models import Case, Lot
from yangcai.cases.queries import candidates
from yangcai.demo import devices, openings
from yangcai.demo.scene import Deed, Scene
from yangcai.demo.volunteers import opens_at, weights_of
from yangcai.frameworks.rules import call_off as call_offs
from yangcai.frameworks.standing import staying
from yangcai.kernel import calendar, documents
from yangcai.kernel.actions import ACTIONS, SCOPES
from yangcai.kernel.models import Task
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.planning import checks
from yangcai.tendering import arithmetic, reconfirming, standing
from yangcai.tendering.models import SBP, Bid, ClauseKind, OpenedBid
from yangcai.tendering.rules.award import open_candidates

PAPER = b"%PDF-1.4\n" + "演示文件".encode()
ANSWERED = (
    "该投标人密封时选择由受托人补救开启；时限届满后受托人份额达到开启所需份数，"
    "依照招标文件载明的规则开启，全部投标文件同时唱标，异议不成立"
)
#: How long after it came up somebody takes something in hand; the rest at once.
AFTER = {
    "opening.conclude": datetime.timedelta(minutes=20),
    "award.determine": datetime.timedelta(hours=2),
    "contract.draft": datetime.timedelta(days=1),
    "contract.file": datetime.timedelta(hours=1),
    "delivery.report": datetime.timedelta(days=10),
    "acceptance.record": datetime.timedelta(days=1),
    "invoice.submit": datetime.timedelta(hours=1),
    "payment.pay": datetime.timedelta(hours=4),
    "enquiry.answer": datetime.timedelta(hours=3),
    "consortium.confirm": datetime.timedelta(hours=2),
    "bid.reconfirm": datetime.timedelta(hours=2),
}
#: Prepared by `volunteers`, in the order in which each needs the one before; never done at all, or by the platform.
ELSEWHERE = frozenset(
    {
        "agent.appoint", "lots.define", "solicitation.draft", "criteria.define", "payment_terms.define",
        "solicitation.confirm", "invitation.publish", "bid.submit", "plan.draft",
        "bid.release", "trustee.release", "opening_policy.set", "trustee.register",
        "agent_conduct.record", "conduct.record", "conduct.answer", "overdue.disclose", "case.retender",
    }
)  # fmt: skip

#: Tasks of nobody in particular, and of the platform's own worker.
NOBODY = ("", Role.PLATFORM)
#: What begins a purchase: not before the day that the plan names, which its intention has told.
BEGINNINGS = frozenset({"case.open", "call_off.choose"})

Answer = Callable[[Scene, Any, Post], Mapping[str, Any]]


def deeds(scene: Scene) -> Iterator[Deed]:
    """What waits on a worklist in this purchase, with what is filled in."""
    waiting = Task.objects.filter(root__in=scene.roots, done_at=None).exclude(action="").exclude(role__in=NOBODY)
    for task in waiting.order_by("since", "pk"):
        if task.action in ELSEWHERE or task.action not in ACTIONS or waits(scene, task):
            continue
        subject, by = row(task.subject), holder(scene, task)
        if subject is None or by is None:
            continue
        delay = AFTER.get(task.action)
        at = task.since + delay if delay else None
        if task.action in BEGINNINGS:
            at = opens_at(scene)
        answer = ANSWERS.get(task.action)
        is_due = at is None or at <= scene.now
        data = answer(scene, subject, by) if answer and is_due else {}
        yield Deed(task.action, subject, by, data, at=at)


def waits(scene: Scene, task: Task) -> bool:
    """What stands on a worklist earlier than it is wise: a committee is drawn when the bids are open, and a lot that
    might be given up is given up only where the plot says so."""
    if task.action == "committee.draw":
        return not scene.opened
    if task.action == "opening.unseal":
        return any(openings.is_waited_for(scene, lot) for lot in scene.lots)
    if task.action == "bid.reconfirm":
        bid = row(task.subject)
        return bid.seal_scheme == SBP and not devices.can_release(bid)  # a visitor sealed it, and signs in his browser
    return task.action == "lot.declare_unsuccessful" and not scene.plot.fails


@cache
def _models() -> dict[str, type[models.Model]]:
    return {str(model._meta.model_name): model for model in SCOPES}


def row(ref: str) -> Any:
    """The row that `label:id` names."""
    name, _colon, pk = ref.partition(":")
    model = _models().get(name)
    return model._base_manager.filter(pk=pk).first() if model else None


def holder(scene: Scene, task: Task) -> Post | None:
    """Whose worklist it stands on: a person's, an organisation's first, or the role's first."""
    found = Post.objects.select_related("organisation", "person").filter(role=task.role).order_by("pk")
    if task.person_id:
        found = found.filter(person=task.person_id)
    elif task.organisation_id:
        found = found.filter(organisation=task.organisation_id)
    return found.first()


# --- what is filled in -------------------------------------------------------------------------------------------


def review(scene: Scene, item: Any, by: Post) -> dict[str, Any]:
    return {"answers": [{"check": code, "answer": "pass"} for code in checks.codes()], "decision": "approve"}


def conclude(scene: Scene, case: Case, by: Post) -> dict[str, Any]:
    """Whoever objected is answered in the record."""
    objected = any(opened.record_objection for opened in scene.opened)
    return {"answer": ANSWERED} if objected else {}


def confirm_bid(scene: Scene, bid: Bid, by: Post) -> dict[str, Any]:
    """Nobody in a story has to change anything after a correction."""
    version = reconfirming.version_of(reconfirming.versions(bid)[-1])
    if bid.seal_scheme == SBP:
        return {"message": devices.bidder_confirms(bid, version=version, by=by)}
    return {"rev": str(version), "stands": True}


def draw(scene: Scene, case: Case, by: Post) -> dict[str, Any]:
    return {"evaluates_at": scene.now + datetime.timedelta(minutes=1)}


def findings(kind: str) -> Answer:
    """Every offer meets every clause."""

    def answer(scene: Scene, lot: Lot, by: Post) -> dict[str, Any]:
        bids = standing.still_in(lot, through=standing.QUALIFICATION)
        bids = standing.opened(lot) if kind == ClauseKind.QUALIFICATION else bids
        clauses = standing.examined(lot, kind)
        rows = [
            {"bid": bid.pk, "clause": clause.pk, "passed": True, "reason": ""} for bid in bids for clause in clauses
        ]
        return {"rows": rows}

    return answer


def scores(scene: Scene, lot: Lot, by: Post) -> dict[str, Any]:
    """Nine tenths for the first bidder of the story, a little less for each after it; members differ by little."""
    seat = next(number for number, member in enumerate(scene.members) if member.post_id == by.pk)
    order = [post.organisation_id for post in scene.suppliers]
    rows = []
    for bid in arithmetic.outcome(lot, now=scene.now).valid:
        place = order.index(bid.supplier_id) if bid.supplier_id in order else len(order)
        share = Decimal("0.90") - Decimal("0.04") * place - Decimal("0.01") * (seat % 3)
        for criterion in weights_of(lot):
            value = (criterion.weight * share).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
            rows.append({"bid": bid.pk, "criterion": criterion.pk, "value": value})
    return {"rows": rows}


def on_duty(scene: Scene, trustee: Any, by: Post) -> dict[str, Any]:
    """Whoever is asked takes the days up to the opening and the one after it."""
    assert scene.closes_at is not None  # nobody is asked before the invitation
    last = timezone.localdate(scene.closes_at) + calendar.ONE_DAY
    return {"post": by, "from_on": timezone.localdate(scene.now), "to_on": last}


def determine(scene: Scene, lot: Lot, by: Post) -> dict[str, Any]:
    first = next(iter(open_candidates(lot, now=scene.now)), None)
    chosen = next((one for one in candidates(lot) if first and one.pk == first.pk), first)
    return {"candidate": chosen}


def talk(scene: Scene, bid: OpenedBid, by: Post) -> dict[str, Any]:
    return {"minutes": "就技术方案、服务要求和合同条款逐项磋商，供应商承诺按采购文件履行"}


def last_offers(scene: Scene, lot: Lot, by: Post) -> dict[str, Any]:
    return {"closes_at": scene.now + datetime.timedelta(hours=1)}


def last_offer(scene: Scene, lot: Lot, by: Post) -> dict[str, Any]:
    """Two per cent below the first one."""
    bid = next(bid for bid in scene.opened if bid.lot_id == lot.pk and bid.supplier_id == by.organisation_id)
    price = (bid.price * Decimal("0.98")).quantize(Decimal("0.01"))
    return {"price": price, "delivery": "合同签订后 30 日内"}


def unsuccessful(scene: Scene, lot: Lot, by: Post) -> dict[str, Any]:
    return {"ground": "too_few"}


def choose(scene: Scene, item: Any, by: Post) -> dict[str, Any]:
    """The first entrant of the first agreement under which this plan may be called off."""
    framework = call_offs.offered(item, item.procedure, now=scene.now)[0]
    return {"entrant": staying(framework)[0].pk, "quantity": scene.plot.quantity}


def deliver(scene: Scene, milestone: Any, by: Post) -> dict[str, Any]:
    return {"delivered_on": timezone.localdate(scene.now), "note": "已按合同交付"}


def accept(scene: Scene, contract: Any, by: Post) -> dict[str, Any]:
    paper = documents.store_bytes(data=PAPER, name="验收书.pdf", person_id=by.person_id, now=scene.now)
    return {
        "is_final": True,
        "accepted_on": timezone.localdate(scene.now),
        "items": [{"item": "技术、服务、安全要求", "result": "符合合同约定", "passed": True}],
        "members": "采购人验收小组",
        "opinion": "验收合格",
        "report": paper,
    }


def bill(scene: Scene, milestone: Any, by: Post) -> dict[str, Any]:
    number = f"{milestone.contract.number}-{milestone.number}"
    return {"number": number, "amount": milestone.amount, "issued_on": timezone.localdate(scene.now)}


ANSWERS: dict[str, Answer] = {
    "plan.review": review,
    "opening.conclude": conclude,
    "committee.draw": draw,
    "committee.sign_in": lambda *_: {"commits": True},
    "committee.declare": lambda *_: {"commits": True},
    "qualification.record": findings(ClauseKind.QUALIFICATION),
    "responsiveness.record": findings(ClauseKind.RESPONSIVENESS),
    "scores.submit": scores,
    "trustee.put_on_duty": on_duty,
    "award.determine": determine,
    "dialogue.hold": talk,
    "final_offer.invite": last_offers,
    "final_offer.submit": last_offer,
    "lot.declare_unsuccessful": unsuccessful,
    "call_off.choose": choose,
    "delivery.report": deliver,
    "acceptance.record": accept,
    "invoice.submit": bill,
    "consortium.confirm": lambda *_: {"commitment": True},
    "bid.reconfirm": confirm_bid,
    "enquiry.answer": lambda *_: {"answer": "满足采购需求的同等或者更高规格均视为满足要求。"},
}
