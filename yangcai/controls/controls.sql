-- The four controls and what they rest on, as the database itself keeps them, whoever writes: an Action, a script, a
-- hand with psql. Every RAISE names a constraint; register.py says in words what it means and on which article it
-- stands; tests/invariants attacks each one. No number of the law stands here: those are rules of the Actions.
-- What may never change once written stands beside it in frozen.sql, the ledger in funds/sql/ledger.sql.

CREATE FUNCTION controls_refuse(constraint_name text, sentence text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', sentence USING ERRCODE = 'check_violation', CONSTRAINT = constraint_name;
END $$;

-- ======================================================================================== 无预算不采购

-- A plan item owns a reserved fund under the available fund of its own appropriation.
CREATE FUNCTION controls_plan_item_opens() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM funds_fund f JOIN funds_appropriation a ON a.available_fund_id = f.parent_id
                 WHERE f.id = NEW.reserved_fund_id AND f.bucket = 'reserved' AND a.id = NEW.appropriation_id) THEN
    PERFORM controls_refuse('plan_item_funds_form_a_chain', 'the reserved fund hangs under another appropriation');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER plan_item_opens BEFORE INSERT ON planning_planitem
  FOR EACH ROW EXECUTE FUNCTION controls_plan_item_opens();

-- A case begins only on an approved, filed plan that is not cancelled and holds the money for it. The plan is locked
-- against being cancelled meanwhile, the fund against being emptied.
CREATE FUNCTION controls_case_opens() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  plan record;
  held numeric;
BEGIN
  SELECT p.approved_at, p.filed_at, p.cancelled_at, p.reserved_fund_id, a.buyer_id INTO plan
    FROM planning_planitem p JOIN funds_appropriation a ON a.id = p.appropriation_id
    WHERE p.id = NEW.plan_item_id FOR SHARE OF p;
  SELECT balance INTO held FROM funds_fund WHERE id = plan.reserved_fund_id FOR NO KEY UPDATE;
  IF plan.approved_at IS NULL OR plan.filed_at IS NULL OR plan.cancelled_at IS NOT NULL
     OR coalesce(held, 0) < NEW.budget THEN
    PERFORM controls_refuse('no_budget_no_case', 'the plan is not approved, filed and funded for this budget');
  END IF;
  IF NEW.buyer_id IS DISTINCT FROM plan.buyer_id THEN
    PERFORM controls_refuse('case_belongs_to_the_buyer_of_its_plan', 'the buyer is not the one whose budget it is');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER case_opens BEFORE INSERT ON cases_case FOR EACH ROW EXECUTE FUNCTION controls_case_opens();

-- What the live published case of a plan item may still need: the budget of each lot that is neither lost nor under a
-- contract. A contract that ended unsigned never was one.
CREATE FUNCTION controls_still_needed(plan_item bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(l.budget), 0)
  FROM cases_case c JOIN cases_lot l ON l.case_id = c.id
  WHERE c.plan_item_id = plan_item AND c.published_at IS NOT NULL AND c.ended_at IS NULL
    AND l.outcome NOT IN ('unsuccessful', 'terminated')
    AND NOT EXISTS (
      SELECT FROM cases_award a JOIN contracts_contract k ON k.award_id = a.id
      WHERE a.lot_id = l.id AND (k.terminated_at IS NULL OR k.signed_at IS NOT NULL))
$$;

