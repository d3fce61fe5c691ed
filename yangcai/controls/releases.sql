-- A lot that failed gives its money back while the other lots of its case go on: once, after the remedies against its
-- failure ended, and for good. Until then the money of a published case's failed lots stays reserved; when the case
-- itself is over, the rest of its reservation goes back as before.

-- How long the remedies last is law, and a day that an Action computes; here stands that it lies behind us, after the
-- failure and after every letter that told it.
CREATE FUNCTION controls_lot_is_released() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  l record;
  c record;
BEGIN
  SELECT case_id, outcome, outcome_at, budget INTO l FROM cases_lot WHERE id = NEW.lot_id FOR NO KEY UPDATE;
  SELECT published_at, ended_at, plan_item_id INTO c FROM cases_case WHERE id = l.case_id FOR NO KEY UPDATE;
  IF c.published_at IS NULL OR c.ended_at IS NOT NULL OR l.outcome NOT IN ('unsuccessful', 'terminated')
     OR NEW.amount > l.budget
     OR EXISTS (SELECT FROM cases_award WHERE lot_id = NEW.lot_id AND refused_at IS NULL)
     OR EXISTS (SELECT FROM cases_award a JOIN contracts_contract k ON k.award_id = a.id
                WHERE a.lot_id = NEW.lot_id AND k.signed_at IS NOT NULL AND k.terminated_at IS NULL) THEN
    PERFORM controls_refuse('only_a_failed_lot_is_released', 'no failed lot of a case that runs, or more than its budget');
  END IF;
  IF NEW.released_at > yangcai_now() OR NEW.remedies_end_at > yangcai_now() OR NEW.remedies_end_at <= l.outcome_at
     OR EXISTS (SELECT FROM tendering_awardletter WHERE lot_id = NEW.lot_id AND issued_at >= NEW.remedies_end_at)
     OR EXISTS (SELECT FROM cases_suspension WHERE case_id = l.case_id AND resumed_at IS NULL) THEN
    PERFORM controls_refuse('no_release_before_the_remedies', 'the remedies against the failure have not ended');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER lot_is_released BEFORE INSERT ON cases_lotrelease
  FOR EACH ROW EXECUTE FUNCTION controls_lot_is_released();

CREATE FUNCTION controls_plan_of_lot(lot bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT c.plan_item_id FROM cases_lot l JOIN cases_case c ON c.id = l.case_id WHERE l.id = lot
$$;
CREATE FUNCTION controls_released_of(plan bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(r.amount), 0) FROM cases_lotrelease r JOIN cases_lot l ON l.id = r.lot_id
  JOIN cases_case c ON c.id = l.case_id WHERE c.plan_item_id = plan
$$;

-- The release, the money that moved and what the plan says of it are one thing.
CREATE FUNCTION controls_release_is_told() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  plan bigint := controls_plan_of_lot(NEW.lot_id);
BEGIN
  IF NOT EXISTS (SELECT FROM funds_transfer t JOIN planning_planitem p ON p.reserved_fund_id = t.source_id
                 WHERE p.id = plan AND t.kind = 'release_reservation' AND t.ground = 'lotrelease:' || NEW.id
                   AND t.amount = NEW.amount) THEN
    PERFORM controls_refuse('released_means_transferred', 'the lot is released, but no money moved');
  END IF;
  IF (SELECT released_amount FROM planning_planitem WHERE id = plan) <> controls_released_of(plan) THEN
    PERFORM controls_refuse('plan_says_what_was_released', 'the plan says another sum');
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER release_is_told AFTER INSERT ON cases_lotrelease
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION controls_release_is_told();

CREATE FUNCTION controls_plan_says_what_was_released() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT released_amount FROM planning_planitem WHERE id = NEW.id) <> controls_released_of(NEW.id) THEN
    PERFORM controls_refuse('plan_says_what_was_released', 'no release of that sum');
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER plan_says_what_was_released AFTER INSERT OR UPDATE OF released_amount ON planning_planitem
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.released_amount <> 0)
  EXECUTE FUNCTION controls_plan_says_what_was_released();
CREATE TRIGGER released_only_grows BEFORE UPDATE OF released_amount ON planning_planitem FOR EACH ROW
  WHEN (NEW.released_amount < OLD.released_amount)
  EXECUTE FUNCTION kernel_append_only('plan_says_what_was_released');

CREATE TRIGGER release_frozen BEFORE UPDATE ON cases_lotrelease FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'lot_id', 'amount', 'answered_on', 'remedies_end_at',
    'released_at');
CREATE TRIGGER record_is_kept BEFORE DELETE ON cases_lotrelease
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');

