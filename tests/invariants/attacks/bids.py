"""Can a bid come late, open early, or say something else than was sealed?"""

from tests.invariants.attacks.prepared import SUSPENDED
from tests.invariants.attacks.sql import Row, copy, period

#: A line of the opened bid.
LINE = (
    "INSERT INTO tendering_bidline (opened_bid_id, number, item, brand, specification, quantity, unit_price, amount)"
    " VALUES ({opened}, 1, 'x', '', '', 1, 1, 1);"
)
#: A small member of the consortium that made the opened bid; an opening that is over; a security that went back.
JOINED = (
    "INSERT INTO tendering_bidpartner (opened_bid_id, kind, name, uscc, size, share, work)"
    " VALUES ({opened}, 'member', 'x', '', 'small', 0.3, '');"
)
CONCLUDED = "INSERT INTO tendering_opening (case_id, begun_at, concluded_at, answer) VALUES ({case}, now(), now(), '');"
SECURITY = (
    "INSERT INTO tendering_bidsecurity (case_id, supplier_id, kind, amount, received_at, returned_at, kept_reason)"
    " VALUES ({case}, {supplier}, 'transfer', 100, now(), now(), '');"
)

#: A correction that may affect bids, after the bid; and its bidder's word.
CORRECTED = (
    "INSERT INTO tendering_correction (case_id, number, item, before, after, affects_bids, old_closes_at,"
    " new_closes_at, at) VALUES ({{case}}, {0}, 'x', '', 'y', {1}, now(), now(), '2026-03-23T00:00:00Z');"
)


def confirm(rev: int = 2, *, by: str = "{supplier}", statement: str = "", correction: str = "max(id)") -> str:
    return (
        "INSERT INTO tendering_bidreconfirmation (bid_id, correction_id, rev, statement, signature, confirmed_by_id,"
        f" reconfirmed_at) SELECT {{bid}}, {correction}, {rev}, '{statement}', '',"
        f" (SELECT min(id) FROM parties_post WHERE organisation_id = {by}), '2026-03-10T00:00:00Z'"
        " FROM tendering_correction WHERE case_id = {case};"
    )


NEW = CORRECTED.format(1, "true")

ROWS: tuple[Row, ...] = (
    # --- a correction of the documents
    ("late", "bid_is_reconfirmed_before_the_deadline", "confirm a bid after the deadline", NEW + confirm()),
    ("sealed", "bidder_reconfirms_its_own_bid", "confirm another's bid", NEW + confirm(by="{buyer}")),
    ("sealed", "bidder_reconfirms_its_own_bid", "a statement nobody signed", NEW + confirm(statement="x")),
    ("handed_in", "bidder_reconfirms_its_own_bid", "a sealed bid without a statement", NEW + confirm()),
    ("sealed", "bidder_reconfirms_its_own_bid", "confirm what was withdrawn",
     NEW + "UPDATE tendering_bid SET withdrawn_at = now() WHERE id = {bid};" + confirm()),
    ("sealed", "bid_is_reconfirmed_after_its_correction", "a correction that changes no bid",
     CORRECTED.format(1, "false") + confirm()),
    ("sealed", "bid_is_reconfirmed_after_its_correction", "a version that is not out", NEW + confirm(3)),
    ("sealed", "bid_is_reconfirmed_after_its_correction", "the version before", NEW + confirm(1)),
    ("sealed", "bid_is_reconfirmed_after_its_correction", "an older correction",
     NEW + CORRECTED.format(2, "true") + confirm(correction="min(id)")),
    ("sealed", "one_reconfirmation_per_correction", "confirm a bid twice", NEW + confirm() + confirm()),
    ("sealed", "records_are_never_deleted", "take a confirmation back",
     NEW + confirm() + "DELETE FROM tendering_bidreconfirmation"),
    ("sealed", "records_are_never_deleted", "confirm another version after all",
     NEW + confirm() + "UPDATE tendering_bidreconfirmation SET rev = 9"),
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
    ("sealed", "sealed_bid_is_never_changed", "swap an envelope",
     "UPDATE tendering_bid SET envelope_id = '{envelope}' WHERE id = {bid}"),
    ("sealed", "sealed_bid_is_never_changed", "another key",
     "UPDATE tendering_bid SET sealed_key = 'x' WHERE id = {bid}"),
    ("sealed", "sealed_bid_is_never_changed", "another time of receipt",
     "UPDATE tendering_bid SET received_at = '2026-03-03T00:00:00Z' WHERE id = {bid}"),
    ("opened", "sealed_bid_is_never_changed", "another price",
     "UPDATE tendering_openedbid SET price = 1 WHERE id = {opened}"),
    # --- what was sealed
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
    ("opened", "sealed_bid_is_never_changed", "another unit price",
     LINE + "UPDATE tendering_bidline SET unit_price = 2"),
    ("opened", "records_are_never_deleted", "lose a line of a bid", LINE + "DELETE FROM tendering_bidline"),
    ("opened", "links_are_never_repointed", "a larger security",
     SECURITY + "UPDATE tendering_bidsecurity SET amount = 1"),
    ("opened", "steps_are_never_taken_back", "a security that did not go back",
     SECURITY + "UPDATE tendering_bidsecurity SET returned_at = NULL"),
    ("late", "records_are_never_deleted", "lose a bid", "DELETE FROM tendering_bid WHERE id = {bid}"),
    ("opened", "records_are_never_deleted", "lose an opened bid",
     "DELETE FROM tendering_openedbid WHERE id = {opened}"),
)  # fmt: skip
