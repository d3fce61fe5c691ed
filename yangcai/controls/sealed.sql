-- Bids that their bidders sealed (SBP/1): when they come in, what stays as it was, and what nobody opens too early.

-- The stamp of a bid is the clock after every wait, and it is this stamp that is held against the deadline.
CREATE FUNCTION controls_offers_are_taken(lot bigint, in_stage text, moment timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM cases_period p JOIN cases_lot l ON l.case_id = p.case_id
    WHERE l.id = lot AND p.stage = in_stage AND in_stage IN ('submission', 'final_offer')
      AND coalesce(p.lot_id, lot) = lot
      AND p.opens_at <= moment AND (p.closes_at IS NULL OR moment < p.closes_at))
$$;

CREATE OR REPLACE FUNCTION controls_bid_comes_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.received_at := yangcai_clock();
  IF NOT controls_offers_are_taken(NEW.lot_id, NEW.stage, NEW.received_at) THEN
    PERFORM controls_refuse('late_bid_is_refused', 'no period for offers is open');
  END IF;
  IF NEW.stage = 'submission' AND (NEW.seal_scheme = 'sbp/1') <> EXISTS (
      SELECT FROM tendering_openingpolicy WHERE lot_id = NEW.lot_id AND published_at IS NOT NULL) THEN
    PERFORM controls_refuse('sealed_as_the_policy_says', 'the lot takes bids under another scheme');
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION controls_bid_is_taken_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT controls_offers_are_taken(NEW.lot_id, NEW.stage, yangcai_clock()) THEN
    PERFORM controls_refuse('bids_stand_from_the_deadline', 'the period for offers is over: the offer stands');
  END IF;
  RETURN NEW;
END $$;
DROP FUNCTION controls_offers_are_taken(bigint, text);

-- Bid and receipt are committed together or not at all.
CREATE FUNCTION controls_bid_has_its_receipt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM tendering_sealedbid WHERE bid_id = NEW.id) THEN
    PERFORM controls_refuse('no_sealed_bid_without_receipt', 'no receipt was written for this bid');
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER bid_has_its_receipt AFTER INSERT ON tendering_bid DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.seal_scheme = 'sbp/1') EXECUTE FUNCTION controls_bid_has_its_receipt();
CREATE TRIGGER sealed_bid_frozen BEFORE UPDATE ON tendering_sealedbid FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('sealed_bid_is_never_changed', 'bid_id', 'upload_id', 'tender', 'idem', 'statement',
    'signature', 'signing_key_id', 'header_digest', 'recovery', 'leaf_id', 'note');
CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_sealedbid FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'consented_at');
CREATE TRIGGER price_frozen BEFORE UPDATE ON tendering_sealedbid FOR EACH ROW WHEN (OLD.price <> '')
  EXECUTE FUNCTION controls_frozen('sealed_bid_is_never_changed', 'price', 'price_salt');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_sealedbid
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');

-- What was verified stays what it was: its parts, its header, whose it is.
CREATE TRIGGER upload_frozen BEFORE UPDATE ON tendering_bidupload FOR EACH ROW WHEN (OLD.verified_at IS NOT NULL)
  EXECUTE FUNCTION controls_frozen('verified_upload_is_never_changed', 'lot_id', 'supplier_id', 'post_id', 'policy_id',
    'idem', 'header', 'envelope_id', 'envelope_size', 'verified_at');
CREATE FUNCTION controls_part_of_a_verified_upload() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM tendering_bidupload WHERE id IN (OLD.upload_id, NEW.upload_id) AND verified_at IS NOT NULL) THEN
    PERFORM controls_refuse('verified_upload_is_never_changed', 'the envelope has been verified');
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER part_of_a_verified_upload BEFORE INSERT OR UPDATE OR DELETE ON tendering_bidpart
  FOR EACH ROW EXECUTE FUNCTION controls_part_of_a_verified_upload();

-- ================================================================================================ the policy

CREATE TRIGGER policy_frozen BEFORE UPDATE ON tendering_openingpolicy FOR EACH ROW WHEN (OLD.published_at IS NOT NULL)
  EXECUTE FUNCTION controls_frozen('published_policy_is_never_rewritten', 'lot_id', 'revision', 'tender', 'threshold',
    'supplier_shares', 'window_seconds', 'extension_seconds', 'recovery_allowed', 'closes_at', 'opens_at', 'content',
    'digest', 'published_at');
