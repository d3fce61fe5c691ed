-- Take in verified envelopes, all in one transaction (SBP/1 appendix A). The locks, in this order: the cases FOR SHARE
-- (whatever is done on a case takes it FOR UPDATE: closing, a moved deadline, a suspension come wholly before or wholly
-- after), then each supplier's own in its lot, in the order in which they are given: whoever calls keeps one order, and
-- names a supplier of a lot once. Only then is the clock read. A second call with the same key and statement answers
-- with the first receipt, also after the deadline: its lock of the case writes to the WAL, so that it too waits for the
-- standby. What is refused is told as a fault (SB001, SB002, SB003) and leaves the others of the call as they are: a
-- bid that was in time is not rolled back, to be stamped anew, because its neighbour came too late.
DROP FUNCTION tendering_receive_bid(bigint, text, text);
CREATE FUNCTION tendering_receive_bids(p_uploads bigint[], p_statements text[], p_receipts text[])
RETURNS TABLE (place bigint, fault text, bid_id bigint, received_at timestamptz, closes_at timestamptz,
  revision integer, note text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  a record;
  now_ timestamptz;
  lot_ bigint;
  closes_ timestamptz;
  before_ integer;
  breach text;
BEGIN
  PERFORM set_config('synchronous_commit', 'on', true)
    WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write');
  PERFORM FROM cases_case c WHERE c.id IN (
      SELECT l.case_id FROM tendering_bidupload u JOIN cases_lot l ON l.id = u.lot_id WHERE u.id = ANY (p_uploads))
    ORDER BY c.id FOR SHARE;
  FOR a IN
    SELECT u.lot_id, u.supplier_id FROM unnest(p_uploads) WITH ORDINALITY AS x (upload, place)
      JOIN tendering_bidupload u ON u.id = x.upload ORDER BY x.place
  LOOP
    PERFORM pg_advisory_xact_lock(hashtextextended('tendering_bid ' || a.lot_id || ' ' || a.supplier_id, 0));
  END LOOP;
  now_ := yangcai_clock();
  FOR a IN
    SELECT x.place, x.upload, x.statement, x.receipt, u.lot_id, u.supplier_id, u.post_id, u.envelope_id, u.header,
        u.verified_at, u.given_up_at, e.upload_id AS earlier, e.statement AS said, e.bid_id, e.note, b.received_at, b.revision
      FROM unnest(p_uploads, p_statements, p_receipts) WITH ORDINALITY AS x (upload, statement, receipt, place)
      JOIN tendering_bidupload u ON u.id = x.upload
      LEFT JOIN tendering_openingpolicy p ON p.id = u.policy_id
      LEFT JOIN tendering_sealedbid e ON e.tender = p.tender AND e.idem = u.idem
      LEFT JOIN tendering_bid b ON b.id = e.bid_id
      ORDER BY x.place
  LOOP
    place := a.place; fault := NULL; bid_id := a.bid_id; received_at := a.received_at; closes_at := NULL;
    revision := a.revision; note := a.note;
    IF a.earlier IS NOT NULL THEN
      IF a.earlier <> a.upload OR a.said <> a.statement THEN
        fault := 'SB002'; bid_id := NULL; received_at := NULL; revision := NULL; note := NULL;
      END IF;
      RETURN NEXT;
      CONTINUE;
    END IF;
    IF lot_ IS DISTINCT FROM a.lot_id THEN
      lot_ := a.lot_id;
      SELECT max(p.closes_at) INTO closes_ FROM cases_period p JOIN cases_lot l ON l.case_id = p.case_id
        WHERE l.id = lot_ AND l.outcome = '' AND p.stage = 'submission' AND coalesce(p.lot_id, l.id) = l.id
          AND p.opens_at <= now_ AND now_ < p.closes_at;
    END IF;
    fault := CASE WHEN closes_ IS NULL THEN 'SB001' WHEN a.verified_at IS NULL OR a.given_up_at IS NOT NULL THEN 'SB003' END;
    IF fault IS NOT NULL THEN
      RETURN NEXT;
      CONTINUE;
    END IF;
    closes_at := closes_;
    BEGIN
      SELECT max(b.revision) INTO before_ FROM tendering_bid b
        WHERE b.lot_id = a.lot_id AND b.supplier_id = a.supplier_id AND b.stage = 'submission';
      IF before_ IS NOT NULL THEN
        UPDATE tendering_bid SET replaced_at = now_
          WHERE lot_id = a.lot_id AND supplier_id = a.supplier_id AND stage = 'submission'
            AND replaced_at IS NULL AND withdrawn_at IS NULL;
      END IF;
      -- The trigger bid_comes_in stamps received_at, and refuses what it stamps too late.
      INSERT INTO tendering_bid AS b (lot_id, supplier_id, stage, revision, envelope_id, sealed_key, seal_scheme,
          receipt, submitted_by_id, received_at, damage)
        VALUES (a.lot_id, a.supplier_id, 'submission', coalesce(before_, 0) + 1, a.envelope_id, a.header, 'sbp/1',
          a.receipt, a.post_id, now_, '')
        RETURNING b.id, b.received_at, b.revision INTO bid_id, received_at, revision;
    EXCEPTION WHEN check_violation THEN
      GET STACKED DIAGNOSTICS breach = CONSTRAINT_NAME;
      IF breach NOT IN ('late_bid_is_refused', 'bids_stand_from_the_deadline') THEN
        RAISE;
      END IF;
      fault := 'SB001'; closes_at := NULL;
    END;
    RETURN NEXT;
  END LOOP;
END $$;
