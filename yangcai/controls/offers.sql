-- Offers of every stage: what holds of bids holds of last offers, each within the period of its own stage.

CREATE FUNCTION controls_offers_are_taken(lot bigint, in_stage text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM cases_period p JOIN cases_lot l ON l.case_id = p.case_id
    WHERE l.id = lot AND p.stage = in_stage AND in_stage IN ('submission', 'final_offer')
      AND coalesce(p.lot_id, lot) = lot
      AND p.opens_at <= yangcai_now() AND (p.closes_at IS NULL OR yangcai_now() < p.closes_at))
$$;

CREATE OR REPLACE FUNCTION controls_bid_comes_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.received_at := yangcai_now();
  IF NOT controls_offers_are_taken(NEW.lot_id, NEW.stage) THEN
    PERFORM controls_refuse('late_bid_is_refused', 'no period for offers is open');
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION controls_bid_is_taken_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT controls_offers_are_taken(NEW.lot_id, NEW.stage) THEN
    PERFORM controls_refuse('bids_stand_from_the_deadline', 'the period for offers is over: the offer stands');
  END IF;
  RETURN NEW;
END $$;
DROP FUNCTION controls_submission_is_open(bigint);

DROP TRIGGER bid_frozen ON tendering_bid;
CREATE TRIGGER bid_frozen BEFORE UPDATE ON tendering_bid FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('sealed_bid_is_never_changed', 'lot_id', 'supplier_id', 'stage', 'revision',
    'envelope_id', 'sealed_key', 'seal_scheme', 'receipt', 'submitted_by_id', 'received_at');

CREATE OR REPLACE FUNCTION controls_bid_is_opened() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM tendering_bid WHERE id = NEW.bid_id AND lot_id = NEW.lot_id
                 AND supplier_id = NEW.supplier_id AND stage = 'submission') THEN
    PERFORM controls_refuse('opened_bid_is_the_sealed_one', 'lot, supplier or stage are not those of the envelope');
  END IF;
  IF (SELECT coalesce(bool_or(p.closes_at IS NULL OR p.closes_at > yangcai_now()), true)
      FROM cases_period p JOIN cases_lot l ON l.case_id = p.case_id
      WHERE l.id = NEW.lot_id AND p.stage = 'submission' AND coalesce(p.lot_id, l.id) = l.id) THEN
    PERFORM controls_refuse('no_opening_before_the_deadline', 'the submission period is not over');
  END IF;
  IF EXISTS (SELECT FROM cases_suspension s JOIN cases_lot l ON l.case_id = s.case_id
             WHERE l.id = NEW.lot_id AND s.resumed_at IS NULL) THEN
    PERFORM controls_refuse('no_opening_before_the_deadline', 'the case is suspended');
  END IF;
  RETURN NEW;
END $$;

-- A last offer is what its supplier sealed for the last round, opened when nobody's can come in any more.
CREATE FUNCTION controls_final_offer_is_opened() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM tendering_bid b JOIN tendering_openedbid o ON o.id = NEW.opened_bid_id
                 WHERE b.id = NEW.bid_id AND b.stage = 'final_offer' AND b.lot_id = o.lot_id
                   AND b.supplier_id = o.supplier_id) THEN
    PERFORM controls_refuse('opened_bid_is_the_sealed_one', 'lot, supplier or stage are not those of the envelope');
  END IF;
  IF (SELECT coalesce(bool_or(p.closes_at IS NULL OR p.closes_at > yangcai_now()), true)
      FROM cases_period p JOIN tendering_openedbid o ON o.lot_id = p.lot_id
      WHERE o.id = NEW.opened_bid_id AND p.stage = 'final_offer') THEN
    PERFORM controls_refuse('no_opening_before_the_deadline', 'the time for last offers is not over');
  END IF;
  IF EXISTS (SELECT FROM cases_suspension s JOIN cases_lot l ON l.case_id = s.case_id
             JOIN tendering_openedbid o ON o.lot_id = l.id
             WHERE o.id = NEW.opened_bid_id AND s.resumed_at IS NULL) THEN
    PERFORM controls_refuse('no_opening_before_the_deadline', 'the case is suspended');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER final_offer_is_opened BEFORE INSERT ON tendering_finaloffer
  FOR EACH ROW EXECUTE FUNCTION controls_final_offer_is_opened();
CREATE TRIGGER final_offer_frozen BEFORE UPDATE ON tendering_finaloffer FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('sealed_bid_is_never_changed', 'opened_bid_id', 'bid_id', 'price', 'opened_at');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_finaloffer
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');

-- The time for last offers, once over, is not moved, nor opened again after one was opened.
CREATE TRIGGER closed_final_offers_stay BEFORE UPDATE OR DELETE ON cases_period FOR EACH ROW
  WHEN (OLD.stage = 'final_offer' AND OLD.closes_at <= yangcai_now())
  EXECUTE FUNCTION controls_submission_stays_closed();
CREATE FUNCTION controls_final_offers_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM tendering_finaloffer f JOIN tendering_openedbid o ON o.id = f.opened_bid_id
             WHERE o.lot_id = NEW.lot_id) THEN
    PERFORM controls_refuse('no_submission_after_the_opening', 'last offers of this lot have been opened');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER final_offers_open BEFORE INSERT OR UPDATE ON cases_period FOR EACH ROW
  WHEN (NEW.stage = 'final_offer') EXECUTE FUNCTION controls_final_offers_open();

-- What was said in the dialogue, and what changed by it, stays as it was written and told.
CREATE TRIGGER talk_frozen BEFORE UPDATE ON tendering_dialoguetalk FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('dialogue_record_is_never_rewritten', 'opened_bid_id', 'round', 'minutes', 'held_at');
CREATE TRIGGER change_frozen BEFORE UPDATE ON tendering_dialoguechange FOR EACH ROW
  EXECUTE FUNCTION controls_frozen(
    'dialogue_record_is_never_rewritten', 'lot_id', 'number', 'part', 'before', 'after', 'proposed_at');
CREATE TRIGGER change_told_once BEFORE UPDATE ON tendering_dialoguechange FOR EACH ROW
  EXECUTE FUNCTION controls_once('dialogue_record_is_never_rewritten', 'told_at', 'refused_at');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_dialoguetalk
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_dialoguechange
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');

-- Who was drawn and invited stays so.
CREATE TRIGGER draw_frozen BEFORE UPDATE ON tendering_supplierdraw FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'case_id', 'wanted', 'pool_size', 'pool_digest', 'seed');
CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_invitee FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'invited_at');
