"""Can somebody choose an expert: by the draw, by the library, or by a tie that is forgotten?"""

from tests.invariants.attacks.prepared import SEATED
from tests.invariants.attacks.sql import Row, copy

#: A draw that is committed, with one number said, and its first two lines in order; the first is called.
DRAWN = (
    "INSERT INTO tendering_expertdraw (case_id, round, places, size, specialities, is_complex, opened_at, leaf, head,"
    " seed, abandoned_reason) VALUES ({case}, 1, 1, 5, '', false, now(), '', '', '', '');"
    "INSERT INTO tendering_drawparty (draw_id, party, digest, number, promised_at)"
    " SELECT id, p, encode(sha256(p::bytea), 'hex'), '', now() FROM tendering_expertdraw,"
    " unnest(ARRAY['buyer', 'agent']) p;"
    "INSERT INTO parties_person (password, username, name, email, is_active)"
    " VALUES ('', 'drawn1', 'x', '', true), ('', 'drawn2', 'x', '', true);"
    "INSERT INTO parties_expert (person_id, employer_id, specialities, admitted_on, left_reason, title, version,"
    " library, library_number) SELECT id, {buyer}, '', '2020-01-01', '', '', 0, '', ''"
    " FROM parties_person WHERE username LIKE 'drawn%';"
    "INSERT INTO tendering_drawline (draw_id, expert_id, facts, salt, digest, position, outcome, reason)"
    " SELECT d.id, e.id, '{{}}', '', e.id, row_number() OVER (ORDER BY e.id), '', '' FROM tendering_expertdraw d,"
    " parties_expert e JOIN parties_person p ON p.id = e.person_id WHERE p.username LIKE 'drawn%';"
    "UPDATE tendering_expertdraw SET commit = '{{\"v\": 1}}', leaf = 'x', committed_at = now();"
    "UPDATE tendering_drawparty SET number = 'agent', revealed_at = now() WHERE party = 'agent';"
    "UPDATE tendering_drawline SET outcome = 'seated', called_at = now() WHERE position = 1;"
)
#: A seat for an expert who stands at a place of the draw.
SEAT = (
    "INSERT INTO tendering_committeemember (committee_id, post_id, expert_id, is_chair, replaced_reason)"
    " SELECT c.id, (SELECT max(id) FROM parties_post), l.expert_id, false, '' FROM tendering_committee c,"
    " tendering_drawline l WHERE l.position = "
)
TIED = (
    "INSERT INTO parties_experttie (expert_id, organisation_id, kind, from_on, note, declared_at)"
    " SELECT expert_id, {supplier}, 'director', '2024-01-01', '', now() FROM tendering_drawline WHERE position = 1;"
)

#: A choice of the second expert that waits for consent.
CHOSEN = (
    "INSERT INTO tendering_expertchoice (case_id, reason, attempts, consent_by_id, asked_at, opinion)"
    " VALUES ({case}, 'x', 'y', {buyer}, now(), '');"
    "INSERT INTO tendering_chosenexpert (choice_id, expert_id, reason)"
    " SELECT h.id, l.expert_id, '' FROM tendering_expertchoice h, tendering_drawline l WHERE l.position = 2;"
)
#: A filing of another province's library.
OUTSIDE = (
    "INSERT INTO tendering_outsidelibrary (case_id, library, province, reason, filed_at, number, list_digest, refusal)"
    " VALUES ({case}, 'x', '610000', 'y', now(), '', '', '');"
)
CONSENTED = "UPDATE tendering_expertchoice SET is_consented = true, decided_at = now();"
SEAT_CHOSEN = (
    "INSERT INTO tendering_committeemember (committee_id, post_id, expert_id, chosen_id, is_chair, replaced_reason)"
    " SELECT c.id, (SELECT max(id) FROM parties_post), x.expert_id, x.id, false, '' FROM tendering_committee c,"
    " tendering_chosenexpert x"
)

