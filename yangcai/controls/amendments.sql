-- What a buyer said of its agent stays as it was.
CREATE TRIGGER conduct_frozen BEFORE UPDATE ON tendering_agentconductrecord FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('conduct_record_is_never_rewritten', 'case_id', 'agent_id', 'grade', 'text',
    'due_at', 'recorded_at');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_agentconductrecord
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');

-- What an amendment says, which milestone it brought and when it was published stays as it was.
DROP TRIGGER links_frozen ON contracts_amendment;
CREATE TRIGGER links_frozen BEFORE UPDATE ON contracts_amendment FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'contract_id', 'number', 'is_supplement',
    'amount_change', 'clause', 'content', 'reason', 'signed_at');
CREATE TRIGGER steps_once BEFORE UPDATE ON contracts_amendment FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'published_at');
DROP TRIGGER links_frozen ON contracts_milestone;
CREATE TRIGGER links_frozen BEFORE UPDATE ON contracts_milestone FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'contract_id', 'amount', 'due_on', 'amendment_id');
