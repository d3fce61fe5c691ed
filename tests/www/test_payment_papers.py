"""Does a payment get its signed order, and does whoever holds it find that one in the public log, and no other?"""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.apart import shared
from tests.contracts import support
from tests.contracts.support import PAID, Scene
from tests.faults.awarded import DAY, trusted
from tests.kernel.log import world
from tests.www.support import Clock, at_desk, text_of
from yangcai.cli import verifier
from yangcai.contracts.models import PaymentRequest
from yangcai.funds.models import Transfer
from yangcai.kernel import documents, leaves, log_files, papers
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.kernel.encoding import parse_jcs
from yangcai.kernel.leaf_lines import CLEAR
from yangcai.kernel.models import Leaf, Task
from yangcai.kernel.refusals import Refused
from yangcai.kernel.signatures import configured
from yangcai.kernel.signatures.verification import verify
from yangcai.parties.queries import platform_post
from yangcai.www import signed_papers
from yangcai.www.official import KINDS
from yangcai.www.signed_papers import Issuer

pytestmark = pytest.mark.django_db
LATER = PAID + DAY
CODE = "payment.issue_paper"


def pay() -> tuple[Scene, PaymentRequest]:
    s = support.scene()
    support.effective(s)
    return s, support.paid(s, s.milestone("signature"))


paid = shared(pay)


@pytest.fixture(autouse=True)
def demo(settings: Any) -> Iterator[None]:
    settings.YANGCAI_SANDBOX, settings.YANGCAI_SEALS, settings.YANGCAI_TIMESTAMPS = True, "demo", "demo"
    signed_papers._checked.cache_clear()
    yield
    signed_papers._checked.cache_clear()


def issue(*, root: str = "") -> list[str]:
    return [task.action for task in Issuer().round(now=LATER, tick=0.0, root=root)]


def order_of(request: PaymentRequest) -> bytes:
    found = papers.paper_of(request)
    assert found is not None
    return documents.read(found.document)


def lines_of(request: PaymentRequest) -> list[dict[str, Any]]:
    told = [bytes(line) for line in Leaf.objects.filter(root=request.root.ref).values_list("line", flat=True)]
    bodies = [parse_jcs(line.removeprefix(CLEAR).removesuffix(b"\n")) for line in told if line.startswith(CLEAR)]
    return [body for body in bodies if body["t"] == "payment"]


def waits(request: PaymentRequest) -> bool:
    return Task.objects.filter(action=CODE, subject=request.ref, done_at__isnull=True).exists()


# --- the paper and its line ----------------------------------------------------------------------------------------


def test_buyer_and_treasury_sign_what_they_did_and_the_log_names_the_very_bytes_and_nothing_else(paid: Any) -> None:
    s, request = paid()
    assert waits(request) and lines_of(request) == []
    assert CODE in issue() and issue() == [] and not waits(request)
    found = verify(order_of(request), trust=configured.trust())
    assert found.is_valid
    assert [one.name for one in found.signatures] == [s.reviewer.organisation.name, s.payer.organisation.name]
    for one in found.signatures:
        assert one.signed_at == PAID and one.stamped_at == LATER
        assert all(said in one.reason for said in (request.contract.number, request.invoice.number, "270,000.00 元"))
    put = papers.paper_of(request)
    assert put is not None
    assert lines_of(request) == [
        {
            "t": "payment",
            "payment": request.ref,
            "contract": request.contract.ref,
            "root": s.case.ref,
            "sha256": put.document_id,
            "at": "2026-03-28T01:00:00.000000Z",
        }
    ]


@pytest.mark.long
def test_each_payment_has_its_own_order_also_once_the_contract_is_closed() -> None:
    s, first = pay()
    for due_on in ("delivery", "acceptance"):
        milestone = s.milestone(due_on)
        support.delivered(s, milestone)
        if due_on == "acceptance":
            support.accepted(s, milestone=milestone)
            support.accepted(s)
        support.paid(s, milestone)
    perform(ACTIONS["contract.close"], s.contract, by=s.officer, now=PAID)
    assert issue(root=s.case.ref).count(CODE) == 3
    digests = {line["payment"]: line["sha256"] for line in lines_of(first)}
    assert len(digests) == len(set(digests.values())) == 3


