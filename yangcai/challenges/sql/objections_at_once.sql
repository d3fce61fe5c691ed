-- Where the document wants all objections to one step at once, a second letter on the same thing is not taken
-- (财政部令第94号 art. 10): the same supplier, the same day of knowing, and none of them taken back. The case is locked
-- first, as by whoever objects.
CREATE FUNCTION controls_objections_come_at_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM cases_case WHERE id = NEW.case_id FOR NO KEY UPDATE;
  IF EXISTS (SELECT FROM tendering_solicitation s JOIN cases_case c ON c.id = s.case_id
             WHERE s.case_id = NEW.case_id AND s.objections_at_once AND c.published_at IS NOT NULL)
     AND EXISTS (SELECT FROM challenges_objection o
                 WHERE o.case_id = NEW.case_id AND o.supplier_id = NEW.supplier_id AND o.target = NEW.target
                   AND o.lot_id IS NOT DISTINCT FROM NEW.lot_id AND o.stage = NEW.stage
                   AND o.known_on = NEW.known_on AND o.withdrawn_at IS NULL AND o.id <> NEW.id) THEN
    PERFORM controls_refuse('objections_come_at_once', 'a second letter to the same step');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER objections_come_at_once BEFORE INSERT ON challenges_objection
  FOR EACH ROW EXECUTE FUNCTION controls_objections_come_at_once();
