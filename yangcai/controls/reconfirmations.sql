-- 更正后确认: a bidder says before the deadline, by its own word, that a bid stands which came before a correction (SBP/1
-- §2.3). Like the bid itself it is stamped by the clock after every wait, and never rewritten.

CREATE FUNCTION controls_bid_is_reconfirmed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  of_bid tendering_bid;
BEGIN
  NEW.reconfirmed_at := yangcai_clock();
  SELECT * INTO of_bid FROM tendering_bid WHERE id = NEW.bid_id;
  IF of_bid.stage <> 'submission'
     OR NOT controls_offers_are_taken(of_bid.lot_id, of_bid.stage, NEW.reconfirmed_at)
     OR EXISTS (SELECT FROM tendering_opening o JOIN cases_lot l ON l.case_id = o.case_id
                WHERE l.id = of_bid.lot_id) THEN
    PERFORM controls_refuse('bid_is_reconfirmed_before_the_deadline', 'the period for bids is over');
  END IF;
  IF of_bid.replaced_at IS NOT NULL OR of_bid.withdrawn_at IS NOT NULL
     OR (of_bid.seal_scheme = 'sbp/1') IS DISTINCT FROM (NEW.statement <> '')
     OR (NEW.statement = '') IS DISTINCT FROM (NEW.signature = '')
     OR (NEW.statement = '') IS DISTINCT FROM (NEW.signing_key_id IS NULL)
     OR NOT EXISTS (SELECT FROM parties_post WHERE id = NEW.confirmed_by_id AND organisation_id = of_bid.supplier_id)
     OR (NEW.signing_key_id IS NOT NULL AND NOT EXISTS (
         SELECT FROM tendering_signingkey WHERE id = NEW.signing_key_id AND post_id = NEW.confirmed_by_id)) THEN
    PERFORM controls_refuse('bidder_reconfirms_its_own_bid', 'not a standing bid, or not by its bidder''s word');
  END IF;
  IF NOT EXISTS (SELECT FROM tendering_correction c JOIN cases_lot l ON l.case_id = c.case_id
      WHERE c.id = NEW.correction_id AND l.id = of_bid.lot_id AND c.affects_bids AND c.at > of_bid.received_at
        AND c.number < NEW.rev
        AND NEW.rev <= 1 + (SELECT max(number) FROM tendering_correction WHERE case_id = c.case_id)
        AND NOT EXISTS (SELECT FROM tendering_correction later
                        WHERE later.case_id = c.case_id AND later.affects_bids AND later.number > c.number)) THEN
    PERFORM controls_refuse('bid_is_reconfirmed_after_its_correction', 'not the newest correction since this bid');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER bid_is_reconfirmed BEFORE INSERT ON tendering_bidreconfirmation
  FOR EACH ROW EXECUTE FUNCTION controls_bid_is_reconfirmed();
CREATE TRIGGER record_is_kept BEFORE UPDATE OR DELETE ON tendering_bidreconfirmation
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
