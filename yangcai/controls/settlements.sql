-- 研发成本补偿: research that ends without its goal is accepted by nobody. What stands in the place of the acceptance is
-- the settlement of its costs, signed by both sides and published, and no more is asked for than was settled.

CREATE FUNCTION controls_settlement_enters() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM contracts_milestone m JOIN contracts_contract k ON k.id = m.contract_id
                   JOIN cases_case c ON c.id = k.case_id
                 WHERE m.id = NEW.settles_id AND k.id = NEW.contract_id AND c.procedure = 'cooperative_innovation'
                   AND k.terminated_at IS NULL AND k.closed_at IS NULL
                   AND m.due_on = 'acceptance' AND NOT m.is_incentive AND m.amount >= NEW.settled_amount) THEN
    PERFORM controls_refuse('payment_follows_its_contract', 'no research costs of this amount wait for acceptance');
  END IF;
  IF EXISTS (SELECT FROM contracts_acceptance a WHERE a.contract_id = NEW.contract_id AND a.passed
             AND (a.milestone_id = NEW.settles_id OR a.is_final)) THEN
    PERFORM controls_refuse('payment_follows_its_contract', 'what was accepted is paid as agreed');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER settlement_enters BEFORE INSERT ON contracts_amendment
  FOR EACH ROW WHEN (NEW.settles_id IS NOT NULL) EXECUTE FUNCTION controls_settlement_enters();
CREATE TRIGGER settlement_frozen BEFORE UPDATE ON contracts_amendment FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'settles_id', 'ending', 'eligible_cost',
    'settled_amount');

CREATE OR REPLACE FUNCTION controls_payment_is_requested() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  most numeric;
BEGIN
  SELECT amount INTO most FROM contracts_milestone WHERE id = NEW.milestone_id FOR NO KEY UPDATE;
  most := coalesce((SELECT settled_amount FROM contracts_amendment WHERE settles_id = NEW.milestone_id), most);
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

CREATE OR REPLACE FUNCTION controls_transfer_under_control() RETURNS trigger LANGUAGE plpgsql AS $$
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
            AND (a.milestone_id = request.milestone_id OR a.is_final))
         AND NOT EXISTS (
          SELECT FROM contracts_amendment s WHERE s.settles_id = request.milestone_id AND s.contract_id = contract.id
            AND s.published_at IS NOT NULL) THEN
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
