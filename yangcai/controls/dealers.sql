-- Who gets what is called off: the entrant, or the dealer that it named and that the buyer chose, within the agreement
-- price of this quantity; outside the entrants as before (财政部令第110号 art. 13, 17, 18, 26, 37).
CREATE FUNCTION controls_discount(agreement bigint, wanted numeric) RETURNS numeric LANGUAGE sql STABLE AS $$
  SELECT coalesce(max(d.rate), 0) FROM frameworks_quantitydiscount d
    WHERE d.framework_id = agreement AND d.from_quantity <= wanted
$$;

CREATE OR REPLACE FUNCTION controls_may_be_called_off(call_off bigint, supplier bigint, amount numeric) RETURNS boolean
  LANGUAGE sql AS $$
  SELECT EXISTS (
    SELECT FROM frameworks_calloff o
      JOIN frameworks_entrant e ON e.framework_id = o.framework_id
      LEFT JOIN frameworks_dealer d ON d.id = o.dealer_id
      LEFT JOIN frameworks_agreedconsumable k ON k.id = o.consumable_id AND k.entrant_id = e.id
    WHERE o.id = call_off AND o.outside_offer_id IS NULL
      AND CASE WHEN o.dealer_id IS NULL THEN e.supplier_id = supplier
               ELSE d.entrant_id = e.id AND d.organisation_id = supplier AND d.ended_at IS NULL END
      AND e.signed_at IS NOT NULL AND e.left_at IS NULL
      AND amount <= round(CASE WHEN o.consumable_id IS NULL
                               THEN e.unit_price * (1 - controls_discount(o.framework_id, o.quantity))
                               ELSE k.unit_price END * o.quantity, 2)
    FOR SHARE OF e)
  OR EXISTS (
    SELECT FROM frameworks_calloff o
      JOIN frameworks_outsideoffer p ON p.id = o.outside_offer_id
      JOIN frameworks_entrant e ON e.id = p.entrant_id AND e.framework_id = o.framework_id
      JOIN frameworks_framework f ON f.id = o.framework_id AND f.allows_outside
    WHERE o.id = call_off AND o.quantity = p.quantity AND amount <= round(p.unit_price * o.quantity, 2)
      AND CASE WHEN p.agrees THEN supplier = e.supplier_id AND e.signed_at IS NOT NULL AND e.left_at IS NULL
               ELSE supplier = p.supplier_id AND (p.answered_at IS NOT NULL OR p.concluded_at >= p.answer_by_at) END
    FOR SHARE OF e)
$$;

DROP TRIGGER call_off_frozen ON frameworks_calloff;
CREATE TRIGGER call_off_frozen BEFORE UPDATE ON frameworks_calloff FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'lot_id', 'framework_id', 'way', 'quantity',
    'outside_offer_id', 'consumable_id', 'dealer_id');
CREATE TRIGGER dealer_frozen BEFORE UPDATE ON frameworks_dealer FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'entrant_id', 'organisation_id', 'area', 'named_at');
CREATE TRIGGER steps_once BEFORE UPDATE ON frameworks_dealer FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'ended_at');
CREATE TRIGGER record_is_kept BEFORE DELETE ON frameworks_dealer
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');

-- What a call says of quantities and prices is a term like any other: published, it stays.
CREATE FUNCTION controls_discounts_are_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT controls_framework_is_published(f.lot_id) FROM frameworks_framework f
      WHERE f.id = (CASE TG_OP WHEN 'DELETE' THEN OLD.framework_id ELSE NEW.framework_id END)) THEN
    PERFORM controls_refuse('published_framework_is_never_rewritten', 'the call has been published');
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER published_frozen BEFORE INSERT OR UPDATE OR DELETE ON frameworks_quantitydiscount FOR EACH ROW
  EXECUTE FUNCTION controls_discounts_are_published();