# --- the Action looks for itself -----------------------------------------------------------------------------------


def refused_codes(request: PaymentRequest, content: bytes) -> set[str]:
    by = platform_post(now=LATER)
    document = documents.store_bytes(data=content, name="x.pdf", person_id=by.person_id, now=LATER)
    with pytest.raises(Refused) as refused:
        perform(ACTIONS[CODE], request, by=by, now=LATER, paper=document)
    assert lines_of(request) == [] or "paper_is_issued" in {one.code for one in refused.value.refusals}
    return {one.code for one in refused.value.refusals}


@pytest.mark.long
def test_no_other_pdf_takes_its_place_and_none_comes_before_the_payment_or_twice(paid: Any) -> None:
    _s, request = paid()
    kind = signed_papers._kinds()[CODE][1]
    unsigned, both = kind.unsigned(request), kind.signatures(request)
    assert refused_codes(request, unsigned) == {"paper_not_signed", "signatures_of_others"}
    seals, stamps = configured.seals(), configured.timestamps(now=LATER)
    for some in (both[::-1], both[:1], both[1:]):
        signed = seals.sign(unsigned, signatures=some, timestamps=stamps)
        assert refused_codes(request, signed) == {"signatures_of_others"}
    issue()
    assert refused_codes(request, b"%PDF-1.7") == {"paper_is_issued"}
    open_scene = support.scene()
    support.effective(open_scene)
    invoice = support.invoiced(open_scene, open_scene.milestone("signature"))
    waiting = perform(ACTIONS["payment.request"], invoice, by=open_scene.officer, now=PAID).value
    assert "not_paid" in refused_codes(waiting, b"%PDF-1.7")


@pytest.mark.parametrize("table", ["contracts_paymentrequest", "funds_transfer", "contracts_invoice"])
def test_a_sum_that_the_ledger_did_not_pay_gets_no_order(paid: Any, table: str) -> None:
    _s, request = paid()
    with connection.cursor() as cursor:  # by whoever can go round the controls
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    model = {"contracts_paymentrequest": PaymentRequest, "funds_transfer": Transfer}.get(table, type(request.invoice))
    where = {"ground": request.ref} if model is Transfer else {"pk": request.pk}
    where = {"pk": request.invoice_id} if table == "contracts_invoice" else where
    assert model.objects.filter(**where).update(amount="270001.00") == 1
    request = PaymentRequest.objects.get(pk=request.pk)
    assert CODE not in issue() and papers.paper_of(request) is None
    assert "payment_changed" in refused_codes(request, b"%PDF-1.7")


