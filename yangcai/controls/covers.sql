-- Offers in covers and rounds: a price that lies in a cover of its own (SBP/1 §2.3), last offers that their suppliers
-- sealed, and envelopes whose bytes follow their statement. Takes the place of functions of sealed.sql,
-- offers.sql, windows.sql and trustees.sql.

-- Which stage of the method an offer of this round is made in.
CREATE FUNCTION controls_stage_of(round integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE round WHEN 0 THEN 'submission' ELSE 'final_offer' END
$$;

-- The offers that are closed together. A technical cover counts with its price; a price only of a bid that went on.
CREATE FUNCTION controls_close_set(in_lot bigint, in_cover text, in_round integer) RETURNS SETOF bigint
LANGUAGE sql STABLE AS $$
  SELECT b.id FROM tendering_bid b
  WHERE b.lot_id = in_lot AND b.cover = in_cover AND b.stage = controls_stage_of(in_round)
    AND b.replaced_at IS NULL AND b.withdrawn_at IS NULL
    AND (in_cover <> 'TECH' OR EXISTS (SELECT FROM tendering_bid p
      WHERE p.lot_id = b.lot_id AND p.supplier_id = b.supplier_id AND p.stage = b.stage AND p.cover = 'PRICE'
        AND p.replaced_at IS NULL AND p.withdrawn_at IS NULL))
    AND (in_cover <> 'PRICE' OR EXISTS (SELECT FROM tendering_openedbid o
      WHERE o.lot_id = b.lot_id AND o.supplier_id = b.supplier_id AND o.went_on_at IS NOT NULL))
$$;

-- ================================================================================================ coming in

CREATE OR REPLACE FUNCTION controls_bid_comes_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.received_at := yangcai_clock();
  IF NOT controls_offers_are_taken(NEW.lot_id, NEW.stage, NEW.received_at) THEN
    PERFORM controls_refuse('late_bid_is_refused', 'no period for offers is open');
  END IF;
  IF NEW.seal_scheme = 'sbp/1' AND NOT EXISTS (SELECT FROM tendering_openingpolicy
        WHERE lot_id = NEW.lot_id AND cover = NEW.cover AND controls_stage_of(round) = NEW.stage
          AND published_at IS NOT NULL)
     OR NEW.seal_scheme <> 'sbp/1' AND (NEW.cover <> 'ALL' OR EXISTS (SELECT FROM tendering_openingpolicy
        WHERE lot_id = NEW.lot_id AND controls_stage_of(round) = NEW.stage AND published_at IS NOT NULL)) THEN
    PERFORM controls_refuse('sealed_as_the_policy_says', 'the lot takes bids under another scheme');
  END IF;
  RETURN NEW;
END $$;

DROP TRIGGER bid_frozen ON tendering_bid;
CREATE TRIGGER bid_frozen BEFORE UPDATE ON tendering_bid FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('sealed_bid_is_never_changed', 'lot_id', 'supplier_id', 'stage', 'cover', 'revision',
    'envelope_id', 'sealed_key', 'seal_scheme', 'receipt', 'submitted_by_id', 'received_at');

-- Where the bytes follow, what was promised stays: whose, under which header, with which digest and length. The parts
-- may still come; once all were read and found to be those (`verified_at`), nothing changes any more.
CREATE TRIGGER promise_frozen BEFORE UPDATE ON tendering_bidupload FOR EACH ROW WHEN (OLD.promised_at IS NOT NULL)
  EXECUTE FUNCTION controls_frozen('verified_upload_is_never_changed', 'lot_id', 'supplier_id', 'post_id', 'policy_id',
    'idem', 'header', 'envelope_id', 'envelope_size', 'envelope_sm3', 'promised_at');

-- ================================================================================================ the policy

DROP TRIGGER policy_frozen ON tendering_openingpolicy;
CREATE TRIGGER policy_frozen BEFORE UPDATE ON tendering_openingpolicy FOR EACH ROW WHEN (OLD.published_at IS NOT NULL)
  EXECUTE FUNCTION controls_frozen('published_policy_is_never_rewritten', 'lot_id', 'cover', 'round', 'revision',
    'tender', 'threshold', 'supplier_shares', 'window_seconds', 'extension_seconds', 'recovery_allowed', 'closes_at',
    'opens_at', 'content', 'digest', 'published_at');

CREATE OR REPLACE FUNCTION controls_policy_is_published() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  seats integer;
  organisations integer;
  before tendering_openingpolicy;
BEGIN
  SELECT count(*), count(DISTINCT t.organisation_id) INTO seats, organisations
    FROM tendering_policyseat s JOIN tendering_trustee t ON t.id = s.trustee_id WHERE s.policy_id = NEW.id;
  IF NEW.threshold > seats OR organisations < least(4, seats)
     OR (SELECT count(*) FROM tendering_policyseat s JOIN tendering_trustee t ON t.id = s.trustee_id
         WHERE s.policy_id = NEW.id AND t.role = 'platform') > 1 THEN
    PERFORM controls_refuse('policy_has_enough_trustees', 'too few trustees, or too few organisations');
  END IF;
  SELECT * INTO before FROM tendering_openingpolicy
    WHERE lot_id = NEW.lot_id AND cover = NEW.cover AND round = NEW.round AND revision < NEW.revision
      AND published_at IS NOT NULL
    ORDER BY revision DESC LIMIT 1;
  IF FOUND AND (
      (NEW.tender, NEW.threshold, NEW.supplier_shares, NEW.recovery_allowed, NEW.extension_seconds) IS DISTINCT FROM
        (before.tender, before.threshold, before.supplier_shares, before.recovery_allowed, before.extension_seconds)
      OR NEW.closes_at < before.closes_at OR NEW.opens_at < before.opens_at
      OR NEW.window_seconds < before.window_seconds
      OR EXISTS (SELECT number, trustee_id FROM tendering_policyseat WHERE policy_id = NEW.id
                 EXCEPT SELECT number, trustee_id FROM tendering_policyseat WHERE policy_id = before.id)
      OR EXISTS (SELECT number, trustee_id FROM tendering_policyseat WHERE policy_id = before.id
                 EXCEPT SELECT number, trustee_id FROM tendering_policyseat WHERE policy_id = NEW.id)) THEN
    PERFORM controls_refuse('policy_only_postpones', 'a later revision changes more than its times');
  END IF;
  RETURN NEW;
END $$;

-- ================================================================================================ the closing

-- A bid goes on to the opening of prices when the technical evaluation is closed: the technical covers lie open, the
-- committee is at work, and every member has scored where anything is scored. Once, and never one that is out.
CREATE FUNCTION controls_bid_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.invalid_reason <> '' OR NEW.left_at IS NOT NULL
     OR NOT EXISTS (SELECT FROM tendering_bidclosing
        WHERE lot_id = NEW.lot_id AND cover = 'TECH' AND unsealed_at IS NOT NULL)
     OR NOT EXISTS (SELECT FROM cases_period
        WHERE lot_id = NEW.lot_id AND stage = 'evaluation' AND opens_at <= yangcai_clock()
          AND (closes_at IS NULL OR yangcai_clock() < closes_at))
     OR EXISTS (SELECT FROM tendering_committeemember m JOIN tendering_committee k ON k.id = m.committee_id
        JOIN cases_lot l ON l.case_id = k.case_id
        WHERE l.id = NEW.lot_id AND m.replaced_at IS NULL
          AND EXISTS (SELECT FROM tendering_criterion c
            WHERE c.lot_id = l.id AND c.kind <> 'price' AND c.formula = '')
          AND NOT EXISTS (SELECT FROM tendering_score s WHERE s.member_id = m.id AND s.opened_bid_id = NEW.id)) THEN
    PERFORM controls_refuse('no_price_before_the_technical_evaluation', 'the technical evaluation is not closed');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER bid_goes_on BEFORE UPDATE ON tendering_openedbid FOR EACH ROW
  WHEN (OLD.went_on_at IS NULL AND NEW.went_on_at IS NOT NULL) EXECUTE FUNCTION controls_bid_goes_on();
CREATE TRIGGER bid_goes_on_later BEFORE INSERT ON tendering_openedbid FOR EACH ROW
  WHEN (NEW.went_on_at IS NOT NULL) EXECUTE FUNCTION controls_bid_goes_on();
CREATE TRIGGER bid_goes_on_once BEFORE UPDATE ON tendering_openedbid FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'went_on_at');

