-- When a lower price outside was concluded is one moment, when the convener got a copy of its contract is another (财政部令
-- 第110号 art. 37); neither is taken back.

CREATE OR REPLACE FUNCTION controls_may_be_called_off(call_off bigint, supplier bigint, amount numeric) RETURNS boolean
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
               ELSE supplier = p.supplier_id AND (p.answered_at IS NOT NULL OR p.concluded_at >= p.answer_by_at) END
    FOR SHARE OF e)
$$;

DROP TRIGGER outside_offer_answered_once ON frameworks_outsideoffer;
CREATE TRIGGER outside_offer_answered_once BEFORE UPDATE ON frameworks_outsideoffer FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'agrees', 'answer', 'answered_at', 'concluded_at',
    'copied_at');
