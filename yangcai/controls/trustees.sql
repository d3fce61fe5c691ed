-- What trustees tried, rehearsed and were on duty for stays as it was written down.

CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_trustee FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'retired_at');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_trustee
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE TRIGGER duty_frozen BEFORE UPDATE ON tendering_trusteeduty FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'trustee_id', 'post_id', 'stand_in_id', 'from_on', 'to_on');
CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_trusteeduty FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'cancelled_at');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_trusteeduty
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');

-- A share is tried by its holder, before the deadline, and never by whom it would tell how many bids there are.
CREATE FUNCTION controls_share_is_tried() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.tested_at := yangcai_clock();
  IF NOT EXISTS (SELECT FROM tendering_bid b JOIN tendering_sealedbid s ON s.bid_id = b.id
      JOIN tendering_bidupload u ON u.id = s.upload_id JOIN tendering_policyseat p ON p.policy_id = u.policy_id
      JOIN tendering_trustee t ON t.id = p.trustee_id
      WHERE b.id = NEW.bid_id AND t.id = NEW.trustee_id AND t.role IN ('platform', 'supervisor', 'notary'))
     OR EXISTS (SELECT FROM tendering_bid b JOIN tendering_bidclosing c ON c.lot_id = b.lot_id WHERE b.id = NEW.bid_id) THEN
    PERFORM controls_refuse('share_is_tried_by_its_holder', 'this share is not tried by this trustee, or not now');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER share_is_tried BEFORE INSERT ON tendering_sharetest
  FOR EACH ROW EXECUTE FUNCTION controls_share_is_tried();
CREATE TRIGGER test_append_only BEFORE UPDATE OR DELETE ON tendering_sharetest
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');

-- A drill and what came of it.
CREATE TRIGGER drill_frozen BEFORE UPDATE ON tendering_drill FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'organisation_id', 'tender', 'policy', 'begun_by_id',
    'begun_at', 'bid_count');
CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_drill FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'concluded_at', 'opened_count');
CREATE TRIGGER record_frozen BEFORE UPDATE ON tendering_drill FOR EACH ROW WHEN (OLD.concluded_at IS NOT NULL)
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'took_part', 'absent', 'faults');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_drill
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE TRIGGER bid_append_only BEFORE UPDATE OR DELETE ON tendering_drillbid
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE FUNCTION controls_drill_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM tendering_drill WHERE id = NEW.drill_id AND concluded_at IS NOT NULL) THEN
    PERFORM controls_refuse('nobody_joins_a_drill_afterwards', 'the drill is over');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER drill_goes_on BEFORE INSERT ON tendering_drillrelease
  FOR EACH ROW EXECUTE FUNCTION controls_drill_goes_on();
CREATE TRIGGER drill_goes_on BEFORE INSERT ON tendering_drillbid
  FOR EACH ROW EXECUTE FUNCTION controls_drill_goes_on();
CREATE TRIGGER release_append_only BEFORE UPDATE OR DELETE ON tendering_drillrelease
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