CREATE OR REPLACE FUNCTION controls_bids_are_closed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  came integer;
  said text;
BEGIN
  NEW.closed_at := yangcai_clock();
  NEW.window_closes_at := NEW.closed_at
    + make_interval(secs => (SELECT window_seconds FROM tendering_openingpolicy WHERE id = NEW.policy_id));
  IF (SELECT coalesce(bool_or(p.closes_at IS NULL OR p.closes_at > NEW.closed_at), true)
      FROM cases_period p JOIN cases_lot l ON l.case_id = p.case_id
      WHERE l.id = NEW.lot_id AND p.stage = controls_stage_of(NEW.round) AND coalesce(p.lot_id, l.id) = l.id) THEN
    PERFORM controls_refuse('no_closing_before_the_deadline', 'bids may still come in');
  END IF;
  IF NEW.cover = 'PRICE' AND NOT EXISTS (
      SELECT FROM tendering_openedbid WHERE lot_id = NEW.lot_id AND went_on_at IS NOT NULL) THEN
    PERFORM controls_refuse('no_price_before_the_technical_evaluation', 'no bid of the lot has gone on');
  END IF;
  SELECT count(*), encode(sha256(convert_to('sbp/1 closeset', 'UTF8') || '\x00'::bytea || coalesce(
      string_agg('\x00000020'::bytea || decode(s.header_digest, 'hex'), ''::bytea ORDER BY s.header_digest), ''::bytea)),
      'hex')
    INTO came, said
    FROM controls_close_set(NEW.lot_id, NEW.cover, NEW.round) AS c(id) JOIN tendering_sealedbid s ON s.bid_id = c.id;
  IF (NEW.size, NEW.digest) IS DISTINCT FROM (came, said) OR NOT EXISTS (SELECT FROM tendering_openingpolicy
      WHERE id = NEW.policy_id AND lot_id = NEW.lot_id AND cover = NEW.cover AND round = NEW.round
        AND published_at IS NOT NULL) THEN
    PERFORM controls_refuse('close_set_is_what_came_in', 'the close set is not what came in');
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER closing_frozen ON tendering_bidclosing;
CREATE TRIGGER closing_frozen BEFORE UPDATE ON tendering_bidclosing FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('close_set_is_what_came_in', 'lot_id', 'cover', 'round', 'policy_id', 'leaf_id',
    'closed_at', 'size', 'digest');

