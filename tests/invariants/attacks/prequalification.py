"""Can somebody apply late, be examined early or by another standard, or be invited without being qualified?"""

from tests.invariants.attacks.sql import Row, copy

ROWS: tuple[Row, ...] = (
    ("examined", "late_application_is_refused", "apply after the deadline",
     copy("tendering_prequalificationapplication", "{application}", supplier_id="{stranger}", receipt="'x'")),
    ("applied", "late_application_is_refused", "apply to a draft",
     copy("tendering_prequalificationapplication", "{application}", prequalification_id="{drafted_prequalification}",
          receipt="'x'")),
    ("applied", "one_live_application_per_supplier", "apply twice",
     copy("tendering_prequalificationapplication", "{application}", receipt="'x'")),
    ("examined", "applications_stand_from_the_deadline", "withdraw after the deadline",
     "UPDATE tendering_prequalificationapplication SET withdrawn_at = now() WHERE id = {application}"),
    ("applied", "application_is_never_changed", "rewrite an application",
     "UPDATE tendering_prequalificationapplication SET statement = 'y' WHERE id = {application}"),
    ("applied", "application_is_never_changed", "hand in earlier than it came",
     "UPDATE tendering_prequalificationapplication SET submitted_at = '2026-03-01' WHERE id = {application}"),
    ("applied", "steps_are_never_taken_back", "take a withdrawal back",
     "UPDATE tendering_prequalificationapplication SET withdrawn_at = NULL WHERE id = {withdrawn_application}"),
    ("applied", "announced_prequalification_is_never_rewritten", "draw fewer than was announced",
     "UPDATE tendering_prequalification SET draws = 3 WHERE id = {prequalification}"),
    ("applied", "announced_prequalification_is_never_rewritten", "rewrite a correction",
     "UPDATE tendering_prequalificationcorrection SET after = 'y' WHERE id = {prequalification_correction}"),
    ("applied", "announced_conditions_are_never_changed", "add a condition",
     "INSERT INTO tendering_prequalificationclause (prequalification_id, number, text, is_statutory)"
     " VALUES ({prequalification}, 9, 'y', false)"),
    ("applied", "announced_conditions_are_never_changed", "rewrite a condition",
     "UPDATE tendering_prequalificationclause SET text = 'y' WHERE id = {clause}"),
    ("applied", "announced_conditions_are_never_changed", "demand it of one lot alone",
     "UPDATE tendering_prequalificationclause SET lot = '1' WHERE id = {clause}"),
    ("applied", "application_deadline_only_moves_later", "close earlier",
     "UPDATE tendering_prequalification SET closes_at = closes_at - interval '1 day' WHERE id = {prequalification}"),
    ("examined", "application_deadline_only_moves_later", "open again after the deadline",
     "UPDATE tendering_prequalification SET closes_at = closes_at + interval '9 days' WHERE id = {prequalification}"),
    ("applied", "no_examination_before_the_deadline", "examine while applications come in",
     "INSERT INTO tendering_applicationfinding (application_id, clause_id, passed, reason, page, at)"
     " VALUES ({application}, {clause}, true, '', '', now())"),
    ("applied", "no_examination_before_the_deadline", "answer while applications come in",
     "UPDATE tendering_prequalificationapplication SET is_qualified = false, reason = 'x', told_at = now()"
     " WHERE id = {application}"),
    ("prequalified", "no_examination_before_the_deadline", "find something else after the conclusion",
     "UPDATE tendering_applicationfinding SET passed = true, reason = '' WHERE application_id = {second_application}"),
    ("examined", "examined_by_the_announced_conditions", "examine by a condition of another notice",
     "INSERT INTO tendering_applicationfinding (application_id, clause_id, passed, reason, page, at)"
     " VALUES ({application}, {other_clause}, true, '', '', now())"),
    ("examined", "examined_by_the_announced_conditions", "examine what was withdrawn",
     "INSERT INTO tendering_applicationfinding (application_id, clause_id, passed, reason, page, at)"
     " VALUES ({withdrawn_application}, {clause}, true, '', '', now())"),
    ("examined", "qualified_by_every_condition", "qualify who was not looked at",
     "UPDATE tendering_prequalificationapplication SET is_qualified = true, told_at = now()"
     " WHERE id = {second_application}"),
    ("examined", "application_is_answered_with_its_reason", "say no without a reason",
     "UPDATE tendering_prequalificationapplication SET is_qualified = false, told_at = now()"
     " WHERE id = {second_application}"),
    ("examined", "failing_condition_has_its_reason", "fail a condition without a reason",
     "INSERT INTO tendering_applicationfinding (application_id, clause_id, passed, reason, page, at)"
     " VALUES ({second_application}, {clause}, false, '', '', now())"),
    ("prequalified", "steps_are_never_taken_back", "turn a result round",
     "UPDATE tendering_prequalificationapplication SET reason = 'y' WHERE id = {second_application}"),
    ("prequalified", "steps_are_never_taken_back", "conclude a prequalification again",
     "UPDATE tendering_prequalification SET concluded_at = now() WHERE id = {prequalification}"),
    ("prequalified", "only_the_qualified_are_invited", "invite who was found unqualified",
     copy("tendering_invitee", "{invitee}", supplier_id="{second_supplier}")),
    ("prequalified", "only_the_qualified_are_invited", "invite a stranger as if from the library",
     copy("tendering_invitee", "{invitee}", supplier_id="{stranger}", source="'library'")),
    ("prequalified", "only_the_qualified_are_invited", "invite who lost its status",
     "UPDATE tendering_statuschange SET still_qualified = false, opinion = 'x', decided_at = now();"
     "UPDATE tendering_invitee SET invited_at = now() WHERE id = {invitee}"),
    ("prequalified", "links_are_never_repointed", "report something else than was reported",
     "UPDATE tendering_statuschange SET content = 'y' WHERE id = {status_change}"),
    ("applied", "records_are_never_deleted", "lose an application",
     "DELETE FROM tendering_prequalificationapplication WHERE id = {application}"),
    ("applied", "records_are_never_deleted", "lose a condition",
     "DELETE FROM tendering_prequalificationclause WHERE id = {clause}"),
)  # fmt: skip
