-- Deadlines that an outage of the platform moved: only by the journal, only later, and nothing is opened before the
-- journal says that bidders had their time.

-- An extension rests on an outage in the protected time before the deadline that stands, and gives the relief that the
-- terms promise (a round of minutes is protected, and relieved, by no more than its own length).
CREATE FUNCTION controls_extension_follows_the_outage() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  o kernel_outage;
  p cases_period;
  room interval;
BEGIN
  SELECT * INTO o FROM kernel_outage WHERE id = NEW.outage_id;
  SELECT * INTO p FROM cases_period
    WHERE case_id = NEW.case_id AND lot_id IS NOT DISTINCT FROM NEW.lot_id AND stage = NEW.stage
    ORDER BY round DESC LIMIT 1;
  room := CASE WHEN NEW.stage = 'final_offer' THEN p.closes_at - p.opens_at ELSE greatest(o.protected, o.relief) END;
  IF p.closes_at IS DISTINCT FROM NEW.old_closes_at OR o.begins_at >= NEW.old_closes_at OR NEW.at < o.ends_at
     OR o.ends_at <= NEW.old_closes_at - least(o.protected, room)
     OR NEW.new_closes_at < NEW.at + least(o.relief, room) THEN
    PERFORM controls_refuse('extension_follows_the_outage', 'the terms do not extend this deadline to that time');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER extension_follows_the_outage BEFORE INSERT ON tendering_outageextension
  FOR EACH ROW EXECUTE FUNCTION controls_extension_follows_the_outage();
CREATE TRIGGER extension_append_only BEFORE UPDATE OR DELETE ON tendering_outageextension
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('extended_deadline_stands');

-- What was extended stays extended: bidders rely on it. Only a suspension and the end of the case cut a period.
CREATE FUNCTION controls_deadline_is_as_extended(in_case bigint, of_lot bigint, of_stage text) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT NOT EXISTS (
    SELECT FROM tendering_outageextension e
    WHERE e.case_id = in_case AND e.lot_id IS NOT DISTINCT FROM of_lot AND e.stage = of_stage
      AND e.new_closes_at > coalesce((SELECT max(closes_at) FROM cases_period
        WHERE case_id = in_case AND lot_id IS NOT DISTINCT FROM of_lot AND stage = of_stage), '-infinity'))
  OR EXISTS (SELECT FROM cases_case WHERE id = in_case AND ended_at IS NOT NULL)
  OR EXISTS (SELECT FROM cases_suspension WHERE case_id = in_case AND resumed_at IS NULL)
$$;
CREATE FUNCTION controls_extended_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT controls_deadline_is_as_extended(OLD.case_id, OLD.lot_id, OLD.stage) THEN
    PERFORM controls_refuse('extended_deadline_stands', 'an outage extended this deadline');
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER extended_period AFTER UPDATE OR DELETE ON cases_period DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.stage IN ('submission', 'final_offer')) EXECUTE FUNCTION controls_extended_period();
CREATE FUNCTION controls_extension_is_carried_out() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT controls_deadline_is_as_extended(NEW.case_id, NEW.lot_id, NEW.stage) THEN
    PERFORM controls_refuse('extended_deadline_stands', 'the period ends before the extended deadline');
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER extension_is_carried_out AFTER INSERT ON tendering_outageextension
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION controls_extension_is_carried_out();

-- Where a journal is kept: a good line after the deadline, and no outage that still has to extend it.
CREATE FUNCTION controls_health_is_known(closes_at timestamptz, lasted interval) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT NOT EXISTS (SELECT FROM kernel_healthline WHERE at <= closes_at)
    OR EXISTS (SELECT FROM kernel_healthline WHERE is_good AND at >= closes_at)
      AND NOT EXISTS (SELECT FROM kernel_outage o
        WHERE o.begins_at < closes_at AND o.ends_at > closes_at - least(o.protected, coalesce(lasted, o.protected)))
$$;
CREATE FUNCTION controls_opening_waits_for_the_journal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  p cases_period;
BEGIN
  SELECT * INTO p FROM cases_period WHERE case_id = NEW.case_id AND lot_id IS NULL AND stage = 'submission'
    ORDER BY round DESC LIMIT 1;
  IF NOT controls_health_is_known(p.closes_at, NULL) THEN
    PERFORM controls_refuse('no_opening_before_the_journal', 'the journal does not show that bidders had their time');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER opening_waits_for_the_journal BEFORE INSERT ON tendering_opening
  FOR EACH ROW EXECUTE FUNCTION controls_opening_waits_for_the_journal();
CREATE FUNCTION controls_final_offer_waits_for_the_journal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  p cases_period;
BEGIN
  SELECT q.* INTO p FROM cases_period q JOIN tendering_openedbid o ON o.lot_id = q.lot_id
    WHERE o.id = NEW.opened_bid_id AND q.stage = 'final_offer' ORDER BY q.round DESC LIMIT 1;
  IF NOT controls_health_is_known(p.closes_at, p.closes_at - p.opens_at) THEN
    PERFORM controls_refuse('no_opening_before_the_journal', 'the journal does not show that bidders had their time');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER final_offer_waits_for_the_journal BEFORE INSERT ON tendering_finaloffer
  FOR EACH ROW EXECUTE FUNCTION controls_final_offer_waits_for_the_journal();

-- The time for applications likewise: a deadline that an outage of the platform touched moves also after it has passed.
CREATE OR REPLACE FUNCTION controls_applications_close_later() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.closes_at IS NULL OR NEW.closes_at < OLD.closes_at
     OR yangcai_now() >= OLD.closes_at AND (OLD.concluded_at IS NOT NULL OR NOT EXISTS (
       SELECT FROM kernel_outage o WHERE o.begins_at < OLD.closes_at AND o.ends_at > OLD.closes_at - o.protected
         AND NEW.closes_at >= o.ends_at + o.relief)) THEN
    PERFORM controls_refuse('application_deadline_only_moves_later', format('closed at %s', OLD.closes_at));
  END IF;
  RETURN NEW;
END $$;

-- Planned maintenance keeps out of the protected time of every deadline that stands. What is announced later over it is
-- the deadline's own affair: the outage counts all the same.
CREATE FUNCTION controls_maintenance_keeps_off() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM cases_period p JOIN cases_case c ON c.id = p.case_id
      WHERE p.stage = 'submission' AND c.published_at IS NOT NULL AND c.ended_at IS NULL
        AND p.closes_at > NEW.begins_at AND p.closes_at < NEW.ends_at + NEW.protected) THEN
    PERFORM controls_refuse('maintenance_keeps_off_deadlines', 'bids are due in this time');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER maintenance_keeps_off BEFORE INSERT ON tendering_maintenance
  FOR EACH ROW EXECUTE FUNCTION controls_maintenance_keeps_off();
CREATE TRIGGER maintenance_append_only BEFORE UPDATE OR DELETE ON tendering_maintenance
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('maintenance_keeps_off_deadlines');
