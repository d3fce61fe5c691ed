-- Take in envelopes of any cover and round: takes the place of the function in receive_bids.sql, whose locks and order it
-- keeps. What was verified comes in, or what was promised while the file store was down. The key is that of the upload:
-- of one supplier in one lot (one_upload_per_key), so that no supplier's key stands in the way of another's.
CREATE OR REPLACE FUNCTION tendering_receive_bids(p_uploads bigint[], p_statements text[], p_receipts text[])
RETURNS TABLE (place bigint, fault text, bid_id bigint, received_at timestamptz, closes_at timestamptz,
  revision integer, note text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  a record;
  now_ timestamptz;
  lot_ bigint;
  stage_ text;
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
        u.verified_at IS NOT NULL OR u.promised_at IS NOT NULL AS bound, u.given_up_at, p.cover,
        CASE p.round WHEN 1 THEN 'final_offer' ELSE 'submission' END AS stage, e.upload_id AS earlier, e.statement AS said, e.bid_id, e.note, b.received_at, b.revision
      FROM unnest(p_uploads, p_statements, p_receipts) WITH ORDINALITY AS x (upload, statement, receipt, place)
      JOIN tendering_bidupload u ON u.id = x.upload
      LEFT JOIN tendering_openingpolicy p ON p.id = u.policy_id
      LEFT JOIN tendering_sealedbid e ON e.upload_id = u.id
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
    IF (lot_, stage_) IS DISTINCT FROM (a.lot_id, a.stage) THEN
      lot_ := a.lot_id; stage_ := a.stage;
      SELECT max(p.closes_at) INTO closes_ FROM cases_period p JOIN cases_lot l ON l.case_id = p.case_id
        WHERE l.id = lot_ AND l.outcome = '' AND p.stage = stage_ AND coalesce(p.lot_id, l.id) = l.id
          AND p.opens_at <= now_ AND now_ < p.closes_at;
    END IF;
    fault := CASE WHEN closes_ IS NULL THEN 'SB001' WHEN NOT a.bound OR a.given_up_at IS NOT NULL THEN 'SB003' END;
    IF fault IS NOT NULL THEN
      RETURN NEXT;
      CONTINUE;
    END IF;
    closes_at := closes_;
    BEGIN
      SELECT max(b.revision) INTO before_ FROM tendering_bid b
        WHERE b.lot_id = a.lot_id AND b.supplier_id = a.supplier_id AND b.stage = a.stage AND b.cover = a.cover;
      IF before_ IS NOT NULL THEN
        UPDATE tendering_bid SET replaced_at = now_
          WHERE lot_id = a.lot_id AND supplier_id = a.supplier_id AND stage = a.stage AND cover = a.cover
            AND replaced_at IS NULL AND withdrawn_at IS NULL;
      END IF;
      -- The trigger bid_comes_in stamps received_at, and refuses what it stamps too late.
      INSERT INTO tendering_bid AS b (lot_id, supplier_id, stage, cover, revision, envelope_id, sealed_key, seal_scheme,
          receipt, submitted_by_id, received_at, damage)
        VALUES (a.lot_id, a.supplier_id, a.stage, a.cover, coalesce(before_, 0) + 1, a.envelope_id, a.header, 'sbp/1',
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