-- Locks the fund, so that a publication and a release of the same money see each other.
CREATE FUNCTION controls_stays_funded(plan_item bigint, constraint_name text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  held numeric;
BEGIN
  SELECT f.balance INTO held FROM funds_fund f JOIN planning_planitem p ON p.reserved_fund_id = f.id
    WHERE p.id = plan_item FOR NO KEY UPDATE OF f;
  IF coalesce(held, 0) < controls_still_needed(plan_item) THEN
    PERFORM controls_refuse(constraint_name, 'the reservation does not cover what is published');
  END IF;
END $$;

CREATE FUNCTION controls_case_publishes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM controls_stays_funded(NEW.plan_item_id, 'no_publication_beyond_the_reservation');
  RETURN NULL;
END $$;
CREATE TRIGGER case_publishes AFTER INSERT OR UPDATE OF published_at, ended_at ON cases_case
  FOR EACH ROW WHEN (NEW.published_at IS NOT NULL AND NEW.ended_at IS NULL)
  EXECUTE FUNCTION controls_case_publishes();

-- The lots of a case stay within its budget; a lot that comes back to life needs its money again.
CREATE FUNCTION controls_lot_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  of_case record;
BEGIN
  SELECT budget, plan_item_id, published_at IS NOT NULL AND ended_at IS NULL AS is_published INTO of_case
    FROM cases_case WHERE id = NEW.case_id FOR NO KEY UPDATE;
  IF (SELECT sum(budget) FROM cases_lot WHERE case_id = NEW.case_id) > of_case.budget THEN
    PERFORM controls_refuse('lots_within_the_case_budget', 'the lots add up to more than the budget of the case');
  END IF;
  IF NEW.outcome NOT IN ('unsuccessful', 'terminated') AND of_case.is_published THEN
    PERFORM controls_stays_funded(of_case.plan_item_id, 'no_publication_beyond_the_reservation');
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER lot_changes AFTER INSERT OR UPDATE OF budget, outcome, case_id ON cases_lot
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION controls_lot_changes();

CREATE FUNCTION controls_case_budget_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT sum(budget) FROM cases_lot WHERE case_id = NEW.id) > NEW.budget THEN
    PERFORM controls_refuse('lots_within_the_case_budget', 'the lots add up to more than the budget of the case');
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER case_budget_changes AFTER UPDATE OF budget ON cases_case
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION controls_case_budget_changes();

CREATE FUNCTION controls_plan_item_cancels() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM cases_case WHERE plan_item_id = NEW.id AND ended_at IS NULL) THEN
    PERFORM controls_refuse('plan_with_a_live_case_is_not_cancelled', 'a case that runs rests on this plan');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER plan_item_cancels BEFORE UPDATE OF cancelled_at ON planning_planitem
  FOR EACH ROW WHEN (NEW.cancelled_at IS NOT NULL) EXECUTE FUNCTION controls_plan_item_cancels();

-- ======================================================================================== 无系统不交易

-- Candidates come from a procedure that was published here, awards from candidates, contracts from awards.
CREATE FUNCTION controls_candidate_enters() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM cases_lot l JOIN cases_case c ON c.id = l.case_id
                 WHERE l.id = NEW.lot_id AND c.published_at IS NOT NULL) THEN
    PERFORM controls_refuse('candidate_comes_from_a_published_case', 'the case of this lot was never published');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER candidate_enters BEFORE INSERT ON cases_candidate
  FOR EACH ROW EXECUTE FUNCTION controls_candidate_enters();

CREATE FUNCTION controls_award_is_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM cases_candidate k WHERE k.id = NEW.candidate_id AND k.lot_id = NEW.lot_id
                 AND k.supplier_id = NEW.supplier_id AND k.amount = NEW.amount AND k.superseded_at IS NULL) THEN
    PERFORM controls_refuse('award_comes_from_its_candidate', 'no candidate of this lot, supplier and amount');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER award_is_made BEFORE INSERT ON cases_award FOR EACH ROW EXECUTE FUNCTION controls_award_is_made();

CREATE FUNCTION controls_award_is_refused() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM contracts_contract
             WHERE award_id = NEW.id AND signed_at IS NOT NULL AND terminated_at IS NULL) THEN
    PERFORM controls_refuse('award_under_contract_stands', 'the contract of this award is signed and runs');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER award_is_refused BEFORE UPDATE OF refused_at ON cases_award
  FOR EACH ROW WHEN (NEW.refused_at IS NOT NULL) EXECUTE FUNCTION controls_award_is_refused();

