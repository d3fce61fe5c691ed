-- What comes after the first agreements of frameworks.sql: what a call was approved as, new products in the place of old
-- ones, lower prices outside the entrants, consumables at the price they were offered for, and what users say.

-- 协议价格不提高: with a new product the price of an agreement may fall; it never rises (财政部令第110号 art. 13, 16(4)).
DROP TRIGGER entrant_frozen ON frameworks_entrant;
CREATE TRIGGER entrant_frozen BEFORE UPDATE ON frameworks_entrant FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('agreement_is_never_rewritten', 'framework_id', 'supplier_id', 'rank',
    'rounds_before');
CREATE FUNCTION controls_price_never_rises() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.unit_price > OLD.unit_price THEN
    PERFORM controls_refuse('agreement_price_never_rises', format('%s instead of %s', NEW.unit_price, OLD.unit_price));
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER price_never_rises BEFORE UPDATE ON frameworks_entrant
  FOR EACH ROW EXECUTE FUNCTION controls_price_never_rises();

-- Who gets what is called off: the entrant within its agreement price, or, with a lower price outside that the call
-- allows, whoever the answer of the entrant leaves it to, at that price (art. 13, 17, 26, 37).
CREATE FUNCTION controls_may_be_called_off(call_off bigint, supplier bigint, amount numeric) RETURNS boolean
  LANGUAGE sql AS $$
  SELECT EXISTS (
    SELECT FROM frameworks_calloff o
      JOIN frameworks_entrant e ON e.framework_id = o.framework_id
      LEFT JOIN frameworks_agreedconsumable k ON k.id = o.consumable_id AND k.entrant_id = e.id
    WHERE o.id = call_off AND o.outside_offer_id IS NULL AND e.supplier_id = supplier
      AND e.signed_at IS NOT NULL AND e.left_at IS NULL
      AND amount <= round(CASE WHEN o.consumable_id IS NULL THEN e.unit_price ELSE k.unit_price END * o.quantity, 2)
    FOR SHARE OF e)
  OR EXISTS (
    SELECT FROM frameworks_calloff o
      JOIN frameworks_outsideoffer p ON p.id = o.outside_offer_id
      JOIN frameworks_entrant e ON e.id = p.entrant_id AND e.framework_id = o.framework_id
      JOIN frameworks_framework f ON f.id = o.framework_id AND f.allows_outside
    WHERE o.id = call_off AND o.quantity = p.quantity AND amount <= round(p.unit_price * o.quantity, 2)
      AND CASE WHEN p.agrees THEN supplier = e.supplier_id AND e.signed_at IS NOT NULL AND e.left_at IS NULL
               ELSE supplier = p.supplier_id AND (p.answered_at IS NOT NULL OR p.copied_at >= p.answer_by_at) END
    FOR SHARE OF e)
$$;

CREATE OR REPLACE FUNCTION controls_award_is_made() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  called bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM cases_candidate k WHERE k.id = NEW.candidate_id AND k.lot_id = NEW.lot_id
                 AND k.supplier_id = NEW.supplier_id AND k.amount = NEW.amount AND k.superseded_at IS NULL) THEN
    PERFORM controls_refuse('award_comes_from_its_candidate', 'no candidate of this lot, supplier and amount');
  END IF;
  IF NOT (SELECT p.spends FROM cases_lot l JOIN cases_case c ON c.id = l.case_id
          JOIN planning_planitem p ON p.id = c.plan_item_id WHERE l.id = NEW.lot_id) THEN
    PERFORM controls_refuse('no_award_without_budget', 'the plan of this case spends nothing');
  END IF;
  SELECT o.id INTO called FROM frameworks_calloff o WHERE o.lot_id = NEW.lot_id;
  IF FOUND AND NOT controls_may_be_called_off(called, NEW.supplier_id, NEW.amount) THEN
    PERFORM controls_refuse('call_off_goes_to_an_entrant', 'no entrant of the agreement at this price');
  END IF;
  RETURN NEW;
END $$;

-- The terms of a call: quality, products, users and prices outside are terms like the others.
CREATE OR REPLACE FUNCTION controls_framework_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF controls_framework_is_published(OLD.lot_id) AND
     (NEW.lot_id, NEW.unit, NEW.estimated_quantity, NEW.users, NEW.months, NEW.quality_ground, NEW.by_direct,
      NEW.by_mini_competition, NEW.by_rotation, NEW.allows_outside, NEW.uses_consumables, NEW.consumables_years, NEW.replacement_rule,
      NEW.feedback_rule, NEW.tops_up_id) IS DISTINCT FROM
     (OLD.lot_id, OLD.unit, OLD.estimated_quantity, OLD.users, OLD.months, OLD.quality_ground, OLD.by_direct,
      OLD.by_mini_competition, OLD.by_rotation, OLD.allows_outside, OLD.uses_consumables, OLD.consumables_years, OLD.replacement_rule,
      OLD.feedback_rule, OLD.tops_up_id) THEN
    PERFORM controls_refuse('published_framework_is_never_rewritten', 'the call has been published');
  END IF;
  RETURN NEW;
END $$;

DROP TRIGGER call_off_frozen ON frameworks_calloff;
CREATE TRIGGER call_off_frozen BEFORE UPDATE ON frameworks_calloff FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'lot_id', 'framework_id', 'way', 'quantity',
    'outside_offer_id', 'consumable_id');
CREATE TRIGGER consumable_frozen BEFORE UPDATE ON frameworks_agreedconsumable FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('agreement_is_never_rewritten', 'entrant_id', 'item', 'unit', 'unit_price',
    'years');
CREATE TRIGGER outside_offer_frozen BEFORE UPDATE ON frameworks_outsideoffer FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'entrant_id', 'plan_item_id', 'supplier_id', 'unit_price',
    'agreed_price', 'quantity', 'evidence', 'reported_at', 'answer_by_at');
CREATE TRIGGER outside_offer_answered_once BEFORE UPDATE ON frameworks_outsideoffer FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'agrees', 'answer', 'answered_at', 'copied_at');
CREATE TRIGGER replacement_frozen BEFORE UPDATE ON frameworks_replacement FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'entrant_id', 'old_product', 'old_price', 'product',
    'unit_price', 'statement', 'asked_at');
CREATE TRIGGER replacement_answered_once BEFORE UPDATE ON frameworks_replacement FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'is_admitted', 'answer', 'answered_at');
CREATE TRIGGER scheme_frozen BEFORE UPDATE ON frameworks_frameworkapproval FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'case_id', 'scheme', 'terms', 'consent_by_id',
    'applied_at');
CREATE TRIGGER scheme_decided_once BEFORE UPDATE ON frameworks_frameworkapproval FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'approved_at', 'number', 'returned_at', 'return_reason');
CREATE TRIGGER feedback_frozen BEFORE UPDATE ON frameworks_feedback FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'framework_id', 'call_off_id', 'supplier_id', 'buyer_id',
    'grade', 'comment', 'given_at');

DO $$
DECLARE
  kept text;
BEGIN
  FOREACH kept IN ARRAY ARRAY['frameworks_agreedconsumable', 'frameworks_outsideoffer', 'frameworks_replacement',
                              'frameworks_frameworkapproval', 'frameworks_feedback'] LOOP
    EXECUTE format('CREATE TRIGGER record_is_kept BEFORE DELETE ON %I FOR EACH ROW'
      ' EXECUTE FUNCTION kernel_append_only(''records_are_never_deleted'')', kept);
  END LOOP;
END $$;
