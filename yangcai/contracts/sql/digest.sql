-- What one side has signed is what the other signs: the digest of a contract stands from the first signature on.
CREATE FUNCTION contracts_digest_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the digest of contract % was signed already', OLD.id
    USING ERRCODE = 'check_violation', CONSTRAINT = 'signed_contract_is_never_rewritten';
END $$;
CREATE TRIGGER digest_stands BEFORE UPDATE OF digest ON contracts_contract FOR EACH ROW
  WHEN (OLD.digest <> '' AND NEW.digest IS DISTINCT FROM OLD.digest) EXECUTE FUNCTION contracts_digest_stands();
