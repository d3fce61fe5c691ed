"""Where is a sample of every page, who opens it, and at what moment?

A page whose address needs nothing has one by itself: of those who may open it the first persona does. One whose address
names a row has its sample in `Samples.named`; without one tests/browser/test_every_page.py fails and says so.
"""

import ast
import datetime
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse

from tests.architecture.test_urls import ADDRESSES
from tests.browser.passkey import registration
from tests.challenges.support import LETTER, about, answer
from tests.challenges.test_public_enquiry import ask
from tests.contracts import support
from tests.factories import make_organisation, make_post, make_supplier
from tests.planning.office import Office
from tests.portal.test_guidance import published
from tests.tendering.applying import Selection
from tests.tendering.covers_walk import judged
from tests.tendering.judging import ANNOUNCED, three
from tests.tendering.sealing_walk import Holder, SealedTender
from tests.tendering.walk import Tender
from tests.www.support import at_desk
from tests.www.test_english import data
from yangcai import law
from yangcai.challenges.models import Enquiry, Objection, PublicEnquiry
from yangcai.contracts.models import Contract, Invoice, Milestone
from yangcai.kernel.models import Entry
from yangcai.notifications import addresses
from yangcai.notifications.models import Message
from yangcai.parties import joining
from yangcai.parties.models import Expert, OrganisationKind, Post
from yangcai.parties.queries import platform_post
from yangcai.parties.roles import Role
from yangcai.planning.models import Requirement
from yangcai.portal.models import ArticleVersion, Notice
from yangcai.tendering.models import AwardLetter, Bid, BidClosing, BidSecurity, DialogueTalk, PaymentTerm, Solicitation
from yangcai.www import gallery

PASSWORD = "a long enough pass phrase"
MINUTE = datetime.timedelta(minutes=1)

#: Of an official paper the page is looked at; the files that are made of it have tests of their own.
FILES = ("_pdf", "_docx")
#: Doors for programs, not pages.
DOORS = ("api_", "sbp_", "ocds_")
#: Addresses under which no page lies, and what lies there instead.
NO_PAGE = {
    "notice_proof": "a file",
    "public_draw_file": "a file",
    "work_draw_file": "a file",
    "hall_board": "a part of the hall",
    "hall_mine": "a part of the hall",
    "public_file": "a file",
    "log_file": "a file",
    "sealing_bundle": "a file",
    "sealing_script": "a script",
    "mfa_download_recovery_codes": "a file",
    "mfa_login_webauthn": "a challenge for the browser",
    "work_archive_file": "a file",
    "work_try": "the answer to a form",
    "work_file": "a file",
    "work_contract_pdf": "a file",
    "work_report_pdf": "a file",
    "set_language": "the answer to a form",
    "preferences": "the answer to a form",
    "demo_budget": "a file",
    "demo_template": "a file",
    "demo_solicitation": "a file",
    "demo_bids": "a file",
    "sandbox_story": "the answer to a form",
    "sandbox_others": "the answer to a form",
    "notice_feed": "a feed",
    "notice_pdf": "a file",
    "data_file": "a file",
    "saved_search": "a way to the notices",
    "work_handled_file": "a file",
    "work_tasks_file": "a file",
    "work_contract_draft": "a file",
    "work_message_open": "the answer to a form",
    "work_messages_read": "the answer to a form",
    "environment_probe": "bytes that are counted",
    "sandbox_clock": "the answer to a form",
    "sandbox_papers": "the answer to a form",
    "sandbox_reset": "the answer to a form",
    "sandbox_post": "the answer to a form",
}


@dataclass(frozen=True)
class Sample:
    """A page: its address, the cookies of whoever opens it, the moment; `status` where it is not 200."""

    name: str
    address: str
    cookies: dict[str, str]
    at: datetime.datetime
    status: int = 200


