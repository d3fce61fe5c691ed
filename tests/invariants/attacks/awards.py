"""无系统不交易: can somebody win who was not ranked first by a procedure on the platform?"""

from tests.invariants.attacks.sql import OWN_WORD, Row, copy

#: What a loser was told.
LETTER = (
    "INSERT INTO tendering_awardletter (lot_id, supplier_id, is_winner, reason, issued_at)"
    " VALUES ({lot}, {supplier}, false, 'x', now());"
)

ANNULMENT = (
    "INSERT INTO tendering_awardannulment (award_id, ground, reason, proposed_by_id, proposed_at, answer)"
    " SELECT {award}, 'decision', 'x', min(id), now(), '' FROM parties_post;"
)

#: Two persons let it fall.
CONFIRMED = ANNULMENT + (
    "UPDATE tendering_awardannulment SET is_confirmed = true, answered_at = now(),"
    " answered_by_id = (SELECT max(id) FROM parties_post);"
    " UPDATE cases_award SET refused_at = now(), fall_ground = 'decision' WHERE id = {award};"
)

#: The next one is chosen, and nobody is told yet.
UNTOLD = copy(
    "cases_award", "{award}", candidate_id="{runner_up}", supplier_id="{runner_up_supplier}", amount="1",
    announced_at="NULL", refused_at="NULL", fall_ground="''", refusal_reason="''", declared_by_id="NULL",
)  # fmt: skip

