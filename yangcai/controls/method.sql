-- By which method a case may go: the one of its plan, and where that needs the treasury's approval, or where the case
-- goes by another one (after a failed tender), only one that was approved for this plan and sum. Which methods need approval
-- from which amount on is law and stands on the plan as `needs_approval`, which is frozen with its approval.

CREATE FUNCTION controls_case_method() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  plan record;
BEGIN
  SELECT p.procedure, p.needs_approval INTO plan FROM planning_planitem p WHERE p.id = NEW.plan_item_id FOR SHARE OF p;
  IF (plan.needs_approval OR NEW.procedure IS DISTINCT FROM plan.procedure) AND NOT EXISTS (
      SELECT FROM planning_methodapproval m
      WHERE m.plan_item_id = NEW.plan_item_id AND m.procedure = NEW.procedure AND m.approved_at IS NOT NULL
        AND m.amount >= NEW.budget) THEN
    PERFORM controls_refuse('no_changed_method_without_approval', 'the treasury has not approved this method');
  END IF;
  RETURN NEW;
END $$;
-- After `case_opens` (triggers fire in the order of their names), which locks the plan and says whether there is one.
CREATE TRIGGER case_opens_by_its_method BEFORE INSERT OR UPDATE OF procedure ON cases_case
  FOR EACH ROW EXECUTE FUNCTION controls_case_method();

DROP TRIGGER plan_frozen ON planning_planitem;
CREATE TRIGGER plan_frozen BEFORE UPDATE ON planning_planitem FOR EACH ROW WHEN (OLD.approved_at IS NOT NULL)
  EXECUTE FUNCTION controls_frozen('approved_plan_is_never_rewritten', 'amount', 'category', 'classification',
    'procedure', 'needs_approval', 'ground', 'in_catalogue', 'set_aside', 'intention_id');

CREATE TRIGGER links_frozen BEFORE UPDATE ON planning_methodapproval FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'plan_item_id', 'procedure', 'ground', 'amount',
    'publicity_id', 'consent_by_id', 'applied_at');
CREATE TRIGGER steps_once BEFORE UPDATE ON planning_methodapproval FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'consented_at', 'approved_at', 'number', 'returned_at',
    'withdrawn_at');
CREATE TRIGGER links_frozen BEFORE UPDATE ON planning_publicity FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'plan_item_id', 'opens_at', 'closes_at', 'reason',
    'supplier_name');
CREATE TRIGGER steps_once BEFORE UPDATE ON planning_publicity FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'concluded_at', 'is_upheld', 'reasoning');
CREATE TRIGGER links_frozen BEFORE UPDATE ON planning_publicityobjection FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'publicity_id', 'objector', 'content', 'raised_at');
CREATE TRIGGER record_is_kept BEFORE DELETE ON planning_methodapproval
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE TRIGGER record_is_kept BEFORE DELETE ON planning_publicity
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE TRIGGER record_is_kept BEFORE DELETE ON planning_publicityopinion
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE TRIGGER record_is_kept BEFORE DELETE ON planning_publicityobjection
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