class Second(SealedTender):
    """One more sealed tender: of its trustees those who stand apart from the case are in office already."""

    def __init__(self, first: SealedTender, **values: Any) -> None:
        super().__init__(**values)
        self.first = first

    def board(self) -> list[Holder]:
        platform, _buyer, _agent, supervisor, notary = self.first.holders
        own = [Holder(self.officer, "buyer"), Holder(self.agent_post, "agent")]
        self.holders = [platform, *own, supervisor, notary]
        for holder in own:
            self.register(holder)
        return self.holders


class Samples:
    """Cases, a plan, contracts, accounts and letters, each where its pages have something to show."""

    def __init__(self) -> None:
        self.platform = platform_post(now=support.ANNOUNCED)
        # Two covers: the prices were opened by themselves, and there is a record of it.
        self.covers = judged()
        self.covers.conclude_technical()
        self.covers.open_prices(of=[0, 1, 2])
        self.covered = self.covers.now + MINUTE
        # Bids that their bidders seal: before the deadline, and with trustees who take part in a drill.
        self.sealed = Second(self.covers, title="密封投标的项目").announced()
        self.bidder = self.sealed.device()
        self.sealed.do("drill.begin", self.platform.organisation, self.platform)
        self.before = self.sealed.now
        # A prequalification that runs, and a publicity of a single source.
        self.selection = Selection(title="资格预审的项目").announced()
        self.applicant = self.selection.apply()
        self.office = Office("9000000.00")
        sole = {"procedure": "single_source", "ground": "single_source.only_one", "method_reason": "不可替代的专利"}
        self.publicity = self.office.publicised(self.office.draft(**sole, amount="4500000"))
        # An evaluation with its report, its letters and its announcement.
        self.evaluation = three()
        points = {n: {"technical": str(40 - n), "record": "20"} for n in range(3)}
        self.evaluation.judged(points).awarded()
        self.evaluation.announced()
        # Two objections to its result: one was answered, one waits.
        winner = self.evaluation.award.supplier_id
        self.objector = next(one for one in self.evaluation.bidders if one.organisation_id != winner)
        key = about(self.evaluation.case, self.objector, "result", ANNOUNCED)
        for _n in range(2):
            self.evaluation.do(
                "objection.raise", self.evaluation.case, self.objector, ANNOUNCED, **LETTER, about=key,
                evidence=support.document("证明材料"),
            )  # fmt: skip
        first = Objection.objects.earliest("pk")
        self.evaluation.do("objection.answer", first, self.evaluation.runner, ANNOUNCED, **answer(first, False, False))
        # A contract that is carried out.
        self.deal = support.scene()
        support.effective(self.deal)
        first = self.deal.contract.milestones.order_by("number")[0]
        self.invoice: Invoice = support.invoiced(self.deal, first, now=support.INVOICED)
        self.treasury, self.auditor = self.deal.treasury, make_post(Role.AUDITOR, self.deal.treasury.organisation)
        self.late = ANNOUNCED + MINUTE
        # A document that is being written.
        self.prepared = Tender(title="编制中的项目")
        self.prepared.draft()
        # What was said in a talk, and an e-mail address that waits for its owner.
        self.talk = DialogueTalk.objects.create(
            opened_bid=self.evaluation.bids[0],
            round=1,
            minutes="质保延长至五年",
            held_at=self.evaluation.bids[0].opened_at,
        )
        writer = make_supplier().person
        writer.email = "bids@example.org"
        writer.save()
        addresses.given(writer, now=self.late)
        self.address = reverse("account_address", args=[addresses.secret(writer, writer.email, now=self.late)])
        # What a bidder gets before the opening, and a contract to its payment: official papers.
        self.tender = Tender().published(bid_security=Decimal("5000"))
        self.asker = self.tender.supplier()
        self.tender.bid(self.asker)
        self.tender.do("bid_security.record", self.tender.case, self.tender.agent_post, kind="transfer",
                       supplier=self.asker.organisation_id, amount="5000.00", received_at=self.tender.now)  # fmt: skip
        enquiry = self.tender.do("enquiry.ask", self.tender.case, self.asker, question="是否允许分包？").value
        self.tender.do("enquiry.answer", enquiry, self.tender.agent_post, answer="允许，见采购文件。")
        self.answered = self.tender.now + MINUTE
        self.paid_deal = support.scene()
        support.effective(self.paid_deal)
        last = self.paid_deal.milestone("acceptance")
        support.delivered(self.paid_deal, last)
        support.accepted(self.paid_deal, milestone=last)
        self.payment = support.paid(self.paid_deal, last)
        self.paid_at = support.PAID + datetime.timedelta(days=1)
        # The portal's own: an article, a question of the public, somebody who was invited.
        self.editor = make_post(Role.EDITOR, self.treasury.organisation)
        self.version = published(self.treasury.organisation, self.editor, self.treasury)
        self.letter = ask(self.treasury.organisation)
        self.administrator = make_post(Role.ADMINISTRATOR, make_supplier().organisation)
        self.invited = joining.invite(make_post(Role.SUPPLIER, self.administrator.organisation).person, now=self.late)
        self.people: dict[str, Post] = {
            Role.BUYER_OFFICER: self.deal.officer,
            Role.BUYER_REVIEWER: self.deal.reviewer,
            Role.AGENT: self.evaluation.agent,
            Role.SUPPLIER: self.deal.supplier,
            Role.EXPERT: self.evaluation.members[0].post,
            Role.TREASURY: self.treasury,
            Role.TREASURY_PAYER: self.deal.payer,
            Role.AUDITOR: self.auditor,
            Role.EDITOR: self.editor,
            Role.PLATFORM: self.platform,
            Role.ADMINISTRATOR: self.administrator,
        }
        self.member = make_post(Role.BUYER_OFFICER, make_organisation(OrganisationKind.BUYER))
        self.member.person.set_password(PASSWORD)
        self.member.person.save()

    def all(self) -> list[Sample]:
        """One of every page, in the order of their names."""
        found = [self.sample(entry) for entry in pages()]
        found += [made(self) for made in FORMS]
        found.append(self.page("not found", "/no/such/page/", None, self.late, status=404))
        found.append(self.page("forbidden", reverse("work_budget"), self.deal.supplier, self.late, status=403))
        return sorted(found, key=lambda sample: sample.name)

    def sample(self, entry: Any) -> Sample:
        """Raises KeyError where a page has none."""
        if entry.name in ACCOUNT_PAGES:
            return ACCOUNT_PAGES[entry.name](self, entry.name)
        if entry.name in NAMED:
            return NAMED[entry.name](self)
        if entry.pattern.converters:
            raise KeyError(f"{entry.name} needs a sample: add one to NAMED, or say in NO_PAGE what it is")
        return self.page(entry.name, reverse(entry.name), self.first(entry.callback.by), self.late)

    def first(self, by: Any) -> Post | None:
        """Of those who may open it the first."""
        if by == "public":
            return None
        return self.deal.officer if isinstance(by, str) else next(p for r, p in self.people.items() if r in by)

    def page(self, name: str, address: str, who: Post | None, at: datetime.datetime, *, status: int = 200) -> Sample:
        return Sample(name, address, cookies_of(at_desk(who)) if who is not None else {}, at, status)

    def row(self, name: str, pk: Any, who: Post | None, at: datetime.datetime | None = None) -> Sample:
        return self.page(name, reverse(name, args=[pk]), who, at or self.late)

    def letter_of(self, name: str, *, is_winner: bool) -> Sample:
        """Of the evaluation, as whoever got it reads it."""
        letter = AwardLetter.objects.filter(lot=self.evaluation.lot, is_winner=is_winner).earliest("pk")
        reader = next(one for one in self.evaluation.bidders if one.organisation_id == letter.supplier_id)
        return self.row(name, letter.pk, reader)

    def told(self) -> Sample:
        """Somebody's newest message."""
        message = Message.objects.filter(person__posts__isnull=False).latest("pk")
        post = Post.objects.filter(person=message.person).latest("pk")
        return self.row("work_message", message.pk, post)

    # --- accounts ---------------------------------------------------------------------------------------------------

    def account(
        self, name: str, *, factors: bool = False, fresh: bool = True, password: bool = True, key: str = ""
    ) -> Sample:
        """A page of allauth, opened by somebody of its own, who has just signed in or (not `fresh`) is asked again;
        `key`: "one" where the address names a passkey, "any" where there has to be one."""
        post = make_post(Role.BUYER_OFFICER, self.member.organisation)
        if password:
            post.person.set_password(PASSWORD)
        else:
            post.person.set_unusable_password()
        post.person.save()
        client = Client() if fresh and password else at_desk(post)
        if fresh and password:
            client.post(reverse("account_login"), {"login": post.person.username, "password": PASSWORD})
            client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        if factors:
            TOTP.activate(post.person, generate_totp_secret())
            RecoveryCodes.activate(post.person)
        args = []
        if key:
            made = Authenticator.objects.create(
                user=post.person,
                type=Authenticator.Type.WEBAUTHN,
                data={"name": "办公室的密钥", "credential": registration()},
            )
            args = [made.pk] if key == "one" else []
        return Sample(name, reverse(name, args=args), cookies_of(client), self.late)

    def half_way(self, name: str) -> Sample:
        """The password was right, the second factor is asked for."""
        person = make_post(Role.BUYER_OFFICER, self.member.organisation).person
        person.set_password(PASSWORD)
        person.save()
        TOTP.activate(person, generate_totp_secret())
        client = Client()
        client.post(reverse("account_login"), {"login": person.username, "password": PASSWORD})
        return Sample(name, reverse(name), cookies_of(client), self.late)

    def choosing(self, name: str) -> Sample:
        """Somebody with two posts."""
        post = make_supplier()
        make_post(Role.AGENT, person=post.person)
        return self.page(name, reverse(name), post, self.late)


