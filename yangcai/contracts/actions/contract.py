"""How does a contract come about? Drafted from the award, signed by both sides, published, filed."""

import datetime

from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Award
from yangcai.contracts.content import content_of
from yangcai.contracts.models import Contract, ContractItem, Milestone
from yangcai.contracts.paper import digest_of
from yangcai.contracts.rules import contract as rules
from yangcai.funds import actions as ledger
from yangcai.funds.models import Bucket
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, TextField
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering.actions.award import answered_by_signing


class DraftContract(Input):
    number = TextField(label=_("合同编号"), required=False, help_text=_("留空由平台编号"))


@action(
    "contract.draft",
    zh="起草合同",
    en="Draft the contract",
    on=Award,
    by={Role.BUYER_OFFICER},
    needs=(
        rules.award_announced,
        rules.award_stands,
        rules.no_contract_yet,
        rules.has_solicitation,
        rules.case_goes_on,
    ),
    checks=(rules.number_is_free,),
    input=DraftContract,
    sentence=(
        "{post}按采购文件和中标结果起草了合同",
        "{post} drafted the contract from the solicitation and the award",
    ),
    creates=True,
    cites=("contract.sign", "contract.as_awarded", "performance_security.cap"),
    hint=(
        "合同内容由采购文件、投标文件和中标结果生成，不得作实质性修改；合同金额同时从采购计划的预留资金转为合同占用",
        "The contract is generated from solicitation, bid and award and may not be changed in substance; "
        "its amount moves from the plan's reservation to the contract",
    ),
)
def draft_contract(award: Award, *, by: Post, now: datetime.datetime, number: str) -> Contract:
    """Generate the contract with its lines and milestones, and commit its amount from the plan item's reserved fund."""
    case = award.lot.case
    content = content_of(award, now=now)
    committed = ledger.open_fund(bucket=Bucket.COMMITTED, parent=case.plan_item.reserved_fund)
    several = case.lots.count() > 1
    contract = Contract.objects.create(
        award=award,
        number=number or f"{case.number}-合{case.contracts.count() + 1}",
        title=f"{case.title}{award.lot.title if several else ''}采购合同",
        committed_fund=committed,
        paid_fund=ledger.open_fund(bucket=Bucket.PAID, parent=committed),
        drafted_at=now,
        **content.values,
    )
    ContractItem.objects.bulk_create([ContractItem(contract=contract, **row) for row in content.items])
    Milestone.objects.bulk_create([Milestone(contract=contract, **row) for row in content.milestones])
    ledger.commit(fund=committed, amount=contract.amount, now=now, ground=contract.ref)
    return contract


@action(
    "contract.sign",
    zh="签订合同",
    en="Sign the contract",
    on=Contract,
    by={Role.BUYER_REVIEWER, Role.SUPPLIER},
    needs=(
        rules.award_still_stands,
        rules.no_annulment_of_its_award_waits,
        rules.nothing_holds_it_up,
        rules.not_terminated,
        rules.not_signed_by_own_side,
        rules.says_what_the_other_signed,
    ),
    sentence=("{post}签订了合同", "{post} signed the contract"),
    not_same_person_as=("contract.draft",),
    cites=("contract.sign", "contract.written", "submission.signature", "control.separation"),
    hint=("双方均签订后合同成立", "The contract stands when both sides have signed"),
)
def sign_contract(contract: Contract, *, by: Post, now: datetime.datetime) -> Contract:
    """One side signs; with the second signature the contract is signed. The drafter may not sign for the buyer.
    What the first signs is put down by its digest, and the second signs the same; the signed PDF follows (decision 24).
    """
    contract.digest = contract.digest or digest_of(contract)
    if by.role == Role.SUPPLIER:
        contract.supplier_signed_at = now
        answered_by_signing(contract.award, by=by, now=now)
    else:
        contract.buyer_signed_at = now
    if contract.supplier_signed_at and contract.buyer_signed_at:
        contract.signed_at = now
    contract.save(update_fields=["supplier_signed_at", "buyer_signed_at", "signed_at", "digest"])
    return contract


@action(
    "contract.publish",
    zh="公告合同",
    en="Publish the contract",
    on=Contract,
    by={Role.BUYER_OFFICER},
    needs=(rules.signed, rules.not_terminated, rules.not_published),
    notice="contract",
    sentence=("{post}公告了合同", "{post} published the contract"),
    cites=("contract.publish",),
)
def publish_contract(contract: Contract, *, by: Post, now: datetime.datetime) -> Contract:
    """The contract notice, within 2 working days of signing (条例 art. 50)."""
    contract.published_at = now
    contract.save(update_fields=["published_at"])
    return contract


@action(
    "contract.file",
    zh="合同备案",
    en="File the contract",
    on=Contract,
    by={Role.BUYER_OFFICER},
    needs=(rules.signed, rules.not_terminated, rules.not_filed),
    sentence=("{post}将合同副本报财政部门备案", "{post} filed the contract with the treasury"),
    cites=("contract.file",),
)
def file_contract(contract: Contract, *, by: Post, now: datetime.datetime) -> Contract:
    """A copy goes to the treasury of the same level, within 7 working days of signing (政府采购法 art. 47)."""
    contract.filed_at = now
    contract.save(update_fields=["filed_at"])
    return contract
