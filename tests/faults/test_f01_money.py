"""F1: does a process that dies or stalls in an award, a contract or a payment leave one effect, whoever asks again?"""

import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings

from tests import factories
from tests.contracts import support
from tests.faults.programs.acting import LETTERS, PAPERS, POINTS
from tests.faults.programs.dying import REFUSED, expected, is_stall, ways
from tests.faults.test_f01_finalise import run
from yangcai.cases.models import Award
from yangcai.contracts import actions
from yangcai.contracts.models import Milestone, PaymentRequest
from yangcai.kernel.actions import perform
from yangcai.kernel.models import Attachment, Entry, Leaf
from yangcai.notifications import outbox
from yangcai.notifications.models import Outgoing
from yangcai.parties.models import Person, Post
from yangcai.parties.roles import Role

LATER = support.PAID + datetime.timedelta(hours=1)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def gateways(settings: Any, tmp_path: Path) -> None:
    settings.YANGCAI_HOME = tmp_path / "home"
    settings.YANGCAI_GATEWAYS = {"email": "yangcai.notifications.gateways.file.FileGateway"}


def reachable() -> None:
    """Everybody has an address: each Action writes letters."""
    for person in Person.objects.all():
        Person.objects.filter(pk=person.pk).update(email=f"p{person.pk}@example.com")


def case(
    code: str, point: str, how: str, subject: Any, now: datetime.datetime, by: Post | None = None
) -> dict[str, Any]:
    post = {"post": by.pk} if by else {}
    asked = {"action": code, "point": point, "how": how, "case": f"{code}:{point}:{how}", "now": now.isoformat()}
    return {**asked, "subject": subject.ref, "model": subject._meta.label, **post}


def asked(hows: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Of each Action a subject for every place and way to end."""
    where = [(point, how) for point in POINTS for how in hows]
    s = support.scene(lots=len(where), budget="100000000.00", announced_at=None)
    lots = list(s.case.lots.order_by("pk"))
    for lot in lots[1:]:
        support.announce(lot, s.supplier, amount="900000.00", announced_at=None)
    for (point, how), award in zip(where, Award.objects.order_by("pk"), strict=True):
        yield case("award.announce", point, how, award, support.ANNOUNCED, s.officer)
    for point, how in where:
        s = support.scene()
        contract = support.drafted(s)
        perform(actions.sign_contract, contract, by=s.reviewer, now=support.SIGNED)
        yield case("contract.sign", point, how, contract, support.SIGNED, s.supplier)
    for point, how in where:
        s = support.scene()
        support.effective(s)
        milestone: Milestone = s.milestone("signature")
        invoice = support.invoiced(s, milestone, now=support.PAID)
        request = perform(actions.request_payment, invoice, by=s.officer, now=support.PAID).value
        perform(actions.approve_payment, request, by=s.reviewer, now=support.PAID)
        yield case("payment.pay", point, how, request, support.PAID, s.payer)
    for how in hows:
        s = support.scene()
        yield case("contract.issue_paper", "after_external_call", how, support.signed(s), support.SIGNED)
    for how in hows:
        s = support.scene()
        support.effective(s)
        yield case("payment.issue_paper", "after_external_call", how, support.paid(s, s.milestone("signature")), LATER)


@pytest.mark.long
def test_money_moves_once_whatever_dies(tells: Any, full: bool, tmp_path: Path) -> None:
    factories.make_post(Role.PLATFORM)
    cases = list(asked(ways(full=full)))
    reachable()
    journal = told(tmp_path, cases)
    lost = many = 0
    for one, found in zip(cases, journal, strict=True):
        assert found["left"] == (1 if one["point"] == "after_commit" else 0), found
        codes = found["ended"], found["again"]
        if one["action"] in PAPERS and is_stall(one["how"]):  # of two who had it stamped one is told so
            assert sorted(codes) == [0, REFUSED], found
        else:
            assert codes == (expected(one["how"]), 0), found
        done = Entry.objects.filter(action=one["action"], subject=one["subject"], outcome="done")
        if "post" in one:
            done = done.filter(post_id=one["post"])
        numbers = {answer["entry"] for answer in found["told"]}
        assert numbers
        lost += len(numbers - set(done.values_list("seq", flat=True)))
        many += done.count() - 1
        if one["action"] in PAPERS:
            many += papers(one) - 1
    for request in PaymentRequest.objects.select_related("contract__paid_fund"):
        many += request.contract.paid_fund.balance != request.amount
    assert Outgoing.objects.exists()
    many += Outgoing.objects.count() - Outgoing.objects.values("message", "channel").distinct().count()
    tells(deaths=len(cases), acknowledged=sum(len(one["told"]) for one in journal), lost=lost, effects_too_many=many)
    assert (lost, many) == (0, 0)


def papers(one: dict[str, Any]) -> int:
    """How many a contract or a payment has, in its place or in the public log."""
    row = apps.get_model(one["model"]).objects.get(pk=one["subject"].partition(":")[2])
    kept = Attachment.objects.filter(subject=row.ref, kind="signed_paper").count()
    lines = [bytes(line) for line in Leaf.objects.filter(root=row.root.ref).values_list("line", flat=True)]
    kind = one["action"].partition(".")[0]
    return max(kept, sum(f'"t":"{kind}"'.encode() in line for line in lines))


@pytest.mark.long
def test_a_letter_leaves_at_most_once_and_somebody_is_told(tells: Any, full: bool, tmp_path: Path) -> None:
    """The carrier takes it, and the process dies before it has noted that."""
    s = support.scene()
    reachable()
    contract = support.effective(s)
    hows = [how for how in ways(full=full) if how != "error"]  # an error of the carrier is its answer
    waiting = Outgoing.objects.count()
    assert waiting > len(hows)
    later = support.SIGNED + datetime.timedelta(days=1)
    cases = [case(LETTERS, "after_external_call", how, contract, later) for how in hows]
    for found, how in zip(told(tmp_path, cases), hows, strict=True):
        assert (found["ended"], found["again"]) == (expected(how), 0), found
    outbox.deliver(now=later + outbox.CUT_OFF)
    [cut_off] = Outgoing.objects.exclude(error="")
    assert cut_off.given_up_at is not None and "not known whether it was sent" in cut_off.error
    carried = (settings.YANGCAI_HOME / "outbox" / "email.jsonl").read_text().splitlines()
    ids = [json.loads(line)["id"] for line in carried]
    twice = len(ids) - len(set(ids))
    missing = set(Outgoing.objects.values_list("letter_id", flat=True)) - set(ids)
    tells(deaths=len(cases), acknowledged=len(set(ids)), lost=len(missing), effects_too_many=twice)
    assert (twice, missing) == (0, set())


def told(folder: Path, cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What clients were told of each case, in their own journal."""
    file = folder / "cases"
    file.write_text("".join(json.dumps(one) + "\n" for one in cases))
    return run("acting", file, [])
