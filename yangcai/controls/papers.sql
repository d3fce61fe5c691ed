-- What one side has signed is what the other signs: the digest of a contract stands from the first signature on.
CREATE TRIGGER digest_frozen BEFORE UPDATE ON contracts_contract FOR EACH ROW WHEN (OLD.digest <> '')
  EXECUTE FUNCTION controls_frozen('signed_contract_is_never_rewritten', 'digest');
