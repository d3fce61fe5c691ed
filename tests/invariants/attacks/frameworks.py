"""Can a framework agreement or what is called off under it be bent?"""

from tests.invariants.attacks.sql import Row, copy


def _award(lot: str, candidate: str, supplier: str, amount: str) -> str:
    return (
        "INSERT INTO cases_award (lot_id, candidate_id, supplier_id, amount, determined_at, is_deemed, fall_ground,"
        f" refusal_reason) SELECT {lot}, {candidate}, {supplier}, {amount}, now(), false, '', '';"
    )


ROWS: tuple[Row, ...] = (
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
    ("framework", "records_are_never_deleted", "lose the terms of a call",
     "DELETE FROM frameworks_framework WHERE id = {framework}"),
    ("framework", "links_are_never_repointed", "buy more than was called off",
     "UPDATE frameworks_calloff SET quantity = 50 WHERE id = {call_off}"),
    ("framework", "records_are_never_deleted", "forget an entrant",
     "DELETE FROM frameworks_entrant WHERE id = {entrant}"),
    ("framework", "approved_plan_is_never_rewritten", "let a first stage spend after all",
     "UPDATE planning_planitem SET spends = true WHERE id = (SELECT plan_item_id FROM cases_case c JOIN cases_lot l"
     " ON l.case_id = c.id WHERE l.id = {lot})"),
)  # fmt: skip
