"""What would somebody with raw SQL try, and which name must the database answer with?

One row per attack: where it begins (worlds.py), the name, what is tried, the SQL. Braces name ids of the world.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Attack:
    world: str
    constraint: str
    what: str
    sql: str


def copy(table: str, row: str, **changes: str) -> str:
    """INSERT a copy of a row under a new id, some columns changed (SQL expressions)."""
    pairs = "".join(f", '{column}', {value}" for column, value in changes.items())
    new_id = f"nextval(pg_get_serial_sequence('{table}', 'id'))"
    return (
        f"INSERT INTO {table} SELECT r.* FROM {table} t, LATERAL jsonb_populate_record(NULL::{table},"
        f" to_jsonb(t) || jsonb_build_object('id', {new_id}{pairs})) r WHERE t.id = {row};"
    )


def move(kind: str, source: str, target: str, amount: str = "1", ground: str = "x") -> str:
    return (
        "INSERT INTO funds_transfer (kind, source_id, target_id, amount, at, ground)"
        f" VALUES ('{kind}', {source}, {target}, {amount}, now(), '{ground}');"
    )


def fund(bucket: str, parent: str) -> str:
    return f"INSERT INTO funds_fund (bucket, parent_id, balance) SELECT '{bucket}', {parent}, 0;"


#: The fund that `fund` made last.
NEW_FUND = "(SELECT max(id) FROM funds_fund)"
#: A committed and a paid fund under {reserved}; the ids are NEW_FUND - 1 and NEW_FUND.
NEW_FUNDS = fund("committed", "{reserved}") + fund("paid", NEW_FUND)
OF_AWARD = {
    "award_id": "{award}", "case_id": "{case}", "buyer_id": "{buyer}", "supplier_id": "{supplier}",
    "number": "'another'", "committed_fund_id": f"{NEW_FUND} - 1", "paid_fund_id": NEW_FUND,
}  # fmt: skip


def contract(row: str, **changes: str) -> str:
    """A contract for {award} with funds of its own, like another contract but for the changes."""
    return NEW_FUNDS + copy("contracts_contract", row, **{**OF_AWARD, **changes})


def period(lot: str, opens: str, closes: str, stage: str = "'submission'") -> str:
    return (
        "INSERT INTO cases_period (case_id, lot_id, stage, round, opens_at, closes_at)"
        f" VALUES ({{case}}, {lot}, {stage}, 9, {opens}, {closes});"
    )


#: Rows that a world does not have: a line of an opened bid, a committee with a member, its score, a signed report.
LINE = (
    "INSERT INTO tendering_bidline (opened_bid_id, number, item, brand, specification, quantity, unit_price, amount)"
    " VALUES ({opened}, 1, 'x', '', '', 1, 1, 1);"
)
SEATED = (
    "INSERT INTO tendering_committee (case_id, size, draw_seed, pool_digest, drawn_at)"
    " VALUES ({case}, 5, 'seed', '', now());"
    "INSERT INTO tendering_committeemember (committee_id, post_id, is_chair, replaced_reason)"
    " SELECT c.id, (SELECT min(id) FROM parties_post), false, '' FROM tendering_committee c WHERE c.case_id = {case};"
)
#: A draw that is committed, with one number said, and its first two lines in order; the first is called.
DRAWN = (
    "INSERT INTO tendering_expertdraw (case_id, round, places, size, specialities, is_complex, opened_at, leaf, head,"
    " seed, abandoned_reason) VALUES ({case}, 1, 1, 5, '', false, now(), '', '', '', '');"
    "INSERT INTO tendering_drawparty (draw_id, party, digest, number, promised_at)"
    " SELECT id, p, encode(sha256(p::bytea), 'hex'), '', now() FROM tendering_expertdraw,"
    " unnest(ARRAY['buyer', 'agent']) p;"
    "INSERT INTO parties_person (password, username, name, email, is_active)"
    " VALUES ('', 'drawn1', 'x', '', true), ('', 'drawn2', 'x', '', true);"
    "INSERT INTO parties_expert (person_id, employer_id, specialities, admitted_on, left_reason, title, version)"
    " SELECT id, {buyer}, '', '2020-01-01', '', '', 0 FROM parties_person WHERE username LIKE 'drawn%';"
    "INSERT INTO tendering_drawline (draw_id, expert_id, facts, salt, digest, position, outcome, reason)"
    " SELECT d.id, e.id, '{{}}', '', e.id, row_number() OVER (ORDER BY e.id), '', '' FROM tendering_expertdraw d,"
    " parties_expert e JOIN parties_person p ON p.id = e.person_id WHERE p.username LIKE 'drawn%';"
    "UPDATE tendering_expertdraw SET commit = '{{\"v\": 1}}', leaf = 'x', committed_at = now();"
    "UPDATE tendering_drawparty SET number = 'agent', revealed_at = now() WHERE party = 'agent';"
    "UPDATE tendering_drawline SET outcome = 'seated', called_at = now() WHERE position = 1;"
)
#: A seat for an expert who stands at a place of the draw.
SEAT = (
    "INSERT INTO tendering_committeemember (committee_id, post_id, expert_id, is_chair, replaced_reason)"
    " SELECT c.id, (SELECT max(id) FROM parties_post), l.expert_id, false, '' FROM tendering_committee c,"
    " tendering_drawline l WHERE l.position = "
)
TIED = (
    "INSERT INTO parties_experttie (expert_id, organisation_id, kind, from_on, note, declared_at)"
    " SELECT expert_id, {supplier}, 'director', '2024-01-01', '', now() FROM tendering_drawline WHERE position = 1;"
)
PAID = (
    "INSERT INTO tendering_expertfee (member_id, payer_id, amount, travel, standard, recorded_at)"
    " SELECT id, {buyer}, 400, 0, 'x', now() FROM tendering_committeemember;"
)
TOLD = (
    "INSERT INTO tendering_conductrecord (member_id, side, organisation_id, grade, text, recorded_at)"
    " SELECT id, 'expert', {buyer}, 'poor', 'x', now() FROM tendering_committeemember;"
)
SCORED = (
    "INSERT INTO tendering_score (member_id, opened_bid_id, criterion_id, value, reason, at)"
    " SELECT m.id, {opened}, k.id, 10, '', now() FROM tendering_committeemember m, tendering_criterion k"
    " WHERE k.lot_id = {lot};"
)
REPORTED = (
    "INSERT INTO tendering_evaluationreport (lot_id, revision, result, digest, correction_ground, computed_at,"
    " signed_at) VALUES ({lot}, 1, '{{}}', '', '', now(), now());"
)
SIGNATURE = (
    "INSERT INTO tendering_reportsignature (report_id, member_id, dissent, reasons, is_deemed, circumstances,"
    " signed_at)"
    " SELECT r.id, m.id, '', '', false, '', now() FROM tendering_evaluationreport r, tendering_committeemember m;"
)
ASKED = (
    "INSERT INTO tendering_clarification (opened_bid_id, number, ground, page, question, asked_at, answer_by_at,"
    " answer, signed_as, answered_at, opinion)"
    " VALUES ({opened}, 1, 'unclear', '', 'x', now(), now(), 'y', 'seal', now(), '');"
)
#: A small member of the consortium that made the opened bid; an opening that is over; a request to review the last
#: report; an expert behind an application for imports; a listed product; the application itself.
JOINED = (
    "INSERT INTO tendering_bidpartner (opened_bid_id, kind, name, uscc, size, share, work)"
    " VALUES ({opened}, 'member', 'x', '', 'small', 0.3, '');"
)
CONCLUDED = "INSERT INTO tendering_opening (case_id, begun_at, concluded_at, answer) VALUES ({case}, now(), now(), '');"
CHECKED = (
    "INSERT INTO tendering_reviewrequest (report_id, ground, content, requested_at, answer, reasons, refusal)"
    " SELECT max(id), 'sum', 'x', now(), '', '', '' FROM tendering_evaluationreport;"
)
NAMED = (
    "INSERT INTO parties_person (password, username, name, email, is_active) VALUES ('', 'reasons', 'x', '', true);"
    "INSERT INTO parties_expert (person_id, employer_id, specialities, admitted_on, left_reason, title, version)"
    " SELECT id, {other_buyer}, '', '2020-01-01', '', '', 0 FROM parties_person WHERE username = 'reasons';"
    "INSERT INTO planning_importexpert (approval_id, expert_id)"
    " SELECT a.id, e.id FROM planning_importapproval a, parties_expert e;"
)
LISTED = "INSERT INTO tendering_greenproduct (case_id, product, kind) VALUES ({case}, 'x', 'mandatory');"
IMPORTED = (
    "INSERT INTO planning_importapproval (plan_item_id, products, policy, reason, authority_opinion, opinion,"
    " applied_at, number, return_reason) VALUES ({plan}, 'x', 'other', 'y', '', '', now(), '', '');"
)
LETTER = (
    "INSERT INTO tendering_awardletter (lot_id, supplier_id, is_winner, reason, issued_at)"
    " VALUES ({lot}, {supplier}, false, 'x', now());"
)
SECURITY = (
    "INSERT INTO tendering_bidsecurity (case_id, supplier_id, kind, amount, received_at, returned_at, kept_reason)"
    " VALUES ({case}, {supplier}, 'transfer', 100, now(), now(), '');"
)
SUSPENDED = (
    "INSERT INTO cases_suspension (case_id, reason, authority, suspended_at, until_on)"
    " VALUES ({case}, 'x', 'y', now(), '2026-12-31');"
)
READ = (
    "INSERT INTO tendering_correctionreceipt (correction_id, supplier_id, received_at)"
    " SELECT id, (SELECT min(id) FROM parties_organisation), now() FROM tendering_correction;"
)
CORRECTED = (
    "INSERT INTO tendering_correction (case_id, number, item, before, after, affects_bids, old_closes_at,"
    " new_closes_at, at) VALUES ({case}, 1, 'x', '', 'y', true, now(), now(), now());"
)
FILED = (
    "INSERT INTO kernel_document (digest, size, media_type, name) VALUES ('a', 1, 'x', 'x'), ('b', 1, 'x', 'x');"
    "INSERT INTO kernel_attachment (document_id, root, subject, title, kind, is_public, at)"
    " VALUES ('a', 'case:1', 'case:1', 'x', 'solicitation', true, now());"
)
BOUGHT = (
    "INSERT INTO contracts_contractitem (contract_id, number, item, specification, quantity, unit_price, amount)"
    " VALUES ({contract}, 99, 'x', '', 1, 1, 1);"
)


def _award(lot: str, candidate: str, supplier: str, amount: str) -> str:
    return (
        "INSERT INTO cases_award (lot_id, candidate_id, supplier_id, amount, determined_at, is_deemed, refusal_reason)"
        f" SELECT {lot}, {candidate}, {supplier}, {amount}, now(), false, '';"
    )


_ROWS = [
    # --- 无预算不采购
    ("plan", "never_negative", "reserve more than is available", move("reserve", "{available}", "{reserved}",
     "1001")),
    ("plan", "reserved_as_planned", "reserve more than the plan says",
     move("reserve", "{available}", "{reserved}", "600.01")),
    ("plan", "reserved_as_planned", "reserve twice",
     move("reserve", "{available}", "{reserved}", "500") + move("reserve", "{available}", "{reserved}", "500")),
    ("plan", "reservation_belongs_to_a_plan_item", "reserve for nobody",
     fund("reserved", "{available}") + move("reserve", "{available}", NEW_FUND)),
    ("plan", "reservation_belongs_to_a_plan_item", "reserve for a cancelled plan",
     "UPDATE planning_planitem SET cancelled_at = now() WHERE id = {plan};"
     + move("reserve", "{available}", "{reserved}")),
    ("plan", "plan_item_funds_form_a_chain", "a plan with the money of another budget",
     fund("reserved", "{other_available}") + copy("planning_planitem", "{plan}", reserved_fund_id=NEW_FUND)),
    ("plan", "no_plan_without_intention", "send without intention or reason",
     "UPDATE planning_planitem SET submitted_at = now(), intention_id = NULL WHERE id = {plan}"),
    ("case", "no_budget_no_case", "a case on a draft plan",
     copy("cases_case", "{case}", plan_item_id="{draft_plan}", budget="1", number="'x'", buyer_id="{free_buyer}")),
    ("case", "no_budget_no_case", "a case above the reservation",
     copy("cases_case", "{case}", plan_item_id="{free_plan}", budget="5000.01", number="'x'", buyer_id="{free_buyer}")),
    ("case", "no_budget_no_case", "a case without any plan",
     copy("cases_case", "{case}", plan_item_id="NULL", number="'x'")),
    ("case", "no_budget_no_case", "a case on a cancelled plan",
     "UPDATE planning_planitem SET cancelled_at = now() WHERE id = {free_plan};"
     + copy("cases_case", "{case}", plan_item_id="{free_plan}", number="'x'", buyer_id="{free_buyer}")),
    ("case", "no_budget_no_case", "a case on a plan that was emptied",
     "INSERT INTO funds_transfer (kind, source_id, target_id, amount, at, ground) SELECT 'release_reservation',"
     " f.id, f.parent_id, f.balance, now(), 'x' FROM funds_fund f JOIN planning_planitem p ON p.reserved_fund_id = f.id"
     " WHERE p.id = {free_plan};"
     + copy("cases_case", "{case}", plan_item_id="{free_plan}", number="'x'", buyer_id="{free_buyer}")),
    ("case", "case_belongs_to_the_buyer_of_its_plan", "buy with somebody else's budget",
     copy("cases_case", "{case}", plan_item_id="{free_plan}", number="'x'")),
    ("case", "one_live_case_per_plan_item", "two cases on one plan", copy("cases_case",
     "{case}", number="'x'")),
    ("case", "no_publication_beyond_the_reservation", "publish after the reservation was released",
     move("release_reservation", "{reserved}", "{available}")
     + "UPDATE cases_case SET published_at = now() WHERE id = {case}"),
    ("case", "lots_within_the_case_budget", "a larger lot",
     "UPDATE cases_lot SET budget = 500.01 WHERE id = {lot}"),
    ("case", "lots_within_the_case_budget", "one more lot", copy("cases_lot", "{lot}", number="'9'")),
    ("case", "lots_within_the_case_budget", "a smaller case",
     "UPDATE cases_case SET budget = 999 WHERE id = {case}"),
    ("case", "ceiling_within_budget", "a ceiling above the budget",
     "UPDATE cases_case SET ceiling = budget + 1 WHERE id = {case}"),
    ("case", "lot_ceiling_within_budget", "a lot's ceiling above its budget",
     "UPDATE cases_lot SET ceiling = budget + 1 WHERE id = {lot}"),
    ("case", "plan_with_a_live_case_is_not_cancelled", "cancel the plan under a case",
     "UPDATE planning_planitem SET cancelled_at = now() WHERE id = {plan}"),
    ("published", "published_case_stays_funded", "release the money of a published case",
     move("release_reservation", "{reserved}", "{available}", "0.01")),
    ("published", "published_case_stays_funded", "release it after a lot was lost, and more",
     "UPDATE cases_lot SET outcome = 'unsuccessful' WHERE id = {lot};"
     + move("release_reservation", "{reserved}", "{available}", "500.01")),
    ("published", "no_publication_beyond_the_reservation", "bring a lost lot back when its money is gone",
     "UPDATE cases_lot SET outcome = 'unsuccessful' WHERE id = {lot};"
     + move("release_reservation", "{reserved}", "{available}", "500")
     + "UPDATE cases_lot SET outcome = '' WHERE id = {lot}"),
    # --- 采购方式
    ("method", "no_changed_method_without_approval", "a case whose method only was asked for",
     copy("cases_case", "{case}", plan_item_id="{method_plan}", procedure="'quotations'", number="'x'",
          buyer_id="{method_buyer}")),
    ("method", "no_changed_method_without_approval", "a case by a method that was sent back",
     "UPDATE planning_methodapproval SET withdrawn_at = now() WHERE id = {application};"
     + copy("cases_case", "{case}", plan_item_id="{method_plan}", procedure="'quotations'", number="'x'",
            buyer_id="{method_buyer}")),
    ("method", "no_changed_method_without_approval", "approved for quotations, opened as single source",
     "UPDATE planning_methodapproval SET consented_at = now(), approved_at = now() WHERE id = {application};"
     + copy("cases_case", "{case}", plan_item_id="{method_plan}", procedure="'single_source'", number="'x'",
            buyer_id="{method_buyer}")),
    ("method", "no_changed_method_without_approval", "approved for less",
     copy("cases_case", "{case}", plan_item_id="{method_plan}", procedure="'quotations'", number="'x'",
          buyer_id="{method_buyer}", budget="1000")),
    ("method", "no_changed_method_without_approval", "change the method of a case in preparation",
     "UPDATE cases_case SET procedure = 'single_source' WHERE id = {case}"),
    ("method", "approved_plan_is_never_rewritten", "say that no approval is needed",
     "UPDATE planning_planitem SET needs_approval = false WHERE id = {method_plan}"),
    ("method", "no_approval_without_consent", "approve past the unit above",
     "UPDATE planning_methodapproval SET approved_at = now() WHERE id = {application}"),
    ("method", "links_are_never_repointed", "leave the unit above out",
     "UPDATE planning_methodapproval SET consent_by_id = NULL, approved_at = now() WHERE id = {application}"),
    ("method", "application_is_decided_once", "approve what was sent back",
     "UPDATE planning_methodapproval SET approved_at = now() WHERE id = {returned}"),
    ("method", "one_application_at_a_time", "ask twice", copy("planning_methodapproval", "{application}")),
    ("method", "publicity_is_concluded_with_an_outcome", "conclude without an outcome",
     "UPDATE planning_publicity SET concluded_at = now() WHERE id = {publicity}"),
    # --- 无系统不交易
    ("case", "candidate_comes_from_a_published_case", "a candidate without a procedure",
     "INSERT INTO cases_candidate (lot_id, supplier_id, rank, amount, at) VALUES ({lot}, {buyer}, 1, 1, now())"),
    ("awarded", "award_comes_from_its_candidate", "another amount",
     copy("cases_award", "{award}", candidate_id="{runner_up}", supplier_id="{runner_up_supplier}", amount="2",
          refused_at="now()")),
    ("awarded", "award_comes_from_its_candidate", "another supplier",
     copy("cases_award", "{award}", candidate_id="{runner_up}", amount="1", refused_at="now()")),
    ("awarded", "award_comes_from_its_candidate", "no candidate",
     copy("cases_award", "{award}", candidate_id="NULL", refused_at="now()")),
    ("awarded", "one_award_per_lot", "a second winner",
     copy("cases_award", "{award}", candidate_id="{runner_up}", supplier_id="{runner_up_supplier}", amount="1")),
    ("signed", "award_under_contract_stands", "refuse an award under contract",
     "UPDATE cases_award SET refused_at = now() WHERE id = {award}"),
    ("awarded", "no_contract_without_award", "a contract without award", contract("{other_contract}", award_id="NULL")),
    ("awarded", "no_contract_without_award", "a contract on a refused award",
     "UPDATE cases_award SET refused_at = now() WHERE id = {award};" + contract("{other_contract}")),
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
    # --- 无合同不支付
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
    # --- 无验收不结项
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
    # --- the ledger
    ("plan", "funds_open_at_zero", "open a fund with money",
     "INSERT INTO funds_fund (bucket, balance) VALUES ('available', 5)"),
    ("plan", "funds_form_a_chain", "a paid fund under the available one", fund("paid", "{available}")),
    ("plan", "funds_form_a_chain", "a reserved fund under nothing", fund("reserved", "NULL")),
    ("plan", "funds_form_a_chain", "a fund of no known kind", fund("pocket", "{available}")),
    ("plan", "funds_are_never_repointed", "hang a fund elsewhere",
     "UPDATE funds_fund SET parent_id = {other_available} WHERE id = {reserved}"),
    ("plan", "funds_are_never_repointed", "make another kind of a fund",
     "UPDATE funds_fund SET bucket = 'available', parent_id = NULL WHERE id = {reserved}"),
    ("plan", "balances_move_only_by_transfers", "write a balance by hand",
     "UPDATE funds_fund SET balance = balance + 1 WHERE id = {available}"),
    ("plan", "transfers_follow_the_chain", "money out of nothing", move("reserve", "NULL", "{reserved}")),
    ("plan", "transfers_follow_the_chain", "money into nothing", move("pay", "{available}", "NULL")),
    ("plan", "transfers_follow_the_chain", "reserve from another budget",
     move("reserve", "{other_available}", "{reserved}")),
    ("plan", "transfers_follow_the_chain", "release into another budget",
     move("release_reservation", "{other_reserved}", "{available}")),
    ("plan", "transfers_follow_the_chain", "appropriate to a reservation", move("appropriate", "NULL",
     "{reserved}")),
    ("plan", "transfers_follow_the_chain", "a move of no known kind", move("gift", "{available}",
     "{reserved}")),
    ("plan", "transfers_are_never_changed", "change a transfer",
     "UPDATE funds_transfer SET amount = amount + 1"),
    ("plan", "transfers_are_never_changed", "delete a transfer", "DELETE FROM funds_transfer"),
    ("plan", "transfers_are_never_changed", "empty the ledger", "TRUNCATE funds_transfer"),
    ("plan", "transfer_is_positive", "a transfer of nothing", move("reserve", "{available}", "{reserved}",
     "0")),
    ("plan", "transfer_is_positive", "a transfer backwards", move("reserve", "{available}", "{reserved}",
     "-1")),
    ("plan", "appropriated_as_approved", "appropriate twice", move("appropriate", "NULL", "{available}")),
    ("plan", "appropriation_owns_an_available_fund", "a budget on somebody's reservation",
     copy("funds_appropriation", "{appropriation}", code="'x'", available_fund_id="{reserved}")),
    ("plan", "appropriations_are_never_rewritten", "raise an approved budget",
     "UPDATE funds_appropriation SET amount = amount + 1 WHERE id = {appropriation}"),
    ("plan", "appropriations_are_never_rewritten", "give a budget to another buyer",
     "UPDATE funds_appropriation SET buyer_id = {other_buyer} WHERE id = {appropriation}"),
    ("plan", "appropriations_are_never_rewritten", "point a budget at other money",
     "UPDATE funds_appropriation SET available_fund_id = {other_available} WHERE id = {appropriation}"),
    ("plan", "one_line_per_budget_code", "the same budget line twice",
     fund("available", "NULL") + copy("funds_appropriation", "{appropriation}", available_fund_id=NEW_FUND)),
    # --- the deadline and the opening
    ("late", "late_bid_is_refused", "a bid after the deadline",
     copy("tendering_bid", "{bid}", receipt="'x'", revision="2", supplier_id="{buyer}")),
    ("late", "late_bid_is_refused", "a bid that says it came in time",
     copy("tendering_bid", "{bid}", receipt="'x'", revision="2", supplier_id="{buyer}",
          received_at="'2026-03-10T00:00:00Z'")),
    ("sealed", "late_bid_is_refused", "a bid for a lot that takes none",
     copy("tendering_bid", "{bid}", receipt="'x'", lot_id="{other_lot}")),
    ("late", "bids_stand_from_the_deadline", "withdraw after the deadline",
     "UPDATE tendering_bid SET withdrawn_at = now() WHERE id = {bid}"),
    ("late", "bids_stand_from_the_deadline", "push a bid aside after the deadline",
     "UPDATE tendering_bid SET replaced_at = now() WHERE id = {bid}"),
    ("sealed", "one_live_bid_per_supplier", "two bids at once",
     copy("tendering_bid", "{bid}", receipt="'x'", revision="2")),
    ("late", "closed_submission_stays_closed", "move a deadline that has passed",
     "UPDATE cases_period SET closes_at = '2026-12-31T00:00:00Z' WHERE id = {submission}"),
    ("late", "closed_submission_stays_closed", "wipe out the submission period",
     "DELETE FROM cases_period WHERE id = {submission}"),
    ("sealed", "no_opening_before_the_deadline", "open a bid before the deadline",
     "INSERT INTO tendering_openedbid (lot_id, bid_id, supplier_id, price, price_in_words, delivery, preference,"
     " is_domestic, brand, opened_at, record_objection, invalid_reason)"
     " VALUES ({lot}, {bid}, {supplier}, 1, '', '', 'none', false, '', now(), '', '')"),
    ("late", "no_opening_before_the_deadline", "open a bid while the case is suspended",
     SUSPENDED
     + "INSERT INTO tendering_openedbid (lot_id, bid_id, supplier_id, price, price_in_words, delivery, preference,"
     " is_domestic, brand, opened_at, record_objection, invalid_reason)"
     " VALUES ({lot}, {bid}, {supplier}, 1, '', '', 'none', false, '', now(), '', '')"),
    ("opened", "no_submission_after_the_opening", "a second chance after the opening",
     period("NULL", "'2026-04-01T00:00:00Z'", "'2026-04-30T00:00:00Z'")),
    ("opened", "opened_bid_is_the_sealed_one", "open an envelope in another's name",
     copy("tendering_openedbid", "{opened}", bid_id="{second_bid}")),
    ("late", "no_sandbox_clock_outside_a_sandbox", "turn the clock back to before the deadline",
     "SET LOCAL yangcai.sandbox = off; UPDATE kernel_sandboxclock SET at = '2026-03-20T00:00:00Z'"),
    ("late", "no_sandbox_clock_outside_a_sandbox", "take a sandbox its clock", "DELETE FROM kernel_sandboxclock"),
    ("late", "no_sandbox_clock_outside_a_sandbox", "empty the table of the clock", "TRUNCATE kernel_sandboxclock"),
    ("drafted", "no_sandbox_clock_outside_a_sandbox", "stop the clock of a platform that runs",
     "SET LOCAL yangcai.sandbox = on; INSERT INTO kernel_sandboxclock (id, at) VALUES (1, '2026-03-20T00:00:00Z')"),
    ("drafted", "no_sandbox_clock_outside_a_sandbox", "stop the clock of no sandbox",
     "SET LOCAL yangcai.sandbox = off; INSERT INTO kernel_sandboxclock (id, at) VALUES (1, '2026-03-20T00:00:00Z')"),
    ("sealed", "sealed_bid_is_never_changed", "swap an envelope",
     "UPDATE tendering_bid SET envelope_id = '{envelope}' WHERE id = {bid}"),
    ("sealed", "sealed_bid_is_never_changed", "another key",
     "UPDATE tendering_bid SET sealed_key = 'x' WHERE id = {bid}"),
    ("sealed", "sealed_bid_is_never_changed", "another time of receipt",
     "UPDATE tendering_bid SET received_at = '2026-03-03T00:00:00Z' WHERE id = {bid}"),
    ("opened", "sealed_bid_is_never_changed", "another price",
     "UPDATE tendering_openedbid SET price = 1 WHERE id = {opened}"),
    # --- the dialogue and the last offers
    ("talking", "dialogue_record_is_never_rewritten", "rewrite what was said",
     "UPDATE tendering_dialoguetalk SET minutes = 'x' WHERE id = {talk}"),
    ("talking", "dialogue_record_is_never_rewritten", "rewrite a change that was told",
     "UPDATE tendering_dialoguechange SET after = '32G' WHERE id = {change}"),
    ("talking", "dialogue_record_is_never_rewritten", "tell a change again, later",
     "UPDATE tendering_dialoguechange SET told_at = now() WHERE id = {change}"),
    ("talking", "records_are_never_deleted", "lose a talk", "DELETE FROM tendering_dialoguetalk WHERE id = {talk}"),
    ("talking", "no_opening_before_the_deadline", "open a last offer before the time of all is over",
     "INSERT INTO tendering_finaloffer (opened_bid_id, bid_id, price, price_in_words, delivery, opened_at)"
     " VALUES ({opened}, {last}, 1, '', '', now())"),
    ("talking", "sealed_bid_is_never_changed", "make a last offer of a bid",
     "UPDATE tendering_bid SET stage = 'final_offer' WHERE id = {second_bid}"),
    ("talking", "late_bid_is_refused", "a bid while last offers come in",
     copy("tendering_bid", "{last}", receipt="'x'", stage="'submission'", supplier_id="{buyer}")),
    ("talking", "one_live_bid_per_supplier", "two last offers at once",
     copy("tendering_bid", "{last}", receipt="'x'", revision="2")),
    ("last_opened", "late_bid_is_refused", "a last offer after the time",
     copy("tendering_bid", "{last}", receipt="'x'", revision="2", supplier_id="{buyer}")),
    ("last_opened", "bids_stand_from_the_deadline", "push a last offer aside after the time",
     "UPDATE tendering_bid SET replaced_at = now() WHERE id = {last}"),
    ("last_opened", "opened_bid_is_the_sealed_one", "open a bid as if it were a last offer",
     copy("tendering_finaloffer", "{final_offer}", bid_id="{second_bid}")),
    ("last_opened", "sealed_bid_is_never_changed", "another last price",
     "UPDATE tendering_finaloffer SET price = 1 WHERE id = {final_offer}"),
    ("last_opened", "closed_submission_stays_closed", "move the end of the last offers",
     "UPDATE cases_period SET closes_at = '2026-12-31T00:00:00Z' WHERE id = {last_period}"),
    ("last_opened", "no_submission_after_the_opening", "a second round after the last offers lie open",
     period("{lot}", "'2026-04-01T00:00:00Z'", "'2026-04-30T00:00:00Z'", "'final_offer'")),
    ("last_opened", "records_are_never_deleted", "lose a last offer",
     "DELETE FROM tendering_finaloffer WHERE id = {final_offer}"),
    ("published", "periods_do_not_overlap", "two stages at once",
     period("NULL", "'2026-03-10T00:00:00Z'", "'2026-03-11T00:00:00Z'", "'award'")),
    ("published", "periods_do_not_overlap", "open the next stage early",
     "UPDATE cases_period SET opens_at = '2026-03-20T00:00:00Z' WHERE case_id = {case} AND stage = 'opening'"),
    # --- records
    ("case", "links_are_never_repointed", "another plan",
     "UPDATE cases_case SET plan_item_id = {free_plan} WHERE id = {case}"),
    ("case", "links_are_never_repointed", "another buyer",
     "UPDATE cases_case SET buyer_id = {free_buyer} WHERE id = {case}"),
    ("plan", "links_are_never_repointed", "another budget",
     "UPDATE planning_planitem SET appropriation_id = {other_appropriation} WHERE id = {plan}"),
    ("plan", "links_are_never_repointed", "another reservation",
     "UPDATE planning_planitem SET reserved_fund_id = {other_reserved} WHERE id = {plan}"),
    ("plan", "links_are_never_repointed", "an intention of another budget",
     "UPDATE planning_intention SET appropriation_id = {other_appropriation} WHERE id = {intention}"),
    ("published", "links_are_never_repointed", "a lot of another case",
     "UPDATE cases_lot SET case_id = (SELECT max(id) FROM cases_case) WHERE id = {lot}"),
    ("published", "links_are_never_repointed", "a period of another stage",
     "UPDATE cases_period SET stage = 'opening' WHERE id = {submission}"),
    ("awarded", "links_are_never_repointed", "another candidate",
     "UPDATE cases_award SET candidate_id = {runner_up} WHERE id = {award}"),
    ("awarded", "links_are_never_repointed", "another amount of an award",
     "UPDATE cases_award SET amount = amount + 1 WHERE id = {award}"),
    ("awarded", "links_are_never_repointed", "another amount of a candidate",
     "UPDATE cases_candidate SET amount = amount + 1 WHERE id = {candidate}"),
    ("awarded", "links_are_never_repointed", "another award of a contract",
     "UPDATE contracts_contract SET award_id = {award} WHERE id = {other_contract}"),
    ("requested", "links_are_never_repointed", "another contract's money",
     "UPDATE contracts_contract SET committed_fund_id = {other_committed} WHERE id = {contract}"),
    ("requested", "links_are_never_repointed", "a request of another contract",
     "UPDATE contracts_paymentrequest SET contract_id = {other_contract} WHERE id = {request}"),
    ("requested", "links_are_never_repointed", "a larger request",
     "UPDATE contracts_paymentrequest SET amount = amount + 1 WHERE id = {request}"),
    ("requested", "links_are_never_repointed", "a larger invoice",
     "UPDATE contracts_invoice SET amount = amount + 1 WHERE id = {invoice}"),
    ("requested", "links_are_never_repointed", "an acceptance milestone made an advance",
     "UPDATE contracts_milestone SET due_on = 'signature' WHERE id = {milestone_acceptance}"),
    ("closed", "steps_are_never_taken_back", "reopen a contract",
     "UPDATE contracts_contract SET closed_at = NULL WHERE id = {contract}"),
    ("closed", "steps_are_never_taken_back", "reopen a case",
     "UPDATE cases_case SET ended_at = NULL, end_kind = '' WHERE id = {case}"),
    ("signed", "steps_are_never_taken_back", "unsign",
     "UPDATE contracts_contract SET signed_at = NULL WHERE id = {contract}"),
    ("paid", "steps_are_never_taken_back", "unpay",
     "UPDATE contracts_paymentrequest SET paid_at = NULL WHERE id = {request}"),
    ("awarded", "award_comes_from_its_candidate", "award somebody whom a re-evaluation put out",
     "UPDATE cases_candidate SET superseded_at = now() WHERE id = {runner_up};"
     "UPDATE cases_award SET refused_at = now() WHERE id = {award};"
     + copy("cases_award", "{award}", candidate_id="{runner_up}", supplier_id="{runner_up_supplier}", amount="1",
            refused_at="null::timestamptz")),
    ("awarded", "steps_are_never_taken_back", "bring back somebody whom a re-evaluation put out",
     "UPDATE cases_candidate SET superseded_at = now() WHERE id = {runner_up};"
     "UPDATE cases_candidate SET superseded_at = NULL WHERE id = {runner_up}"),
    ("awarded", "steps_are_never_taken_back", "take the signatures off a report",
     "UPDATE tendering_evaluationreport SET signed_at = now() WHERE id = {report};"
     "UPDATE tendering_evaluationreport SET signed_at = NULL WHERE id = {report}"),
    ("case", "steps_are_never_taken_back", "unapprove",
     "UPDATE planning_planitem SET approved_at = NULL WHERE id = {plan}"),
    ("case", "approved_plan_is_never_rewritten", "a larger plan",
     "UPDATE planning_planitem SET amount = amount + 1 WHERE id = {plan}"),
    ("case", "approved_plan_is_never_rewritten", "set less aside",
     "UPDATE planning_planitem SET set_aside_share = 0.1 WHERE id = {plan}"),
    ("case", "approved_plan_is_never_rewritten", "less of it for small enterprises",
     "UPDATE planning_planitem SET set_aside_small_micro = 0.1 WHERE id = {plan}"),
    ("case", "approved_plan_is_never_rewritten", "another reason to set nothing aside",
     "UPDATE planning_planitem SET set_aside_reason = 'z' WHERE id = {plan}"),
    ("case", "approved_plan_is_never_rewritten", "a reason for a repeated purchase",
     "UPDATE planning_planitem SET repeat_exception = 'new_need', repeat_accepted_at = now() WHERE id = {plan}"),
    ("case", "approved_plan_is_never_rewritten", "another reason for the method",
     "UPDATE planning_planitem SET method_reason = 'z' WHERE id = {plan}"),
    ("case", "approved_plan_is_never_rewritten", "no intention after all",
     "UPDATE planning_planitem SET intention_exemption = 'z' WHERE id = {plan}"),
    ("case", "approved_plan_is_never_rewritten", "another requirement",
     "INSERT INTO planning_requirement (plan_item_id, description, quantity, delivery, standards, service,"
     " acceptance_plan, survey_summary) VALUES ({plan}, 'x', '1', 'x', '', '', 'x', '') ON CONFLICT DO NOTHING;"
     "UPDATE planning_requirement SET description = 'z' WHERE plan_item_id = {plan}"),
    ("case", "records_are_never_deleted", "lose a requirement",
     "INSERT INTO planning_requirement (plan_item_id, description, quantity, delivery, standards, service,"
     " acceptance_plan, survey_summary) VALUES ({plan}, 'x', '1', 'x', '', '', 'x', '') ON CONFLICT DO NOTHING;"
     "DELETE FROM planning_requirement WHERE plan_item_id = {plan}"),
    # --- imports, listed products, partners
    ("plan", "one_import_application_at_a_time", "ask for imports twice", IMPORTED + IMPORTED),
    ("plan", "import_application_is_decided_once", "approve imports that went back",
     IMPORTED + "UPDATE planning_importapproval SET returned_at = now(), return_reason = 'x';"
     "UPDATE planning_importapproval SET approved_at = now(), number = 'x'"),
    ("plan", "import_application_is_never_rewritten", "other products than were approved",
     IMPORTED + "UPDATE planning_importapproval SET approved_at = now(), number = 'x', products = 'z'"),
    ("plan", "import_application_is_never_rewritten", "more experts than there were",
     IMPORTED + "UPDATE planning_importapproval SET experts = 5, lawyers = 1"),
    ("plan", "steps_are_never_taken_back", "take an approval of imports back",
     IMPORTED + "UPDATE planning_importapproval SET approved_at = now(), number = 'x';"
     "UPDATE planning_importapproval SET approved_at = NULL"),
    ("plan", "records_are_never_deleted", "lose an application for imports",
     IMPORTED + "DELETE FROM planning_importapproval"),
    ("plan", "import_application_is_never_rewritten", "another expert's opinion",
     IMPORTED + NAMED + "UPDATE planning_importexpert SET expert_id = expert_id + 1"),
    ("plan", "records_are_never_deleted", "an expert who gave no opinion after all",
     IMPORTED + NAMED + "DELETE FROM planning_importexpert"),
    # --- requests for review, interests declared again
    ("opened", "one_review_request_at_a_time", "ask for two reviews at once", REPORTED + CHECKED + CHECKED),
    ("opened", "review_request_is_settled_once", "answer a request that was reported as refused",
     REPORTED + CHECKED + "UPDATE tendering_reviewrequest SET refusal = 'x', reported_at = now();"
     "UPDATE tendering_reviewrequest SET answer = 'explained', answered_at = now()"),
    ("opened", "links_are_never_repointed", "another question to the committee",
     REPORTED + CHECKED + "UPDATE tendering_reviewrequest SET content = 'z'"),
    ("opened", "steps_are_never_taken_back", "another answer of the committee",
     REPORTED + CHECKED + "UPDATE tendering_reviewrequest SET reasons = 'y', answer = 'explained', answered_at = now();"
     "UPDATE tendering_reviewrequest SET reasons = 'z'"),
    ("opened", "records_are_never_deleted", "lose a request for review",
     REPORTED + CHECKED + "DELETE FROM tendering_reviewrequest"),
    ("opened", "steps_are_never_taken_back", "never declared, after all",
     SEATED + "UPDATE tendering_committeemember SET declared_at = now();"
     "UPDATE tendering_committeemember SET declared_at = NULL"),
    ("published", "published_solicitation_is_frozen", "one more listed product", LISTED),
    ("opened", "sealed_bid_is_never_changed", "a claim that nobody made",
     "UPDATE tendering_openedbid SET preference = 'small_micro' WHERE id = {opened}"),
    ("opened", "sealed_bid_is_never_changed", "a domestic product after all",
     "UPDATE tendering_openedbid SET is_domestic = true, domestic_share = 0.9 WHERE id = {opened}"),
    ("opened", "sealed_bid_is_never_changed", "no imports after all",
     "UPDATE tendering_openedbid SET has_imports = NOT has_imports WHERE id = {opened}"),
    ("opened", "sealed_bid_is_never_changed", "a certificate after all",
     "UPDATE tendering_openedbid SET green_certificates = 'x' WHERE id = {opened}"),
    ("opened", "sealed_bid_is_never_changed", "another brand on a line",
     LINE + "UPDATE tendering_bidline SET brand = 'z'"),
    ("opened", "sealed_bid_is_never_changed", "another brand",
     "UPDATE tendering_openedbid SET brand = 'x' WHERE id = {opened}"),
    ("opened", "sealed_bid_is_never_changed", "a larger share of the small ones",
     "UPDATE tendering_openedbid SET small_micro_share = 0.3 WHERE id = {opened}"),
    ("opened", "sealed_bid_is_never_changed", "a larger share of a member",
     JOINED + "UPDATE tendering_bidpartner SET share = 0.4"),
    ("opened", "sealed_bid_is_never_changed", "another member",
     JOINED + "UPDATE tendering_bidpartner SET name = 'y'"),
    ("opened", "sealed_bid_is_never_changed", "join a consortium after the opening", CONCLUDED + JOINED),
    ("opened", "records_are_never_deleted", "lose a member of a consortium",
     JOINED + "DELETE FROM tendering_bidpartner"),
    ("opened", "one_place_per_partner", "name a member twice", JOINED + JOINED),
    ("opened", "partner_has_a_part", "a member who does nothing", JOINED.replace("0.3", "0")),
    ("opened", "partner_has_a_part", "a member who does everything", JOINED.replace("0.3", "1")),
    ("published", "published_case_is_never_rewritten", "a larger budget after publication",
     "UPDATE cases_case SET budget = budget + 1 WHERE id = {case}"),
    ("published", "published_case_is_never_rewritten", "unpublish",
     "UPDATE cases_case SET published_at = NULL WHERE id = {case}"),
    ("published", "published_case_is_never_rewritten", "another law",
     "UPDATE cases_case SET law_as_of = '2020-01-01' WHERE id = {case}"),
    ("published", "published_solicitation_is_frozen", "a larger lot after publication",
     "UPDATE cases_lot SET budget = budget - 1 WHERE id = {lot}"),
    ("published", "published_solicitation_is_frozen", "reserve a lot after publication",
     "UPDATE cases_lot SET set_aside = 'package', for_small_micro = true WHERE id = {lot}"),
    ("published", "published_solicitation_is_frozen", "one more lot", copy("cases_lot",
     "{lot}", number="'9'")),
    ("published", "published_solicitation_is_frozen", "another weight",
     "UPDATE tendering_criterion SET weight = 50"),
    ("published", "published_solicitation_is_frozen", "one more condition",
     "INSERT INTO tendering_clause (case_id, kind, number, text, is_statutory)"
     " VALUES ({case}, 'qualification', 2, 'x', false)"),
    ("published", "published_solicitation_is_frozen", "one condition less",
     "DELETE FROM tendering_clause WHERE case_id = {case}"),
    ("published", "published_solicitation_is_frozen", "pay later",
     "UPDATE tendering_solicitation SET payment_days = 60 WHERE case_id = {case}"),
    ("published", "published_solicitation_is_frozen", "other terms of payment",
     "UPDATE tendering_paymentterm SET due_on = 'signature' WHERE case_id = {case}"),
    ("awarded", "links_are_never_repointed", "another order of the candidates",
     "UPDATE cases_candidate SET rank = 9 WHERE id = {candidate}"),
    ("awarded", "evaluation_report_is_never_rewritten", "another result of the evaluation",
     "UPDATE tendering_evaluationreport SET result = '{{}}' WHERE id = {report}"),
    ("opened", "sealed_bid_is_never_changed", "another unit price",
     LINE + "UPDATE tendering_bidline SET unit_price = 2"),
    ("opened", "records_are_never_deleted", "lose a line of a bid", LINE + "DELETE FROM tendering_bidline"),
    ("opened", "links_are_never_repointed", "another seed of the draw",
     SEATED + "UPDATE tendering_committee SET draw_seed = 'x'"),
    ("opened", "links_are_never_repointed", "another member",
     SEATED + "UPDATE tendering_committeemember SET post_id = (SELECT max(id) FROM parties_post)"),
    ("opened", "records_are_never_deleted", "lose a member", SEATED + "DELETE FROM tendering_committeemember"),
    ("opened", "links_are_never_repointed", "a score of another bid",
     SEATED + SCORED + "UPDATE tendering_score SET criterion_id = criterion_id + 1"),
    ("opened", "evaluation_report_is_never_rewritten", "another score under a signed report",
     SEATED + SCORED + REPORTED + "UPDATE tendering_score SET value = 11"),
    ("opened", "evaluation_report_is_never_rewritten", "one more score under a signed report",
     SEATED + REPORTED + SCORED),
    ("opened", "records_are_never_deleted", "lose a score", SEATED + SCORED + "DELETE FROM tendering_score"),
    ("opened", "evaluation_report_is_never_rewritten", "a dissent that nobody wrote",
     SEATED + REPORTED + SIGNATURE + "UPDATE tendering_reportsignature SET dissent = 'x'"),
    ("opened", "evaluation_report_is_never_rewritten", "a member who did not sign after all",
     SEATED + REPORTED + SIGNATURE + "UPDATE tendering_reportsignature SET is_deemed = true"),
    ("opened", "links_are_never_repointed", "another question than was asked",
     ASKED + "UPDATE tendering_clarification SET question = 'z'"),
    ("opened", "steps_are_never_taken_back", "another answer than was given",
     ASKED + "UPDATE tendering_clarification SET answer = 'z'"),
    ("opened", "records_are_never_deleted", "lose a clarification", ASKED + "DELETE FROM tendering_clarification"),
    ("opened", "links_are_never_repointed", "another reason in a letter",
     LETTER + "UPDATE tendering_awardletter SET reason = 'y'"),
    ("opened", "records_are_never_deleted", "lose a letter", LETTER + "DELETE FROM tendering_awardletter"),
    ("opened", "draw_is_never_rewritten", "another commit of a draw",
     DRAWN + "UPDATE tendering_expertdraw SET commit = '{{}}'"),
    ("opened", "draw_is_never_rewritten", "another seed of a draw",
     DRAWN + "UPDATE tendering_expertdraw SET seed = 'x'; UPDATE tendering_expertdraw SET seed = 'y'"),
    ("opened", "draw_is_never_rewritten", "fewer places after the commit",
     DRAWN + "UPDATE tendering_expertdraw SET places = 2"),
    ("opened", "draw_is_never_rewritten", "take back a digest",
     DRAWN + "UPDATE tendering_drawparty SET digest = 'x' WHERE party = 'buyer'"),
    ("opened", "draw_is_never_rewritten", "another number than was said",
     DRAWN + "UPDATE tendering_drawparty SET number = 'x' WHERE party = 'agent'"),
    ("opened", "number_is_the_promised_one", "another number than was promised",
     DRAWN + "UPDATE tendering_drawparty SET number = 'x' WHERE party = 'buyer'"),
    ("opened", "number_is_the_promised_one", "a number before the list is fixed",
     DRAWN.split("UPDATE")[0] + "UPDATE tendering_drawparty SET number = 'agent' WHERE party = 'agent'"),
    ("opened", "list_is_fixed_by_the_commit", "a friend on the list",
     DRAWN + "UPDATE parties_person SET username = 'friend' WHERE username = 'drawn1';"
     + copy("tendering_drawline", "(SELECT min(id) FROM tendering_drawline)", position="99")),
    ("opened", "list_is_fixed_by_the_commit", "one more party",
     DRAWN + copy("tendering_drawparty", "(SELECT max(id) FROM tendering_drawparty)", party="'public'")),
    ("opened", "draw_is_never_rewritten", "another expert on the line",
     DRAWN + "UPDATE tendering_drawline SET facts = '[1]'"),
    ("opened", "draw_is_never_rewritten", "another place in the order",
     DRAWN + "UPDATE tendering_drawline SET position = 9 WHERE position = 2"),
    ("opened", "draw_is_never_rewritten", "somebody who was called never was",
     DRAWN + "UPDATE tendering_drawline SET outcome = '' WHERE position = 1"),
    ("opened", "draw_is_never_rewritten", "seat somebody who may not sit",
     DRAWN + "UPDATE tendering_drawline SET outcome = 'passed', reason = 'not_eligible' WHERE position = 2;"
     "UPDATE tendering_drawline SET outcome = 'seated', reason = '' WHERE position = 2"),
    ("opened", "experts_are_called_in_order", "leave somebody out",
     DRAWN.rsplit("UPDATE", 1)[0] + "UPDATE tendering_drawline SET outcome = 'seated' WHERE position = 2"),
    ("opened", "no_expert_sits_undrawn", "seat somebody who was not called", SEATED + DRAWN + SEAT + "2"),
    ("opened", "records_are_never_deleted", "lose a draw", DRAWN + "DELETE FROM tendering_drawline"),
    ("opened", "recusal_fact_is_never_rewritten", "another tie",
     DRAWN + TIED + "UPDATE parties_experttie SET organisation_id = {buyer}"),
    ("opened", "recusal_fact_is_never_rewritten", "a tie that ended earlier",
     DRAWN + TIED + "UPDATE parties_experttie SET to_on = '2026-01-01';"
     "UPDATE parties_experttie SET to_on = '2025-01-01'"),
    ("opened", "records_are_never_deleted", "lose a tie", DRAWN + TIED + "DELETE FROM parties_experttie"),
    ("opened", "steps_are_never_taken_back", "back into the library",
     DRAWN + "UPDATE parties_expert SET left_on = '2026-01-01'; UPDATE parties_expert SET left_on = NULL"),
    ("opened", "links_are_never_repointed", "a longer time in the library",
     DRAWN + "UPDATE parties_expert SET admitted_on = '2010-01-01'"),
    ("opened", "links_are_never_repointed", "a larger fee",
     SEATED + PAID + "UPDATE tendering_expertfee SET amount = 4000"),
    ("opened", "records_are_never_deleted", "lose a fee", SEATED + PAID + "DELETE FROM tendering_expertfee"),
    ("opened", "conduct_record_is_never_rewritten", "a better grade",
     SEATED + TOLD + "UPDATE tendering_conductrecord SET grade = 'good'"),
    ("opened", "records_are_never_deleted", "lose a conduct record",
     SEATED + TOLD + "DELETE FROM tendering_conductrecord"),
    ("opened", "links_are_never_repointed", "a larger security",
     SECURITY + "UPDATE tendering_bidsecurity SET amount = 1"),
    ("opened", "steps_are_never_taken_back", "a security that did not go back",
     SECURITY + "UPDATE tendering_bidsecurity SET returned_at = NULL"),
    ("published", "published_solicitation_is_frozen", "another text of a correction",
     CORRECTED + "UPDATE tendering_correction SET after = 'z'"),
    ("published", "links_are_never_repointed", "somebody else read the correction",
     CORRECTED + READ + "UPDATE tendering_correctionreceipt SET supplier_id = supplier_id + 1"),
    ("published", "records_are_never_deleted", "nobody read the correction",
     CORRECTED + READ + "DELETE FROM tendering_correctionreceipt"),
    ("published", "links_are_never_repointed", "a longer suspension",
     SUSPENDED + "UPDATE cases_suspension SET until_on = '2027-12-31'"),
    ("published", "records_are_never_deleted", "lose a suspension", SUSPENDED + "DELETE FROM cases_suspension"),
    ("published", "links_are_never_repointed", "another file in a published place",
     FILED + "UPDATE kernel_attachment SET document_id = 'b'"),
    ("published", "links_are_never_repointed", "another name for a file",
     FILED + "UPDATE kernel_document SET name = 'y' WHERE digest = 'a'"),
    ("published", "records_are_never_deleted", "take a published file away", FILED + "DELETE FROM kernel_attachment"),
    ("signed", "links_are_never_repointed", "a smaller sum that was overdue",
     "INSERT INTO contracts_overduedisclosure (buyer_id, year, contracts, amount, published_at)"
     " VALUES ({buyer}, 2025, 1, 100, now()); UPDATE contracts_overduedisclosure SET amount = 0"),
    ("signed", "steps_are_never_taken_back", "a receivable that was not confirmed",
     "INSERT INTO contracts_receivable (contract_id, amount, purpose, requested_at, confirmed_at, confirmed_amount)"
     " VALUES ({contract}, 1, '', now(), now(), 1); UPDATE contracts_receivable SET confirmed_at = NULL"),
    ("drafted", "links_are_never_repointed", "another line of a contract",
     BOUGHT + "UPDATE contracts_contractitem SET unit_price = 2"),
    ("requested", "acceptance_is_never_flipped", "flip what was found at the acceptance",
     "UPDATE contracts_acceptanceitem SET passed = true WHERE acceptance_id = {failed}"),
    ("requested", "records_are_never_deleted", "lose what was found at the acceptance",
     "DELETE FROM contracts_acceptanceitem WHERE acceptance_id = {failed}"),
    ("paid", "links_are_never_repointed", "an earlier delivery",
     "UPDATE contracts_delivery SET delivered_on = '2026-01-01' WHERE contract_id = {contract}"),
    ("awarded", "records_are_never_deleted", "lose a candidate", "DELETE FROM cases_candidate WHERE id = {runner_up}"),
    ("awarded", "records_are_never_deleted", "lose a report",
     "DELETE FROM tendering_evaluationreport WHERE id = {report}"),
    ("signed", "signed_contract_is_never_rewritten", "other terms",
     "UPDATE contracts_contract SET terms = 'x' WHERE id = {contract}"),
    ("published", "entries_are_never_changed", "change the log",
     "UPDATE kernel_entry SET action = 'x' WHERE seq = {entry}"),
    ("published", "entries_are_never_changed", "delete from the log",
     "DELETE FROM kernel_entry WHERE seq = {entry}"),
    ("published", "notices_are_never_changed", "change a notice",
     "UPDATE portal_notice SET title = 'x' WHERE id = {notice}"),
    ("published", "notices_are_never_changed", "delete a notice",
     "DELETE FROM portal_notice WHERE id = {notice}"),
    ("late", "records_are_never_deleted", "lose a bid", "DELETE FROM tendering_bid WHERE id = {bid}"),
    ("opened", "records_are_never_deleted", "lose an opened bid",
     "DELETE FROM tendering_openedbid WHERE id = {opened}"),
    ("case", "records_are_never_deleted", "lose a plan",
     "DELETE FROM planning_planitem WHERE id = {draft_plan}"),
    ("case", "records_are_never_deleted", "lose a case", "DELETE FROM cases_case WHERE id = {case}"),
    ("awarded", "records_are_never_deleted", "lose an award", "DELETE FROM cases_award WHERE id = {award}"),
    ("drafted", "records_are_never_deleted", "lose a contract",
     "DELETE FROM contracts_contract WHERE id = {contract}"),
    ("requested", "records_are_never_deleted", "lose a failed acceptance",
     "DELETE FROM contracts_acceptance WHERE id = {failed}"),
    ("plan", "records_are_never_deleted", "lose a fund", "DELETE FROM funds_fund WHERE id = {reserved}"),
    ("plan", "records_are_never_deleted", "lose a budget",
     "DELETE FROM funds_appropriation WHERE id = {appropriation}"),
    # --- framework agreements
    ("framework", "no_award_without_budget", "award a contract in the first stage",
     _award("{lot}", "{ranked}", "{supplier}", "100")),
    ("framework", "call_off_goes_to_an_entrant", "award to a stranger",
     _award("{call_lot}", "{outside}", "{stranger}", "400")),
    ("framework", "call_off_goes_to_an_entrant", "award above the agreement price",
     "UPDATE cases_candidate SET superseded_at = now() WHERE id = {fair};"
     "INSERT INTO cases_candidate (lot_id, supplier_id, rank, amount, at)"
     " VALUES ({call_lot}, {supplier}, 1, 500.01, now());"
     + _award("{call_lot}", "(SELECT max(id) FROM cases_candidate)", "{supplier}", "500.01")),
    ("framework", "call_off_goes_to_an_entrant", "award to an entrant that has left",
     "UPDATE frameworks_entrant SET left_at = now(), left_by = 'removal' WHERE id = {entrant};"
     + _award("{call_lot}", "{fair}", "{supplier}", "500")),
    ("framework", "agreement_is_signed_by_both_sides", "an agreement with one signature",
     "UPDATE frameworks_entrant SET supplier_signed_at = NULL WHERE id = {entrant}"),
    ("framework", "one_entry_per_supplier", "enter twice",
     copy("frameworks_entrant", "{entrant}", rank="2")),
    ("framework", "agreement_price_never_rises", "raise the agreement price",
     "UPDATE frameworks_entrant SET unit_price = 200 WHERE id = {entrant}"),
    ("framework", "replacement_costs_no_more", "let a new product cost more",
     copy("frameworks_replacement", "{replacement}", unit_price="100.01", answered_at="now()", is_admitted="false")),
    ("framework", "agreement_is_never_rewritten", "raise the price of toner",
     "UPDATE frameworks_agreedconsumable SET unit_price = 20 WHERE id = {toner}"),
    ("framework", "call_off_goes_to_an_entrant", "go outside before the entrant has answered",
     _award("{outside_lot}", "{cheaper}", "{stranger}", "400")),
    ("framework", "call_off_goes_to_an_entrant", "go outside although the entrant came down",
     "UPDATE frameworks_outsideoffer SET agrees = true, answered_at = now() WHERE id = {offer};"
     + _award("{outside_lot}", "{cheaper}", "{stranger}", "400")),
    ("framework", "outside_offer_is_cheaper", "go outside at the same price",
     copy("frameworks_outsideoffer", "{offer}", unit_price="100")),
    ("framework", "links_are_never_repointed", "lower the price outside afterwards",
     "UPDATE frameworks_outsideoffer SET unit_price = 70 WHERE id = {offer}"),
    ("framework", "one_scheme_at_a_time", "send in a second scheme",
     copy("frameworks_frameworkapproval", "{scheme}")),
    ("framework", "agreement_is_never_rewritten", "jump the order of rotation",
     "UPDATE frameworks_entrant SET rank = 9 WHERE id = {entrant}"),
    ("framework", "published_framework_is_never_rewritten", "lengthen the term",
     "UPDATE frameworks_framework SET months = 60 WHERE id = {framework}"),
    ("framework", "links_are_never_repointed", "buy more than was called off",
     "UPDATE frameworks_calloff SET quantity = 50 WHERE id = {call_off}"),
    ("framework", "records_are_never_deleted", "forget an entrant",
     "DELETE FROM frameworks_entrant WHERE id = {entrant}"),
    ("framework", "approved_plan_is_never_rewritten", "let a first stage spend after all",
     "UPDATE planning_planitem SET spends = true WHERE id = (SELECT plan_item_id FROM cases_case c JOIN cases_lot l"
     " ON l.case_id = c.id WHERE l.id = {lot})"),
]  # fmt: skip

ATTACKS = tuple(Attack(*row) for row in _ROWS)