CREATE FUNCTION controls_contract_is_drafted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  award record;
BEGIN
  SELECT a.supplier_id, a.amount, a.refused_at, c.id AS case_id, c.buyer_id, p.reserved_fund_id INTO award
    FROM cases_award a JOIN cases_lot l ON l.id = a.lot_id JOIN cases_case c ON c.id = l.case_id
    JOIN planning_planitem p ON p.id = c.plan_item_id
    WHERE a.id = NEW.award_id FOR SHARE OF a;
  IF NOT FOUND OR award.refused_at IS NOT NULL THEN
    PERFORM controls_refuse('no_contract_without_award', 'there is no standing award for this contract');
  END IF;
  IF (NEW.case_id, NEW.buyer_id, NEW.supplier_id)
     IS DISTINCT FROM (award.case_id, award.buyer_id, award.supplier_id) THEN
    PERFORM controls_refuse('contract_follows_its_award', 'case, buyer or supplier are not those of the award');
  END IF;
  IF NEW.amount > award.amount THEN
    PERFORM controls_refuse('contract_within_its_award', 'the contract is for more than was awarded');
  END IF;
  IF NOT EXISTS (SELECT FROM funds_fund k JOIN funds_fund p ON p.parent_id = k.id
                 WHERE k.id = NEW.committed_fund_id AND k.bucket = 'committed' AND k.parent_id = award.reserved_fund_id
                   AND p.id = NEW.paid_fund_id AND p.bucket = 'paid') THEN
    PERFORM controls_refuse('contract_funds_form_a_chain', 'the funds do not hang under the plan of the case');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER contract_is_drafted BEFORE INSERT ON contracts_contract
  FOR EACH ROW EXECUTE FUNCTION controls_contract_is_drafted();
ALTER TABLE contracts_contract RENAME CONSTRAINT contracts_contract_award_id_key TO one_contract_per_award;

-- A contract is signed by both sides, and published and filed only then.
ALTER TABLE contracts_contract
  ADD CONSTRAINT contract_is_signed_by_both_sides
    CHECK (signed_at IS NULL OR (buyer_signed_at IS NOT NULL AND supplier_signed_at IS NOT NULL)),
  ADD CONSTRAINT only_a_signed_contract_is_published
    CHECK (signed_at IS NOT NULL OR (published_at IS NULL AND filed_at IS NULL));

-- A running contract grows only by supplements.
CREATE FUNCTION controls_contract_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.amount > (SELECT amount FROM cases_award WHERE id = NEW.award_id) + coalesce((
      SELECT sum(amount_change) FROM contracts_amendment WHERE contract_id = NEW.id AND is_supplement), 0) THEN
    PERFORM controls_refuse('contract_within_its_award', 'the contract exceeds its award and its supplements');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER contract_grows BEFORE UPDATE OF amount ON contracts_contract
  FOR EACH ROW EXECUTE FUNCTION controls_contract_grows();

-- ======================================================================================== 无合同不支付

-- Until it ends, a contract holds its whole amount, committed or paid.
CREATE FUNCTION controls_contract_stays_funded(contract bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM contracts_contract k JOIN funds_fund c ON c.id = k.committed_fund_id
             JOIN funds_fund p ON p.id = k.paid_fund_id
             WHERE k.id = contract AND k.terminated_at IS NULL AND k.closed_at IS NULL
               AND c.balance + p.balance < k.amount) THEN
    PERFORM controls_refuse('running_contract_stays_funded', 'committed and paid do not cover the contract');
  END IF;
END $$;

CREATE FUNCTION controls_contract_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM controls_contract_stays_funded(NEW.id);
  IF (SELECT sum(amount) FROM contracts_milestone WHERE contract_id = NEW.id)
     > (SELECT amount FROM contracts_contract WHERE id = NEW.id) THEN
    PERFORM controls_refuse('milestones_within_the_contract', 'the milestones add up to more than the contract');
  END IF;
  PERFORM controls_stays_funded(c.plan_item_id, 'published_case_stays_funded')
    FROM cases_case c WHERE c.id = NEW.case_id;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER contract_changes AFTER INSERT OR UPDATE OF amount, terminated_at, closed_at
  ON contracts_contract DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION controls_contract_changes();

CREATE FUNCTION controls_milestone_enters() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT sum(amount) FROM contracts_milestone WHERE contract_id = NEW.contract_id)
     > (SELECT amount FROM contracts_contract WHERE id = NEW.contract_id FOR SHARE) THEN
    PERFORM controls_refuse('milestones_within_the_contract', 'the milestones add up to more than the contract');
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER milestone_enters AFTER INSERT ON contracts_milestone
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION controls_milestone_enters();

CREATE FUNCTION controls_invoice_enters() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM contracts_milestone WHERE id = NEW.milestone_id AND contract_id = NEW.contract_id) THEN
    PERFORM controls_refuse('payment_follows_its_contract', 'the milestone is of another contract');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER invoice_enters BEFORE INSERT ON contracts_invoice
  FOR EACH ROW EXECUTE FUNCTION controls_invoice_enters();