-- ================================================================================================ the shares

-- The barrier: every bidder has released its key and every envelope is here, or the time for it is over.
CREATE OR REPLACE FUNCTION controls_keys_are_in(closing bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT yangcai_clock() >= controls_window_ends_at(c.id) OR NOT EXISTS (
    SELECT FROM controls_close_set(c.lot_id, c.cover, c.round) AS b(id)
    WHERE NOT EXISTS (SELECT FROM tendering_sharerelease r WHERE r.bid_id = b.id)
      OR EXISTS (SELECT FROM tendering_sealedbid s JOIN tendering_bidupload u ON u.id = s.upload_id
                 WHERE s.bid_id = b.id AND u.verified_at IS NULL))
  FROM tendering_bidclosing c WHERE c.id = closing
$$;
CREATE OR REPLACE FUNCTION controls_bidder_releases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.released_at := yangcai_clock();
  IF NOT EXISTS (SELECT FROM tendering_bidclosing c
                 WHERE c.id = NEW.closing_id AND NEW.released_at < controls_window_ends_at(c.id)
                   AND NEW.bid_id IN (SELECT controls_close_set(c.lot_id, c.cover, c.round))) THEN
    PERFORM controls_refuse('keys_are_released_in_their_window', 'the time for releasing keys is over');
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION controls_share_is_released() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM tendering_sharerelease r JOIN tendering_bidclosing c ON c.id = r.closing_id
      WHERE r.id = NEW.release_id AND NEW.bid_id IN (SELECT controls_close_set(c.lot_id, c.cover, c.round))
        AND CASE WHEN r.trustee_id IS NULL THEN r.bid_id = NEW.bid_id AND NEW.number > 200
            ELSE EXISTS (SELECT FROM tendering_policyseat s WHERE s.policy_id = c.policy_id
                         AND s.trustee_id = r.trustee_id AND s.number = NEW.number) END) THEN
    PERFORM controls_refuse('share_comes_from_its_holder', 'this share is held by somebody else');
  END IF;
  RETURN NEW;
END $$;

-- ================================================================================================ the opening

