-- Takes the place of the function in ended_as_settled.sql: a contract may have the costs of more than one part settled,
-- and it contradicts none of them. Asked over all, so that it does not depend on which row is found first.
CREATE OR REPLACE FUNCTION controls_contract_ends_as_settled() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  at_fault text[] := ARRAY['breach', 'milestone_missed'];
BEGIN
  IF NEW.termination_ground NOT IN ('public_interest', 'decision')
     AND EXISTS (SELECT FROM contracts_amendment
                 WHERE contract_id = NEW.id AND settles_id IS NOT NULL
                   AND (ending = ANY (at_fault)) <> (NEW.termination_ground = ANY (at_fault))) THEN
    PERFORM controls_refuse('contract_ends_as_settled', 'its costs were settled on another ground');
  END IF;
  RETURN NEW;
END $$;
