-- Which brands are one is settled before a sitting member has scored, and before the result is computed (财政部令第87号
-- art. 31): else it could be settled by who would win. What was stated stands, or is taken back with its time.

CREATE FUNCTION controls_brands_are_one_before() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM tendering_score s JOIN tendering_openedbid o ON o.id = s.opened_bid_id
             JOIN tendering_committeemember m ON m.id = s.member_id
             WHERE o.lot_id = NEW.lot_id AND m.replaced_at IS NULL)
     OR EXISTS (SELECT FROM tendering_evaluationreport r JOIN tendering_committee c ON c.id = NEW.committee_id
                WHERE r.lot_id = NEW.lot_id AND r.computed_at >= c.drawn_at) THEN
    PERFORM controls_refuse('brands_are_one_before_the_scores', format('lot %s', NEW.lot_id));
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER brands_are_one_before BEFORE INSERT OR UPDATE OF withdrawn_at ON tendering_samebrand
  FOR EACH ROW EXECUTE FUNCTION controls_brands_are_one_before();

CREATE TRIGGER links_frozen BEFORE UPDATE ON tendering_samebrand FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'lot_id', 'committee_id', 'brand', 'other', 'reason',
    'stated_at');
CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_samebrand FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'withdrawn_at', 'withdrawn_reason');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_samebrand FOR EACH ROW
  EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
