-- The health journal: each line is the next one, names the one before it by its digest, and is younger. Nothing of it
-- is ever changed, so that an outage can neither be written into it afterwards nor out of it.
CREATE FUNCTION kernel_health_line_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  latest kernel_healthline;
BEGIN
  PERFORM pg_advisory_xact_lock(7391042);
  SELECT * INTO latest FROM kernel_healthline ORDER BY number DESC LIMIT 1;
  IF NEW.number <> coalesce(latest.number, 0) + 1 OR NEW.previous <> coalesce(latest.digest, repeat('0', 64))
     OR NEW.at <= latest.at OR NEW.digest <> encode(sha256(convert_to(NEW.content, 'UTF8')), 'hex')
     OR (NEW.content::jsonb ->> 'n', NEW.content::jsonb -> 'bad') IS DISTINCT FROM (NEW.number::text, to_jsonb(NEW.bad))
     OR (NEW.content::jsonb ->> 'at')::timestamptz <> NEW.at
     OR NOT EXISTS (SELECT FROM kernel_leaf
                    WHERE id = NEW.leaf_id AND line = convert_to('sbp1c ' || NEW.content || E'\n', 'UTF8')) THEN
    RAISE EXCEPTION 'no line % after %', NEW.number, latest.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'health_journal_only_grows', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER health_line_follows BEFORE INSERT ON kernel_healthline
  FOR EACH ROW EXECUTE FUNCTION kernel_health_line_follows();
CREATE TRIGGER health_line_append_only BEFORE UPDATE OR DELETE ON kernel_healthline
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('health_journal_only_grows');
CREATE TRIGGER health_line_no_truncate BEFORE TRUNCATE ON kernel_healthline
  FOR EACH STATEMENT EXECUTE FUNCTION kernel_append_only('health_journal_only_grows');

-- An outage is what lies between two good lines that have no good line between them, and are far enough apart.
CREATE FUNCTION kernel_outage_is_in_the_journal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  good_before kernel_healthline;
  good_after kernel_healthline;
BEGIN
  SELECT * INTO good_before FROM kernel_healthline WHERE number = NEW.before_id AND is_good;
  SELECT * INTO good_after FROM kernel_healthline WHERE number = NEW.after_id AND is_good;
  IF good_before.number IS NULL OR good_after.number IS NULL
     OR (NEW.begins_at, NEW.ends_at) IS DISTINCT FROM (good_before.at, good_after.at)
     OR NEW.ends_at - NEW.begins_at < NEW.shortest
     OR EXISTS (SELECT FROM kernel_healthline
                WHERE number > NEW.before_id AND number < NEW.after_id AND is_good) THEN
    RAISE EXCEPTION 'the journal knows no such outage'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'outage_is_in_the_journal', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER outage_is_in_the_journal BEFORE INSERT ON kernel_outage
  FOR EACH ROW EXECUTE FUNCTION kernel_outage_is_in_the_journal();
CREATE FUNCTION kernel_outage_is_settled_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.settled_at IS NULL
     AND to_jsonb(NEW) - 'settled_at' = to_jsonb(OLD) - 'settled_at' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'an outage stays what it was'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'outage_is_in_the_journal', TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER outage_is_settled_once BEFORE UPDATE OR DELETE ON kernel_outage
  FOR EACH ROW EXECUTE FUNCTION kernel_outage_is_settled_once();
CREATE TRIGGER outage_no_truncate BEFORE TRUNCATE ON kernel_outage
  FOR EACH STATEMENT EXECUTE FUNCTION kernel_append_only('outage_is_in_the_journal');