ROWS: tuple[Row, ...] = (
    ("opened", "no_chosen_expert_sits_without_consent", "seat whom the buyer chose before anybody consented",
     SEATED + DRAWN + CHOSEN + SEAT_CHOSEN),
    ("opened", "no_chosen_expert_sits_without_consent", "seat another than was consented to",
     SEATED + DRAWN + CHOSEN + CONSENTED
     + SEAT_CHOSEN.replace("x.expert_id, x.id", "(SELECT expert_id FROM tendering_drawline WHERE position = 1), x.id")),
    ("opened", "no_chosen_expert_sits_without_consent", "seat by a choice that was withdrawn",
     SEATED + DRAWN + CHOSEN + CONSENTED + "UPDATE tendering_expertchoice SET withdrawn_at = now();" + SEAT_CHOSEN),
    ("opened", "choice_is_fixed_by_its_consent", "a friend joins after the consent",
     DRAWN + CHOSEN + CONSENTED
     + copy("tendering_chosenexpert", "(SELECT max(id) FROM tendering_chosenexpert)",
            expert_id="(SELECT expert_id FROM tendering_drawline WHERE position = 1)")),
    ("opened", "one_choice_of_experts", "two choices at once",
     DRAWN + CHOSEN + copy("tendering_expertchoice", "(SELECT max(id) FROM tendering_expertchoice)")),
    ("opened", "choice_is_decided_with_an_answer", "decide without an answer",
     DRAWN + CHOSEN + "UPDATE tendering_expertchoice SET decided_at = now()"),
    ("opened", "links_are_never_repointed", "another expert than was named",
     DRAWN + CHOSEN + "UPDATE tendering_chosenexpert SET expert_id = (SELECT expert_id FROM tendering_drawline"
     " WHERE position = 1)"),
    ("opened", "steps_are_never_taken_back", "a consent taken back",
     DRAWN + CHOSEN + CONSENTED + "UPDATE tendering_expertchoice SET is_consented = false"),
    ("opened", "one_outside_library", "two libraries at once", OUTSIDE + OUTSIDE),
    ("opened", "outside_list_is_filed", "a list that nobody filed",
     OUTSIDE + "UPDATE tendering_outsidelibrary SET received_at = now(), list_digest = 'x'"),
    ("opened", "links_are_never_repointed", "another library than was filed",
     OUTSIDE + "UPDATE tendering_outsidelibrary SET library = 'z'"),
    ("opened", "steps_are_never_taken_back", "another list than came",
     OUTSIDE + "UPDATE tendering_outsidelibrary SET received_at = now(), list_digest = 'x', number = '1';"
     "UPDATE tendering_outsidelibrary SET list_digest = 'y'"),
    ("opened", "steps_are_never_taken_back", "another count of those who came with a list",
     OUTSIDE + "UPDATE tendering_outsidelibrary SET listed = 8, added = 8;"
     "UPDATE tendering_outsidelibrary SET added = 1"),
    ("opened", "records_are_never_deleted", "lose a filing", OUTSIDE + "DELETE FROM tendering_outsidelibrary"),
    ("opened", "links_are_never_repointed", "from another province into the own library",
     DRAWN + "UPDATE parties_expert SET library = 'x' WHERE specialities = ''"),
    ("opened", "one_expert_per_number_of_a_library", "one number for two experts",
     DRAWN + "INSERT INTO parties_person (password, username, name, email, is_active)"
     " VALUES ('', 'drawn3', 'x', '', true), ('', 'drawn4', 'x', '', true);"
     "INSERT INTO parties_expert (person_id, employer_id, specialities, admitted_on, left_reason, title, version,"
     " library, library_number) SELECT id, {buyer}, '', '2020-01-01', '', '', 0, 'x', '1' FROM parties_person"
     " WHERE username IN ('drawn3', 'drawn4')"),
    ("opened", "records_are_never_deleted", "lose a choice", DRAWN + CHOSEN + "DELETE FROM tendering_chosenexpert"),
    ("opened", "draw_is_never_rewritten", "another commit of a draw",
     DRAWN + "UPDATE tendering_expertdraw SET commit = '{{}}'"),
    ("opened", "draw_is_never_rewritten", "another seed of a draw",
     DRAWN + "UPDATE tendering_expertdraw SET seed = 'x'; UPDATE tendering_expertdraw SET seed = 'y'"),
    ("opened", "draw_is_never_rewritten", "fewer places after the commit",
     DRAWN + "UPDATE tendering_expertdraw SET places = 2"),
    ("opened", "draw_is_never_rewritten", "take back a digest",
     DRAWN + "UPDATE tendering_drawparty SET digest = 'x' WHERE party = 'buyer'"),
    ("opened", "draw_is_never_rewritten", "another number than was said",
     DRAWN + "UPDATE tendering_drawparty SET number = 'x' WHERE party = 'agent'"),
    ("opened", "number_is_the_promised_one", "another number than was promised",
     DRAWN + "UPDATE tendering_drawparty SET number = 'x' WHERE party = 'buyer'"),
    ("opened", "number_is_the_promised_one", "a number before the list is fixed",
     DRAWN.split("UPDATE")[0] + "UPDATE tendering_drawparty SET number = 'agent' WHERE party = 'agent'"),
    ("opened", "list_is_fixed_by_the_commit", "a friend on the list",
     DRAWN + "UPDATE parties_person SET username = 'friend' WHERE username = 'drawn1';"
     + copy("tendering_drawline", "(SELECT min(id) FROM tendering_drawline)", position="99")),
    ("opened", "list_is_fixed_by_the_commit", "one more party",
     DRAWN + copy("tendering_drawparty", "(SELECT max(id) FROM tendering_drawparty)", party="'public'")),
    ("opened", "draw_is_never_rewritten", "another expert on the line",
     DRAWN + "UPDATE tendering_drawline SET facts = '[1]'"),
    ("opened", "draw_is_never_rewritten", "another place in the order",
     DRAWN + "UPDATE tendering_drawline SET position = 9 WHERE position = 2"),
    ("opened", "draw_is_never_rewritten", "somebody who was called never was",
     DRAWN + "UPDATE tendering_drawline SET outcome = '' WHERE position = 1"),
    ("opened", "draw_is_never_rewritten", "seat somebody who may not sit",
     DRAWN + "UPDATE tendering_drawline SET outcome = 'passed', reason = 'not_eligible' WHERE position = 2;"
     "UPDATE tendering_drawline SET outcome = 'seated', reason = '' WHERE position = 2"),
    ("opened", "experts_are_called_in_order", "leave somebody out",
     DRAWN.rsplit("UPDATE", 1)[0] + "UPDATE tendering_drawline SET outcome = 'seated' WHERE position = 2"),
    ("opened", "no_expert_sits_undrawn", "seat somebody who was not called", SEATED + DRAWN + SEAT + "2"),
    ("opened", "records_are_never_deleted", "lose a draw", DRAWN + "DELETE FROM tendering_drawline"),
    ("opened", "recusal_fact_is_never_rewritten", "another tie",
     DRAWN + TIED + "UPDATE parties_experttie SET organisation_id = {buyer}"),
    ("opened", "recusal_fact_is_never_rewritten", "a tie that ended earlier",
     DRAWN + TIED + "UPDATE parties_experttie SET to_on = '2026-01-01';"
     "UPDATE parties_experttie SET to_on = '2025-01-01'"),
    ("opened", "records_are_never_deleted", "lose a tie", DRAWN + TIED + "DELETE FROM parties_experttie"),
    ("opened", "steps_are_never_taken_back", "back into the library",
     DRAWN + "UPDATE parties_expert SET left_on = '2026-01-01'; UPDATE parties_expert SET left_on = NULL"),
    ("opened", "links_are_never_repointed", "a longer time in the library",
     DRAWN + "UPDATE parties_expert SET admitted_on = '2010-01-01'"),
)  # fmt: skip
