-- Who read which correction, and which brand was offered: none of it changes later (政府采购法 art. 42).

CREATE TRIGGER links_frozen BEFORE UPDATE ON tendering_correctionreceipt FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'correction_id', 'supplier_id', 'received_at');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_correctionreceipt FOR EACH ROW
  EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');

-- The brand of a line is as sealed as the rest of it.
DROP TRIGGER line_frozen ON tendering_bidline;
CREATE TRIGGER line_frozen BEFORE UPDATE ON tendering_bidline FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('sealed_bid_is_never_changed', 'opened_bid_id', 'number', 'item', 'brand',
    'specification', 'quantity', 'unit_price', 'amount');