-- A request pays one invoice, at most its amount, and all live requests of a milestone stay within it.
CREATE FUNCTION controls_payment_is_requested() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  most numeric;
BEGIN
  SELECT amount INTO most FROM contracts_milestone WHERE id = NEW.milestone_id FOR NO KEY UPDATE;
  IF NOT EXISTS (SELECT FROM contracts_invoice WHERE id = NEW.invoice_id AND contract_id = NEW.contract_id
                 AND milestone_id = NEW.milestone_id AND amount >= NEW.amount) THEN
    PERFORM controls_refuse('payment_follows_its_contract', 'no invoice of this contract, milestone and amount');
  END IF;
  IF NEW.amount + coalesce((SELECT sum(amount) FROM contracts_paymentrequest
      WHERE milestone_id = NEW.milestone_id AND returned_at IS NULL), 0) > most THEN
    PERFORM controls_refuse('requests_within_the_milestone', 'the requests add up to more than the milestone');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payment_is_requested BEFORE INSERT ON contracts_paymentrequest
  FOR EACH ROW EXECUTE FUNCTION controls_payment_is_requested();

-- «Paid» stands on the request only when the money moved.
CREATE FUNCTION controls_payment_is_marked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM funds_transfer
                 WHERE kind = 'pay' AND ground = 'paymentrequest:' || NEW.id AND amount = NEW.amount) THEN
    PERFORM controls_refuse('paid_means_transferred', 'the request is marked as paid, but no money moved');
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payment_is_marked AFTER INSERT OR UPDATE OF paid_at ON contracts_paymentrequest
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.paid_at IS NOT NULL)
  EXECUTE FUNCTION controls_payment_is_marked();

CREATE UNIQUE INDEX one_payment_per_request ON funds_transfer (ground) WHERE kind = 'pay';

-- Every move of money belongs to somebody who may make it. Fires after `transfer_posts` (triggers fire in the order of
-- their names), so the balances are those after the move and both funds are locked.
CREATE FUNCTION controls_transfer_under_control() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  t record;
  plan record;
  contract record;
  request record;
