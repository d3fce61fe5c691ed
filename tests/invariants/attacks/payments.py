"""无合同不支付: can money be committed or paid without the contract and its approved request?"""

from tests.invariants.attacks.sql import NEW_FUND, Row, copy, fund, move

ROWS: tuple[Row, ...] = (
    ("drafted", "no_commitment_without_contract", "commit for nobody",
     fund("committed", "{reserved}") + move("commit", "{reserved}", NEW_FUND)),
    ("closed", "no_commitment_without_contract", "commit to a closed contract",
     move("reserve", "{available}", "{reserved}") + move("commit", "{reserved}", "{committed}")),
    ("drafted", "committed_within_the_contract", "commit more than the contract",
     move("commit", "{reserved}", "{committed}", "0.01")),
    ("drafted", "running_contract_stays_funded", "take back a running contract's money",
     move("release_commitment", "{committed}", "{reserved}", "0.01")),
    ("drafted", "milestones_within_the_contract", "one more milestone",
     copy("contracts_milestone", "{milestone_signature}", number="9")),
    ("requested", "payment_follows_its_contract", "an invoice on another contract's milestone",
     copy("contracts_invoice", "{invoice}", milestone_id="{other_milestone}", number="'x'")),
    ("requested", "payment_follows_its_contract", "a request above its invoice",
     copy("contracts_paymentrequest", "{request}", amount="1000.01")),
    ("requested", "payment_follows_its_contract", "a request for another milestone",
     copy("contracts_paymentrequest", "{request}", milestone_id="{milestone_delivery}")),
    ("requested", "requests_within_the_milestone", "a request above the milestone",
     copy("contracts_invoice", "{invoice}", number="'x'", amount="270000")
     + copy("contracts_paymentrequest", "{request}", amount="268500.01",
            invoice_id="currval(pg_get_serial_sequence('contracts_invoice', 'id'))")),
    ("requested", "payment_follows_its_contract", "settle instead of accepting what is no research",
     "INSERT INTO contracts_amendment (contract_id, number, is_supplement, ground, clause, content, reason,"
     " amount_change, settles_id, ending, eligible_cost, settled_amount, signed_at, published_at) VALUES ({contract},"
     " 9, false, '', 'x', 'x', 'x', 0, {milestone_acceptance}, 'on_the_market', 1000, 1000, now(), now())"),
    ("settled", "contract_ends_as_settled", "call nobody's fault a breach once the costs are settled",
     "UPDATE contracts_contract SET terminated_at = now(), termination_ground = 'breach' WHERE id = {contract}"),
    ("settled", "contract_ends_as_settled", "call nobody's fault a missed milestone",
     "UPDATE contracts_contract SET terminated_at = now(), termination_ground = 'milestone_missed'"
     " WHERE id = {contract}"),
    ("settled", "contract_ends_as_settled", "end as nobody's fault beside a second settlement that says otherwise",
     copy("contracts_milestone", "{milestone_acceptance}", number="9")
     + copy("contracts_amendment", "(SELECT id FROM contracts_amendment WHERE settles_id = {milestone_acceptance})",
            number="9", ending="'milestone_missed'::text", settles_id="(SELECT max(id) FROM contracts_milestone)")
     + "UPDATE contracts_contract SET terminated_at = now(), termination_ground = 'on_the_market'"
     " WHERE id = {contract}"),
    ("requested", "one_live_request_per_invoice", "ask twice for one invoice",
     copy("contracts_paymentrequest", "{request}")),
    ("requested", "no_payment_without_approval", "mark an unapproved request as paid",
     "UPDATE contracts_paymentrequest SET paid_at = now() WHERE id = {open_request}"),
    ("requested", "paid_means_transferred", "mark as paid without paying",
     "UPDATE contracts_paymentrequest SET paid_at = now() WHERE id = {request}"),
    ("requested", "no_contract_no_payment", "pay without a request", move("pay", "{committed}", "{paid}")),
    ("requested", "no_contract_no_payment", "pay another amount",
     move("pay", "{committed}", "{paid}", "999", "paymentrequest:{request}")),
    ("requested", "no_contract_no_payment", "pay an unapproved request",
     move("pay", "{committed}", "{paid}", "500", "paymentrequest:{open_request}")),
    ("requested", "no_contract_no_payment", "pay on another contract",
     move("pay", "{other_committed}", "{other_paid}", "1000", "paymentrequest:{request}")),
    ("requested", "transfers_follow_the_chain", "pay into another contract's fund",
     move("pay", "{committed}", "{other_paid}", "1000", "paymentrequest:{request}")),
    ("requested", "transfers_follow_the_chain", "pay from the reservation",
     move("pay", "{reserved}", "{paid}", "1000", "paymentrequest:{request}")),
    ("requested", "no_contract_no_payment", "pay a returned request",
     "UPDATE contracts_paymentrequest SET returned_at = now() WHERE id = {request};"
     + move("pay", "{committed}", "{paid}", "1000", "paymentrequest:{request}")),
    ("signed", "no_contract_no_payment", "pay before publication and filing",
     "INSERT INTO contracts_invoice (contract_id, milestone_id, number, amount, issued_on, received_at)"
     " VALUES ({contract}, {milestone_signature}, 'x', 1, now(), now());"
     "INSERT INTO contracts_paymentrequest (contract_id, milestone_id, invoice_id, amount, requested_at, approved_at,"
     " return_reason) VALUES ({contract}, {milestone_signature},"
     " currval(pg_get_serial_sequence('contracts_invoice', 'id')), 1, now(), now(), '');"
     "INSERT INTO funds_transfer (kind, source_id, target_id, amount, at, ground) SELECT 'pay', {committed}, {paid}, 1,"
     " now(), 'paymentrequest:' || max(id) FROM contracts_paymentrequest"),
    ("requested", "no_acceptance_no_payment", "pay an acceptance milestone without acceptance",
     copy("contracts_invoice", "{invoice}", milestone_id="{milestone_acceptance}", number="'x'")
     + copy("contracts_paymentrequest", "{request}", milestone_id="{milestone_acceptance}",
            invoice_id="currval(pg_get_serial_sequence('contracts_invoice', 'id'))")
     + "INSERT INTO funds_transfer (kind, source_id, target_id, amount, at, ground) SELECT 'pay', {committed}, {paid},"
     " 1000, now(), 'paymentrequest:' || max(id) FROM contracts_paymentrequest"),
    ("paid", "one_payment_per_request", "pay the same request again",
     move("pay", "{committed}", "{paid}", "270000", "paymentrequest:{request}")),
    ("paid", "refund_names_its_payment", "refund what was never paid", move("refund", "{paid}",
     "{committed}")),
    ("paid", "refund_names_its_payment", "refund twice",
     2 * move("refund", "{paid}", "{committed}", "200000", "paymentrequest:{request}")),
    ("requested", "links_are_never_repointed", "a request of another contract",
     "UPDATE contracts_paymentrequest SET contract_id = {other_contract} WHERE id = {request}"),
    ("requested", "links_are_never_repointed", "a larger request",
     "UPDATE contracts_paymentrequest SET amount = amount + 1 WHERE id = {request}"),
    ("requested", "links_are_never_repointed", "a larger invoice",
     "UPDATE contracts_invoice SET amount = amount + 1 WHERE id = {invoice}"),
    ("requested", "links_are_never_repointed", "an acceptance milestone made an advance",
     "UPDATE contracts_milestone SET due_on = 'signature' WHERE id = {milestone_acceptance}"),
    ("paid", "steps_are_never_taken_back", "unpay",
     "UPDATE contracts_paymentrequest SET paid_at = NULL WHERE id = {request}"),
)  # fmt: skip
