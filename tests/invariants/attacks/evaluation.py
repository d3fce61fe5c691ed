"""Can what the committee did be changed: its seats, scores, report, questions, and what was paid and said of it?"""

from tests.invariants.attacks.bids import CONCLUDED
from tests.invariants.attacks.prepared import SEATED
from tests.invariants.attacks.sql import Row

#: Of the member: a fee, what was recorded of its conduct, its scores.
PAID = (
    "INSERT INTO tendering_expertfee (member_id, payer_id, amount, travel, standard, recorded_at)"
    " SELECT id, {buyer}, 400, 0, 'x', now() FROM tendering_committeemember;"
)
TOLD = (
    "INSERT INTO tendering_conductrecord (member_id, side, organisation_id, grade, text, statement, recorded_at)"
    " SELECT id, 'expert', {buyer}, 'poor', 'x', '', now() FROM tendering_committeemember;"
)
SCORED = (
    "INSERT INTO tendering_score (member_id, opened_bid_id, criterion_id, value, reason, at)"
    " SELECT m.id, {opened}, k.id, 10, '', now() FROM tendering_committeemember m, tendering_criterion k"
    " WHERE k.lot_id = {lot};"
)
#: A signed report; the member's signature; an answered question; a request to review the last report.
FIGURE = (
    "INSERT INTO tendering_offeredfigure (opened_bid_id, criterion_id, declared, reason, page)"
    " SELECT {opened}, min(id), 12, '', '' FROM tendering_criterion WHERE lot_id = {lot};"
)
DECLARED = (
    "INSERT INTO tendering_deviation (opened_bid_id, clause_id, stance, response, page)"
    " SELECT {opened}, min(id), 'positive', 'x', '' FROM tendering_clause"
    " WHERE case_id = (SELECT case_id FROM cases_lot WHERE id = {lot});"
)
MADE = (
    "INSERT INTO tendering_goodsmaker (opened_bid_id, number, item, maker, size)"
    " VALUES ({opened}, 1, 'x', 'y', 'large');"
)
WENT_ON = "UPDATE tendering_openedbid SET went_on_at = now() WHERE id = {opened};"
REPORTED = (
    "INSERT INTO tendering_evaluationreport (lot_id, revision, result, digest, correction_ground,"
    " overtaken_ground, computed_at, signed_at) VALUES ({lot}, 1, '{{}}', '', '', '', now(), now());"
)
#: Computed, and signed by nobody yet.
COMPUTED = REPORTED.replace("now(), now())", "now(), NULL)")
#: The committee of one member is asked whether its scores are abnormally low, and votes.
ABNORMAL = COMPUTED.replace("'{{}}', '', ''", "'{{}}', '', 'abnormal'")
PROPOSED = (
    "INSERT INTO tendering_abnormalscore (lot_id, score_id, value, side, reason, proposed_by_id, is_unanimous,"
    " proposed_at, hear_until_at, statement) SELECT {lot}, s.id, s.value, 'low', 'x', s.member_id, false, now(), now(),"
    " '' FROM tendering_score s JOIN tendering_criterion k ON k.id = s.criterion_id WHERE NOT k.is_objective;"
)
VOTED = (
    "INSERT INTO tendering_abnormalscorevote (finding_id, member_id, agrees, reason, voted_at)"
    " SELECT f.id, s.member_id, true, '', now() FROM tendering_abnormalscore f JOIN tendering_score s"
    " ON s.id = f.score_id;"
)
#: Whatever leaves something to judge gets other points.
JUDGED = (
    "UPDATE tendering_score s SET value = 11, at = now() FROM tendering_criterion k"
    " WHERE k.id = s.criterion_id AND NOT k.is_objective;"
)
SIGNATURE = (
    "INSERT INTO tendering_reportsignature (report_id, member_id, dissent, reasons, is_deemed, circumstances,"
    " signed_at)"
    " SELECT r.id, m.id, '', '', false, '', now() FROM tendering_evaluationreport r, tendering_committeemember m;"
)
ASKED = (
    "INSERT INTO tendering_clarification (opened_bid_id, number, ground, page, question, asked_at, answer_by_at,"
    " answer, signed_as, answered_at, opinion)"
    " VALUES ({opened}, 1, 'unclear', '', 'x', now(), now(), 'y', 'seal', now(), '');"
)
CHECKED = (
    "INSERT INTO tendering_reviewrequest (report_id, ground, content, requested_at, answer, reasons, refusal)"
    " SELECT max(id), 'sum', 'x', now(), '', '', '' FROM tendering_evaluationreport;"
)
DISSOLVED = (
    "UPDATE tendering_committeemember SET replaced_at = now(), replaced_ground = 'dissolved';"
    "UPDATE tendering_committee SET dissolved_at = now(), sealed = '{{\"a\": 1}}';"
)
ONE_BRAND = (
    "INSERT INTO tendering_samebrand (lot_id, committee_id, brand, other, reason, stated_at, withdrawn_reason)"
    " SELECT {lot}, id, 'x', 'y', 'z', now(), '' FROM tendering_committee WHERE case_id = {case};"
)

