-- An award falls by two persons, or by its winner's own word. Takes the place of a function and a trigger of windows.sql.

CREATE OR REPLACE FUNCTION controls_award_is_annulled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.fall_ground = 'refused' AND EXISTS (SELECT FROM parties_post
      WHERE id = NEW.declared_by_id AND organisation_id = NEW.supplier_id AND role = 'supplier') THEN
    RETURN NEW;
  END IF;
  IF NOT EXISTS (SELECT FROM tendering_awardannulment
                 WHERE award_id = NEW.id AND is_confirmed AND ground = NEW.fall_ground
                   AND answered_by_id IS NOT NULL) THEN
    PERFORM controls_refuse('nobody_annuls_an_award_alone', 'nobody confirmed that this award falls');
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER award_is_annulled ON cases_award;
CREATE TRIGGER award_is_annulled BEFORE UPDATE ON cases_award FOR EACH ROW
  WHEN (OLD.fall_ground = '' AND NEW.fall_ground IN ('refused', 'objection', 'decision', 'status'))
  EXECUTE FUNCTION controls_award_is_annulled();
DROP TRIGGER steps_once ON cases_award;
CREATE TRIGGER steps_once BEFORE UPDATE ON cases_award FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'refused_at', 'fall_ground', 'declared_by_id');
