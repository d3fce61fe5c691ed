-- What a buyer was asked to confirm, and confirmed, and what it told the public, stays as it was.
CREATE TRIGGER links_frozen BEFORE UPDATE ON contracts_receivable FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'contract_id', 'amount', 'requested_at');
CREATE TRIGGER steps_once BEFORE UPDATE ON contracts_receivable FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'confirmed_at', 'confirmed_amount');
CREATE TRIGGER record_is_kept BEFORE DELETE ON contracts_receivable
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE TRIGGER links_frozen BEFORE UPDATE ON contracts_overduedisclosure FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'buyer_id', 'year', 'contracts', 'amount',
    'published_at');
CREATE TRIGGER record_is_kept BEFORE DELETE ON contracts_overduedisclosure
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
