-- An award is made to stand, and falls later, as falls.sql has it. With its lot it falls only where the lot did fail.

CREATE FUNCTION controls_award_stands_when_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM controls_refuse('nobody_annuls_an_award_alone', 'an award is not made fallen');
  RETURN NULL;
END $$;
CREATE TRIGGER award_stands_when_made BEFORE INSERT ON cases_award FOR EACH ROW
  WHEN (NEW.refused_at IS NOT NULL OR NEW.fall_ground <> '' OR NEW.declared_by_id IS NOT NULL)
  EXECUTE FUNCTION controls_award_stands_when_made();

CREATE OR REPLACE FUNCTION controls_award_is_annulled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.fall_ground = 'lot_failed' AND OLD.announced_at IS NULL
     AND EXISTS (SELECT FROM cases_lot WHERE id = NEW.lot_id AND outcome = 'unsuccessful') THEN
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