CREATE TRIGGER policy_is_kept BEFORE DELETE ON tendering_openingpolicy FOR EACH ROW WHEN (OLD.published_at IS NOT NULL)
  EXECUTE FUNCTION kernel_append_only('published_policy_is_never_rewritten');
CREATE FUNCTION controls_seat_of_a_published_policy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM tendering_openingpolicy
             WHERE id IN (OLD.policy_id, NEW.policy_id) AND published_at IS NOT NULL) THEN
    PERFORM controls_refuse('published_policy_is_never_rewritten', 'the policy has been published');
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER seat_of_a_published_policy BEFORE INSERT OR UPDATE OR DELETE ON tendering_policyseat
  FOR EACH ROW EXECUTE FUNCTION controls_seat_of_a_published_policy();

-- It is published with enough seats of as many organisations; a later revision only postpones or gives more time.
CREATE FUNCTION controls_policy_is_published() RETURNS trigger LANGUAGE plpgsql AS $$
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
    WHERE lot_id = NEW.lot_id AND revision < NEW.revision AND published_at IS NOT NULL
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
CREATE TRIGGER policy_is_published BEFORE UPDATE ON tendering_openingpolicy FOR EACH ROW
  WHEN (OLD.published_at IS NULL AND NEW.published_at IS NOT NULL) EXECUTE FUNCTION controls_policy_is_published();
CREATE FUNCTION controls_policy_begins_as_a_draft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM controls_refuse('policy_has_enough_trustees', 'a policy is drafted before it is published');
  RETURN NULL;
END $$;
CREATE TRIGGER policy_begins_as_a_draft BEFORE INSERT ON tendering_openingpolicy FOR EACH ROW
  WHEN (NEW.published_at IS NOT NULL) EXECUTE FUNCTION controls_policy_begins_as_a_draft();

-- A trustee's keys never change: a rotation is another row.
CREATE TRIGGER trustee_frozen BEFORE UPDATE ON tendering_trustee FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'organisation_id', 'role', 'hpke_key', 'signing_key');
CREATE TRIGGER signing_key_frozen BEFORE UPDATE ON tendering_signingkey FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'post_id', 'public_key');

-- =============================================================================================== the opening

-- The close set is written down once the deadline has passed, by the clock after the lock of the case, and is what came in.
CREATE FUNCTION controls_bids_are_closed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  came integer;
  said text;
BEGIN
  NEW.closed_at := yangcai_clock();
  NEW.window_closes_at := NEW.closed_at
    + make_interval(secs => (SELECT window_seconds FROM tendering_openingpolicy WHERE id = NEW.policy_id));
  IF (SELECT coalesce(bool_or(p.closes_at IS NULL OR p.closes_at > NEW.closed_at), true)
      FROM cases_period p JOIN cases_lot l ON l.case_id = p.case_id
      WHERE l.id = NEW.lot_id AND p.stage = 'submission' AND coalesce(p.lot_id, l.id) = l.id) THEN
    PERFORM controls_refuse('no_closing_before_the_deadline', 'bids may still come in');
  END IF;
  SELECT count(*), encode(sha256(convert_to('sbp/1 closeset', 'UTF8') || '\x00'::bytea || coalesce(
      string_agg('\x00000020'::bytea || decode(s.header_digest, 'hex'), ''::bytea ORDER BY s.header_digest), ''::bytea)),
      'hex')
    INTO came, said
    FROM tendering_bid b JOIN tendering_sealedbid s ON s.bid_id = b.id
    WHERE b.lot_id = NEW.lot_id AND b.stage = 'submission' AND b.replaced_at IS NULL AND b.withdrawn_at IS NULL;
  IF (NEW.size, NEW.digest) IS DISTINCT FROM (came, said) THEN
    PERFORM controls_refuse('close_set_is_what_came_in', 'the close set is not what came in');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER bids_are_closed BEFORE INSERT ON tendering_bidclosing
  FOR EACH ROW EXECUTE FUNCTION controls_bids_are_closed();
CREATE TRIGGER closing_frozen BEFORE UPDATE ON tendering_bidclosing FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('close_set_is_what_came_in', 'lot_id', 'policy_id', 'leaf_id', 'closed_at', 'size',
    'digest');
CREATE TRIGGER window_frozen BEFORE UPDATE ON tendering_bidclosing FOR EACH ROW
  WHEN (NEW.extended_at IS NOT DISTINCT FROM OLD.extended_at)
  EXECUTE FUNCTION controls_frozen('close_set_is_what_came_in', 'window_closes_at');
CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_bidclosing FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'extended_at', 'unsealed_at');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_bidclosing
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');

-- The barrier: every bidder has released its key, or the time for it is over. Before it no trustee's share comes in.
CREATE FUNCTION controls_keys_are_in(closing bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT yangcai_clock() >= c.window_closes_at OR NOT EXISTS (
    SELECT FROM tendering_bid b
    WHERE b.lot_id = c.lot_id AND b.stage = 'submission' AND b.replaced_at IS NULL AND b.withdrawn_at IS NULL
      AND NOT EXISTS (SELECT FROM tendering_sharerelease r WHERE r.bid_id = b.id))
  FROM tendering_bidclosing c WHERE c.id = closing
$$;
CREATE FUNCTION controls_bidder_releases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.released_at := yangcai_clock();
  IF NOT EXISTS (SELECT FROM tendering_bidclosing c JOIN tendering_bid b ON b.lot_id = c.lot_id
                 WHERE c.id = NEW.closing_id AND b.id = NEW.bid_id AND NEW.released_at < c.window_closes_at) THEN
    PERFORM controls_refuse('keys_are_released_in_their_window', 'the time for releasing keys is over');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER bidder_releases BEFORE INSERT ON tendering_sharerelease
  FOR EACH ROW WHEN (NEW.bid_id IS NOT NULL) EXECUTE FUNCTION controls_bidder_releases();
CREATE FUNCTION controls_trustee_releases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.released_at := yangcai_clock();
  IF NOT controls_keys_are_in(NEW.closing_id) THEN
    PERFORM controls_refuse('no_share_before_the_barrier', 'bidders may still release their keys');
  END IF;
  IF (SELECT role FROM tendering_trustee WHERE id = NEW.trustee_id) = 'platform' AND NOT EXISTS (
      SELECT FROM tendering_sharerelease r JOIN tendering_trustee t ON t.id = r.trustee_id
      WHERE r.closing_id = NEW.closing_id AND t.role <> 'platform') THEN
    PERFORM controls_refuse('operator_is_never_first', 'no human trustee has released a share');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER trustee_releases BEFORE INSERT ON tendering_sharerelease
  FOR EACH ROW WHEN (NEW.trustee_id IS NOT NULL) EXECUTE FUNCTION controls_trustee_releases();
CREATE FUNCTION controls_share_is_released() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM tendering_sharerelease r JOIN tendering_bidclosing c ON c.id = r.closing_id
      JOIN tendering_bid b ON b.lot_id = c.lot_id
      WHERE r.id = NEW.release_id AND b.id = NEW.bid_id AND b.replaced_at IS NULL AND b.withdrawn_at IS NULL
        AND CASE WHEN r.trustee_id IS NULL THEN r.bid_id = b.id AND NEW.number > 200
            ELSE EXISTS (SELECT FROM tendering_policyseat s WHERE s.policy_id = c.policy_id
                         AND s.trustee_id = r.trustee_id AND s.number = NEW.number) END) THEN
    PERFORM controls_refuse('share_comes_from_its_holder', 'this share is held by somebody else');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER share_is_released BEFORE INSERT ON tendering_releasedshare
  FOR EACH ROW EXECUTE FUNCTION controls_share_is_released();
CREATE TRIGGER release_append_only BEFORE UPDATE OR DELETE ON tendering_sharerelease
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('share_comes_from_its_holder');
CREATE TRIGGER share_append_only BEFORE UPDATE OR DELETE ON tendering_releasedshare
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('share_comes_from_its_holder');

-- Nothing is read of a sealed bid without as many shares as its policy asks, after the barrier.
CREATE FUNCTION controls_sealed_bid_is_opened() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM tendering_bid b LEFT JOIN tendering_bidclosing c ON c.lot_id = b.lot_id
      LEFT JOIN tendering_openingpolicy p ON p.id = c.policy_id
      WHERE b.id = NEW.bid_id AND b.seal_scheme = 'sbp/1' AND (c.id IS NULL OR NOT controls_keys_are_in(c.id)
        OR (SELECT count(*) FROM tendering_releasedshare s WHERE s.bid_id = b.id) < p.threshold)) THEN
    PERFORM controls_refuse('no_opening_before_the_shares', 'too few shares of its key were released');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sealed_bid_is_opened BEFORE INSERT ON tendering_openedbid
  FOR EACH ROW EXECUTE FUNCTION controls_sealed_bid_is_opened();
