-- The database's clock after every wait, as receive_bid.sql made it; without a query where there is no sandbox.
CREATE OR REPLACE FUNCTION yangcai_clock() RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF coalesce(current_setting('yangcai.sandbox', true), '') <> 'on' THEN
    RETURN clock_timestamp();
  END IF;
  RETURN coalesce((SELECT at FROM kernel_sandboxclock WHERE id = 1), clock_timestamp());
END $$;

-- Until when offers of a stage are taken in a lot that is still open, at this moment; NULL: none are taken.
CREATE FUNCTION tendering_closes_at(in_lot bigint, in_stage text, moment timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT max(p.closes_at) FROM cases_period p JOIN cases_lot l ON l.case_id = p.case_id
    WHERE l.id = in_lot AND l.outcome = '' AND p.stage = in_stage AND coalesce(p.lot_id, l.id) = l.id
      AND p.opens_at <= moment AND moment < p.closes_at);
END $$;

-- Takes the place of the function in receive_cover.sql, whose locks, order and answers it keeps. Whoever has no offer yet
-- in this lot, stage and cover comes in by one statement together with the others: each row is stamped and judged by the
-- trigger bid_comes_in, which leaves out what it stamps too late (`yangcai.late_bids`), so that nobody who was in time is
-- stamped anew because of a neighbour. A replacement is a step of its own: where the new offer is refused, the old stands.
-- Asked is a list of objects with `upload`, `statement`, `receipt`. The plans are kept: to make them anew for each call
-- takes longer than what they do.
DROP FUNCTION tendering_receive_bids(bigint[], text[], text[]);
CREATE FUNCTION tendering_receive_bids(asked json)
RETURNS TABLE (place bigint, fault text, bid_id bigint, received_at timestamptz, closes_at timestamptz,
  revision integer, note text)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  a record;
  now_ timestamptz;
  breach text;
  p_uploads bigint[];
  p_statements text[];
  p_receipts text[];
