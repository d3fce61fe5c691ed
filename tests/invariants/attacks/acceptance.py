"""无验收不结项: can a contract be closed that was not accepted, or an acceptance be turned round?"""

from tests.invariants.attacks.sql import Row, copy

ROWS: tuple[Row, ...] = (
    ("signed", "no_acceptance_no_closing", "close without acceptance",
     "UPDATE contracts_contract SET closed_at = now() WHERE id = {contract}"),
    ("requested", "no_acceptance_no_closing", "close on a failed acceptance",
     "UPDATE contracts_contract SET closed_at = now(), closing_acceptance_id = {failed} WHERE id = {contract}"),
    ("requested", "no_acceptance_no_closing", "close on another contract's acceptance",
     "UPDATE contracts_contract SET closed_at = now(), closing_acceptance_id = {other_acceptance}"
     " WHERE id = {contract}"),
    ("requested", "no_acceptance_no_closing", "close on the acceptance of a milestone",
     copy("contracts_acceptance", "{failed}", passed="true", is_final="false", milestone_id="{milestone_delivery}")
     + "UPDATE contracts_contract SET closed_at = now(),"
     " closing_acceptance_id = currval(pg_get_serial_sequence('contracts_acceptance', 'id')) WHERE id = {contract}"),
    ("paid", "unsettled_contract_is_not_closed", "close while money is committed",
     "UPDATE contracts_contract SET closed_at = now(), closing_acceptance_id = {acceptance} WHERE id = {contract}"),
    ("requested", "acceptance_is_never_flipped", "flip a failed acceptance",
     "UPDATE contracts_acceptance SET passed = true WHERE id = {failed}"),
    ("requested", "acceptance_is_never_flipped", "lend an acceptance to another contract",
     "UPDATE contracts_acceptance SET contract_id = {contract} WHERE id = {other_acceptance}"),
    ("requested", "acceptance_is_never_flipped", "flip what was found at the acceptance",
     "UPDATE contracts_acceptanceitem SET passed = true WHERE acceptance_id = {failed}"),
    ("requested", "records_are_never_deleted", "lose what was found at the acceptance",
     "DELETE FROM contracts_acceptanceitem WHERE acceptance_id = {failed}"),
    ("paid", "links_are_never_repointed", "an earlier delivery",
     "UPDATE contracts_delivery SET delivered_on = '2026-01-01' WHERE contract_id = {contract}"),
    ("requested", "records_are_never_deleted", "lose a failed acceptance",
     "DELETE FROM contracts_acceptance WHERE id = {failed}"),
)  # fmt: skip
