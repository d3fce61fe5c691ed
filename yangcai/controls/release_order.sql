-- Takes the place of the function in releases.sql, which locked the lot before its case: every Action on a case locks
-- the case before its lots, and the two would have waited for each other.
CREATE OR REPLACE FUNCTION controls_lot_is_released() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  l record;
  c record;
BEGIN
  SELECT published_at, ended_at, plan_item_id INTO c FROM cases_case
    WHERE id = (SELECT case_id FROM cases_lot WHERE id = NEW.lot_id) FOR NO KEY UPDATE;
  SELECT case_id, outcome, outcome_at, budget INTO l FROM cases_lot WHERE id = NEW.lot_id FOR NO KEY UPDATE;
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
