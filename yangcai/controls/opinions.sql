-- Who gave an opinion, what was asked of the committee, and who said again that nothing binds them to a supplier.

CREATE TRIGGER links_frozen BEFORE UPDATE ON planning_importexpert FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('import_application_is_never_rewritten', 'approval_id', 'expert_id');
CREATE TRIGGER record_is_kept BEFORE DELETE ON planning_importexpert FOR EACH ROW
  EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');

CREATE TRIGGER links_frozen BEFORE UPDATE ON tendering_reviewrequest FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'report_id', 'ground', 'content', 'requested_at');
CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_reviewrequest FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'answer', 'reasons', 'answered_at', 'refusal',
    'reported_at');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_reviewrequest FOR EACH ROW
  EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');

DROP TRIGGER steps_once ON tendering_committeemember;
CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_committeemember FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'signed_in_at', 'declared_at', 'replaced_at');