ROWS: tuple[Row, ...] = (
    # --- the committee
    ("opened", "steps_are_never_taken_back", "never declared, after all",
     SEATED + "UPDATE tendering_committeemember SET declared_at = now();"
     "UPDATE tendering_committeemember SET declared_at = NULL"),
    ("opened", "links_are_never_repointed", "another ground of a replacement",
     SEATED + "UPDATE tendering_committeemember SET replaced_at = now(), replaced_ground = 'left';"
     "UPDATE tendering_committeemember SET replaced_ground = 'ill'"),
    ("awarded", "links_are_never_repointed", "pass the first candidate over on another ground",
     "UPDATE cases_award SET passed_over_ground = 'misconduct'"),
    ("opened", "links_are_never_repointed", "another seed of the draw",
     SEATED + "UPDATE tendering_committee SET draw_seed = 'x'"),
    ("opened", "links_are_never_repointed", "another member",
     SEATED + "UPDATE tendering_committeemember SET post_id = (SELECT max(id) FROM parties_post)"),
    ("opened", "records_are_never_deleted", "lose a member", SEATED + "DELETE FROM tendering_committeemember"),
    ("opened", "links_are_never_repointed", "a larger fee",
     SEATED + PAID + "UPDATE tendering_expertfee SET amount = 4000"),
    ("opened", "records_are_never_deleted", "lose a fee", SEATED + PAID + "DELETE FROM tendering_expertfee"),
    ("opened", "conduct_record_is_never_rewritten", "a better grade",
     SEATED + TOLD + "UPDATE tendering_conductrecord SET grade = 'good'"),
    ("opened", "conduct_record_is_never_rewritten", "another view of a record",
     SEATED + TOLD + "UPDATE tendering_conductrecord SET statement = 'x', stated_at = now();"
     "UPDATE tendering_conductrecord SET statement = 'y'"),
    ("opened", "records_are_never_deleted", "lose a conduct record",
     SEATED + TOLD + "DELETE FROM tendering_conductrecord"),
    # --- scores and report
    ("awarded", "steps_are_never_taken_back", "take the signatures off a report",
     "UPDATE tendering_evaluationreport SET signed_at = now() WHERE id = {report};"
     "UPDATE tendering_evaluationreport SET signed_at = NULL WHERE id = {report}"),
    ("awarded", "evaluation_report_is_never_rewritten", "another result of the evaluation",
     "UPDATE tendering_evaluationreport SET result = '{{}}' WHERE id = {report}"),
    ("awarded", "evaluation_report_is_never_rewritten", "another reason why it was taken up again",
     "UPDATE tendering_evaluationreport SET reopen_reason = 'x' WHERE id = {report}"),
    ("awarded", "evaluation_report_is_never_rewritten", "another ground on which it was taken up again",
     "UPDATE tendering_evaluationreport SET correction_ground = 'sum' WHERE id = {report}"),
    ("awarded", "overtaken_report_is_never_signed", "sign what a correction overtook",
     "UPDATE tendering_evaluationreport SET overtaken_ground = 'abnormal', signed_at = now() WHERE id = {report}"),
    ("opened", "links_are_never_repointed", "a score of another bid",
     SEATED + SCORED + "UPDATE tendering_score SET criterion_id = criterion_id + 1"),
    ("opened", "evaluation_report_is_never_rewritten", "another score under a signed report",
     SEATED + SCORED + REPORTED + "UPDATE tendering_score SET value = 11"),
    ("opened", "evaluation_report_is_never_rewritten", "one more score under a signed report",
     SEATED + REPORTED + SCORED),
    ("opened", "scores_stand_once_handed_in", "another score before the result is computed",
     SEATED + SCORED + "UPDATE tendering_score SET value = 11"),
    ("prices_sealed", "scores_stand_once_handed_in", "another score with the prices in sight",
     WENT_ON + "UPDATE tendering_score SET value = value / 2 WHERE opened_bid_id = {opened}"),
    ("prices_sealed", "scores_stand_once_handed_in", "one more score with the prices in sight",
     WENT_ON + "INSERT INTO tendering_score (member_id, opened_bid_id, criterion_id, value, reason, at)"
     " SELECT min(s.member_id), {opened}, min(c.id), 1, '', now() FROM tendering_score s, tendering_criterion c"
     " WHERE c.lot_id = {lot} AND c.kind = 'price'"),
    ("opened", "score_changes_on_a_lawful_ground", "another score under a computed result, for no reason",
     SEATED + SCORED + COMPUTED + "UPDATE tendering_score SET value = 11, at = now()"),
    ("opened", "score_changes_on_a_lawful_ground", "another score after the correction that had a reason",
     SEATED + SCORED + COMPUTED.replace("'{{}}', '', ''", "'{{}}', '', 'range'")
     + "UPDATE tendering_score SET value = 11, at = now() + interval '1 minute'"),
    # --- what the committee found abnormally high or low
    ("opened", "abnormal_score_is_found_by_the_committee", "a score that its own member calls abnormal",
     SEATED + SCORED + ABNORMAL + JUDGED),
    ("opened", "abnormal_score_is_found_by_the_committee", "a score that was proposed and not voted on",
     SEATED + SCORED + ABNORMAL + PROPOSED + JUDGED),
    ("opened", "abnormal_score_is_found_by_the_committee", "a score for which the votes were against it",
     SEATED + SCORED + ABNORMAL + PROPOSED + VOTED.replace("true", "false") + JUDGED),
    ("opened", "abnormal_score_is_found_by_the_committee", "a score found too low goes down",
     SEATED + SCORED + ABNORMAL + PROPOSED + VOTED + JUDGED.replace("11", "9")),
    ("opened", "abnormal_score_is_found_by_the_committee", "a judged score within its range under another ground",
     SEATED + SCORED + ABNORMAL.replace("'abnormal'", "'objective'") + JUDGED),
    ("opened", "abnormal_score_is_found_by_the_committee", "a vote of somebody who sits no more",
     SEATED + SCORED + ABNORMAL + PROPOSED
     + "UPDATE tendering_committeemember SET replaced_at = now(), replaced_ground = 'left';" + VOTED),
    ("opened", "abnormal_score_is_found_by_the_committee", "put a score to the vote before the result",
     SEATED + SCORED + PROPOSED),
    ("opened", "abnormal_score_is_found_by_the_committee", "ask for all votes where the majority decides",
     SEATED + SCORED + ABNORMAL + PROPOSED.replace("false", "true")),
    ("opened", "member_is_heard_before_the_vote", "vote before the member has spoken",
     SEATED + SCORED + ABNORMAL + PROPOSED.replace("now(), now()", "now(), now() + interval '1 hour'") + VOTED),
    ("opened", "links_are_never_repointed", "another reason of a proposal",
     SEATED + SCORED + ABNORMAL + PROPOSED + "UPDATE tendering_abnormalscore SET reason = 'y'"),
    ("opened", "links_are_never_repointed", "another vote than was cast",
     SEATED + SCORED + ABNORMAL + PROPOSED + VOTED + "UPDATE tendering_abnormalscorevote SET agrees = false"),
    ("opened", "steps_are_never_taken_back", "another statement than was made",
     SEATED + SCORED + ABNORMAL + PROPOSED
     + "UPDATE tendering_abnormalscore SET statement = 'x', stated_at = now();"
     "UPDATE tendering_abnormalscore SET statement = 'y'"),
    ("opened", "records_are_never_deleted", "lose a proposal",
     SEATED + SCORED + ABNORMAL + PROPOSED + "DELETE FROM tendering_abnormalscore"),
    ("opened", "records_are_never_deleted", "lose a vote",
     SEATED + SCORED + ABNORMAL + PROPOSED + VOTED + "DELETE FROM tendering_abnormalscorevote"),
    ("opened", "records_are_never_deleted", "lose a score", SEATED + SCORED + "DELETE FROM tendering_score"),
    ("opened", "evaluation_report_is_never_rewritten", "a dissent that nobody wrote",
     SEATED + REPORTED + SIGNATURE + "UPDATE tendering_reportsignature SET dissent = 'x'"),
    ("opened", "evaluation_report_is_never_rewritten", "a member who did not sign after all",
     SEATED + REPORTED + SIGNATURE + "UPDATE tendering_reportsignature SET is_deemed = true"),
    ("awarded", "records_are_never_deleted", "lose a report",
     "DELETE FROM tendering_evaluationreport WHERE id = {report}"),
    # --- a committee that was dissolved
    ("opened", "one_committee_at_a_time", "a second committee beside the first", SEATED + SEATED),
    ("opened", "dissolved_committee_evaluates_nothing", "a score of a committee that was dissolved",
     SEATED + DISSOLVED + SCORED),
    ("opened", "dissolved_committee_evaluates_nothing", "sit on after the dissolution",
     SEATED + "UPDATE tendering_committee SET dissolved_at = now()"),
    ("opened", "dissolved_committee_evaluates_nothing", "join a committee that was dissolved",
     SEATED + DISSOLVED + "INSERT INTO tendering_committeemember (committee_id, post_id, is_chair, replaced_reason)"
     " SELECT id, (SELECT max(id) FROM parties_post), false, '' FROM tendering_committee"),
    ("opened", "dissolved_committee_evaluates_nothing", "a report that the dissolved committee computed stands",
     SEATED + COMPUTED + DISSOLVED + "UPDATE tendering_evaluationreport SET signed_at = now()"),
    ("opened", "steps_are_never_taken_back", "a committee that was not dissolved after all",
     SEATED + DISSOLVED + "UPDATE tendering_committee SET dissolved_at = NULL"),
    ("opened", "steps_are_never_taken_back", "other opinions than were sealed",
     SEATED + DISSOLVED + "UPDATE tendering_committee SET sealed = '{{\"a\": 2}}'"),
    ("opened", "steps_are_never_taken_back", "another decision on an answer",
     ASKED + "UPDATE tendering_clarification SET is_accepted = true, decided_at = now();"
     "UPDATE tendering_clarification SET is_accepted = false"),
    ("opened", "steps_are_never_taken_back", "another decision under a report that was signed before the dissolution",
     SEATED + ASKED + "UPDATE tendering_clarification SET is_accepted = true, decided_at = now();" + REPORTED
     + DISSOLVED + "UPDATE tendering_clarification SET is_accepted = false"),
    # --- which brands are one
    ("opened", "brands_are_one_before_the_scores", "two brands are one once somebody has scored",
     SEATED + SCORED + ONE_BRAND),
    ("opened", "brands_are_one_before_the_scores", "two brands are one once the result is known",
     SEATED + COMPUTED + ONE_BRAND),
    ("opened", "brands_are_one_before_the_scores", "two brands after all, once somebody has scored",
     SEATED + ONE_BRAND + SCORED + "UPDATE tendering_samebrand SET withdrawn_at = now()"),
    ("opened", "links_are_never_repointed", "another brand than was stated",
     SEATED + ONE_BRAND + "UPDATE tendering_samebrand SET other = 'z'"),
    ("opened", "steps_are_never_taken_back", "stated again without saying so",
     SEATED + ONE_BRAND + "UPDATE tendering_samebrand SET withdrawn_at = now();"
     "UPDATE tendering_samebrand SET withdrawn_at = NULL"),
    ("opened", "records_are_never_deleted", "lose what was stated of brands",
     SEATED + ONE_BRAND + "DELETE FROM tendering_samebrand"),
    # --- what a bid declares clause by clause
    ("opened", "deviation_says_what_is_offered", "deviate without saying how", DECLARED.replace("'x'", "''")),
    ("opened", "sealed_bid_is_never_changed", "another word than was declared",
     DECLARED + "UPDATE tendering_deviation SET stance = 'none'"),
    ("opened", "sealed_bid_is_never_changed", "another size of a maker",
     MADE + "UPDATE tendering_goodsmaker SET size = 'small'"),
    ("opened", "sealed_bid_is_never_changed", "name a maker after the opening", CONCLUDED + MADE),
    ("opened", "records_are_never_deleted", "lose a maker", MADE + "DELETE FROM tendering_goodsmaker"),
    ("opened", "one_maker_per_number", "an item twice", MADE + MADE),
    ("opened", "records_are_never_deleted", "lose what was declared", DECLARED + "DELETE FROM tendering_deviation"),
    # --- points by formula
    ("opened", "another_figure_has_its_reason", "count another figure without saying why",
     FIGURE + "UPDATE tendering_offeredfigure SET found = 1"),
    ("opened", "sealed_bid_is_never_changed", "another figure than was declared",
     FIGURE + "UPDATE tendering_offeredfigure SET declared = 99"),
    ("opened", "evaluation_report_is_never_rewritten", "another figure under a signed report",
     FIGURE + REPORTED + "UPDATE tendering_offeredfigure SET found = 1, reason = 'x'"),
    ("opened", "figures_stand_once_prices_may_be_read", "another figure under a computed result",
     FIGURE + COMPUTED + "UPDATE tendering_offeredfigure SET found = 1, reason = 'x'"),
    ("prices_sealed", "figures_stand_once_prices_may_be_read", "find another figure with the prices in sight",
     FIGURE + WENT_ON + "UPDATE tendering_offeredfigure SET found = 1, reason = 'x'"),
    ("prices_sealed", "figures_stand_once_prices_may_be_read", "find the declared one after all",
     FIGURE + "UPDATE tendering_offeredfigure SET found = 1, reason = 'x';" + WENT_ON
     + "UPDATE tendering_offeredfigure SET found = NULL"),
    ("prices_sealed", "figures_stand_once_prices_may_be_read", "one more figure with the prices in sight",
     WENT_ON + FIGURE.replace("declared,", "declared, found,").replace("12, ''", "12, 1, 'x'")),
    ("opened", "records_are_never_deleted", "lose a figure", FIGURE + "DELETE FROM tendering_offeredfigure"),
    ("case", "formula_counts_objective_points", "a formula without a table",
     "INSERT INTO tendering_criterion (lot_id, code, kind, title, standard, weight, is_objective, formula, figure,"
     " unit, points_table) VALUES ({lot}, 'x', 'technical', 'x', '', 10, true, 'each', '', '', '')"),
    # --- clarifications, requests for review
    ("opened", "links_are_never_repointed", "another question than was asked",
     ASKED + "UPDATE tendering_clarification SET question = 'z'"),
    ("opened", "steps_are_never_taken_back", "another answer than was given",
     ASKED + "UPDATE tendering_clarification SET answer = 'z'"),
    ("opened", "records_are_never_deleted", "lose a clarification", ASKED + "DELETE FROM tendering_clarification"),
    ("opened", "one_review_request_at_a_time", "ask for two reviews at once", REPORTED + CHECKED + CHECKED),
    ("opened", "review_request_is_settled_once", "answer a request that was reported as refused",
     REPORTED + CHECKED + "UPDATE tendering_reviewrequest SET refusal = 'x', reported_at = now();"
     "UPDATE tendering_reviewrequest SET answer = 'explained', answered_at = now()"),
    ("opened", "links_are_never_repointed", "another question to the committee",
     REPORTED + CHECKED + "UPDATE tendering_reviewrequest SET content = 'z'"),
    ("opened", "steps_are_never_taken_back", "another answer of the committee",
     REPORTED + CHECKED + "UPDATE tendering_reviewrequest SET reasons = 'y', answer = 'explained', answered_at = now();"
     "UPDATE tendering_reviewrequest SET reasons = 'z'"),
    ("opened", "records_are_never_deleted", "lose a request for review",
     REPORTED + CHECKED + "DELETE FROM tendering_reviewrequest"),
)  # fmt: skip