BEGIN
  FOR t IN SELECT * FROM posted WHERE kind <> 'appropriate' LOOP
    IF t.kind IN ('reserve', 'release_reservation') THEN
      SELECT p.id, p.amount, p.cancelled_at INTO plan FROM planning_planitem p
        WHERE p.reserved_fund_id = CASE t.kind WHEN 'reserve' THEN t.target_id ELSE t.source_id END;
      IF plan.id IS NULL OR (t.kind = 'reserve' AND plan.cancelled_at IS NOT NULL) THEN
        PERFORM controls_refuse('reservation_belongs_to_a_plan_item', 'no live plan item owns this reserved fund');
      END IF;
      IF t.kind = 'reserve' AND plan.amount < (
          WITH RECURSIVE tree AS (
            SELECT id, balance FROM funds_fund WHERE id = t.target_id
            UNION ALL SELECT f.id, f.balance FROM funds_fund f JOIN tree ON f.parent_id = tree.id)
          SELECT sum(balance) FROM tree) THEN
        PERFORM controls_refuse('reserved_as_planned', 'more is reserved than the plan says');
      END IF;
      IF t.kind = 'release_reservation' THEN
        PERFORM controls_stays_funded(plan.id, 'published_case_stays_funded');
      END IF;
      CONTINUE;
    END IF;

    SELECT k.*, c.plan_item_id INTO contract FROM contracts_contract k JOIN cases_case c ON c.id = k.case_id
      WHERE k.committed_fund_id = CASE WHEN t.kind IN ('commit', 'refund') THEN t.target_id ELSE t.source_id END
        AND CASE t.kind WHEN 'pay' THEN k.paid_fund_id = t.target_id
                        WHEN 'refund' THEN k.paid_fund_id = t.source_id
                        ELSE true END;
    IF t.kind IN ('commit', 'release_commitment') THEN
      IF contract.id IS NULL
         OR (t.kind = 'commit' AND (contract.terminated_at IS NOT NULL OR contract.closed_at IS NOT NULL)) THEN
        PERFORM controls_refuse('no_commitment_without_contract', 'no running contract owns this committed fund');
      END IF;
      IF t.kind = 'commit' THEN
        IF (SELECT sum(balance) FROM funds_fund WHERE id IN (contract.committed_fund_id, contract.paid_fund_id))
           > contract.amount THEN
          PERFORM controls_refuse('committed_within_the_contract', 'more is committed than the contract says');
        END IF;
        PERFORM controls_stays_funded(contract.plan_item_id, 'published_case_stays_funded');
      END IF;
      CONTINUE;
    END IF;

    SELECT r.*, m.due_on INTO request
      FROM contracts_paymentrequest r JOIN contracts_milestone m ON m.id = r.milestone_id
      WHERE 'paymentrequest:' || r.id = t.ground AND r.contract_id = contract.id;
    IF t.kind = 'pay' THEN
      IF contract.id IS NULL OR contract.signed_at IS NULL OR contract.published_at IS NULL
         OR contract.filed_at IS NULL OR contract.terminated_at IS NOT NULL OR contract.closed_at IS NOT NULL
         OR request.id IS NULL OR request.approved_at IS NULL OR request.returned_at IS NOT NULL
         OR request.amount <> t.amount THEN
        PERFORM controls_refuse('no_contract_no_payment',
          'no approved request of this amount under a signed, published and filed contract that runs');
      END IF;
      IF request.due_on = 'acceptance' AND NOT EXISTS (
          SELECT FROM contracts_acceptance a WHERE a.contract_id = contract.id AND a.passed
            AND (a.milestone_id = request.milestone_id OR a.is_final)) THEN
        PERFORM controls_refuse('no_acceptance_no_payment', 'this milestone is due on an acceptance that is not there');
      END IF;
    ELSIF request.id IS NULL OR request.amount < (
        SELECT sum(amount) FROM funds_transfer WHERE kind = 'refund' AND ground = t.ground)
        OR NOT EXISTS (SELECT FROM funds_transfer WHERE kind = 'pay' AND ground = t.ground) THEN
      PERFORM controls_refuse('refund_names_its_payment', 'only what was paid on a request is paid back');
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER transfer_under_control AFTER INSERT ON funds_transfer REFERENCING NEW TABLE AS posted
  FOR EACH STATEMENT EXECUTE FUNCTION controls_transfer_under_control();

-- A commitment goes back only when its contract ends in the same transaction.
CREATE FUNCTION controls_commitment_goes_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM controls_contract_stays_funded(k.id) FROM contracts_contract k WHERE k.committed_fund_id = NEW.source_id;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER commitment_goes_back AFTER INSERT ON funds_transfer
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'release_commitment')
  EXECUTE FUNCTION controls_commitment_goes_back();

-- ======================================================================================== 无验收不结项

CREATE FUNCTION controls_contract_closes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM contracts_acceptance a WHERE a.id = NEW.closing_acceptance_id
                 AND a.contract_id = NEW.id AND a.is_final AND a.passed) THEN
    PERFORM controls_refuse('no_acceptance_no_closing', 'no passed final acceptance of this very contract');
  END IF;
  IF (SELECT balance FROM funds_fund WHERE id = NEW.committed_fund_id) <> 0
     OR EXISTS (SELECT FROM contracts_paymentrequest
                WHERE contract_id = NEW.id AND paid_at IS NULL AND returned_at IS NULL) THEN
    PERFORM controls_refuse('unsettled_contract_is_not_closed', 'money is still committed or asked for');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER contract_closes BEFORE INSERT OR UPDATE OF closed_at, closing_acceptance_id ON contracts_contract
  FOR EACH ROW WHEN (NEW.closed_at IS NOT NULL OR NEW.closing_acceptance_id IS NOT NULL)
  EXECUTE FUNCTION controls_contract_closes();

-- ===================================================================================== the time of bids

-- The database stamps when a bid came in, and refuses one that comes outside the submission period.
CREATE FUNCTION controls_submission_is_open(lot bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM cases_period p JOIN cases_lot l ON l.case_id = p.case_id
    WHERE l.id = lot AND p.stage = 'submission' AND coalesce(p.lot_id, lot) = lot
      AND p.opens_at <= yangcai_now() AND (p.closes_at IS NULL OR yangcai_now() < p.closes_at))
$$;

