"""质疑: can a letter be rewritten, an answer changed, or a contract be signed while one waits?"""

from tests.invariants.attacks.sql import Row, copy

#: A loser objects to the result of the lot.
RAISED = (
    "INSERT INTO challenges_objection (case_id, number, supplier_id, target, lot_id, stage, known_on, requests,"
    " address, postcode, contact, phone, signed_as, received_at, completion_asked, completion, harmless_reason,"
    " withdrawal_reason, consequence, explanation)"
    " VALUES ({case}, 'x', {runner_up_supplier}, 'result', {lot}, '', current_date, 'x', 'x', 'x', 'x', 'x', 'seal',"
    " now(), '', '', '', '', '', '');"
    " INSERT INTO challenges_objectionmatter (objection_id, number, matter, facts, legal_basis, answer, answer_facts,"
    " answer_basis) SELECT id, 1, 'x', 'x', '', '', '', '' FROM challenges_objection WHERE number = 'x';"
)
#: A supplier objects to the document.
ABOUT_THE_DOCUMENT = (
    RAISED.partition(";")[0]
    .replace("{runner_up_supplier}", "(SELECT min(id) FROM parties_organisation)")
    .replace("'result', {lot}", "'document', NULL")
    + ";"
)
FOUND = "UPDATE challenges_objectionmatter SET is_founded = true, answer = 'x';"
ANSWER = (
    "UPDATE challenges_objection SET consequence = '{how}', answered_at = now(), answered_by_id = {{buyer}}"
    " WHERE number = 'x';"
)
ANSWERED = RAISED + FOUND + ANSWER.format(how="go_on")
SIGN = (
    "UPDATE contracts_contract SET buyer_signed_at = now(), supplier_signed_at = now(), signed_at = now(), digest = 'x'"
    " WHERE id = {contract}"
)

ROWS: tuple[Row, ...] = (
    ("drafted", "objection_is_never_rewritten", "another day of knowing",
     RAISED + "UPDATE challenges_objection SET known_on = known_on - 1"),
    ("drafted", "objection_is_never_rewritten", "another matter",
     RAISED + "UPDATE challenges_objectionmatter SET matter = 'y'"),
    ("drafted", "objection_is_never_rewritten", "a matter after the letter came in",
     RAISED + copy("challenges_objectionmatter", "(SELECT max(id) FROM challenges_objectionmatter)", number="2")),
    ("drafted", "objection_has_its_matters", "a letter without a matter", RAISED.partition(";")[0]),
    ("awarded", "objection_is_of_its_case", "about a lot of another case",
     RAISED.replace("{lot}", "(SELECT min(id) FROM cases_lot WHERE case_id <> {case})")),
    ("published", "objections_come_at_once", "a second letter on a document that wants one",
     ABOUT_THE_DOCUMENT + ABOUT_THE_DOCUMENT.replace("'x'", "'y'", 1)),
    ("drafted", "steps_are_never_taken_back", "withdrawn no more",
     RAISED + "UPDATE challenges_objection SET withdrawn_at = now();"
     " UPDATE challenges_objection SET withdrawn_at = NULL"),
    ("drafted", "records_are_never_deleted", "an objection vanishes",
     RAISED + "DELETE FROM challenges_objectionmatter"),
    ("drafted", "objection_answer_stands", "another consequence",
     ANSWERED + "UPDATE challenges_objection SET consequence = 'next'"),
    ("drafted", "objection_answer_stands", "another finding under an answer",
     ANSWERED + "UPDATE challenges_objectionmatter SET is_founded = false"),
    ("drafted", "objection_answer_is_whole", "answered by nobody",
     RAISED + FOUND + "UPDATE challenges_objection SET consequence = 'go_on', answered_at = now()"),
    ("drafted", "withdrawn_objection_has_no_answer", "withdrawn, then answered",
     RAISED + FOUND + "UPDATE challenges_objection SET withdrawn_at = now();" + ANSWER.format(how="go_on")),
    ("drafted", "every_matter_is_answered", "answered over a matter", RAISED + ANSWER.format(how="go_on")),
    ("drafted", "one_matter_per_number", "a matter twice",
     RAISED + copy("challenges_objectionmatter", "(SELECT max(id) FROM challenges_objectionmatter)")),
    ("drafted", "no_contract_while_an_objection_waits", "signed over an open objection", RAISED + SIGN),
    ("drafted", "no_contract_while_an_objection_waits", "signed after an answer that changes the result",
     RAISED + FOUND + ANSWER.format(how="next") + SIGN),
    ("drafted", "no_contract_while_an_objection_waits", "signed where the purchase begins anew, on a later award",
     RAISED.replace("now(), ''", "now() - interval '9 years', ''") + FOUND
     + ANSWER.format(how="restart").replace("now()", "now() - interval '9 years'") + SIGN),
    ("drafted", "no_contract_while_an_objection_waits", "signed over an objection that is harmless without a reason",
     RAISED + "UPDATE challenges_objection SET harmless_at = now() WHERE number = 'x';" + SIGN),
)  # fmt: skip
