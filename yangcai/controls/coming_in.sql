-- An offer comes in (takes the place of functions of sealed.sql and covers.sql): as they were, their plans kept by the
-- connection instead of made anew for each row.

CREATE OR REPLACE FUNCTION controls_offers_are_taken(lot bigint, in_stage text, moment timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN in_stage IN ('submission', 'final_offer') AND EXISTS (
    SELECT FROM cases_period p JOIN cases_lot l ON l.case_id = p.case_id
    WHERE l.id = lot AND p.stage = in_stage AND coalesce(p.lot_id, lot) = lot
      AND p.opens_at <= moment AND (p.closes_at IS NULL OR moment < p.closes_at));
END $$;

-- What is stamped too late does not come in. Whoever hands over several at once (tendering_receive_bids) sees from what is
-- missing which that were; everybody else is told.
CREATE OR REPLACE FUNCTION controls_bid_comes_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.received_at := yangcai_clock();
  IF NOT controls_offers_are_taken(NEW.lot_id, NEW.stage, NEW.received_at) THEN
    IF current_setting('yangcai.late_bids', true) = 'are left out' THEN
      RETURN NULL;
    END IF;
    PERFORM controls_refuse('late_bid_is_refused', 'no period for offers is open');
  END IF;
  IF NEW.seal_scheme = 'sbp/1' AND NOT EXISTS (SELECT FROM tendering_openingpolicy
        WHERE lot_id = NEW.lot_id AND cover = NEW.cover AND (round = 0) = (NEW.stage = 'submission')
          AND published_at IS NOT NULL)
     OR NEW.seal_scheme <> 'sbp/1' AND (NEW.cover <> 'ALL' OR EXISTS (SELECT FROM tendering_openingpolicy
        WHERE lot_id = NEW.lot_id AND (round = 0) = (NEW.stage = 'submission') AND published_at IS NOT NULL)) THEN
    PERFORM controls_refuse('sealed_as_the_policy_says', 'the lot takes bids under another scheme');
  END IF;
  RETURN NEW;
END $$;
