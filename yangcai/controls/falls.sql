-- An award falls by two persons, or by its winner's own word; before it was announced also with its lot. It falls by
-- `refused_at`: whatever says so is looked at there. Takes the place of a function and two triggers of earlier files.

CREATE OR REPLACE FUNCTION controls_award_is_annulled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.fall_ground = 'lot_failed' AND OLD.announced_at IS NULL THEN
    RETURN NEW;
  END IF;
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
  WHEN (OLD.refused_at IS NULL AND NEW.refused_at IS NOT NULL)
  EXECUTE FUNCTION controls_award_is_annulled();

CREATE FUNCTION controls_fall_is_told_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM controls_refuse('steps_are_never_taken_back', 'why an award fell, and by whose word, is told as it falls');
  RETURN NULL;
END $$;
CREATE TRIGGER fall_is_told_once BEFORE UPDATE ON cases_award FOR EACH ROW
  WHEN (OLD.refused_at IS NOT NULL AND (NEW.refused_at, NEW.fall_ground, NEW.refusal_reason, NEW.declared_by_id)
    IS DISTINCT FROM (OLD.refused_at, OLD.fall_ground, OLD.refusal_reason, OLD.declared_by_id))
  EXECUTE FUNCTION controls_fall_is_told_once();
DROP TRIGGER steps_once ON cases_award;
CREATE TRIGGER steps_once BEFORE UPDATE ON cases_award FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'announced_at', 'refused_at', 'fall_ground',
    'declared_by_id');
