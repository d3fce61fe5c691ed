"""What is there before an award is tampered with? A tender whose award and contract stand in the public log, with what
anybody keeps of them: the notices as the API gives them, the signed papers of the contract and of a payment on it."""

import datetime
import json
from pathlib import Path

from tests.factories import make_post
from tests.faults.test_f34_operator_alters import sql
from tests.kernel.log import world
from tests.tendering.covers_walk import TwoCovers
from yangcai.cases.models import Award
from yangcai.contracts.models import Contract, MilestoneDue, PaymentRequest
from yangcai.kernel import documents, log_files, papers
from yangcai.kernel.models import Leaf, Rooted
from yangcai.kernel.signatures import configured
from yangcai.parties.roles import Role
from yangcai.portal.models import Notice
from yangcai.www import signed_papers

DAY = datetime.timedelta(days=1)
PRICES = ("900000.00", "910000.00", "920000.00")


class Awarded(TwoCovers):
    """Announced, handed in, opened, judged, awarded, signed; the paper issued, every line in its place."""

    def concluded(self) -> "Awarded":
        self.judged_with(*PRICES)
        self.conclude_technical()
        world.round_of(now=self.now)  # nothing is released before the close is proved
        self.open_prices(of=range(len(PRICES)))
        report = self.do("evaluation.compute", self.lot, self.chair.post).value
        for member in self.members():
            self.do("report.sign", report, member.post)
        self.issued()
        self.do("report.send", report, self.runner)
        first = self.lot.candidates.get(rank=1)
        award = self.do("award.determine", self.lot, self.reviewer, candidate=first.pk).value
        self.do("award.announce", award, self.runner)
        self.now += DAY
        contract = self.do("contract.draft", award, self.officer).value
        winner = next(post for post in self.suppliers if post.organisation_id == award.supplier_id)
        for post in (self.reviewer, winner):
            self.do("contract.sign", contract, post)
        self.do("contract.publish", contract, self.officer)
        self.issued()
        world.round_of(now=self.now)
        return self

    def paid(self) -> "Awarded":
        """What is due with the signatures was paid too, and the order of it issued."""
        payer = make_post(Role.TREASURY_PAYER)
        self.do("contract.file", self.contract, self.officer)
        milestone = self.contract.milestones.get(due_on=MilestoneDue.SIGNATURE)
        winner = next(post for post in self.suppliers if post.organisation_id == self.contract.supplier_id)
        bill = {"number": "FP00000034", "amount": milestone.amount, "issued_on": self.now.date()}
        invoice = self.do("invoice.submit", milestone, winner, **bill).value
        request = self.do("payment.request", invoice, self.officer).value
        self.do("payment.approve", request, self.reviewer)
        self.do("payment.pay", request, payer)
        self.issued()
        world.round_of(now=self.now)
        return self

    def issued(self) -> None:
        """Whatever paper waits."""
        signed_papers.Issuer().round(now=self.now, tick=0.0)

    @property
    def award(self) -> Award:
        return Award.objects.get(lot=self.lot)

    @property
    def contract(self) -> Contract:
        return Contract.objects.get(award__lot=self.lot)

    def log_rewritten(self, was: str, now: str) -> None:
        """The line with one digest names the other, and the files of the log are written again from the database."""
        old, new = was.encode(), now.encode()
        leaf = next(leaf for leaf in Leaf.objects.filter(root=self.case.ref) if old in bytes(leaf.line))
        sql("UPDATE kernel_leaf SET line = %s WHERE id = %s", bytes(leaf.line).replace(old, new), leaf.pk)
        for bundle in (log_files.folder() / "tile" / "entries").rglob("*"):
            if bundle.is_file():
                bundle.unlink()
        log_files.publish_tiles(size=world.head().size, since=0)

    def notices(self) -> list[Notice]:
        """All that were published of it."""
        return list(Notice.objects.filter(root=self.case.ref).order_by("pk"))

    @property
    def payment(self) -> PaymentRequest:
        return PaymentRequest.objects.get(contract__award__lot=self.lot)

    def paper(self) -> bytes:
        """The signed contract, as both parties keep it."""
        return _paper_of(self.contract)

    def order(self) -> bytes:
        """The signed order of the payment, as whoever was paid keeps it."""
        return _paper_of(self.payment)


def _paper_of(row: Rooted) -> bytes:
    found = papers.paper_of(row)
    assert found is not None
    return documents.read(found.document)


def content_of(*notices: Notice) -> bytes:
    """One as the API gives it, several as in its list."""
    told = [{"kind": one.kind, "title": one.title, "facts": one.facts} for one in notices]
    return json.dumps({"items": told} if len(told) > 1 else told[0], ensure_ascii=False).encode()


def trusted(folder: Path) -> list[str]:
    """The options by which the signatures of a paper are checked too."""
    options = []
    for number, root in enumerate(configured.trust()):
        path = folder / f"root-{number}.pem"
        path.write_bytes(root)
        options += ["--trust", str(path)]
    return options