-- What was given back is not bought under this case any more.
CREATE FUNCTION controls_released_lot_stays_lost() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM cases_lotrelease WHERE lot_id = NEW.id) THEN
    PERFORM controls_refuse('released_lot_stays_lost', 'the budget of this lot was given back');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER released_lot_stays_lost BEFORE UPDATE ON cases_lot FOR EACH ROW
  WHEN ((NEW.outcome, NEW.budget, NEW.case_id) IS DISTINCT FROM (OLD.outcome, OLD.budget, OLD.case_id))
  EXECUTE FUNCTION controls_released_lot_stays_lost();
CREATE FUNCTION controls_released_lot_has_no_award() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM cases_lotrelease WHERE lot_id = NEW.lot_id) THEN
    PERFORM controls_refuse('released_lot_stays_lost', 'the budget of this lot was given back');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER released_lot_has_no_award BEFORE INSERT OR UPDATE OF lot_id ON cases_award
  FOR EACH ROW EXECUTE FUNCTION controls_released_lot_has_no_award();

-- While a published case runs on a plan, its reservation goes back only by a lot that was released, once; and nothing is
-- reserved again for what was released.
CREATE FUNCTION controls_reservation_goes_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
      SELECT FROM posted t JOIN planning_planitem p ON p.reserved_fund_id = t.source_id
      JOIN cases_case c ON c.plan_item_id = p.id AND c.published_at IS NOT NULL AND c.ended_at IS NULL
      WHERE t.kind = 'release_reservation' AND (
        NOT EXISTS (SELECT FROM cases_lotrelease r JOIN cases_lot l ON l.id = r.lot_id
                    WHERE 'lotrelease:' || r.id = t.ground AND r.amount = t.amount AND l.case_id = c.id)
        OR (SELECT count(*) FROM funds_transfer o WHERE o.ground = t.ground AND o.kind = t.kind) > 1)) THEN
    PERFORM controls_refuse('published_case_stays_funded', 'only a failed lot that was released gives money back');
  END IF;
  IF EXISTS (
      SELECT FROM posted t JOIN planning_planitem p ON p.reserved_fund_id = t.target_id
      WHERE t.kind = 'reserve' AND p.released_amount > 0 AND p.amount - p.released_amount < (
        WITH RECURSIVE tree AS (
          SELECT id, balance FROM funds_fund WHERE id = t.target_id
          UNION ALL SELECT f.id, f.balance FROM funds_fund f JOIN tree ON f.parent_id = tree.id)
        SELECT sum(balance) FROM tree)) THEN
    PERFORM controls_refuse('reserved_as_planned', 'more is reserved than the plan still stands for');
  END IF;
  RETURN NULL;
END $$;
-- After `transfer_posts` and `transfer_under_control`: triggers fire in the order of their names.
CREATE TRIGGER transfer_within_the_releases AFTER INSERT ON funds_transfer REFERENCING NEW TABLE AS posted
  FOR EACH STATEMENT EXECUTE FUNCTION controls_reservation_goes_back();

-- What renews a plan stays within what that plan gave back: only so far it is no further purchase.
CREATE FUNCTION controls_renewal_is_sent() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  first record;
BEGIN
  SELECT p.id, p.released_amount, a.buyer_id INTO first
    FROM planning_planitem p JOIN funds_appropriation a ON a.id = p.appropriation_id
    WHERE p.id = NEW.renews_id FOR NO KEY UPDATE OF p;
  IF first.buyer_id IS DISTINCT FROM (SELECT buyer_id FROM funds_appropriation WHERE id = NEW.appropriation_id)
     OR first.released_amount < NEW.amount + coalesce((
       SELECT sum(amount) FROM planning_planitem
       WHERE renews_id = NEW.renews_id AND id <> NEW.id AND submitted_at IS NOT NULL AND cancelled_at IS NULL), 0) THEN
    PERFORM controls_refuse('renewed_within_the_release', 'more than the failed lots gave back');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER renewal_is_sent BEFORE INSERT OR UPDATE OF submitted_at, amount, renews_id, cancelled_at
  ON planning_planitem FOR EACH ROW
  WHEN (NEW.renews_id IS NOT NULL AND NEW.submitted_at IS NOT NULL AND NEW.cancelled_at IS NULL)
  EXECUTE FUNCTION controls_renewal_is_sent();

DROP TRIGGER plan_frozen ON planning_planitem;
CREATE TRIGGER plan_frozen BEFORE UPDATE ON planning_planitem FOR EACH ROW WHEN (OLD.approved_at IS NOT NULL)
  EXECUTE FUNCTION controls_frozen('approved_plan_is_never_rewritten', 'amount', 'category', 'classification',
    'procedure', 'needs_approval', 'spends', 'ground', 'method_reason', 'original_amount', 'in_catalogue', 'set_aside',
    'set_aside_share', 'set_aside_small_micro', 'set_aside_reason', 'intention_id', 'intention_exemption',
    'repeat_exception', 'repeat_reason', 'repeat_opinion', 'repeat_accepted_at',
    'renews_id');
