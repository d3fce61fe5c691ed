-- Framework agreements. The first stage spends nothing: its plan needs no reservation, and in return nothing can be
-- awarded on it. What is called off under an agreement is a purchase of its own, with a plan that is funded like any
-- other, and goes to an entrant of that agreement at no more than its price.

CREATE OR REPLACE FUNCTION controls_case_opens() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  plan record;
  held numeric;
BEGIN
  SELECT p.approved_at, p.filed_at, p.cancelled_at, p.reserved_fund_id, p.spends, a.buyer_id INTO plan
    FROM planning_planitem p JOIN funds_appropriation a ON a.id = p.appropriation_id
    WHERE p.id = NEW.plan_item_id FOR SHARE OF p;
  SELECT balance INTO held FROM funds_fund WHERE id = plan.reserved_fund_id FOR NO KEY UPDATE;
  IF plan.approved_at IS NULL OR plan.filed_at IS NULL OR plan.cancelled_at IS NOT NULL
     OR (plan.spends AND coalesce(held, 0) < NEW.budget) THEN
    PERFORM controls_refuse('no_budget_no_case', 'the plan is not approved, filed and funded for this budget');
  END IF;
  IF NEW.buyer_id IS DISTINCT FROM plan.buyer_id THEN
    PERFORM controls_refuse('case_belongs_to_the_buyer_of_its_plan', 'the buyer is not the one whose budget it is');
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION controls_still_needed(plan_item bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(l.budget), 0)
  FROM cases_case c JOIN cases_lot l ON l.case_id = c.id JOIN planning_planitem p ON p.id = c.plan_item_id
  WHERE c.plan_item_id = plan_item AND c.published_at IS NOT NULL AND c.ended_at IS NULL AND p.spends
    AND l.outcome NOT IN ('unsuccessful', 'terminated')
    AND NOT EXISTS (
      SELECT FROM cases_award a JOIN contracts_contract k ON k.award_id = a.id
      WHERE a.lot_id = l.id AND (k.terminated_at IS NULL OR k.signed_at IS NOT NULL))
$$;

CREATE OR REPLACE FUNCTION controls_award_is_made() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  called record;
BEGIN
  IF NOT EXISTS (SELECT FROM cases_candidate k WHERE k.id = NEW.candidate_id AND k.lot_id = NEW.lot_id
                 AND k.supplier_id = NEW.supplier_id AND k.amount = NEW.amount AND k.superseded_at IS NULL) THEN
    PERFORM controls_refuse('award_comes_from_its_candidate', 'no candidate of this lot, supplier and amount');
  END IF;
  IF NOT (SELECT p.spends FROM cases_lot l JOIN cases_case c ON c.id = l.case_id
          JOIN planning_planitem p ON p.id = c.plan_item_id WHERE l.id = NEW.lot_id) THEN
    PERFORM controls_refuse('no_award_without_budget', 'the plan of this case spends nothing');
  END IF;
  SELECT o.framework_id, o.quantity INTO called FROM frameworks_calloff o WHERE o.lot_id = NEW.lot_id;
  IF FOUND AND NOT EXISTS (
      SELECT FROM frameworks_entrant e WHERE e.framework_id = called.framework_id AND e.supplier_id = NEW.supplier_id
        AND e.signed_at IS NOT NULL AND e.left_at IS NULL AND NEW.amount <= round(e.unit_price * called.quantity, 2)
        FOR SHARE OF e) THEN
    PERFORM controls_refuse('call_off_goes_to_an_entrant', 'no entrant of the agreement at this price');
  END IF;
  RETURN NEW;
END $$;

-- The terms of a call stay as they were published; the term begins once, and what follows is never taken back.
CREATE FUNCTION controls_framework_is_published(framework_lot bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT c.published_at IS NOT NULL FROM cases_lot l JOIN cases_case c ON c.id = l.case_id WHERE l.id = framework_lot
$$;
CREATE FUNCTION controls_framework_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF controls_framework_is_published(OLD.lot_id) AND
     (NEW.lot_id, NEW.unit, NEW.estimated_quantity, NEW.users, NEW.months, NEW.by_direct, NEW.by_mini_competition,
      NEW.by_rotation, NEW.tops_up_id) IS DISTINCT FROM
     (OLD.lot_id, OLD.unit, OLD.estimated_quantity, OLD.users, OLD.months, OLD.by_direct, OLD.by_mini_competition,
      OLD.by_rotation, OLD.tops_up_id) THEN
    PERFORM controls_refuse('published_framework_is_never_rewritten', 'the call has been published');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER framework_terms BEFORE UPDATE ON frameworks_framework
  FOR EACH ROW EXECUTE FUNCTION controls_framework_terms();
CREATE TRIGGER framework_steps_once BEFORE UPDATE ON frameworks_framework FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'begins_on', 'ends_on', 'filed_at', 'told_at',
    'summarised_at');

-- An agreement is with this supplier at this price in this place of the order.
CREATE TRIGGER entrant_frozen BEFORE UPDATE ON frameworks_entrant FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('agreement_is_never_rewritten', 'framework_id', 'supplier_id', 'rank', 'unit_price',
    'rounds_before');
CREATE TRIGGER call_off_frozen BEFORE UPDATE ON frameworks_calloff FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'lot_id', 'framework_id', 'way', 'quantity');
CREATE TRIGGER request_answered_once BEFORE UPDATE ON frameworks_entryrequest FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'answered_at', 'is_admitted', 'answer');
CREATE TRIGGER record_is_kept BEFORE DELETE ON frameworks_framework
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE TRIGGER record_is_kept BEFORE DELETE ON frameworks_entrant
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE TRIGGER record_is_kept BEFORE DELETE ON frameworks_entryrequest
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE TRIGGER record_is_kept BEFORE DELETE ON frameworks_calloff
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');

DROP TRIGGER plan_frozen ON planning_planitem;
CREATE TRIGGER plan_frozen BEFORE UPDATE ON planning_planitem FOR EACH ROW WHEN (OLD.approved_at IS NOT NULL)
  EXECUTE FUNCTION controls_frozen('approved_plan_is_never_rewritten', 'amount', 'category', 'classification',
    'procedure', 'needs_approval', 'spends', 'ground', 'in_catalogue', 'set_aside', 'intention_id');
