-- Sealed bids, what a review found: time that stood still, ids that count, uploads given up, the end of waiting.

-- =============================================================================== the window for keys stands still

-- Until when bidders may release their keys: as much later as the case, or its hall, stood still meanwhile. Halts that
-- overlap count once; one that lasts moves the end along with the clock. (tendering/standstill.py counts alike.)
CREATE FUNCTION controls_window_ends_at(closing bigint) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
DECLARE
  c tendering_bidclosing;
  ends timestamptz;
  counted timestamptz;
  halt record;
BEGIN
  SELECT * INTO STRICT c FROM tendering_bidclosing WHERE id = closing;
  ends := c.window_closes_at;
  counted := c.closed_at;
  FOR halt IN
    SELECT h.begins, least(coalesce(h.ends, yangcai_clock()), yangcai_clock()) AS ends FROM (
      SELECT s.suspended_at AS begins, s.resumed_at AS ends
        FROM cases_suspension s JOIN cases_lot l ON l.case_id = s.case_id WHERE l.id = c.lot_id
      UNION ALL
      SELECT s.suspended_at, s.resumed_at FROM tendering_openingsuspension s
        JOIN tendering_opening o ON o.id = s.opening_id JOIN cases_lot l ON l.case_id = o.case_id
        WHERE l.id = c.lot_id) h
    ORDER BY 1, 2
  LOOP
    -- What began before the end but is counted already up to its own end adds nothing.
    IF halt.begins < ends AND halt.ends > counted THEN
      ends := ends + (halt.ends - greatest(halt.begins, counted));
      counted := halt.ends;
    END IF;
  END LOOP;
  RETURN ends;
END $$;

CREATE OR REPLACE FUNCTION controls_keys_are_in(closing bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT yangcai_clock() >= controls_window_ends_at(c.id) OR NOT EXISTS (
    SELECT FROM tendering_bid b
    WHERE b.lot_id = c.lot_id AND b.stage = 'submission' AND b.replaced_at IS NULL AND b.withdrawn_at IS NULL
      AND NOT EXISTS (SELECT FROM tendering_sharerelease r WHERE r.bid_id = b.id))
  FROM tendering_bidclosing c WHERE c.id = closing
$$;
CREATE OR REPLACE FUNCTION controls_bidder_releases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.released_at := yangcai_clock();
  IF NOT EXISTS (SELECT FROM tendering_bidclosing c JOIN tendering_bid b ON b.lot_id = c.lot_id
                 WHERE c.id = NEW.closing_id AND b.id = NEW.bid_id
                   AND NEW.released_at < controls_window_ends_at(c.id)) THEN
    PERFORM controls_refuse('keys_are_released_in_their_window', 'the time for releasing keys is over');
  END IF;
  RETURN NEW;
END $$;

-- Whoever could move a halt could move the end of the window with it.
CREATE TRIGGER links_frozen BEFORE UPDATE ON tendering_openingsuspension FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'opening_id', 'reason', 'suspended_at');
CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_openingsuspension FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'resumed_at');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_openingsuspension
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');

-- A release of a person's that says only which shares are lost does not let the platform's follow.
CREATE OR REPLACE FUNCTION controls_trustee_releases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.released_at := yangcai_clock();
  IF NOT controls_keys_are_in(NEW.closing_id) THEN
    PERFORM controls_refuse('no_share_before_the_barrier', 'bidders may still release their keys');
  END IF;
  IF (SELECT role FROM tendering_trustee WHERE id = NEW.trustee_id) = 'platform' AND NOT EXISTS (
      SELECT FROM tendering_sharerelease r JOIN tendering_trustee t ON t.id = r.trustee_id
      JOIN tendering_releasedshare s ON s.release_id = r.id
      WHERE r.closing_id = NEW.closing_id AND t.role <> 'platform') THEN
    PERFORM controls_refuse('operator_is_never_first', 'no human trustee has released a share');
  END IF;
  RETURN NEW;
END $$;

-- ================================================================================================ ids do not count

