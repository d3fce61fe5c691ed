"""Can the document change once it is published?"""

from tests.invariants.attacks.sql import Row, copy

#: A listed product; a correction, and a supplier who received it.
LISTED = "INSERT INTO tendering_greenproduct (case_id, product, kind) VALUES ({case}, 'x', 'mandatory');"
CORRECTED = (
    "INSERT INTO tendering_correction (case_id, number, item, before, after, affects_bids, old_closes_at,"
    " new_closes_at, at) VALUES ({case}, 1, 'x', '', 'y', true, now(), now(), now());"
)
READ = (
    "INSERT INTO tendering_correctionreceipt (correction_id, supplier_id, received_at)"
    " SELECT id, (SELECT min(id) FROM parties_organisation), now() FROM tendering_correction;"
)
#: An application for a weight of price outside the range, and the treasury's consent to it.
WEIGHT = (
    "INSERT INTO tendering_priceweightapproval (lot_id, weight, reason, applied_at, number, return_reason)"
    " VALUES ({lot}, 45, 'x', now(), '', '');"
)
CONSENTED = WEIGHT + "UPDATE tendering_priceweightapproval SET approved_at = now(), number = 'x';"

ROWS: tuple[Row, ...] = (
    ("published", "published_solicitation_is_frozen", "one more listed product", LISTED),
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
    ("published", "published_solicitation_is_frozen", "another text of a correction",
     CORRECTED + "UPDATE tendering_correction SET after = 'z'"),
    # --- a weight of price outside the range
    ("published", "published_solicitation_is_frozen", "consent to a weight after the notice", WEIGHT),
    ("case", "one_weight_application_at_a_time", "ask for two weights at once", WEIGHT + WEIGHT),
    ("case", "weight_application_is_decided_once", "send a consent back",
     CONSENTED + "UPDATE tendering_priceweightapproval SET returned_at = now(), return_reason = 'x'"),
    ("case", "consent_to_a_weight_has_its_number", "consent without a number",
     WEIGHT + "UPDATE tendering_priceweightapproval SET approved_at = now()"),
    ("case", "weight_asked_for_is_in_points", "more points than there are",
     WEIGHT.replace("45", "145")),
    ("case", "weight_application_is_never_rewritten", "another weight than was consented to",
     CONSENTED + "UPDATE tendering_priceweightapproval SET weight = 90"),
    ("case", "steps_are_never_taken_back", "take a consent back",
     CONSENTED + "UPDATE tendering_priceweightapproval SET approved_at = NULL"),
    ("case", "records_are_never_deleted", "lose an application for a weight",
     WEIGHT + "DELETE FROM tendering_priceweightapproval"),
    ("published", "links_are_never_repointed", "somebody else read the correction",
     CORRECTED + READ + "UPDATE tendering_correctionreceipt SET supplier_id = supplier_id + 1"),
    ("published", "records_are_never_deleted", "nobody read the correction",
     CORRECTED + READ + "DELETE FROM tendering_correctionreceipt"),
)  # fmt: skip
