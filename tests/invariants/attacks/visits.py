"""Can a visit be held in secret, a sample change hands, or what was stated of them be forgotten?"""

from tests.invariants.attacks.sql import Row

#: A visit that was stated; a lot's terms; a sample that came in.
VISIT = (
    "INSERT INTO tendering_sitevisit (case_id, number, kind, place, content, begins_at, minutes, cancelled_reason)"
    " VALUES ({case}, 1, 'visit', 'x', 'y', now() + interval '1 day', '', '');"
)
TERMS = (
    "INSERT INTO tendering_sampleterms (lot_id, ground, reason, standard, needs_report, institution, tested,"
    " judged_by, place, keeping) VALUES ({lot}, 'judged', 'x', 'x', "
)
SAMPLE = (
    "INSERT INTO tendering_sample (lot_id, supplier_id, code, registered_at, received_at, condition, fate, fate_note)"
    " VALUES ({lot}, {buyer}, 'YP1', now(), now(), 'x', '', '');"
)

ROWS: tuple[Row, ...] = (
    ("opened", "visit_is_not_held_before_its_time", "show somebody the site a day early",
     VISIT + "UPDATE tendering_sitevisit SET held_at = now()"),
    ("opened", "visit_is_held_or_cancelled", "held and cancelled",
     VISIT + "UPDATE tendering_sitevisit SET held_at = now() + interval '2 days', cancelled_at = now()"),
    ("opened", "links_are_never_repointed", "another time than all were told",
     VISIT + "UPDATE tendering_sitevisit SET begins_at = now() + interval '2 days'"),
    ("opened", "records_are_never_deleted", "lose a visit that was published",
     VISIT + "DELETE FROM tendering_sitevisit"),
    ("case", "report_says_by_whom_and_on_what", "a report from wherever", TERMS + "true, '', '', 'x', 'x', 'x')"),
    ("opened", "published_solicitation_is_frozen", "ask for samples after the notice",
     TERMS + "false, '', '', 'x', 'x', 'x')"),
    ("opened", "published_solicitation_is_frozen", "ask for consumables after the notice",
     "INSERT INTO tendering_consumable (lot_id, number, item, unit, quantity) VALUES ({lot}, 1, 'x', 'x', 1)"),
    ("opened", "one_sample_per_bidder", "a second sample", SAMPLE + SAMPLE.replace("YP1", "YP2")),
    ("opened", "sample_is_disposed_of_with_consent", "throw a sample away",
     SAMPLE + "UPDATE tendering_sample SET fate = 'disposed', settled_at = now()"),
    ("opened", "links_are_never_repointed", "another supplier's sample",
     SAMPLE + "UPDATE tendering_sample SET supplier_id = {supplier}"),
    ("opened", "steps_are_never_taken_back", "a sample that never came in",
     SAMPLE + "UPDATE tendering_sample SET received_at = NULL"),
    ("opened", "records_are_never_deleted", "lose a sample", SAMPLE + "DELETE FROM tendering_sample"),
)  # fmt: skip