-- 投标截止前不得透露潜在投标人的数量 (87号令 art. 28, 78): whoever hands in twice would count, from two ids in two addresses,
-- who came in between. An id tells the microsecond in which its row was written, which its owner knows, and chance: rows
-- keep their order, and for seventeen years ids are numbers that a script reads exactly. Two rows of one microsecond meet
-- once in 16 times; then the primary key refuses one, and the same request again is taken.
CREATE FUNCTION controls_id_does_not_count() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  chance bytea := uuid_send(gen_random_uuid());
BEGIN
  NEW.id := greatest(0, floor(extract(epoch FROM clock_timestamp() - timestamptz '2026-01-01 00:00:00+00') * 1000000))::bigint
    * 16 + get_byte(chance, 0) % 16;
  RETURN NEW;
END $$;
DO $$
DECLARE
  counted text;
BEGIN
  FOREACH counted IN ARRAY ARRAY['tendering_bid', 'tendering_bidupload', 'tendering_participation',
      'tendering_openingattendance', 'tendering_sharerelease', 'tendering_bidsecurity', 'tendering_correctionreceipt',
      'tendering_prequalificationapplication', 'tendering_signingkey'] LOOP
    EXECUTE format('CREATE TRIGGER aa_id_does_not_count BEFORE INSERT ON %I FOR EACH ROW'
      ' EXECUTE FUNCTION controls_id_does_not_count()', counted);
  END LOOP;
END $$;

-- ========================================================================================== uploads that were given up

CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_bidupload FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'given_up_at');
-- Told as SB003, which the last step of handing in knows: whoever lost a race is answered, not broken off.
CREATE FUNCTION controls_upload_is_given_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM tendering_bidupload WHERE id = NEW.upload_id AND given_up_at IS NOT NULL) THEN
    RAISE EXCEPTION 'the upload was given up' USING ERRCODE = 'SB003', CONSTRAINT = 'upload_given_up_is_no_bid';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER upload_is_given_up BEFORE INSERT ON tendering_sealedbid
  FOR EACH ROW EXECUTE FUNCTION controls_upload_is_given_up();
CREATE FUNCTION controls_bid_was_made_of_it() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM tendering_sealedbid WHERE upload_id = NEW.id) THEN
    PERFORM controls_refuse('upload_given_up_is_no_bid', 'a bid was made of this upload');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER bid_was_made_of_it BEFORE UPDATE ON tendering_bidupload FOR EACH ROW
  WHEN (OLD.given_up_at IS NULL AND NEW.given_up_at IS NOT NULL) EXECUTE FUNCTION controls_bid_was_made_of_it();

-- ============================================================================================== the end of waiting

CREATE TRIGGER abandonment_frozen BEFORE UPDATE ON tendering_openingabandonment FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'closing_id', 'reason', 'proposed_by_id', 'proposed_at');
CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_openingabandonment FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'answered_by_id', 'answered_at', 'is_confirmed');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_openingabandonment
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
-- What one person asks for another one answers: compared are the persons, whatever posts they hold.
CREATE FUNCTION controls_two_persons() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.answered_by_id IS NOT NULL AND (SELECT person_id FROM parties_post WHERE id = NEW.answered_by_id)
      IS NOT DISTINCT FROM (SELECT person_id FROM parties_post WHERE id = NEW.proposed_by_id) THEN
    PERFORM controls_refuse(TG_ARGV[0], 'who asked for it does not confirm it');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER two_persons BEFORE INSERT OR UPDATE ON tendering_openingabandonment
  FOR EACH ROW EXECUTE FUNCTION controls_two_persons('nobody_gives_up_bids_alone');

-- ========================================================================================== awards that are void

CREATE TRIGGER annulment_frozen BEFORE UPDATE ON tendering_awardannulment FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'award_id', 'ground', 'reason', 'proposed_by_id',
    'proposed_at');
CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_awardannulment FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'answered_by_id', 'answered_at', 'is_confirmed');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_awardannulment
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE TRIGGER two_persons BEFORE INSERT OR UPDATE ON tendering_awardannulment
  FOR EACH ROW EXECUTE FUNCTION controls_two_persons('nobody_annuls_an_award_alone');
CREATE FUNCTION controls_award_is_annulled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM tendering_awardannulment
                 WHERE award_id = NEW.id AND is_confirmed AND ground = NEW.fall_ground) THEN
    PERFORM controls_refuse('nobody_annuls_an_award_alone', 'nobody confirmed that this award is void');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER award_is_annulled BEFORE UPDATE ON cases_award FOR EACH ROW
  WHEN (OLD.fall_ground = '' AND NEW.fall_ground IN ('objection', 'decision', 'status'))
  EXECUTE FUNCTION controls_award_is_annulled();
