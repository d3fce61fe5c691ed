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
  IF NEW.parent_id IS NOT NULL THEN
    SELECT bucket INTO above FROM funds_fund WHERE id = NEW.parent_id;
  END IF;
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

-- Posting. One statement may bring one transfer or a hundred thousand (budget import), so it is posted as a set. First all
-- its funds are locked in the order of their ids, so that two statements over the same funds wait and never deadlock;
-- then the moves are checked, then every fund moves once, by the sum of what goes in and out.
-- FOR NO KEY UPDATE: the foreign keys of the same transfers already hold FOR KEY SHARE on these rows.
-- Every look-up goes by index, also where the plan was made for another number of rows: it is kept for the session.
CREATE FUNCTION funds_transfer_posts() RETURNS trigger LANGUAGE plpgsql
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  wrong record;
BEGIN
  PERFORM FROM funds_fund WHERE id IN (SELECT source_id FROM posted UNION SELECT target_id FROM posted)
    ORDER BY id FOR NO KEY UPDATE;

  SELECT t.kind, s.bucket AS source, g.bucket AS target INTO wrong
    FROM posted t LEFT JOIN funds_fund s ON s.id = t.source_id LEFT JOIN funds_fund g ON g.id = t.target_id
    WHERE NOT coalesce(CASE t.kind
      WHEN 'appropriate' THEN t.source_id IS NULL AND g.bucket = 'available'
      WHEN 'reserve' THEN s.bucket = 'available' AND g.bucket = 'reserved' AND g.parent_id = s.id
      WHEN 'release_reservation' THEN s.bucket = 'reserved' AND g.bucket = 'available' AND s.parent_id = g.id
      WHEN 'commit' THEN s.bucket = 'reserved' AND g.bucket = 'committed' AND g.parent_id = s.id
      WHEN 'release_commitment' THEN s.bucket = 'committed' AND g.bucket = 'reserved' AND s.parent_id = g.id
      WHEN 'pay' THEN s.bucket = 'committed' AND g.bucket = 'paid' AND g.parent_id = s.id
      WHEN 'refund' THEN s.bucket = 'paid' AND g.bucket = 'committed' AND s.parent_id = g.id
      END, false) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'no % from % to %', wrong.kind, coalesce(wrong.source, 'nothing'), coalesce(wrong.target, 'nothing')
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transfers_follow_the_chain';
  END IF;

  UPDATE funds_fund f SET balance = f.balance + moved.amount
    FROM (SELECT id, sum(amount) AS amount
          FROM (SELECT target_id AS id, amount FROM posted UNION ALL SELECT source_id, -amount FROM posted) sides
          WHERE id IS NOT NULL GROUP BY id) moved
    WHERE f.id = moved.id;

  IF EXISTS (  -- what the budget gives is what was approved, once
      SELECT FROM posted t WHERE t.kind = 'appropriate'
        AND coalesce((SELECT amount FROM funds_appropriation WHERE available_fund_id = t.target_id), 0)
          < (SELECT sum(amount) FROM funds_transfer WHERE target_id = t.target_id AND kind = 'appropriate')) THEN
    RAISE EXCEPTION 'more is appropriated than was approved'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'appropriated_as_approved';
  END IF;
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
