"""Which rows must stand first, that a world does not have and that several tables need?"""

#: A committee with one member.
SEATED = (
    "INSERT INTO tendering_committee (case_id, size, draw_seed, pool_digest, drawn_at)"
    " VALUES ({case}, 5, 'seed', '', now());"
    "INSERT INTO tendering_committeemember (committee_id, post_id, is_chair, replaced_reason)"
    " SELECT c.id, (SELECT min(id) FROM parties_post), false, '' FROM tendering_committee c WHERE c.case_id = {case};"
)
#: A case that stands still.
SUSPENDED = (
    "INSERT INTO cases_suspension (case_id, reason, authority, suspended_at, until_on)"
    " VALUES ({case}, 'x', 'y', now(), '2026-12-31');"
)
