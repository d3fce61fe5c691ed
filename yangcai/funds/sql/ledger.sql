-- The ledger: money moves only by transfers, only along the chain
--   (budget) -> available -> reserved -> committed -> paid, and back again,
-- and a transfer, once written, is never changed. Every RAISE names a constraint that controls/register.py explains.

-- A fund opens at zero in its place in the chain: reserved hangs under available, committed under reserved, paid under
-- committed.
CREATE FUNCTION funds_fund_opens() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  above text;
BEGIN
  IF NEW.balance <> 0 THEN
    RAISE EXCEPTION 'a fund opens at zero' USING ERRCODE = 'check_violation', CONSTRAINT = 'funds_open_at_zero';
  END IF;
  SELECT bucket INTO above FROM funds_fund WHERE id = NEW.parent_id;
  IF (NEW.bucket, coalesce(above, '')) NOT IN
     (('available', ''), ('reserved', 'available'), ('committed', 'reserved'), ('paid', 'committed')) THEN
    RAISE EXCEPTION 'a % fund may not hang under %', NEW.bucket, coalesce(above, 'nothing')
      USING ERRCODE = 'check_violation', CONSTRAINT = 'funds_form_a_chain';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fund_opens BEFORE INSERT ON funds_fund FOR EACH ROW EXECUTE FUNCTION funds_fund_opens();

-- Its place never changes, and its balance only when the ledger itself posts: an UPDATE that somebody writes by hand
-- fires this trigger at depth 1, the posting below at depth 2.
CREATE FUNCTION funds_fund_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.bucket, NEW.parent_id) IS DISTINCT FROM (OLD.id, OLD.bucket, OLD.parent_id) THEN
    RAISE EXCEPTION 'a fund keeps its place'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'funds_are_never_repointed';
  END IF;
  IF NEW.balance <> OLD.balance AND pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION 'a balance moves only by a transfer'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'balances_move_only_by_transfers';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fund_moves BEFORE UPDATE ON funds_fund FOR EACH ROW EXECUTE FUNCTION funds_fund_moves();

CREATE TRIGGER transfer_append_only BEFORE UPDATE OR DELETE ON funds_transfer
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('transfers_are_never_changed');
CREATE TRIGGER transfer_no_truncate BEFORE TRUNCATE ON funds_transfer
  FOR EACH STATEMENT EXECUTE FUNCTION kernel_append_only('transfers_are_never_changed');

-- Posting. One statement may bring one transfer or a hundred thousand (budget import). First all its funds are locked in
-- the order of their ids, so that two statements over the same funds wait and never deadlock; then each transfer is
-- checked and posted. FOR NO KEY UPDATE: the foreign keys of the same transfers already hold FOR KEY SHARE on these rows.
-- Every look-up goes by index, also where the plan was made while the tables were small.
CREATE FUNCTION funds_transfer_posts() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
  fund bigint;
  t record;
  s record;
  g record;
  approved numeric;
BEGIN
  FOR fund IN SELECT source_id FROM posted UNION SELECT target_id FROM posted ORDER BY 1 LOOP
    PERFORM FROM funds_fund WHERE id = fund FOR NO KEY UPDATE;
  END LOOP;

  FOR t IN SELECT * FROM posted LOOP
    SELECT id, bucket, parent_id INTO s FROM funds_fund WHERE id = t.source_id;
    SELECT id, bucket, parent_id INTO g FROM funds_fund WHERE id = t.target_id;
    IF NOT coalesce(CASE t.kind
        WHEN 'appropriate' THEN t.source_id IS NULL AND g.bucket = 'available'
        WHEN 'reserve' THEN s.bucket = 'available' AND g.bucket = 'reserved' AND g.parent_id = s.id
        WHEN 'release_reservation' THEN s.bucket = 'reserved' AND g.bucket = 'available' AND s.parent_id = g.id
        WHEN 'commit' THEN s.bucket = 'reserved' AND g.bucket = 'committed' AND g.parent_id = s.id
        WHEN 'release_commitment' THEN s.bucket = 'committed' AND g.bucket = 'reserved' AND s.parent_id = g.id
        WHEN 'pay' THEN s.bucket = 'committed' AND g.bucket = 'paid' AND g.parent_id = s.id
        WHEN 'refund' THEN s.bucket = 'paid' AND g.bucket = 'committed' AND s.parent_id = g.id
        END, false) THEN
      RAISE EXCEPTION 'no % from % to %', t.kind, coalesce(s.bucket, 'nothing'), coalesce(g.bucket, 'nothing')
        USING ERRCODE = 'check_violation', CONSTRAINT = 'transfers_follow_the_chain';
    END IF;
    IF t.source_id IS NOT NULL THEN
      UPDATE funds_fund SET balance = balance - t.amount WHERE id = t.source_id;
    END IF;
    UPDATE funds_fund SET balance = balance + t.amount WHERE id = t.target_id;

    IF t.kind = 'appropriate' THEN  -- what the budget gives is what was approved, once
      SELECT amount INTO approved FROM funds_appropriation WHERE available_fund_id = t.target_id;
      IF coalesce(approved, 0) < (SELECT sum(amount) FROM funds_transfer
                                  WHERE target_id = t.target_id AND kind = 'appropriate') THEN
        RAISE EXCEPTION 'more is appropriated than was approved'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'appropriated_as_approved';
      END IF;
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER transfer_posts AFTER INSERT ON funds_transfer REFERENCING NEW TABLE AS posted
  FOR EACH STATEMENT EXECUTE FUNCTION funds_transfer_posts();

-- An appropriation is a decision: who, which year, which line, how much, into which fund does not change afterwards.
CREATE FUNCTION funds_appropriation_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.buyer_id, NEW.fiscal_year, NEW.code, NEW.amount, NEW.available_fund_id)
     IS DISTINCT FROM (OLD.buyer_id, OLD.fiscal_year, OLD.code, OLD.amount, OLD.available_fund_id) THEN
    RAISE EXCEPTION 'an appropriation is not rewritten'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'appropriations_are_never_rewritten';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER appropriation_frozen BEFORE UPDATE ON funds_appropriation
  FOR EACH ROW EXECUTE FUNCTION funds_appropriation_frozen();

CREATE FUNCTION funds_appropriation_opens() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM funds_fund WHERE id = NEW.available_fund_id AND bucket = 'available') THEN
    RAISE EXCEPTION 'an appropriation owns an available fund'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'appropriation_owns_an_available_fund';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER appropriation_opens BEFORE INSERT ON funds_appropriation
  FOR EACH ROW EXECUTE FUNCTION funds_appropriation_opens();
