-- The public log: every Entry has its leaf, a leaf its one place, a size its one root, and nothing is ever changed.

-- A line for the log, in the caller's transaction (SBP/1 §2.7): in clear, or as a commitment to nonce and body that
-- tells nothing until both are published. `body` is canonical JSON. A nonce that is not given is the digest of 366
-- random bits.
CREATE FUNCTION kernel_append_leaf(
  of_root text, body bytea, in_clear boolean DEFAULT false, of_entry bigint DEFAULT NULL,
  given_nonce bytea DEFAULT NULL,
  OUT leaf bigint, OUT line bytea, OUT nonce bytea
) LANGUAGE plpgsql AS $$
BEGIN
  IF in_clear THEN
    line := convert_to('sbp1c ', 'UTF8') || body || '\x0a'::bytea;
  ELSE
    nonce := coalesce(given_nonce,
      sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));
    line := convert_to('sbp1 ' || encode(sha256(
      convert_to('sbp/1 leaf', 'UTF8') || '\x00'::bytea
      || int4send(length(nonce)) || nonce || int4send(length(body)) || body), 'base64') || E'\n', 'UTF8');
  END IF;
  INSERT INTO kernel_leaf AS l (line, root, entry_id) VALUES (line, of_root, of_entry) RETURNING l.id INTO leaf;
  IF nonce IS NOT NULL THEN
    INSERT INTO kernel_leafsecret (leaf_id, nonce, body) VALUES (leaf, nonce, body);
  END IF;
END $$;

-- What the leaf of an Entry says once it may be told: what was done, when and where; the Entry's hash binds the rest.
-- The keys stand in order, and to_json writes text as RFC 8785 does.
CREATE FUNCTION kernel_entry_body(e kernel_entry) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT convert_to(
    '{"action":' || to_json(e.action) || ',"at":"' || to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","entry":"' || e.hash || '","outcome":' || to_json(e.outcome) || ',"root":' || to_json(e.root)
    || ',"t":"entry"}', 'UTF8')
$$;

CREATE FUNCTION kernel_entry_leaf() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM kernel_append_leaf(NEW.root, kernel_entry_body(NEW), false, NEW.seq);
  RETURN NULL;
END $$;
CREATE TRIGGER entry_leaf AFTER INSERT ON kernel_entry FOR EACH ROW EXECUTE FUNCTION kernel_entry_leaf();

-- Of each row one thing may still be said, once: a leaf's place, a secret's disclosure, a head's signature. Tiles grow.
CREATE FUNCTION kernel_log_grows_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  allowed boolean;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    CASE TG_TABLE_NAME
      WHEN 'kernel_leaf' THEN
        allowed := OLD.index IS NULL AND NEW.index >= 0 AND NEW.id = OLD.id AND NEW.line = OLD.line
          AND NEW.root = OLD.root AND NEW.at = OLD.at AND NEW.entry_id IS NOT DISTINCT FROM OLD.entry_id;
      WHEN 'kernel_leafsecret' THEN
        allowed := NEW.leaf_id = OLD.leaf_id AND NEW.nonce = OLD.nonce AND NEW.body = OLD.body
          AND (OLD.disclosed_at IS NULL OR NEW.disclosed_at = OLD.disclosed_at)
          AND (OLD.published_at IS NULL OR NEW.published_at = OLD.published_at);
      WHEN 'kernel_logtile' THEN
        allowed := NEW.id = OLD.id AND NEW.level = OLD.level AND NEW.index = OLD.index
          AND length(NEW.hashes) <= 8192 AND substring(NEW.hashes FOR length(OLD.hashes)) = OLD.hashes;
      WHEN 'kernel_treehead' THEN
        allowed := OLD.signed = '' AND NEW.signed <> '' AND NEW.size = OLD.size AND NEW.hash = OLD.hash
          AND NEW.at = OLD.at;
      ELSE allowed := false;
    END CASE;
    IF allowed THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION 'the public log only grows (%)', TG_TABLE_NAME
    USING ERRCODE = 'check_violation', CONSTRAINT = 'the_public_log_only_grows', TABLE = TG_TABLE_NAME;
END $$;

CREATE TRIGGER leaf_grows_only BEFORE UPDATE OR DELETE ON kernel_leaf
  FOR EACH ROW EXECUTE FUNCTION kernel_log_grows_only();
CREATE TRIGGER leafsecret_grows_only BEFORE UPDATE OR DELETE ON kernel_leafsecret
  FOR EACH ROW EXECUTE FUNCTION kernel_log_grows_only();
CREATE TRIGGER logtile_grows_only BEFORE UPDATE OR DELETE ON kernel_logtile
  FOR EACH ROW EXECUTE FUNCTION kernel_log_grows_only();
CREATE TRIGGER treehead_grows_only BEFORE UPDATE OR DELETE ON kernel_treehead
  FOR EACH ROW EXECUTE FUNCTION kernel_log_grows_only();
CREATE TRIGGER cosignature_grows_only BEFORE UPDATE OR DELETE ON kernel_cosignature
  FOR EACH ROW EXECUTE FUNCTION kernel_log_grows_only();
CREATE TRIGGER leaf_no_truncate BEFORE TRUNCATE ON kernel_leaf
  FOR EACH STATEMENT EXECUTE FUNCTION kernel_log_grows_only();
CREATE TRIGGER leafsecret_no_truncate BEFORE TRUNCATE ON kernel_leafsecret
  FOR EACH STATEMENT EXECUTE FUNCTION kernel_log_grows_only();
CREATE TRIGGER logtile_no_truncate BEFORE TRUNCATE ON kernel_logtile
  FOR EACH STATEMENT EXECUTE FUNCTION kernel_log_grows_only();
CREATE TRIGGER treehead_no_truncate BEFORE TRUNCATE ON kernel_treehead
  FOR EACH STATEMENT EXECUTE FUNCTION kernel_log_grows_only();
CREATE TRIGGER cosignature_no_truncate BEFORE TRUNCATE ON kernel_cosignature
  FOR EACH STATEMENT EXECUTE FUNCTION kernel_log_grows_only();

-- A new head is larger than every other, and every leaf below it has its place: never two roots for one size.
CREATE FUNCTION kernel_one_root_per_size() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before bigint;
  placed bigint;
BEGIN
  SELECT coalesce(max(size), 0) INTO before FROM kernel_treehead;
  SELECT count(*) INTO placed FROM kernel_leaf WHERE index >= before AND index < NEW.size;
  IF NEW.size <= before OR placed <> NEW.size - before
     OR EXISTS (SELECT FROM kernel_leaf WHERE index >= NEW.size) THEN
    RAISE EXCEPTION 'no head of size % after one of %', NEW.size, before
      USING ERRCODE = 'check_violation', CONSTRAINT = 'one_root_per_size', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER one_root_per_size BEFORE INSERT ON kernel_treehead
  FOR EACH ROW EXECUTE FUNCTION kernel_one_root_per_size();

-- The Entries that were there before the public log.
SELECT kernel_append_leaf(e.root, kernel_entry_body(e), false, e.seq) FROM kernel_entry e ORDER BY e.seq;
