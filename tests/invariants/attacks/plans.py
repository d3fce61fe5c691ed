"""Can what the treasury approved be rewritten: a plan, its method, its imports?"""

from tests.invariants.attacks.sql import Row, copy

#: An application for imports, and an expert behind it.
IMPORTED = (
    "INSERT INTO planning_importapproval (plan_item_id, products, policy, reason, authority_opinion, opinion,"
    " applied_at, number, return_reason) VALUES ({plan}, 'x', 'other', 'y', '', '', now(), '', '');"
)
NAMED = (
    "INSERT INTO parties_person (password, username, name, email, is_active) VALUES ('', 'reasons', 'x', '', true);"
    "INSERT INTO parties_expert (person_id, employer_id, specialities, admitted_on, left_reason, title, version,"
    " library, library_number) SELECT id, {other_buyer}, '', '2020-01-01', '', '', 0, '', ''"
    " FROM parties_person WHERE username = 'reasons';"
    "INSERT INTO planning_importexpert (approval_id, expert_id)"
    " SELECT a.id, e.id FROM planning_importapproval a, parties_expert e;"
)

ROWS: tuple[Row, ...] = (
    # --- 采购方式
    ("method", "no_changed_method_without_approval", "a case whose method only was asked for",
     copy("cases_case", "{case}", plan_item_id="{method_plan}", procedure="'quotations'", number="'x'",
          buyer_id="{method_buyer}")),
    ("method", "no_changed_method_without_approval", "a case by a method that was sent back",
     "UPDATE planning_methodapproval SET withdrawn_at = now() WHERE id = {application};"
     + copy("cases_case", "{case}", plan_item_id="{method_plan}", procedure="'quotations'", number="'x'",
            buyer_id="{method_buyer}")),
    ("method", "no_changed_method_without_approval", "approved for quotations, opened as single source",
     "UPDATE planning_methodapproval SET consented_at = now(), approved_at = now() WHERE id = {application};"
     + copy("cases_case", "{case}", plan_item_id="{method_plan}", procedure="'single_source'", number="'x'",
            buyer_id="{method_buyer}")),
    ("method", "no_changed_method_without_approval", "approved for less",
     copy("cases_case", "{case}", plan_item_id="{method_plan}", procedure="'quotations'", number="'x'",
          buyer_id="{method_buyer}", budget="1000")),
    ("method", "no_changed_method_without_approval", "change the method of a case in preparation",
     "UPDATE cases_case SET procedure = 'single_source' WHERE id = {case}"),
    ("method", "approved_plan_is_never_rewritten", "say that no approval is needed",
     "UPDATE planning_planitem SET needs_approval = false WHERE id = {method_plan}"),
    ("method", "no_approval_without_consent", "approve past the unit above",
     "UPDATE planning_methodapproval SET approved_at = now() WHERE id = {application}"),
    ("method", "links_are_never_repointed", "leave the unit above out",
     "UPDATE planning_methodapproval SET consent_by_id = NULL, approved_at = now() WHERE id = {application}"),
    ("method", "application_is_decided_once", "approve what was sent back",
     "UPDATE planning_methodapproval SET approved_at = now() WHERE id = {returned}"),
    ("method", "one_application_at_a_time", "ask twice", copy("planning_methodapproval", "{application}")),
    ("method", "publicity_is_concluded_with_an_outcome", "conclude without an outcome",
     "UPDATE planning_publicity SET concluded_at = now() WHERE id = {publicity}"),
    ("method", "links_are_never_repointed", "a duty that becomes a choice",
     "UPDATE planning_publicity SET is_voluntary = NOT is_voluntary WHERE id = {publicity}"),
    # --- the plan
    ("plan", "links_are_never_repointed", "another budget",
     "UPDATE planning_planitem SET appropriation_id = {other_appropriation} WHERE id = {plan}"),
    ("plan", "links_are_never_repointed", "another reservation",
     "UPDATE planning_planitem SET reserved_fund_id = {other_reserved} WHERE id = {plan}"),
    ("plan", "links_are_never_repointed", "an intention of another budget",
     "UPDATE planning_intention SET appropriation_id = {other_appropriation} WHERE id = {intention}"),
    ("case", "steps_are_never_taken_back", "unapprove",
     "UPDATE planning_planitem SET approved_at = NULL WHERE id = {plan}"),
    ("case", "approved_plan_is_never_rewritten", "a larger plan",
     "UPDATE planning_planitem SET amount = amount + 1 WHERE id = {plan}"),
    ("case", "approved_plan_is_never_rewritten", "set less aside",
     "UPDATE planning_planitem SET set_aside_share = 0.1 WHERE id = {plan}"),
    ("case", "approved_plan_is_never_rewritten", "less of it for small enterprises",
     "UPDATE planning_planitem SET set_aside_small_micro = 0.1 WHERE id = {plan}"),
    ("case", "approved_plan_is_never_rewritten", "another reason to set nothing aside",
     "UPDATE planning_planitem SET set_aside_reason = 'z' WHERE id = {plan}"),
    ("case", "approved_plan_is_never_rewritten", "a reason for a repeated purchase",
     "UPDATE planning_planitem SET repeat_exception = 'new_need', repeat_accepted_at = now() WHERE id = {plan}"),
    ("case", "approved_plan_is_never_rewritten", "another reason for the method",
     "UPDATE planning_planitem SET method_reason = 'z' WHERE id = {plan}"),
    ("case", "approved_plan_is_never_rewritten", "no intention after all",
     "UPDATE planning_planitem SET intention_exemption = 'z' WHERE id = {plan}"),
    ("case", "approved_plan_is_never_rewritten", "another requirement",
     "INSERT INTO planning_requirement (plan_item_id, description, quantity, delivery, standards, service,"
     " acceptance_plan, survey_summary) VALUES ({plan}, 'x', '1', 'x', '', '', 'x', '') ON CONFLICT DO NOTHING;"
     "UPDATE planning_requirement SET description = 'z' WHERE plan_item_id = {plan}"),
    ("case", "records_are_never_deleted", "lose a requirement",
     "INSERT INTO planning_requirement (plan_item_id, description, quantity, delivery, standards, service,"
     " acceptance_plan, survey_summary) VALUES ({plan}, 'x', '1', 'x', '', '', 'x', '') ON CONFLICT DO NOTHING;"
     "DELETE FROM planning_requirement WHERE plan_item_id = {plan}"),
    ("case", "records_are_never_deleted", "lose a plan",
     "DELETE FROM planning_planitem WHERE id = {draft_plan}"),
    # --- imports
    ("plan", "one_import_application_at_a_time", "ask for imports twice", IMPORTED + IMPORTED),
    ("plan", "import_application_is_decided_once", "approve imports that went back",
     IMPORTED + "UPDATE planning_importapproval SET returned_at = now(), return_reason = 'x';"
     "UPDATE planning_importapproval SET approved_at = now(), number = 'x'"),
    ("plan", "import_application_is_never_rewritten", "other products than were approved",
     IMPORTED + "UPDATE planning_importapproval SET approved_at = now(), number = 'x', products = 'z'"),
    ("plan", "import_application_is_never_rewritten", "more experts than there were",
     IMPORTED + "UPDATE planning_importapproval SET experts = 5, lawyers = 1"),
    ("plan", "steps_are_never_taken_back", "take an approval of imports back",
     IMPORTED + "UPDATE planning_importapproval SET approved_at = now(), number = 'x';"
     "UPDATE planning_importapproval SET approved_at = NULL"),
    ("plan", "records_are_never_deleted", "lose an application for imports",
     IMPORTED + "DELETE FROM planning_importapproval"),
    ("plan", "import_application_is_never_rewritten", "another expert's opinion",
     IMPORTED + NAMED + "UPDATE planning_importexpert SET expert_id = expert_id + 1"),
    ("plan", "records_are_never_deleted", "an expert who gave no opinion after all",
     IMPORTED + NAMED + "DELETE FROM planning_importexpert"),
)  # fmt: skip
