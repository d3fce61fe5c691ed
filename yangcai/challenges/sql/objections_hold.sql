-- Takes the place of functions in objections.sql. Where an answer says that the purchase begins anew, no contract of it is
-- signed any more, however late its award was announced (财政部令第94号 art. 16); and that an objection cannot affect the
-- result is stated with its reason (条例 art. 54). One to a lot holds up those that are decided by its ranking.
CREATE OR REPLACE FUNCTION controls_contract_meets_objections() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  a record;
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.signed_at IS NOT NULL THEN
    RETURN NEW;
  END IF;
  SELECT w.announced_at, w.lot_id, l.follows_id, l.case_id INTO a
    FROM cases_award w JOIN cases_lot l ON l.id = w.lot_id WHERE w.id = NEW.award_id;
  PERFORM FROM cases_case WHERE id = a.case_id FOR NO KEY UPDATE;
  IF EXISTS (SELECT FROM challenges_objection o
             WHERE o.case_id = a.case_id AND (o.lot_id IS NULL OR o.lot_id IN (a.lot_id, a.follows_id))
               AND o.withdrawn_at IS NULL
               AND (o.answered_at IS NULL AND (o.harmless_at IS NULL OR o.harmless_reason = '')
                    OR o.consequence = 'restart'
                    OR o.consequence IN ('amend', 'next')
                       AND (a.announced_at IS NULL OR a.announced_at < o.answered_at))) THEN
    PERFORM controls_refuse('no_contract_while_an_objection_waits', 'an objection may affect the result');
  END IF;
  RETURN NEW;
END $$;

-- The objection is locked before it is looked at: whoever answers it and whoever writes under its matters do not overlook
-- each other.
CREATE OR REPLACE FUNCTION controls_matter_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM challenges_objection WHERE id = NEW.objection_id FOR SHARE;
  IF EXISTS (SELECT FROM challenges_objection WHERE id = NEW.objection_id AND answered_at IS NOT NULL) THEN
    PERFORM controls_refuse('objection_answer_stands', 'the objection was answered');
  END IF;
  RETURN NEW;
END $$;

-- Nor is the money of a failed lot released while an objection to its failure waits for its answer (政府采购法 art. 52-55).
-- The case is locked first, as by whoever objects.
CREATE FUNCTION controls_release_meets_objections() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  l record;
BEGIN
  SELECT case_id, outcome_at INTO l FROM cases_lot WHERE id = NEW.lot_id;
  PERFORM FROM cases_case WHERE id = l.case_id FOR NO KEY UPDATE;
  IF EXISTS (SELECT FROM challenges_objection o
             WHERE o.case_id = l.case_id AND (o.lot_id IS NULL OR o.lot_id = NEW.lot_id)
               AND o.received_at >= l.outcome_at AND o.withdrawn_at IS NULL AND o.answered_at IS NULL) THEN
    PERFORM controls_refuse('no_release_before_the_remedies', 'an objection to the failure is not answered');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER release_meets_objections BEFORE INSERT ON cases_lotrelease
  FOR EACH ROW EXECUTE FUNCTION controls_release_meets_objections();
