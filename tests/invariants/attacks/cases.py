"""Can a case change what it is, when its stages run, or how it ended?"""

from tests.invariants.attacks.prepared import SUSPENDED
from tests.invariants.attacks.sql import Row, period

ROWS: tuple[Row, ...] = (
    ("published", "periods_do_not_overlap", "two stages at once",
     period("NULL", "'2026-03-10T00:00:00Z'", "'2026-03-11T00:00:00Z'", "'award'")),
    ("published", "periods_do_not_overlap", "open the next stage early",
     "UPDATE cases_period SET opens_at = '2026-03-20T00:00:00Z' WHERE case_id = {case} AND stage = 'opening'"),
    ("case", "links_are_never_repointed", "another plan",
     "UPDATE cases_case SET plan_item_id = {free_plan} WHERE id = {case}"),
    ("case", "links_are_never_repointed", "another buyer",
     "UPDATE cases_case SET buyer_id = {free_buyer} WHERE id = {case}"),
    ("published", "links_are_never_repointed", "a lot of another case",
     "UPDATE cases_lot SET case_id = (SELECT max(id) FROM cases_case) WHERE id = {lot}"),
    ("published", "links_are_never_repointed", "a period of another stage",
     "UPDATE cases_period SET stage = 'opening' WHERE id = {submission}"),
    ("closed", "steps_are_never_taken_back", "reopen a case",
     "UPDATE cases_case SET ended_at = NULL, end_kind = '' WHERE id = {case}"),
    ("published", "published_case_is_never_rewritten", "a larger budget after publication",
     "UPDATE cases_case SET budget = budget + 1 WHERE id = {case}"),
    ("published", "published_case_is_never_rewritten", "unpublish",
     "UPDATE cases_case SET published_at = NULL WHERE id = {case}"),
    ("published", "published_case_is_never_rewritten", "another law",
     "UPDATE cases_case SET law_as_of = '2020-01-01' WHERE id = {case}"),
    ("published", "links_are_never_repointed", "a longer suspension",
     SUSPENDED + "UPDATE cases_suspension SET until_on = '2027-12-31'"),
    ("published", "records_are_never_deleted", "lose a suspension", SUSPENDED + "DELETE FROM cases_suspension"),
    ("case", "records_are_never_deleted", "lose a case", "DELETE FROM cases_case WHERE id = {case}"),
)  # fmt: skip
