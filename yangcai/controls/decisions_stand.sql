-- Takes the place of the function in dissolutions.sql: what a committee decided of an answer is void with it, but not in a
-- lot whose last report was signed before; what was signed stands whole (财政部令第87号 art. 49, 64).
CREATE OR REPLACE FUNCTION controls_decision_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM tendering_committee c JOIN cases_lot l ON l.case_id = c.case_id
                 JOIN tendering_openedbid o ON o.lot_id = l.id
                 WHERE o.id = OLD.opened_bid_id AND c.dissolved_at >= OLD.decided_at
                   AND (SELECT r.signed_at FROM tendering_evaluationreport r WHERE r.lot_id = l.id
                        ORDER BY r.revision DESC LIMIT 1) <= c.dissolved_at IS NOT TRUE) THEN
    PERFORM controls_refuse('steps_are_never_taken_back', format('clarification %s is decided', OLD.id));
  END IF;
  RETURN NEW;
END $$;
