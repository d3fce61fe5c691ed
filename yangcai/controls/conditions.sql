-- What one lot alone demands is announced too: it stays as it was, and is looked at in the bids, not in applications.
DROP TRIGGER conditions_frozen ON tendering_prequalificationclause;
CREATE TRIGGER conditions_frozen BEFORE UPDATE ON tendering_prequalificationclause FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('announced_conditions_are_never_changed', 'prequalification_id', 'number', 'text',
    'lot', 'is_statutory');
CREATE OR REPLACE FUNCTION controls_application_is_answered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT controls_applications_lie_open(NEW.prequalification_id) THEN
    PERFORM controls_refuse('no_examination_before_the_deadline', 'applications are open, or were concluded upon');
  END IF;
  IF NEW.is_qualified AND EXISTS (
      SELECT FROM tendering_prequalificationclause c
      LEFT JOIN tendering_applicationfinding f ON f.clause_id = c.id AND f.application_id = NEW.id
      WHERE c.prequalification_id = NEW.prequalification_id AND c.lot = '' AND f.passed IS NOT TRUE) THEN
    PERFORM controls_refuse('qualified_by_every_condition', format('application %s', NEW.id));
  END IF;
  RETURN NEW;
END $$;
