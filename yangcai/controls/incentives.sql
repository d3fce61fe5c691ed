-- Whether a milestone pays costs or is an incentive is part of what it is (财库〔2024〕13号).
DROP TRIGGER links_frozen ON contracts_milestone;
CREATE TRIGGER links_frozen BEFORE UPDATE ON contracts_milestone FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'contract_id', 'amount', 'due_on', 'amendment_id',
    'is_incentive');
