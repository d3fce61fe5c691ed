-- The database's clock after every wait: yangcai_now() is the beginning of the transaction, which may lie before a lock.
CREATE FUNCTION yangcai_clock() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
  SELECT coalesce((SELECT at FROM kernel_sandboxclock WHERE id = 1 AND kernel_in_sandbox()), clock_timestamp())
$$;

-- Take in a verified envelope (SBP/1 appendix A). The locks, in this order: the case FOR SHARE (whatever is done on a
-- case takes it FOR UPDATE: closing, a moved deadline, a suspension come wholly before or wholly after), then the
-- supplier's own in this lot. Only then is the clock read. A second call with the same key and statement answers with
-- the first receipt, also after the deadline: its lock of the case writes to the WAL, so that it too waits for the standby.
CREATE FUNCTION tendering_receive_bid(p_upload bigint, p_statement text, p_receipt text)
RETURNS TABLE (bid_id bigint, received_at timestamptz, closes_at timestamptz, revision integer, note text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  u tendering_bidupload;
  earlier tendering_sealedbid;
  tender_ uuid;
  case_ bigint;
  now_ timestamptz;
  closes_ timestamptz;
  id_ bigint;
  received_ timestamptz;
  revision_ integer;
BEGIN
  PERFORM set_config('synchronous_commit', 'on', true)
    WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write');
  SELECT * INTO STRICT u FROM tendering_bidupload WHERE id = p_upload;
  SELECT p.tender, l.case_id INTO STRICT tender_, case_
    FROM tendering_openingpolicy p JOIN cases_lot l ON l.id = p.lot_id WHERE p.id = u.policy_id;
  PERFORM FROM cases_case WHERE id = case_ FOR SHARE;
  SELECT * INTO earlier FROM tendering_sealedbid WHERE tender = tender_ AND idem = u.idem;
  IF NOT FOUND THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('tendering_bid ' || u.lot_id || ' ' || u.supplier_id, 0));
    -- Whoever held it may have been the same request.
    SELECT * INTO earlier FROM tendering_sealedbid WHERE tender = tender_ AND idem = u.idem;
  END IF;
  IF FOUND THEN
    IF earlier.upload_id <> p_upload OR earlier.statement <> p_statement THEN
      RAISE EXCEPTION 'this key stands for another statement' USING ERRCODE = 'SB002';
    END IF;
    RETURN QUERY SELECT b.id, b.received_at, NULL::timestamptz, b.revision::integer, earlier.note
      FROM tendering_bid b WHERE b.id = earlier.bid_id;
    RETURN;
  END IF;
  now_ := yangcai_clock();
  SELECT max(p.closes_at) INTO closes_ FROM cases_period p JOIN cases_lot l ON l.case_id = p.case_id
    WHERE l.id = u.lot_id AND l.outcome = '' AND p.stage = 'submission' AND coalesce(p.lot_id, l.id) = l.id
      AND p.opens_at <= now_ AND now_ < p.closes_at;
  IF closes_ IS NULL THEN
    RAISE EXCEPTION 'no bid is taken at %', now_ USING ERRCODE = 'SB001';
  END IF;
  IF u.verified_at IS NULL THEN
    RAISE EXCEPTION 'the envelope was not verified' USING ERRCODE = 'SB003';
  END IF;
  UPDATE tendering_bid SET replaced_at = now_
    WHERE lot_id = u.lot_id AND supplier_id = u.supplier_id AND stage = 'submission'
      AND replaced_at IS NULL AND withdrawn_at IS NULL;
  SELECT coalesce(max(b.revision), 0) + 1 INTO revision_ FROM tendering_bid b
    WHERE b.lot_id = u.lot_id AND b.supplier_id = u.supplier_id AND b.stage = 'submission';
  -- The trigger bid_comes_in stamps received_at, and refuses what it stamps too late.
  INSERT INTO tendering_bid (lot_id, supplier_id, stage, revision, envelope_id, sealed_key, seal_scheme, receipt,
      submitted_by_id, received_at, damage)
    VALUES (u.lot_id, u.supplier_id, 'submission', revision_, u.envelope_id, u.header, 'sbp/1', p_receipt,
      u.post_id, now_, '')
    RETURNING id, received_at INTO id_, received_;
  RETURN QUERY SELECT id_, received_, closes_, revision_, NULL::text;
END $$;
