"""Can what was said in a dialogue change, or a last offer come late?"""

from tests.invariants.attacks.sql import Row, copy, period

ROWS: tuple[Row, ...] = (
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
)  # fmt: skip
