-- What was committed to stays as it was signed; it can be withdrawn, once.
CREATE FUNCTION credit_commitment_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'withdrawn_at' = to_jsonb(OLD) - 'withdrawn_at'
      AND OLD.withdrawn_at IS NULL THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a commitment is never rewritten'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'commitments_are_never_rewritten', TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER commitment_is_kept BEFORE UPDATE OR DELETE ON credit_commitment
  FOR EACH ROW EXECUTE FUNCTION credit_commitment_is_kept();
