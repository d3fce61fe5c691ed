-- Takes the place of the function in settlements.sql: what was asked for before the costs were settled, at the whole
-- amount of the milestone, is not paid by the notice of a smaller settlement. The milestone is locked first, as by a
-- request, so that neither overlooks the other.
CREATE OR REPLACE FUNCTION controls_settlement_enters() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM contracts_milestone WHERE id = NEW.settles_id FOR NO KEY UPDATE;
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
  IF (SELECT sum(amount) FROM contracts_paymentrequest WHERE milestone_id = NEW.settles_id AND returned_at IS NULL)
     > NEW.settled_amount THEN
    PERFORM controls_refuse('requests_within_the_milestone', 'more is asked for already than is settled');
  END IF;
  RETURN NEW;
END $$;
