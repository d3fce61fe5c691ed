-- What a policy rests on: what a plan sets aside and why, imports that were approved, listed products, and who stands
-- behind a bid with what share. Complements frozen.sql, records.sql and frameworks.sql.

-- An approved plan says why it repeats a purchase, what it sets aside, and why not; the review has judged just that.
DROP TRIGGER plan_frozen ON planning_planitem;
CREATE TRIGGER plan_frozen BEFORE UPDATE ON planning_planitem FOR EACH ROW WHEN (OLD.approved_at IS NOT NULL)
  EXECUTE FUNCTION controls_frozen('approved_plan_is_never_rewritten', 'amount', 'category', 'classification',
    'procedure', 'needs_approval', 'spends', 'ground', 'method_reason', 'original_amount', 'in_catalogue', 'set_aside',
    'set_aside_share', 'set_aside_small_micro', 'set_aside_reason', 'intention_id', 'intention_exemption',
    'repeat_exception', 'repeat_reason', 'repeat_opinion', 'repeat_accepted_at');

CREATE FUNCTION controls_requirement_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM planning_planitem WHERE id IN (OLD.plan_item_id, NEW.plan_item_id)
             AND approved_at IS NOT NULL) AND to_jsonb(NEW) IS DISTINCT FROM to_jsonb(OLD) THEN
    PERFORM controls_refuse('approved_plan_is_never_rewritten', 'the requirement belongs to an approved plan');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER requirement_stays BEFORE UPDATE ON planning_requirement
  FOR EACH ROW EXECUTE FUNCTION controls_requirement_stays();
CREATE TRIGGER record_is_kept BEFORE DELETE ON planning_requirement
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');

-- An application for imports is decided as it was made.
CREATE TRIGGER import_frozen BEFORE UPDATE ON planning_importapproval FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('import_application_is_never_rewritten', 'plan_item_id', 'products', 'policy',
    'reason', 'authority_opinion', 'experts', 'lawyers', 'opinion', 'applied_at');
CREATE TRIGGER steps_once BEFORE UPDATE ON planning_importapproval FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'approved_at', 'number', 'returned_at', 'return_reason');
CREATE TRIGGER record_is_kept BEFORE DELETE ON planning_importapproval
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');

-- Listed products are part of the document: some of them make a bid invalid.
CREATE TRIGGER published_frozen BEFORE INSERT OR UPDATE OR DELETE ON tendering_greenproduct FOR EACH ROW
  EXECUTE FUNCTION controls_published_is_frozen();

-- All that an envelope held was read out, not only its price: claims, origin, brand, certificates, partners.
DROP TRIGGER opened_bid_frozen ON tendering_openedbid;
CREATE TRIGGER opened_bid_frozen BEFORE UPDATE ON tendering_openedbid FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('sealed_bid_is_never_changed', 'lot_id', 'bid_id', 'supplier_id', 'price',
    'price_in_words', 'delivery', 'preference', 'small_micro_share', 'is_domestic', 'domestic_share', 'has_imports',
    'green_certificates', 'brand', 'opened_at');
DROP TRIGGER final_offer_frozen ON tendering_finaloffer;
CREATE TRIGGER final_offer_frozen BEFORE UPDATE ON tendering_finaloffer FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('sealed_bid_is_never_changed', 'opened_bid_id', 'bid_id', 'price',
    'price_in_words', 'delivery', 'opened_at');
CREATE TRIGGER partner_frozen BEFORE UPDATE ON tendering_bidpartner FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('sealed_bid_is_never_changed', 'opened_bid_id', 'kind', 'name', 'uscc', 'size',
    'share', 'work');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_bidpartner
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');

-- Nobody joins a consortium after the opening: its record is confirmed as it was read out (财政部令第87号 41, 42).
CREATE FUNCTION controls_partner_was_read_out() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM tendering_opening p JOIN cases_lot l ON l.case_id = p.case_id
             JOIN tendering_openedbid o ON o.lot_id = l.id
             WHERE o.id = NEW.opened_bid_id AND p.concluded_at IS NOT NULL) THEN
    PERFORM controls_refuse('sealed_bid_is_never_changed', 'the opening is over: nobody joins this bid');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER partner_was_read_out BEFORE INSERT ON tendering_bidpartner
  FOR EACH ROW EXECUTE FUNCTION controls_partner_was_read_out();
