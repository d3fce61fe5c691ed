-- Whose fault it was stands in the settlement of the costs that both sides signed: a contract whose costs were settled
-- because nobody was at fault never ends as a breach or a missed milestone, nor the other way round. What harms the
-- public interest, or an authority decides, is neither side's to settle (政府采购法 art. 50).

CREATE FUNCTION controls_contract_ends_as_settled() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  settled text := (SELECT ending FROM contracts_amendment WHERE contract_id = NEW.id AND settles_id IS NOT NULL LIMIT 1);
  at_fault text[] := ARRAY['breach', 'milestone_missed'];
BEGIN
  IF settled IS NOT NULL AND NEW.termination_ground NOT IN ('public_interest', 'decision')
     AND (settled = ANY (at_fault)) <> (NEW.termination_ground = ANY (at_fault)) THEN
    PERFORM controls_refuse('contract_ends_as_settled', 'its costs were settled on the ground ' || settled);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ends_as_settled BEFORE UPDATE OF terminated_at, termination_ground ON contracts_contract
  FOR EACH ROW WHEN (NEW.terminated_at IS NOT NULL) EXECUTE FUNCTION controls_contract_ends_as_settled();