BEGIN
  SELECT array_agg(x.upload), array_agg(x.statement), array_agg(x.receipt) INTO p_uploads, p_statements, p_receipts
    FROM json_to_recordset(asked) AS x (upload bigint, statement text, receipt text);
  PERFORM set_config('synchronous_commit', 'on', true)
    WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write');
  PERFORM FROM cases_case c WHERE c.id IN (
      SELECT l.case_id FROM tendering_bidupload u JOIN cases_lot l ON l.id = u.lot_id WHERE u.id = ANY (p_uploads))
    ORDER BY c.id FOR SHARE;
  PERFORM pg_advisory_xact_lock(hashtextextended('tendering_bid ' || a.lot_id || ' ' || a.supplier_id, 0)) FROM (
    SELECT u.lot_id, u.supplier_id FROM unnest(p_uploads) WITH ORDINALITY AS x (upload, place)
      JOIN tendering_bidupload u ON u.id = x.upload ORDER BY x.place) AS a;
  now_ := yangcai_clock();
  FOR a IN
    SELECT x.place, x.receipt, u.lot_id, u.supplier_id, u.post_id, u.envelope_id, u.header, p.cover, s.stage, b.revision,
        (u.verified_at IS NOT NULL OR u.promised_at IS NOT NULL) AND u.given_up_at IS NULL AS bound
      FROM unnest(p_uploads, p_receipts) WITH ORDINALITY AS x (upload, receipt, place)
      JOIN tendering_bidupload u ON u.id = x.upload
      JOIN tendering_openingpolicy p ON p.id = u.policy_id
      CROSS JOIN LATERAL (SELECT CASE p.round WHEN 1 THEN 'final_offer' ELSE 'submission' END AS stage) s
      CROSS JOIN LATERAL (SELECT max(revision) AS revision FROM tendering_bid
        WHERE lot_id = u.lot_id AND supplier_id = u.supplier_id AND stage = s.stage AND cover = p.cover) b
      WHERE b.revision IS NOT NULL AND NOT EXISTS (SELECT FROM tendering_sealedbid e WHERE e.upload_id = u.id)
      ORDER BY x.place
  LOOP
    place := a.place; bid_id := NULL; received_at := NULL; revision := NULL; note := NULL;
    closes_at := tendering_closes_at(a.lot_id, a.stage, now_);
    fault := CASE WHEN closes_at IS NULL THEN 'SB001' WHEN NOT a.bound THEN 'SB003' END;
    IF fault IS NULL THEN
      BEGIN
        UPDATE tendering_bid SET replaced_at = now_
          WHERE lot_id = a.lot_id AND supplier_id = a.supplier_id AND stage = a.stage AND cover = a.cover
            AND replaced_at IS NULL AND withdrawn_at IS NULL;
        INSERT INTO tendering_bid AS b (lot_id, supplier_id, stage, cover, revision, envelope_id, sealed_key, seal_scheme,
            receipt, submitted_by_id, received_at, damage)
          VALUES (a.lot_id, a.supplier_id, a.stage, a.cover, a.revision + 1, a.envelope_id, a.header, 'sbp/1',
            a.receipt, a.post_id, now_, '')
          RETURNING b.id, b.received_at, b.revision INTO bid_id, received_at, revision;
      EXCEPTION WHEN check_violation THEN
        GET STACKED DIAGNOSTICS breach = CONSTRAINT_NAME;
        IF breach NOT IN ('late_bid_is_refused', 'bids_stand_from_the_deadline') THEN
          RAISE;
        END IF;
        fault := 'SB001'; closes_at := NULL;
      END;
    END IF;
    RETURN NEXT;
  END LOOP;
  PERFORM set_config('yangcai.late_bids', 'are left out', true);
  RETURN QUERY
    WITH named AS MATERIALIZED (
      SELECT x.place, x.statement, x.receipt, u.id AS upload, u.lot_id, u.supplier_id, u.post_id, u.envelope_id, u.header,
          u.verified_at IS NULL AND u.promised_at IS NULL OR u.given_up_at IS NOT NULL AS is_loose, p.cover,
          CASE p.round WHEN 1 THEN 'final_offer' ELSE 'submission' END AS stage
        FROM unnest(p_uploads, p_statements, p_receipts) WITH ORDINALITY AS x (upload, statement, receipt, place)
        JOIN tendering_bidupload u ON u.id = x.upload JOIN tendering_openingpolicy p ON p.id = u.policy_id
    ), open AS MATERIALIZED (
      SELECT d.lot_id, d.stage, tendering_closes_at(d.lot_id, d.stage, now_) AS closes_at
        FROM (SELECT DISTINCT lot_id, stage FROM named) d
    ), judged AS MATERIALIZED (
      SELECT n.*, o.closes_at, e.bid_id, e.note, e.bid_id IS NOT NULL AS is_known,
          CASE WHEN e.bid_id IS NOT NULL THEN CASE WHEN e.statement <> n.statement THEN 'SB002' END
            WHEN o.closes_at IS NULL THEN 'SB001' WHEN n.is_loose THEN 'SB003' END AS fault
        FROM named n JOIN open o ON o.lot_id = n.lot_id AND o.stage = n.stage
        LEFT JOIN tendering_sealedbid e ON e.upload_id = n.upload
        WHERE e.bid_id IS NOT NULL OR NOT EXISTS (SELECT FROM tendering_bid b
          WHERE b.lot_id = n.lot_id AND b.supplier_id = n.supplier_id AND b.stage = n.stage AND b.cover = n.cover)
    ), came AS (
      INSERT INTO tendering_bid AS b (lot_id, supplier_id, stage, cover, revision, envelope_id, sealed_key, seal_scheme,
          receipt, submitted_by_id, received_at, damage)
        SELECT lot_id, supplier_id, stage, cover, 1, envelope_id, header, 'sbp/1', receipt, post_id, now_, ''
          FROM judged WHERE NOT is_known AND fault IS NULL ORDER BY place
        RETURNING b.id, b.receipt, b.received_at
    )
    SELECT q.place, CASE WHEN q.is_known OR q.fault IS NOT NULL OR c.id IS NOT NULL THEN q.fault ELSE 'SB001' END,
        CASE WHEN q.fault IS NULL THEN coalesce(q.bid_id, c.id) END,
        CASE WHEN q.fault IS NULL THEN coalesce(b.received_at, c.received_at) END,
        CASE WHEN c.id IS NOT NULL THEN q.closes_at END,
        CASE WHEN q.fault IS NULL THEN coalesce(b.revision, CASE WHEN c.id IS NOT NULL THEN 1 END)::integer END,
        CASE WHEN q.fault IS NULL THEN q.note END
      FROM judged q LEFT JOIN came c ON c.receipt = q.receipt LEFT JOIN tendering_bid b ON b.id = q.bid_id;
  PERFORM set_config('yangcai.late_bids', '', true);
END $$;

-- What belongs to each of them, in the same transaction: a list of objects by the columns of the table.
CREATE FUNCTION tendering_keep_bids(kept json) RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  INSERT INTO tendering_sealedbid (bid_id, upload_id, tender, idem, statement, signature, signing_key_id, header_digest,
      recovery, leaf_id, note, is_noted, price_salt, price)
    SELECT x.*, false, '', '' FROM json_to_recordset(kept) AS x (bid_id bigint, upload_id bigint, tender uuid, idem text,
      statement text, signature text, signing_key_id bigint, header_digest text, recovery text, leaf_id bigint, note text);
END $$;
