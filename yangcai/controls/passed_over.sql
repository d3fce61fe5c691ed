-- Why the buyer did not take the candidates in their order stands with its decision, and on what ground a member of the
-- committee was replaced with the replacement: letters and fees rest on them.

CREATE TRIGGER order_frozen BEFORE UPDATE ON cases_award FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'passed_over_ground', 'passed_over_reason');
CREATE TRIGGER ground_once BEFORE UPDATE ON tendering_committeemember FOR EACH ROW
  WHEN (OLD.replaced_at IS NOT NULL)
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'replaced_ground');