ROWS: tuple[Row, ...] = (
    ("case", "candidate_comes_from_a_published_case", "a candidate without a procedure",
     "INSERT INTO cases_candidate (lot_id, supplier_id, rank, amount, at) VALUES ({lot}, {buyer}, 1, 1, now())"),
    ("awarded", "award_comes_from_its_candidate", "another amount",
     copy("cases_award", "{award}", candidate_id="{runner_up}", supplier_id="{runner_up_supplier}", amount="2",
          refused_at="now()")),
    ("awarded", "award_comes_from_its_candidate", "another supplier",
     copy("cases_award", "{award}", candidate_id="{runner_up}", amount="1", refused_at="now()")),
    ("awarded", "award_comes_from_its_candidate", "no candidate",
     copy("cases_award", "{award}", candidate_id="NULL", refused_at="now()")),
    ("awarded", "one_award_per_lot", "a second winner",
     copy("cases_award", "{award}", candidate_id="{runner_up}", supplier_id="{runner_up_supplier}", amount="1")),
    ("awarded", "nobody_annuls_an_award_alone", "void by nobody's word",
     "UPDATE cases_award SET refused_at = now(), fall_ground = 'decision' WHERE id = {award}"),
    ("awarded", "nobody_annuls_an_award_alone", "void on another ground than was confirmed",
     ANNULMENT + "UPDATE tendering_awardannulment SET is_confirmed = true;"
     " UPDATE cases_award SET refused_at = now(), fall_ground = 'objection' WHERE id = {award}"),
    ("awarded", "nobody_annuls_an_award_alone", "one person asks and confirms",
     ANNULMENT + "UPDATE tendering_awardannulment SET answered_by_id = proposed_by_id, is_confirmed = true"),
    ("awarded", "nobody_annuls_an_award_alone", "void by a confirmation of nobody",
     ANNULMENT + "UPDATE tendering_awardannulment SET is_confirmed = true;"
     " UPDATE cases_award SET refused_at = now(), fall_ground = 'decision' WHERE id = {award}"),
    ("awarded", "nobody_annuls_an_award_alone", "refused by the buyer's word",
     "UPDATE cases_award SET refused_at = now(), fall_ground = 'refused' WHERE id = {award}"),
    ("awarded", "nobody_annuls_an_award_alone", "refused by somebody else's word",
     "UPDATE cases_award SET refused_at = now(), fall_ground = 'refused', declared_by_id = (SELECT min(p.id)"
     " FROM parties_post p WHERE p.organisation_id <> cases_award.supplier_id) WHERE id = {award}"),
    ("awarded", "nobody_annuls_an_award_alone", "fallen without a word",
     "UPDATE cases_award SET refused_at = now() WHERE id = {award}"),
    ("awarded", "nobody_annuls_an_award_alone", "fallen with a ground that was written down before",
     "UPDATE cases_award SET fall_ground = 'decision' WHERE id = {award};"
     " UPDATE cases_award SET refused_at = now() WHERE id = {award}"),
    ("awarded", "nobody_annuls_an_award_alone", "announced, and fallen with its lot",
     "UPDATE cases_award SET refused_at = now(), fall_ground = 'lot_failed' WHERE id = {award}"),
    ("awarded", "nobody_annuls_an_award_alone", "fallen with a lot that goes on",
     OWN_WORD + UNTOLD
     + "UPDATE cases_award SET refused_at = now(), fall_ground = 'lot_failed' WHERE candidate_id = {runner_up}"),
    ("awarded", "nobody_annuls_an_award_alone", "made fallen",
     copy("cases_award", "{award}", candidate_id="{runner_up}", supplier_id="{runner_up_supplier}", amount="1",
          refused_at="now()", fall_ground="'decision'")),
    ("awarded", "nobody_annuls_an_award_alone", "made with the ground on which it will fall",
     OWN_WORD + UNTOLD.replace("'fall_ground', ''", "'fall_ground', 'decision'")),
    ("awarded", "steps_are_never_taken_back", "announced no more",
     "UPDATE cases_award SET announced_at = NULL WHERE id = {award}"),
    ("awarded", "steps_are_never_taken_back", "fallen on another ground",
     OWN_WORD + "UPDATE cases_award SET fall_ground = 'objection' WHERE id = {award}"),
    ("awarded", "steps_are_never_taken_back", "fallen by two persons, then by its winner's word",
     CONFIRMED + "UPDATE cases_award SET declared_by_id = (SELECT min(p.id) FROM parties_post p"
     " WHERE p.organisation_id = cases_award.supplier_id) WHERE id = {award}"),
    ("awarded", "one_annulment_at_a_time", "asked for twice", ANNULMENT + ANNULMENT),
    ("signed", "award_under_contract_stands", "refuse an award under contract",
     OWN_WORD),
    ("awarded", "links_are_never_repointed", "another candidate",
     "UPDATE cases_award SET candidate_id = {runner_up} WHERE id = {award}"),
    ("awarded", "links_are_never_repointed", "another amount of an award",
     "UPDATE cases_award SET amount = amount + 1 WHERE id = {award}"),
    ("awarded", "links_are_never_repointed", "another amount of a candidate",
     "UPDATE cases_candidate SET amount = amount + 1 WHERE id = {candidate}"),
    ("awarded", "award_comes_from_its_candidate", "award somebody whom a re-evaluation put out",
     "UPDATE cases_candidate SET superseded_at = now() WHERE id = {runner_up};" + OWN_WORD
     + copy("cases_award", "{award}", candidate_id="{runner_up}", supplier_id="{runner_up_supplier}", amount="1",
            refused_at="null::timestamptz")),
    ("awarded", "steps_are_never_taken_back", "bring back somebody whom a re-evaluation put out",
     "UPDATE cases_candidate SET superseded_at = now() WHERE id = {runner_up};"
     "UPDATE cases_candidate SET superseded_at = NULL WHERE id = {runner_up}"),
    ("awarded", "links_are_never_repointed", "another order of the candidates",
     "UPDATE cases_candidate SET rank = 9 WHERE id = {candidate}"),
    ("awarded", "records_are_never_deleted", "lose a candidate", "DELETE FROM cases_candidate WHERE id = {runner_up}"),
    ("awarded", "records_are_never_deleted", "lose an award", "DELETE FROM cases_award WHERE id = {award}"),
    ("opened", "links_are_never_repointed", "another reason in a letter",
     LETTER + "UPDATE tendering_awardletter SET reason = 'y'"),
    ("opened", "records_are_never_deleted", "lose a letter", LETTER + "DELETE FROM tendering_awardletter"),
)  # fmt: skip
