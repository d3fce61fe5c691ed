"""Can a sealed bid come without its receipt, or be read before enough of its holders want it?"""

from tests.invariants.attacks.sql import Row, copy

POLICY = (
    "INSERT INTO tendering_openingpolicy (lot_id, revision, tender, threshold, supplier_shares, window_seconds,"
    " extension_seconds, recovery_allowed, closes_at, opens_at, content, digest, published_at)"
    " SELECT lot_id, revision + 1, tender, {0}, supplier_shares, window_seconds, extension_seconds, recovery_allowed,"
    " closes_at - interval '{1}', opens_at, '', '', {2} FROM tendering_openingpolicy WHERE id = {{policy}};"
)
NEW_POLICY = "(SELECT max(id) FROM tendering_openingpolicy)"
SEATS = (
    "INSERT INTO tendering_policyseat (policy_id, number, trustee_id) SELECT " + NEW_POLICY + ", number, trustee_id"
    " FROM tendering_policyseat WHERE policy_id = {{policy}} AND number <= {0};"
)
PUBLISH = "UPDATE tendering_openingpolicy SET published_at = now() WHERE id = " + NEW_POLICY
CLOSING = (
    "INSERT INTO tendering_bidclosing (lot_id, policy_id, leaf_id, closed_at, size, digest, window_closes_at,"
    " extension_reason) VALUES ({lot}, {policy}, (SELECT max(id) FROM kernel_leaf), '2026-03-24T01:30:00Z', 3,"
    " repeat('0', 64), now(), '')"
)
RELEASE = (
    "INSERT INTO tendering_sharerelease (closing_id, trustee_id, bid_id, post_id, statement, signature, released_at)"
    " VALUES ({{closing}}, {0}, {1}, {{post}}, '', '', '2026-03-24T01:31:00Z');"
)
NEW_RELEASE = "(SELECT id FROM tendering_sharerelease WHERE statement = '')"
SHARE = (
    "INSERT INTO tendering_releasedshare (release_id, bid_id, number, share) VALUES (" + NEW_RELEASE + ", {{{0}}}, {1},"
    " 'x')"
)
OPENED = (
    "INSERT INTO tendering_openedbid (lot_id, bid_id, supplier_id, price, price_in_words, delivery, preference,"
    " is_domestic, has_imports, green_certificates, brand, opened_at, record_objection, invalid_reason, left_reason)"
    " VALUES ({lot}, {bid}, {supplier}, 1, '', '', 'none', false, false, '', '', now(), '', '', '')"
)

TEST = (
    "INSERT INTO tendering_sharetest (bid_id, trustee_id, tested_by_id, tested_at, fault)"
    " VALUES ({{bid}}, {0}, {{post}}, now(), '');"
)
DRILL = (
    "INSERT INTO tendering_drill (organisation_id, tender, policy, begun_by_id, begun_at, bid_count, took_part, absent,"
    " faults) VALUES ({buyer}, gen_random_uuid(), '', {post}, now(), 0, '', '', '');"
)
JOINED = (
    "INSERT INTO tendering_drillrelease (drill_id, trustee_id, post_id, statement, signature, released_at)"
    " SELECT max(id), {platform}, {post}, '', '', now() FROM tendering_drill;"
)
ABANDONED = (
    "INSERT INTO tendering_openingabandonment (closing_id, reason, proposed_by_id, proposed_at, answer)"
    " VALUES ({closing}, 'x', {post}, now(), '');"
)

