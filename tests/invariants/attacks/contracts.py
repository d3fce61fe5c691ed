"""无系统不交易: can a contract stand without its award, or change once it is signed?"""

from tests.invariants.attacks.sql import NEW_FUND, OWN_WORD, Row, copy, fund

#: A committed and a paid fund under {reserved}; the ids are NEW_FUND - 1 and NEW_FUND.
NEW_FUNDS = fund("committed", "{reserved}") + fund("paid", NEW_FUND)
OF_AWARD = {
    "award_id": "{award}", "case_id": "{case}", "buyer_id": "{buyer}", "supplier_id": "{supplier}",
    "number": "'another'", "committed_fund_id": f"{NEW_FUND} - 1", "paid_fund_id": NEW_FUND,
}  # fmt: skip


def contract(row: str, **changes: str) -> str:
    """A contract for {award} with funds of its own, like another contract but for the changes."""
    return NEW_FUNDS + copy("contracts_contract", row, **{**OF_AWARD, **changes})


#: One more line of the contract.
BOUGHT = (
    "INSERT INTO contracts_contractitem (contract_id, number, item, specification, quantity, unit_price, amount)"
    " VALUES ({contract}, 99, 'x', '', 1, 1, 1);"
)

ROWS: tuple[Row, ...] = (
    ("awarded", "no_contract_without_award", "a contract without award", contract("{other_contract}", award_id="NULL")),
    ("awarded", "no_contract_without_award", "a contract on a refused award",
     OWN_WORD + contract("{other_contract}")),
    ("awarded", "contract_follows_its_award", "another supplier",
     contract("{other_contract}", supplier_id="{runner_up_supplier}")),
    ("awarded", "contract_follows_its_award", "another buyer", contract("{other_contract}", buyer_id="{supplier}")),
    ("awarded", "contract_within_its_award", "more than was awarded",
     contract("{other_contract}", amount="900000.01")),
    ("awarded", "contract_funds_form_a_chain", "money of another plan",
     fund("committed", "{other_reserved}") + fund("paid", NEW_FUND)
     + copy("contracts_contract", "{other_contract}", **OF_AWARD)),
    ("awarded", "contract_funds_form_a_chain", "a paid fund under another contract's",
     fund("committed", "{reserved}") + fund("committed", "{reserved}") + fund("paid", f"{NEW_FUND} - 1")
     + copy("contracts_contract", "{other_contract}", **OF_AWARD)),
    ("awarded", "running_contract_stays_funded", "a contract without committed money", contract("{other_contract}")),
    ("drafted", "one_contract_per_award", "two contracts for one award", contract("{contract}")),
    ("drafted", "contract_within_its_award", "raise the amount",
     "UPDATE contracts_contract SET amount = amount + 0.01 WHERE id = {contract}"),
    ("drafted", "contract_is_signed_by_both_sides", "sign for the other side too",
     "UPDATE contracts_contract SET buyer_signed_at = now(), signed_at = now() WHERE id = {contract}"),
    ("drafted", "only_a_signed_contract_is_published", "publish an unsigned contract",
     "UPDATE contracts_contract SET published_at = now() WHERE id = {contract}"),
    ("drafted", "only_a_signed_contract_is_published", "file an unsigned contract",
     "UPDATE contracts_contract SET filed_at = now() WHERE id = {contract}"),
    ("awarded", "links_are_never_repointed", "another award of a contract",
     "UPDATE contracts_contract SET award_id = {award} WHERE id = {other_contract}"),
    ("requested", "links_are_never_repointed", "another contract's money",
     "UPDATE contracts_contract SET committed_fund_id = {other_committed} WHERE id = {contract}"),
    ("closed", "steps_are_never_taken_back", "reopen a contract",
     "UPDATE contracts_contract SET closed_at = NULL WHERE id = {contract}"),
    ("signed", "steps_are_never_taken_back", "unsign",
     "UPDATE contracts_contract SET signed_at = NULL WHERE id = {contract}"),
    ("signed", "links_are_never_repointed", "a smaller sum that was overdue",
     "INSERT INTO contracts_overduedisclosure (buyer_id, year, contracts, amount, published_at)"
     " VALUES ({buyer}, 2025, 1, 100, now()); UPDATE contracts_overduedisclosure SET amount = 0"),
    ("signed", "steps_are_never_taken_back", "a receivable that was not confirmed",
     "INSERT INTO contracts_receivable (contract_id, amount, purpose, requested_at, confirmed_at, confirmed_amount)"
     " VALUES ({contract}, 1, '', now(), now(), 1); UPDATE contracts_receivable SET confirmed_at = NULL"),
    ("drafted", "links_are_never_repointed", "another line of a contract",
     BOUGHT + "UPDATE contracts_contractitem SET unit_price = 2"),
    ("signed", "signed_contract_is_never_rewritten", "other terms",
     "UPDATE contracts_contract SET terms = 'x' WHERE id = {contract}"),
    ("signed", "signed_contract_is_never_rewritten", "another digest under the signatures",
     "UPDATE contracts_contract SET digest = 'x' WHERE id = {contract}"),
    ("drafted", "records_are_never_deleted", "lose a contract",
     "DELETE FROM contracts_contract WHERE id = {contract}"),
)  # fmt: skip
