-- The log: every Entry gets the next index and the hash of the one before it, and nothing is ever changed.
-- The lock is held to the end of the transaction, so indexes become visible in order: a reader that has seen
-- index n has seen all before it (the change feed can lose nothing).
CREATE FUNCTION kernel_entry_seal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  head_seq bigint;
  head_hash text;
BEGIN
  PERFORM pg_advisory_xact_lock(7391001);
  SELECT seq, hash INTO head_seq, head_hash FROM kernel_entry ORDER BY seq DESC LIMIT 1;
  NEW.seq := coalesce(head_seq + 1, 0);
  NEW.prev_hash := coalesce(head_hash, repeat('0', 64));
  NEW.hash := encode(sha256(convert_to(
    NEW.seq || E'\n' || NEW.prev_hash || E'\n'
    || to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || E'\n'
    || NEW.action || E'\n' || NEW.outcome || E'\n' || NEW.root || E'\n' || NEW.subject || E'\n'
    || coalesce(NEW.post_id::text, '') || E'\n' || coalesce(NEW.person_id::text, '') || E'\n'
    || NEW.role || E'\n' || NEW.organisation || E'\n' || coalesce(NEW.organisation_id::text, '') || E'\n'
    || NEW.refusals::text || E'\n' || NEW.payload_digest, 'UTF8')), 'hex');
  RETURN NEW;
END $$;

CREATE TRIGGER entry_seal BEFORE INSERT ON kernel_entry FOR EACH ROW EXECUTE FUNCTION kernel_entry_seal();

CREATE FUNCTION kernel_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME
    USING ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0], TABLE = TG_TABLE_NAME;
END $$;

CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON kernel_entry
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('entries_are_never_changed');
CREATE TRIGGER entry_no_truncate BEFORE TRUNCATE ON kernel_entry
  FOR EACH STATEMENT EXECUTE FUNCTION kernel_append_only('entries_are_never_changed');
CREATE TRIGGER payload_not_deleted BEFORE DELETE OR TRUNCATE ON kernel_entrypayload
  FOR EACH STATEMENT EXECUTE FUNCTION kernel_append_only('entries_are_never_changed');

-- A payload may only be erased (its data emptied, the time noted): never rewritten.
CREATE FUNCTION kernel_payload_erase_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.entry_id = OLD.entry_id AND NEW.data = '{}'::jsonb AND NEW.salt = '' AND NEW.erased_at IS NOT NULL
     AND OLD.erased_at IS NULL THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a payload can only be erased'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'entries_are_never_changed', TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER payload_erase_only BEFORE UPDATE ON kernel_entrypayload
  FOR EACH ROW EXECUTE FUNCTION kernel_payload_erase_only();

-- What time the database stamps: its own clock, unless a sandbox clock is set (demo and replay only).
CREATE FUNCTION yangcai_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT at FROM kernel_sandboxclock WHERE id = 1), transaction_timestamp())
$$;
