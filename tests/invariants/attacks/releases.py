"""无预算不采购: can a failed lot's money be had before its time, twice, or for something else?"""

from tests.invariants.attacks import objections
from tests.invariants.attacks.sql import NEW_FUND, Row, copy, fund, move

ENDED, NOW = "'2026-04-02T16:00:00Z'", "yangcai_now()"
NEW = "currval(pg_get_serial_sequence('cases_lotrelease', 'id'))"


def release(lot: str = "{lot}", amount: str = "500", ended: str = ENDED, at: str = NOW) -> str:
    return (
        "INSERT INTO cases_lotrelease (lot_id, amount, remedies_end_at, released_at)"
        f" VALUES ({lot}, {amount}, {ended}, {at});"
    )


def moved(amount: str = "500", ground: str = f"'lotrelease:' || {NEW}") -> str:
    return (
        "INSERT INTO funds_transfer (kind, source_id, target_id, amount, at, ground)"
        f" SELECT 'release_reservation', {{reserved}}, {{available}}, {amount}, now(), {ground};"
    )


def said(amount: str = "500") -> str:
    return f"UPDATE planning_planitem SET released_amount = {amount} WHERE id = {{plan}};"


#: As the Action does it.
LAWFUL = release() + moved() + said()
SUSPENDED = (
    "INSERT INTO cases_suspension (case_id, reason, authority, suspended_at, until_on)"
    " VALUES ({case}, 'x', 'x', now(), '2026-12-31');"
)
LETTER = (
    "INSERT INTO tendering_awardletter (lot_id, supplier_id, is_winner, reason, issued_at)"
    " VALUES ({lot}, {buyer}, false, 'x', '2026-04-02T17:00:00Z');"
)
OBJECTED = objections.RAISED.replace("{runner_up_supplier}", "{buyer}").replace("now()", "yangcai_now()")
SENT = "UPDATE planning_planitem SET submitted_at = now() WHERE id = {renewal};"

ROWS: tuple[Row, ...] = (
    # --- which lot
    ("failed", "only_a_failed_lot_is_released", "a lot that goes on", release("{second_lot}")),
    ("failed", "only_a_failed_lot_is_released", "more than its budget", release(amount="500.01")),
    ("failed", "only_a_failed_lot_is_released", "a lot of a case that is over",
     "UPDATE cases_case SET ended_at = now(), end_kind = 'terminated' WHERE id = {case};" + release()),
    ("case", "only_a_failed_lot_is_released", "a lot that nobody was called to",
     "UPDATE cases_lot SET outcome = 'unsuccessful', outcome_at = '2026-01-01T00:00:00Z' WHERE id = {lot};"
     + release(ended="'2026-02-01T00:00:00Z'")),
    ("awarded", "only_a_failed_lot_is_released", "a lot that has its winner",
     "UPDATE cases_lot SET outcome = 'unsuccessful', outcome_at = '2026-01-01T00:00:00Z' WHERE id = {lot};"
     + release(amount="1", ended="'2026-02-01T00:00:00Z'")),
    ("failed", "one_release_per_lot", "twice", release() + release()),
    ("failed", "release_is_positive", "nothing", release(amount="0")),
    # --- when
    ("failed", "no_release_before_the_remedies", "before the remedies ended",
     release(ended="'2026-04-09T16:00:00Z'")),
    ("failed", "no_release_before_the_remedies", "as if they had ended, at another time than now",
     release(ended="'2026-04-09T16:00:00Z'", at="'2026-04-10T00:00:00Z'")),
    ("failed", "no_release_before_the_remedies", "as if they had ended before the lot failed",
     release(ended="'2026-03-24T00:00:00Z'")),
    ("failed", "no_release_before_the_remedies", "as if they had ended before a bidder was told", LETTER + release()),
    ("failed", "no_release_before_the_remedies", "while the case is suspended", SUSPENDED + release()),
    ("failed", "no_release_before_the_remedies", "while an objection to the failure waits", OBJECTED + release()),
    # --- the money
    ("failed", "released_means_transferred", "no money moved", release() + said()),
    ("failed", "published_case_stays_funded", "money of a failed lot that was not released", moved(ground="'x'")),
    ("failed", "published_case_stays_funded", "another sum than the lot's", release() + moved("499.99")),
    ("failed", "published_case_stays_funded", "the money of one lot twice", LAWFUL + moved()),
    ("failed", "published_case_stays_funded", "the money of the lot that goes on", LAWFUL + moved(ground="'x'")),
    ("failed", "reserved_as_planned", "reserve again what was released",
     LAWFUL + move("reserve", "{available}", "{reserved}", "500")),
    # --- what the plan says
    ("failed", "plan_says_what_was_released", "the plan says nothing of it", release() + moved()),
    ("failed", "plan_says_what_was_released", "the plan says more", LAWFUL + said("501")),
    ("failed", "plan_says_what_was_released", "without a release", said("500")),
    ("failed", "plan_says_what_was_released", "the plan forgets it",
     LAWFUL + "SET CONSTRAINTS ALL IMMEDIATE;" + said("0")),
    # --- for good
    ("failed", "released_lot_stays_lost", "bring the lot back",
     LAWFUL + "UPDATE cases_lot SET outcome = '' WHERE id = {lot};"),
    ("failed", "released_lot_stays_lost", "award the lot",
     LAWFUL + "INSERT INTO cases_candidate (lot_id, supplier_id, rank, amount, at)"
     " VALUES ({lot}, {buyer}, 1, 1, now());"
     "INSERT INTO cases_award (candidate_id, lot_id, supplier_id, amount, determined_at, is_deemed, fall_ground,"
     " refusal_reason) SELECT max(id), {lot}, {buyer}, 1, now(), false, '', '' FROM cases_candidate;"),
    ("failed", "links_are_never_repointed", "another end of the remedies",
     LAWFUL + f"UPDATE cases_lotrelease SET remedies_end_at = '2026-04-01T16:00:00Z' WHERE id = {NEW};"),
    ("failed", "records_are_never_deleted", "lose the release",
     LAWFUL + f"DELETE FROM cases_lotrelease WHERE id = {NEW};"),
    # --- the plan that renews it
    ("failed", "renewed_within_the_release", "before anything was released", SENT),
    ("failed", "renewed_within_the_release", "for more than was released",
     LAWFUL + "UPDATE planning_planitem SET amount = 500.01 WHERE id = {renewal};" + SENT),
    ("failed", "renewed_within_the_release", "two plans for one lot",
     LAWFUL + SENT + fund("reserved", "{available}")
     + copy("planning_planitem", "{renewal}", reserved_fund_id=NEW_FUND, amount="1")),
)  # fmt: skip
