-- Who said that it read which correction, and when: none of it changes later (政府采购法 art. 42).

CREATE TRIGGER links_frozen BEFORE UPDATE ON tendering_correctionreceipt FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'correction_id', 'supplier_id', 'received_at');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_correctionreceipt FOR EACH ROW
  EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