def written() -> list[str]:
    """What somebody wrote, in the title of an English window too: as in tests/www/test_english.py, and more."""
    columns = (
        (Contract, "number"),
        (Milestone, "title"),
        (PaymentTerm, "title"),
        (Requirement, "quantity"),
        (Solicitation, "requirement"),
        (Solicitation, "delivery"),
        (Solicitation, "contract_terms"),
        (ArticleVersion, "title"),
        (Notice, "title"),
        (PublicEnquiry, "title"),
    )
    found = {text for model, column in columns for text in model.objects.values_list(column, flat=True)}
    return [*data(), *filter(None, found), *_in_the_gallery()]


def _in_the_gallery() -> set[str]:
    """What its examples are called: the texts of its source that are not to be translated."""
    tree = ast.parse(Path(gallery.__file__).read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    ours = {id(text) for call in calls if getattr(call.func, "id", "") == "_" for text in call.args}
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in ours]
    return {node.value for node in texts if isinstance(node.value, str) and not node.value.isascii()}


def cookies_of(client: Client) -> dict[str, str]:
    """What the browser has to know to be signed in as this client is."""
    return {key: morsel.value for key, morsel in client.cookies.items() if key in {"sessionid", "csrftoken"}}


def pages() -> list[Any]:
    """Every address under which a page lies."""
    return [
        entry
        for _address, entry in ADDRESSES
        if entry.name
        and entry.name not in NO_PAGE
        and not entry.name.startswith(DOORS)
        and not (entry.name.startswith("work_paper_") and entry.name.endswith(FILES))
    ]


