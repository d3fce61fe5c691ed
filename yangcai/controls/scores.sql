-- A score that was handed in stands. Before the result is computed nobody changes it; afterwards its own member does, on
-- one of the four grounds, with a new revision of the report that names the ground (财政部令第87号 art. 64).

CREATE FUNCTION controls_score_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM tendering_evaluationreport r JOIN tendering_openedbid o ON o.lot_id = r.lot_id
                 WHERE o.id = NEW.opened_bid_id) THEN
    PERFORM controls_refuse('scores_stand_once_handed_in', format('score %s', NEW.id));
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER score_stands BEFORE UPDATE ON tendering_score FOR EACH ROW
  WHEN (OLD.value IS DISTINCT FROM NEW.value) EXECUTE FUNCTION controls_score_stands();

-- Where the prices lie in covers of their own, nobody scores between the end of the technical evaluation and the result.
CREATE FUNCTION controls_score_comes_before_the_price() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM tendering_openedbid o JOIN tendering_openedbid one ON one.lot_id = o.lot_id
             WHERE one.id = NEW.opened_bid_id AND o.went_on_at IS NOT NULL)
     AND NOT EXISTS (SELECT FROM tendering_evaluationreport r JOIN tendering_openedbid o ON o.lot_id = r.lot_id
                     WHERE o.id = NEW.opened_bid_id) THEN
    PERFORM controls_refuse('scores_stand_once_handed_in', format('score %s comes with the prices in sight', NEW.id));
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER score_comes_before_the_price BEFORE INSERT ON tendering_score FOR EACH ROW
  EXECUTE FUNCTION controls_score_comes_before_the_price();

-- The newest report was written with the change and says why, or is marked as overtaken until the next one can be.
CREATE FUNCTION controls_score_change_has_its_ground() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM (
      SELECT r.* FROM tendering_evaluationreport r JOIN tendering_openedbid o ON o.lot_id = r.lot_id
        WHERE o.id = NEW.opened_bid_id ORDER BY r.revision DESC LIMIT 1) latest
      WHERE latest.overtaken_ground <> '' OR latest.correction_ground <> '' AND latest.computed_at >= NEW.at) THEN
    PERFORM controls_refuse('score_changes_on_a_lawful_ground', format('score %s', NEW.id));
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER score_change_has_its_ground AFTER UPDATE ON tendering_score
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.value IS DISTINCT FROM NEW.value) EXECUTE FUNCTION controls_score_change_has_its_ground();
