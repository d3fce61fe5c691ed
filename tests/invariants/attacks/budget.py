"""无预算不采购: can anything be bought without money that is reserved for it?"""

from tests.invariants.attacks.sql import NEW_FUND, Row, copy, fund, move

ROWS: tuple[Row, ...] = (
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
)  # fmt: skip