def _form(code: str, subject: Callable[[Samples], Any], who: Callable[[Samples], Post]) -> Callable[[Samples], Sample]:
    def made(s: Samples) -> Sample:
        row = subject(s)
        return s.page("work_do", reverse("work_do", args=[row._meta.model_name, row.pk, code]), who(s), s.late)

    return made


#: Pages that show a row: which, to whom, when.
NAMED: dict[str, Callable[[Samples], Sample]] = {
    "notice": lambda s: s.row("notice", Notice.objects.filter(kind="invitation").latest("pk").pk, None),
    "public_case": lambda s: s.row("public_case", s.evaluation.case.pk, None),
    "public_draws": lambda s: s.row("public_draws", s.evaluation.case.pk, None),
    "hall": lambda s: s.row("hall", s.covers.case.pk, None, s.covered),
    "hall_record": lambda s: s.row("hall_record", s.covers.case.pk, None, s.covered),
    "closing_record": lambda s: s.row("closing_record", BidClosing.objects.get(cover="PRICE").pk, None, s.covered),
    "organisation": lambda s: s.row("organisation", s.evaluation.case.buyer_id, None),
    "law_rule": lambda s: s.row("law_rule", law.all_rules()[0].key, None),
    "work_draft": lambda s: s.row("work_draft", s.prepared.case.pk, s.prepared.agent_post, s.prepared.now),
    "work_case": lambda s: s.row("work_case", s.evaluation.case.pk, s.evaluation.agent),
    "work_archive": lambda s: s.row("work_archive", s.paid_deal.case.pk, s.paid_deal.officer, s.paid_at),
    "work_timeline": lambda s: s.row("work_timeline", s.evaluation.case.pk, s.evaluation.agent),
    "work_draws": lambda s: s.row("work_draws", s.evaluation.case.pk, s.treasury),
    "work_appropriation": lambda s: s.row("work_appropriation", s.deal.case.plan_item.appropriation_id, s.deal.officer),
    "work_intention": lambda s: s.row("work_intention", s.deal.case.plan_item.intention_id, s.deal.officer),
    "work_plan_item": lambda s: s.row("work_plan_item", s.deal.case.plan_item_id, s.deal.officer),
    "work_prequalification": lambda s: s.row("work_prequalification", s.selection.row.pk, s.applicant, s.before),
    "work_publicity": lambda s: s.row("work_publicity", s.publicity.pk, s.office.officer, s.before),
    "work_organisation": lambda s: s.row("work_organisation", s.deal.officer.organisation_id, s.deal.officer),
    "work_expert": lambda s: s.row(
        "work_expert", Expert.objects.get(person=s.evaluation.members[0].post.person).pk, s.treasury
    ),
    "work_experts": lambda s: s.page("work_experts", reverse("work_experts"), s.treasury, s.late),
    "work_do": _form("plan.draft", lambda s: s.office.appropriation, lambda s: s.office.officer),
    "work_done": lambda s: s.page(
        "work_done",
        reverse("work_done", args=[Entry.objects.filter(action="award.announce").latest("seq").seq]),
        s.evaluation.agent,
        s.late,
    ),
    "work_trustee_drill": lambda s: s.page(
        "work_trustee_drill", reverse("work_trustee_drill"), s.sealed.holders[3].post, s.before
    ),
    "work_trustee_lot": lambda s: s.row("work_trustee_lot", s.sealed.lot.pk, s.sealed.holders[3].post, s.before),
    "work_seal": lambda s: s.row("work_seal", s.sealed.lot.pk, s.bidder.post, s.before),
    "work_explanation": lambda s: s.row(
        "work_explanation",
        AwardLetter.objects.get(supplier=s.evaluation.bidders[0].organisation).pk,
        s.evaluation.bidders[0],
    ),
    "work_contract": lambda s: s.row("work_contract", s.deal.contract.pk, s.deal.officer),
    "running": lambda s: s.row("running", "bidding", None, s.before),
    "public_changes": lambda s: s.row("public_changes", s.tender.case.pk, None, s.answered),
    "article": lambda s: s.row("article", s.version.article_id, None),
    "account_invitation": lambda s: s.row("account_invitation", s.invited, None),
    "work_start_line": lambda s: s.row("work_start_line", s.office.appropriation.pk, s.office.officer, s.before),
    "work_article": lambda s: s.row("work_article", s.version.article_id, s.editor),
    "work_article_version": lambda s: s.row("work_article_version", s.version.pk, s.editor),
    "work_public_enquiry": lambda s: s.row("work_public_enquiry", s.letter.pk, s.treasury),
    "work_message": Samples.told,
    "work_bid_tasks": lambda s: s.row("work_bid_tasks", s.sealed.lot.pk, s.bidder.post, s.before),
    "work_evaluate": lambda s: s.row("work_evaluate", s.evaluation.lot.pk, s.evaluation.members[0].post),
    "work_paper_award_letter": lambda s: s.letter_of("work_paper_award_letter", is_winner=True),
    "work_paper_result_notice": lambda s: s.letter_of("work_paper_result_notice", is_winner=False),
    "work_paper_acceptance": lambda s: s.row(
        "work_paper_acceptance", s.paid_deal.contract.acceptances.get().pk, s.paid_deal.officer, s.paid_at
    ),
    "work_paper_payment_request": lambda s: s.row(
        "work_paper_payment_request", s.payment.pk, s.paid_deal.supplier, s.paid_at
    ),
    "work_paper_payment_receipt": lambda s: s.row(
        "work_paper_payment_receipt", s.payment.pk, s.paid_deal.payer, s.paid_at
    ),
    "work_paper_enquiry_answer": lambda s: s.row(
        "work_paper_enquiry_answer", Enquiry.objects.get(case=s.tender.case).pk, s.asker, s.answered
    ),
    "work_objection": lambda s: s.row("work_objection", Objection.objects.earliest("pk").pk, s.objector),
    "work_paper_objection": lambda s: s.row("work_paper_objection", Objection.objects.earliest("pk").pk, s.objector),
    "work_paper_objection_answer": lambda s: s.row(
        "work_paper_objection_answer", Objection.objects.earliest("pk").pk, s.objector
    ),
    "work_paper_solicitation": lambda s: s.row(
        "work_paper_solicitation", Solicitation.objects.get(case=s.tender.case).pk, s.tender.agent_post, s.answered
    ),
    "work_paper_talk": lambda s: s.row("work_paper_talk", s.talk.pk, s.evaluation.officer),
    "account_address": lambda s: s.page("account_address", s.address, None, s.late),
    "work_paper_bid_receipt": lambda s: s.row(
        "work_paper_bid_receipt", Bid.objects.get(lot__case=s.tender.case).pk, s.asker, s.answered
    ),
    "work_paper_security_receipt": lambda s: s.row(
        "work_paper_security_receipt", BidSecurity.objects.get(case=s.tender.case).pk, s.asker, s.answered
    ),
    "work_report": lambda s: s.row("work_report", s.evaluation.report.pk, s.evaluation.agent),
}
#: More forms: one with a file, one with a table, one in which little is asked.
FORMS: tuple[Callable[[Samples], Sample], ...] = (
    _form("budget.import", lambda s: s.treasury.organisation, lambda s: s.treasury),
    _form("payment.request", lambda s: s.invoice, lambda s: s.deal.officer),
    _form("acceptance.record", lambda s: s.deal.contract, lambda s: s.deal.officer),
    _form("objection.raise", lambda s: s.evaluation.case, lambda s: s.objector),
    _form("objection.answer", lambda s: Objection.objects.latest("pk"), lambda s: s.evaluation.runner),
)
#: Pages of one's own account: with a second factor or a passkey, just signed in or asked again.
ACCOUNT_PAGES: dict[str, Callable[[Samples, str], Sample]] = {
    "account_logout": Samples.account,
    "account_reauthenticate": lambda s, name: s.account(name, fresh=False),
    "account_change_password": Samples.account,
    "account_set_password": lambda s, name: s.account(name, password=False),
    "choose_post": Samples.choosing,
    "mfa_index": lambda s, name: s.account(name, factors=True),
    "mfa_authenticate": Samples.half_way,
    "mfa_reauthenticate": lambda s, name: s.account(name, factors=True, fresh=False),
    "mfa_activate_totp": Samples.account,
    "mfa_deactivate_totp": lambda s, name: s.account(name, factors=True),
    "mfa_view_recovery_codes": lambda s, name: s.account(name, factors=True),
    "mfa_generate_recovery_codes": lambda s, name: s.account(name, factors=True),
    "mfa_list_webauthn": Samples.account,
    "mfa_add_webauthn": Samples.account,
    "mfa_reauthenticate_webauthn": lambda s, name: s.account(name, key="any", fresh=False),
    "mfa_edit_webauthn": lambda s, name: s.account(name, key="one"),
    "mfa_remove_webauthn": lambda s, name: s.account(name, key="one"),
}
