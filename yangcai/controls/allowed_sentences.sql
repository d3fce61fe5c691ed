-- What a reviewer let stand, and why, stays as it was said: it excuses a sentence that the law is held against.

CREATE TRIGGER allowance_frozen BEFORE UPDATE ON planning_allowedsentence FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'appropriation_id', 'sentence', 'words', 'reason',
    'allowed_by_id', 'allowed_at');
CREATE TRIGGER record_is_kept BEFORE DELETE ON planning_allowedsentence
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