-- Nothing is read of a sealed offer without as many shares as its policy asks, after the barrier of its own cover.
CREATE FUNCTION controls_may_be_read(in_bid bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM tendering_bid b
    JOIN tendering_sealedbid s ON s.bid_id = b.id
    JOIN tendering_bidupload u ON u.id = s.upload_id
    JOIN tendering_bidclosing c ON c.lot_id = b.lot_id AND c.cover = b.cover AND controls_stage_of(c.round) = b.stage
    JOIN tendering_openingpolicy p ON p.id = c.policy_id
    WHERE b.id = in_bid AND u.verified_at IS NOT NULL AND controls_keys_are_in(c.id)
      AND b.id IN (SELECT controls_close_set(c.lot_id, c.cover, c.round))
      AND (SELECT count(*) FROM tendering_releasedshare r WHERE r.bid_id = b.id) >= p.threshold)
$$;
CREATE OR REPLACE FUNCTION controls_sealed_bid_is_opened() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM tendering_bid WHERE id = NEW.bid_id AND seal_scheme = 'sbp/1')
     AND NOT controls_may_be_read(NEW.bid_id) THEN
    PERFORM controls_refuse('no_opening_before_the_shares', 'too few shares of its key were released');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sealed_offer_is_opened BEFORE INSERT ON tendering_finaloffer
  FOR EACH ROW EXECUTE FUNCTION controls_sealed_bid_is_opened();
CREATE TRIGGER price_is_read BEFORE UPDATE ON tendering_sealedbid
  FOR EACH ROW WHEN (OLD.price = '' AND NEW.price <> '') EXECUTE FUNCTION controls_sealed_bid_is_opened();

CREATE OR REPLACE FUNCTION controls_bid_is_opened() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM tendering_bid WHERE id = NEW.bid_id AND lot_id = NEW.lot_id
                 AND supplier_id = NEW.supplier_id AND stage = 'submission' AND cover <> 'PRICE') THEN
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

-- A last offer is what its supplier sealed for the last round; a price, what lies in the cover of a bid that went on.
CREATE OR REPLACE FUNCTION controls_final_offer_is_opened() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM tendering_bid b JOIN tendering_openedbid o ON o.id = NEW.opened_bid_id
                 WHERE b.id = NEW.bid_id AND b.lot_id = o.lot_id AND b.supplier_id = o.supplier_id
                   AND (b.stage = 'final_offer' OR b.cover = 'PRICE' AND o.went_on_at IS NOT NULL)) THEN
    PERFORM controls_refuse('opened_bid_is_the_sealed_one', 'lot, supplier or stage are not those of the envelope');
  END IF;
  IF (SELECT coalesce(bool_or(p.closes_at IS NULL OR p.closes_at > yangcai_now()), true)
      FROM tendering_bid b JOIN cases_lot l ON l.id = b.lot_id
      JOIN cases_period p ON p.case_id = l.case_id AND p.stage = b.stage AND coalesce(p.lot_id, l.id) = l.id
      WHERE b.id = NEW.bid_id) THEN
    PERFORM controls_refuse('no_opening_before_the_deadline', 'the time for last offers is not over');
  END IF;
  IF EXISTS (SELECT FROM cases_suspension s JOIN cases_lot l ON l.case_id = s.case_id
             JOIN tendering_openedbid o ON o.lot_id = l.id
             WHERE o.id = NEW.opened_bid_id AND s.resumed_at IS NULL) THEN
    PERFORM controls_refuse('no_opening_before_the_deadline', 'the case is suspended');
  END IF;
  RETURN NEW;
END $$;

-- A share is tried before its own cover is closed.
CREATE OR REPLACE FUNCTION controls_share_is_tried() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.tested_at := yangcai_clock();
  IF NOT EXISTS (SELECT FROM tendering_bid b JOIN tendering_sealedbid s ON s.bid_id = b.id
      JOIN tendering_bidupload u ON u.id = s.upload_id JOIN tendering_policyseat p ON p.policy_id = u.policy_id
      JOIN tendering_trustee t ON t.id = p.trustee_id
      WHERE b.id = NEW.bid_id AND t.id = NEW.trustee_id AND t.role IN ('platform', 'supervisor', 'notary'))
     OR EXISTS (SELECT FROM tendering_bid b JOIN tendering_bidclosing c ON c.lot_id = b.lot_id AND c.cover = b.cover
        AND controls_stage_of(c.round) = b.stage WHERE b.id = NEW.bid_id) THEN
    PERFORM controls_refuse('share_is_tried_by_its_holder', 'this share is not tried by this trustee, or not now');
  END IF;
  RETURN NEW;
END $$;