# --- from outside --------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_from_the_payment_to_its_verification(
    settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A good order, an altered one, one that the log does not name, and two of one payment."""
    world.use(settings, tmp_path / "site")
    s, request = pay()
    issue()
    world.round_of(now=LATER)
    log = str(log_files.folder())

    def told(kind: str, content: bytes, *options: str) -> tuple[int, str]:
        path = tmp_path / "order.pdf"
        path.write_bytes(content)
        code = verifier.main(["--lang", "en", kind, str(path), log, *options])
        found = capsys.readouterr()
        return code, found.out + found.err

    good = order_of(request)
    code, said = told("payment", good, *trusted(tmp_path))
    assert code == 0 and f"payment={request.ref}" in said and s.payer.organisation.name in said, said
    code, said = told("payment", good, "--json")
    answer = json.loads(said)
    assert answer["data"]["lines"][0]["body"]["sha256"] == lines_of(request)[0]["sha256"]
    altered = bytearray(good)
    altered[len(good) // 2] ^= 1
    unnamed = signed_papers._kinds()[CODE][1].unsigned(request)
    for other in (bytes(altered), unnamed):
        code, said = told("payment", other)
        assert (code, "does not name this file" in said) == (1, True), said
    assert told("contract", good)[0] == 1  # a payment is no contract
    assert verifier.main(["case", s.case.ref, log, "--quiet"]) == 0

    second = {**lines_of(request)[0], "sha256": "00" * 32}
    leaves.append_leaf(body=second, root=s.case.ref, in_clear=True)
    world.round_of(now=LATER)
    code, said = told("payment", good)
    assert (code, "two different papers of one payment" in said) == (2, True), said
    assert verifier.main(["case", s.case.ref, log, "--quiet"]) == 2


@pytest.mark.long
@pytest.mark.parametrize("payment", [None, {"of": "whom"}])
def test_a_second_order_that_says_not_of_which_payment_is_evidence(
    settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], payment: Any
) -> None:
    """Or whoever holds it would find it alone in the log, and the other order as well."""
    world.use(settings, tmp_path / "site")
    _s, request = pay()
    issue()
    silent = {key: value for key, value in lines_of(request)[0].items() if key != "payment"}
    silent |= {"payment": payment} if payment else {}
    (tmp_path / "other.pdf").write_bytes(b"%PDF-1.7 another order")
    silent["sha256"] = hashlib.sha256((tmp_path / "other.pdf").read_bytes()).hexdigest()
    leaves.append_leaf(body=silent, root=request.root.ref, in_clear=True)
    world.round_of(now=LATER)
    assert verifier.main(["--lang", "en", "payment", str(tmp_path / "other.pdf"), str(log_files.folder())]) == 2
    assert "does not say of which contract or payment" in capsys.readouterr().err


# --- the page ------------------------------------------------------------------------------------------------------


def page(request: PaymentRequest, post: Any, *, language: str = "zh-hans") -> str:
    url = reverse(KINDS["payment_receipt"].name, args=[request.pk])
    return text_of(at_desk(post).get(url, headers={"accept-language": language}))


def test_in_the_demo_the_order_comes_with_the_click_that_pays(clock: Clock) -> None:
    """No worker runs beside a demo: whoever paid finds the signed order, and nobody is left waiting for it."""
    s = support.scene()
    support.effective(s)
    invoice = support.invoiced(s, s.milestone("signature"), now=PAID)
    request = perform(ACTIONS["payment.request"], invoice, by=s.officer, now=PAID).value
    perform(ACTIONS["payment.approve"], request, by=s.reviewer, now=PAID)
    clock.at = LATER
    form = reverse("work_do", args=["paymentrequest", request.pk, "payment.pay"])
    assert at_desk(s.payer).post(form).status_code == 302
    assert "电子签名核验一致" in page(request, s.supplier)


def test_its_readers_see_the_signatures_and_take_away_the_very_bytes(paid: Any, clock: Clock) -> None:
    s, request = paid()
    clock.at = LATER
    url = reverse(f"{KINDS['payment_receipt'].name}_pdf", args=[request.pk])
    assert "签署文本正在出具" in page(request, s.supplier) and "下载签署文本" not in page(request, s.supplier)
    before = at_desk(s.supplier).get(url)
    assert before.status_code == 200 and not before.streaming
    at_desk(s.supplier).post(reverse("sandbox_papers"), {"root": s.case.ref})
    for post in (s.supplier, s.officer, s.payer):
        told = page(request, post)
        assert "电子签名核验一致" in told and told.count("此后未被改动") == 2 and "下载签署文本" in told
        assert b"".join(at_desk(post).get(url).streaming_content) == order_of(request)
    assert "unchanged since" in page(request, s.officer, language="en")
    stranger = support.scene()
    assert at_desk(stranger.supplier).get(url).status_code == 404
    put = papers.paper_of(request)
    assert put is not None and at_desk(s.officer).get(reverse("work_file", args=[put.pk])).status_code == 404
    anybody = text_of(Client().get(reverse("verify"), {"code": put.document_id}))
    assert "核对一致：本平台出具的签署文本" in anybody and "270,000" not in anybody


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="Poppler's programs are not installed")
def test_the_order_says_what_was_paid_by_whom_and_that_the_log_names_it(paid: Any, tmp_path: Path) -> None:
    s, request = paid()
    issue()
    path = tmp_path / "order.pdf"
    path.write_bytes(order_of(request))
    read = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, timeout=60).stdout
    told = "".join(read.split())
    wanted = ("资金支付凭证", "270,000.00元", request.invoice.number, s.supplier.organisation.name, "公开日志")
    assert [one for one in wanted if one not in told] == []
