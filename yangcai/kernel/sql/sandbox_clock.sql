-- The clock of a demo or a replay has no power anywhere else. Two locks, because a hand with SQL can open the first:
-- the settings of a sandbox say `yangcai.sandbox = on` on each of its connections, and a database whose log has begun
-- under the real time never gets a sandbox clock (nor does a sandbox lose its own).
CREATE FUNCTION kernel_in_sandbox() RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT coalesce(current_setting('yangcai.sandbox', true), '') = 'on'
$$;

-- What time the database stamps: its own clock, unless this is a sandbox whose clock is set.
CREATE OR REPLACE FUNCTION yangcai_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT at FROM kernel_sandboxclock WHERE id = 1 AND kernel_in_sandbox()), transaction_timestamp())
$$;

CREATE FUNCTION kernel_sandbox_clock_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT kernel_in_sandbox() OR (TG_OP <> 'UPDATE' AND EXISTS (SELECT FROM kernel_entry)) THEN
    RAISE EXCEPTION 'this database keeps its own time'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'no_sandbox_clock_outside_a_sandbox', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END $$;
-- After each row: INSERT … ON CONFLICT DO UPDATE is an UPDATE when the clock is there.
CREATE TRIGGER sandbox_clock_moves AFTER INSERT OR UPDATE OR DELETE ON kernel_sandboxclock
  FOR EACH ROW EXECUTE FUNCTION kernel_sandbox_clock_moves();
CREATE TRIGGER sandbox_clock_no_truncate BEFORE TRUNCATE ON kernel_sandboxclock
  FOR EACH STATEMENT EXECUTE FUNCTION kernel_sandbox_clock_moves();
