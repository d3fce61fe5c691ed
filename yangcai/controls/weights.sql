-- To which weight of price the treasury consented: asked for and decided before the notice (财库〔2014〕214号 art. 24).
CREATE TRIGGER published_frozen BEFORE INSERT OR UPDATE OR DELETE ON tendering_priceweightapproval FOR EACH ROW
  EXECUTE FUNCTION controls_published_is_frozen();
CREATE TRIGGER weight_frozen BEFORE UPDATE ON tendering_priceweightapproval FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('weight_application_is_never_rewritten', 'lot_id', 'weight', 'reason', 'applied_at');
CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_priceweightapproval FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'approved_at', 'number', 'returned_at', 'return_reason');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_priceweightapproval
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