CREATE FUNCTION controls_bid_comes_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.received_at := yangcai_now();
  IF NOT controls_submission_is_open(NEW.lot_id) THEN
    PERFORM controls_refuse('late_bid_is_refused', 'the submission period is not open');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER bid_comes_in BEFORE INSERT ON tendering_bid FOR EACH ROW EXECUTE FUNCTION controls_bid_comes_in();

CREATE FUNCTION controls_bid_is_taken_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT controls_submission_is_open(NEW.lot_id) THEN
    PERFORM controls_refuse('bids_stand_from_the_deadline', 'the submission period is over: the bid stands');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER bid_is_taken_back BEFORE UPDATE ON tendering_bid FOR EACH ROW
  WHEN ((NEW.withdrawn_at, NEW.replaced_at) IS DISTINCT FROM (OLD.withdrawn_at, OLD.replaced_at))
  EXECUTE FUNCTION controls_bid_is_taken_back();

-- Nothing is opened while a bid could still come in.
CREATE FUNCTION controls_bid_is_opened() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM tendering_bid WHERE id = NEW.bid_id AND lot_id = NEW.lot_id
                 AND supplier_id = NEW.supplier_id) THEN
    PERFORM controls_refuse('opened_bid_is_the_sealed_one', 'lot or supplier are not those of the envelope');
  END IF;
  IF (SELECT coalesce(bool_or(p.closes_at IS NULL OR p.closes_at > yangcai_now()), true)
      FROM cases_period p JOIN cases_lot l ON l.case_id = p.case_id
      WHERE l.id = NEW.lot_id AND p.stage = 'submission' AND coalesce(p.lot_id, l.id) = l.id) THEN
    PERFORM controls_refuse('no_opening_before_the_deadline', 'the submission period is not over');
  END IF;
  -- A suspension cuts the submission short: what is left of it comes back with the resumption.
  IF EXISTS (SELECT FROM cases_suspension s JOIN cases_lot l ON l.case_id = s.case_id
             WHERE l.id = NEW.lot_id AND s.resumed_at IS NULL) THEN
    PERFORM controls_refuse('no_opening_before_the_deadline', 'the case is suspended');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER bid_is_opened BEFORE INSERT ON tendering_openedbid
  FOR EACH ROW EXECUTE FUNCTION controls_bid_is_opened();

-- Periods of a case (or of a lot) follow one another. Deferred, because a correction moves two of them.
CREATE FUNCTION controls_periods_do_not_overlap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM id FROM cases_case WHERE id = NEW.case_id FOR NO KEY UPDATE;
  IF EXISTS (SELECT FROM cases_period a JOIN cases_period b
             ON b.case_id = a.case_id AND b.lot_id IS NOT DISTINCT FROM a.lot_id AND b.id > a.id
               AND tstzrange(a.opens_at, a.closes_at) && tstzrange(b.opens_at, b.closes_at)
             WHERE a.case_id = NEW.case_id AND a.lot_id IS NOT DISTINCT FROM NEW.lot_id) THEN
    PERFORM controls_refuse('periods_do_not_overlap', 'two stages at the same time');
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER periods_follow AFTER INSERT OR UPDATE OF case_id, lot_id, opens_at, closes_at ON cases_period
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION controls_periods_do_not_overlap();

-- A submission period that has run out is not opened again, nor a new one once a bid was opened.
CREATE FUNCTION controls_submission_stays_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM controls_refuse('closed_submission_stays_closed', 'the deadline has passed');
END $$;
CREATE TRIGGER submission_stays_closed BEFORE UPDATE OR DELETE ON cases_period FOR EACH ROW
  WHEN (OLD.stage = 'submission' AND OLD.closes_at <= yangcai_now())
  EXECUTE FUNCTION controls_submission_stays_closed();

CREATE FUNCTION controls_submission_opens() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM tendering_openedbid o JOIN cases_lot l ON l.id = o.lot_id
             WHERE l.case_id = NEW.case_id AND coalesce(NEW.lot_id, l.id) = l.id) THEN
    PERFORM controls_refuse('no_submission_after_the_opening', 'bids of this case have been opened');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER submission_opens BEFORE INSERT OR UPDATE ON cases_period FOR EACH ROW
  WHEN (NEW.stage = 'submission') EXECUTE FUNCTION controls_submission_opens();