ROWS: tuple[Row, ...] = (
    # --- coming in
    ("handed_in", "sealed_as_the_policy_says", "a bid that the platform sealed",
     copy("tendering_bid", "{bid}", receipt="'x'", revision="2", supplier_id="{buyer}",
          seal_scheme="'yangcai-envelope/1'")),
    ("sealed", "sealed_as_the_policy_says", "an envelope where nobody laid down a policy",
     copy("tendering_bid", "{bid}", receipt="'x'", revision="2", supplier_id="{buyer}", seal_scheme="'sbp/1'")),
    ("handed_in", "no_sealed_bid_without_receipt", "a bid of which the bidder can prove nothing",
     copy("tendering_bid", "{bid}", receipt="'x'", revision="2", supplier_id="{buyer}")),
    ("due", "late_bid_is_refused", "a bid at the very microsecond of the deadline",
     copy("tendering_bid", "{bid}", receipt="'x'", revision="2", supplier_id="{buyer}",
          received_at="'2026-03-24T01:29:59Z'")),
    ("due", "bids_stand_from_the_deadline", "replace a bid at the deadline",
     "UPDATE tendering_bid SET replaced_at = '2026-03-24T01:29:59Z' WHERE id = {bid}"),
    ("handed_in", "one_upload_per_key", "one key of a supplier for two submissions",
     copy("tendering_bidupload", "{upload}", sid="gen_random_uuid()")),
    ("handed_in", "sealed_bid_is_never_changed", "another receipt",
     "UPDATE tendering_sealedbid SET note = 'x' WHERE bid_id = {bid}"),
    ("handed_in", "sealed_bid_is_never_changed", "another line in the log",
     "UPDATE tendering_sealedbid SET leaf_id = 1 WHERE bid_id = {bid}"),
    ("handed_in", "records_are_never_deleted", "a bid without its statement",
     "DELETE FROM tendering_sealedbid WHERE bid_id = {bid}"),
    ("handed_in", "verified_upload_is_never_changed", "another header",
     "UPDATE tendering_bidupload SET header = '{{}}' WHERE id = {upload}"),
    ("handed_in", "verified_upload_is_never_changed", "one more part",
     "INSERT INTO tendering_bidpart (upload_id, number, document_id) VALUES ({upload}, 9, '{envelope}')"),
    ("handed_in", "verified_upload_is_never_changed", "another part",
     "UPDATE tendering_bidpart SET document_id = '{envelope}' WHERE upload_id = {upload}"),
    # --- the policy
    ("handed_in", "nobody_opens_with_the_operator_alone", "a threshold that a thief and the operator reach",
     POLICY.format(3, "0", "NULL")),
    ("handed_in", "policy_has_enough_trustees", "a policy that was never drafted",
     POLICY.format(4, "0", "now()")),
    ("handed_in", "policy_has_enough_trustees", "a policy whose absent bidders nobody can recover",
     POLICY.format(4, "0", "NULL") + SEATS.format(3) + PUBLISH),
    ("handed_in", "policy_only_postpones", "an earlier deadline",
     POLICY.format(4, "1 second", "NULL") + SEATS.format(200) + PUBLISH),
    ("handed_in", "policy_only_postpones", "another threshold",
     POLICY.format(5, "0", "NULL") + SEATS.format(200) + PUBLISH),
    ("handed_in", "policy_only_postpones", "one trustee less",
     POLICY.format(4, "0", "NULL") + SEATS.format(4) + PUBLISH),
    ("handed_in", "published_policy_is_never_rewritten", "a lower threshold",
     "UPDATE tendering_openingpolicy SET threshold = 9 WHERE id = {policy}"),
    ("handed_in", "published_policy_is_never_rewritten", "a seat for somebody else",
     "UPDATE tendering_policyseat SET number = 9 WHERE policy_id = {policy} AND number = 1"),
    ("handed_in", "published_policy_is_never_rewritten", "no policy any more",
     "DELETE FROM tendering_openingpolicy WHERE id = {policy}"),
    ("handed_in", "one_trustee_per_organisation", "two pairs of keys in office",
     copy("tendering_trustee", "{platform}", hpke_key="'x'")),
    ("handed_in", "links_are_never_repointed", "a key of the attacker's in a trustee's place",
     "UPDATE tendering_trustee SET hpke_key = 'x' WHERE id = {platform}"),
    ("handed_in", "links_are_never_repointed", "a bidder's key for somebody else",
     "UPDATE tendering_signingkey SET public_key = 'x'"),
    # --- the opening
    ("handed_in", "no_closing_before_the_deadline", "close while bids may come in", CLOSING),
    ("due", "close_set_is_what_came_in", "a close set of somebody's choice", CLOSING),
    ("keys_due", "close_set_is_what_came_in", "a bid less", "UPDATE tendering_bidclosing SET size = 2"),
    ("keys_due", "close_set_is_what_came_in", "a window that ends at once",
     "UPDATE tendering_bidclosing SET window_closes_at = closed_at"),
    ("keys_due", "no_share_before_the_barrier", "a trustee who is early", RELEASE.format("{human}", "NULL")),
    ("keys_due", "share_comes_from_its_holder", "a trustee's share in a bidder's name",
     RELEASE.format("NULL", "{bid}") + SHARE.format("bid", 1)),
    ("keys_due", "share_comes_from_its_holder", "a share of another's bid",
     RELEASE.format("NULL", "{bid}") + SHARE.format("other_bid", 201)),
    ("keys_due", "share_comes_from_its_holder", "a release that was none",
     RELEASE.format("NULL", "{bid}") + "DELETE FROM tendering_sharerelease"),
    ("keys_due", "no_opening_before_the_shares", "read a bid in the window", OPENED),
    ("window_over", "keys_are_released_in_their_window", "a key that comes late", RELEASE.format("NULL", "{bid}")),
    ("window_over", "no_share_before_the_barrier", "a trustee, though the window stood still for an hour",
     "INSERT INTO tendering_openingsuspension (opening_id, reason, suspended_at, resumed_at) SELECT o.id, 'x',"
     " c.closed_at, c.closed_at + interval '1 hour' FROM tendering_opening o, tendering_bidclosing c"
     " WHERE c.id = {closing};" + RELEASE.format("{human}", "NULL")),
    ("window_over", "operator_is_never_first", "the platform after a person that gave out nothing",
     RELEASE.format("{human}", "NULL") + RELEASE.format("{platform}", "NULL")),
    # --- trustees: tests, drills, duty
    ("handed_in", "share_is_tried_by_its_holder", "the buyer's trustee tries its share, and counts the bids",
     TEST.format("{human}")),
    ("keys_due", "share_is_tried_by_its_holder", "a test that comes after the deadline", TEST.format("{platform}")),
    ("handed_in", "one_test_per_share", "another result",
     TEST.format("{platform}") + TEST.format("{platform}")),
    ("handed_in", "one_drill_at_a_time", "two drills", DRILL + DRILL),
    ("handed_in", "one_drill_release_per_trustee", "a trustee that releases for two", DRILL + JOINED + JOINED),
    ("handed_in", "nobody_joins_a_drill_afterwards", "who was absent took part after all",
     DRILL + "UPDATE tendering_drill SET concluded_at = now();" + JOINED),
    ("handed_in", "nobody_stands_in_for_itself", "one person on duty twice",
     "INSERT INTO tendering_trusteeduty (trustee_id, post_id, stand_in_id, from_on, to_on)"
     " VALUES ({platform}, {post}, {post}, '2026-03-24', '2026-03-24')"),
    # --- uploads and the end of waiting
    ("handed_in", "upload_given_up_is_no_bid", "a bid goes with its upload",
     "UPDATE tendering_bidupload SET given_up_at = now() WHERE id = {upload}"),
    ("handed_in", "upload_given_up_is_no_bid", "an upload that was given up is handed in all the same",
     copy("tendering_bid", "{bid}", receipt="'x'", revision="2", supplier_id="{buyer}")
     + copy("tendering_bidupload", "{upload}", sid="gen_random_uuid()", idem="'x'", given_up_at="now()")
     + "INSERT INTO tendering_sealedbid SELECT r.* FROM tendering_sealedbid s,"
     " LATERAL jsonb_populate_record(NULL::tendering_sealedbid, to_jsonb(s) || jsonb_build_object("
     " 'bid_id', (SELECT id FROM tendering_bid WHERE receipt = 'x'), 'idem', 'x',"
     " 'upload_id', (SELECT id FROM tendering_bidupload WHERE idem = 'x'),"
     " 'leaf_id', (SELECT max(leaf) FROM kernel_append_leaf('x', '\\x7b7d'::bytea)))) r WHERE s.bid_id = {bid}"),
    ("window_over", "nobody_gives_up_bids_alone", "one person asks and answers",
     ABANDONED + "UPDATE tendering_openingabandonment SET answered_by_id = proposed_by_id, is_confirmed = true"),
    ("window_over", "one_abandonment_at_a_time", "asked for twice", ABANDONED + ABANDONED),
    ("window_over", "operator_is_never_first", "the platform alone", RELEASE.format("{platform}", "NULL")),
    ("window_over", "no_opening_before_the_shares", "read a bid without its shares", OPENED),
    # --- prices in covers of their own
    ("prices_sealed", "no_price_before_the_technical_evaluation", "a bid that is out goes on",
     "UPDATE tendering_openedbid SET went_on_at = now(), invalid_reason = 'x' WHERE id = {opened}"),
    ("prices_sealed", "no_price_before_the_technical_evaluation", "a bid goes on that a member has not scored",
     copy("tendering_committeemember", "(SELECT max(id) FROM tendering_committeemember)", post_id="{post}",
          is_chair="false", expert_id="null")
     + "UPDATE tendering_openedbid SET went_on_at = now() WHERE id = {opened}"),
    ("prices_sealed", "no_price_before_the_technical_evaluation", "close the prices before anybody went on",
     "INSERT INTO tendering_bidclosing (lot_id, cover, round, policy_id, leaf_id, closed_at, size, digest,"
     " window_closes_at, extension_reason) VALUES ({lot}, 'PRICE', 0, {policy}, (SELECT max(id) FROM kernel_leaf),"
     " now(), 0, repeat('0', 64), now(), '')"),
    ("prices_sealed", "no_opening_before_the_shares", "read a price",
     "UPDATE tendering_sealedbid SET price = '{{}}' WHERE bid_id = {price}"),
    ("prices_sealed", "keys_are_released_in_their_window", "the key of a price with those of the bids",
     RELEASE.format("NULL", "{price}")),
    ("prices_sealed", "share_comes_from_its_holder", "a trustee's share of a price with those of the bids",
     RELEASE.format("{human}", "NULL") + SHARE.format("price", 2)),
    ("prices_sealed", "opened_bid_is_the_sealed_one", "write a price of somebody's choice",
     "INSERT INTO tendering_finaloffer (opened_bid_id, bid_id, price, price_in_words, delivery, opened_at)"
     " VALUES ({opened}, {price}, 1, '', '', now())"),
    ("prices_sealed", "sealed_bid_is_never_changed", "a price passed off as a technical cover",
     "UPDATE tendering_bid SET cover = 'TECH' WHERE id = {price}"),
    ("prices_sealed", "published_policy_is_never_rewritten", "prices that open at once",
     "UPDATE tendering_openingpolicy SET opens_at = closes_at - interval '1 day' WHERE id = {policy}"),
    # --- bytes that follow
    ("promised", "verified_upload_is_never_changed", "another digest",
     "UPDATE tendering_bidupload SET envelope_id = '{envelope}' WHERE id = {upload}"),
    ("promised", "verified_upload_is_never_changed", "another length",
     "UPDATE tendering_bidupload SET envelope_size = 2, verified_at = now() WHERE id = {upload}"),
    ("promised", "verified_upload_is_never_changed", "a promise taken back",
     "UPDATE tendering_bidupload SET promised_at = NULL WHERE id = {upload}"),
)  # fmt: skip
