-- A committee that could not be filled is dissolved, and another one formed: nobody of it sits, scores or signs any more,
-- and what it computed is never signed (财政部令第87号 art. 49). What it had found stays sealed as it was.

CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_committee FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'dissolved_at', 'dissolved_ground', 'dissolved_reason',
    'sealed', 'sealed_digest');

-- Whether a result of the lot is computed that no dissolution has overtaken.
CREATE FUNCTION controls_is_computed(lot bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM tendering_evaluationreport r JOIN cases_lot l ON l.id = r.lot_id
    WHERE r.lot_id = lot AND (r.signed_at IS NOT NULL OR NOT EXISTS (SELECT FROM tendering_committee c
      WHERE c.case_id = l.case_id AND c.dissolved_at >= r.computed_at)))
$$;

CREATE FUNCTION controls_dissolved_does_nothing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  row_ jsonb := to_jsonb(NEW);
BEGIN
  IF EXISTS (SELECT FROM tendering_committee c LEFT JOIN tendering_committeemember m ON m.committee_id = c.id
             WHERE c.dissolved_at IS NOT NULL
               AND (c.id = (row_ ->> 'committee_id')::bigint OR m.id = (row_ ->> 'member_id')::bigint)) THEN
    PERFORM controls_refuse('dissolved_committee_evaluates_nothing', format('%s', TG_TABLE_NAME));
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER dissolved_scores_nothing BEFORE INSERT OR UPDATE ON tendering_score
  FOR EACH ROW EXECUTE FUNCTION controls_dissolved_does_nothing();
CREATE TRIGGER dissolved_signs_nothing BEFORE INSERT ON tendering_reportsignature
  FOR EACH ROW EXECUTE FUNCTION controls_dissolved_does_nothing();
CREATE TRIGGER dissolved_takes_nobody BEFORE INSERT ON tendering_committeemember
  FOR EACH ROW EXECUTE FUNCTION controls_dissolved_does_nothing();
CREATE TRIGGER dissolved_states_nothing BEFORE INSERT ON tendering_samebrand
  FOR EACH ROW EXECUTE FUNCTION controls_dissolved_does_nothing();

CREATE FUNCTION controls_dissolved_is_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM tendering_committeemember WHERE committee_id = NEW.id AND replaced_at IS NULL) THEN
    PERFORM controls_refuse('dissolved_committee_evaluates_nothing', 'somebody still sits on it');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER dissolved_is_left BEFORE UPDATE ON tendering_committee FOR EACH ROW
  WHEN (OLD.dissolved_at IS NULL AND NEW.dissolved_at IS NOT NULL) EXECUTE FUNCTION controls_dissolved_is_left();

CREATE FUNCTION controls_dissolved_report_is_unsigned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM tendering_committee c JOIN cases_lot l ON l.case_id = c.case_id
             WHERE l.id = NEW.lot_id AND c.dissolved_at >= NEW.computed_at) THEN
    PERFORM controls_refuse('dissolved_committee_evaluates_nothing', format('report %s', NEW.id));
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER dissolved_report_is_unsigned BEFORE UPDATE ON tendering_evaluationreport FOR EACH ROW
  WHEN (OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL)
  EXECUTE FUNCTION controls_dissolved_report_is_unsigned();

-- What it decided of an answer is void; the committee that comes after it decides. Any other decision stands.
DROP TRIGGER steps_once ON tendering_clarification;
CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_clarification FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'answer', 'signed_as', 'answered_at');
CREATE FUNCTION controls_decision_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM tendering_committee c JOIN cases_lot l ON l.case_id = c.case_id
                 JOIN tendering_openedbid o ON o.lot_id = l.id
                 WHERE o.id = OLD.opened_bid_id AND c.dissolved_at >= OLD.decided_at) THEN
    PERFORM controls_refuse('steps_are_never_taken_back', format('clarification %s is decided', OLD.id));
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER decision_stands BEFORE UPDATE ON tendering_clarification FOR EACH ROW
  WHEN (OLD.decided_at IS NOT NULL AND (OLD.is_accepted, OLD.opinion, OLD.decided_at)
    IS DISTINCT FROM (NEW.is_accepted, NEW.opinion, NEW.decided_at))
  EXECUTE FUNCTION controls_decision_stands();

-- Brands, scores and figures stand under a computed result; one that a dissolution has overtaken is none.
CREATE OR REPLACE FUNCTION controls_brands_are_one_before() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM tendering_score s JOIN tendering_openedbid o ON o.id = s.opened_bid_id
             JOIN tendering_committeemember m ON m.id = s.member_id
             WHERE o.lot_id = NEW.lot_id AND m.replaced_at IS NULL) OR controls_is_computed(NEW.lot_id) THEN
    PERFORM controls_refuse('brands_are_one_before_the_scores', format('lot %s', NEW.lot_id));
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION controls_score_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT controls_is_computed((SELECT lot_id FROM tendering_openedbid WHERE id = NEW.opened_bid_id)) THEN
    PERFORM controls_refuse('scores_stand_once_handed_in', format('score %s', NEW.id));
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION controls_figure_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  lot_ bigint := (SELECT lot_id FROM tendering_openedbid WHERE id = NEW.opened_bid_id);
BEGIN
  IF EXISTS (SELECT FROM tendering_openedbid WHERE lot_id = lot_ AND went_on_at IS NOT NULL)
     OR controls_is_computed(lot_) THEN
    PERFORM controls_refuse('figures_stand_once_prices_may_be_read', format('figure %s', NEW.id));
  END IF;
  RETURN NEW;
END $$;
