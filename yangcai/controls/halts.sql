-- Time in which bidders could not release their keys, or hand in what they owe, is not taken from them: neither what a
-- suspension took, nor an outage of the platform.

-- What the journal knows until a moment: the barrier falls by the clock only when that is settled. Where no journal was
-- begun before there is nothing to wait for.
CREATE FUNCTION controls_journal_has_spoken(until_then timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT NOT EXISTS (SELECT FROM kernel_healthline WHERE at <= until_then)
    OR EXISTS (SELECT FROM kernel_healthline WHERE is_good AND at >= until_then)
$$;
CREATE OR REPLACE FUNCTION controls_health_is_known(closes_at timestamptz, lasted interval) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT controls_journal_has_spoken(closes_at)
    AND NOT EXISTS (SELECT FROM kernel_outage o
      WHERE o.begins_at < closes_at AND o.ends_at > closes_at - least(o.protected, coalesce(lasted, o.protected)))
$$;

-- Everything that made time stand still for a case from one moment to another, in order; what lasts ends now. The one
-- place that knows it (tendering/standstill.py gathers the same). The outage that lasts has no row yet: it is one as
-- soon as the last good line is as old as the terms in the log say.
CREATE FUNCTION controls_halts(in_case bigint, since timestamptz, upto timestamptz)
RETURNS TABLE (begins timestamptz, ends timestamptz) LANGUAGE sql STABLE AS $$
  SELECT greatest(h.begins, since), least(coalesce(h.ends, upto), upto) FROM (
    SELECT s.suspended_at AS begins, s.resumed_at AS ends FROM cases_suspension s WHERE s.case_id = in_case
    UNION ALL
    SELECT s.suspended_at, s.resumed_at FROM tendering_openingsuspension s
      JOIN tendering_opening o ON o.id = s.opening_id WHERE o.case_id = in_case
    UNION ALL
    SELECT o.begins_at, o.ends_at FROM kernel_outage o WHERE o.ends_at > since
    UNION ALL
    SELECT good.at, NULL
      FROM (SELECT at FROM kernel_healthline WHERE is_good AND at <= upto ORDER BY number DESC LIMIT 1) good,
        (SELECT (convert_from(substring(line FROM 7), 'UTF8')::jsonb ->> 'shortest_s')::integer AS seconds
           FROM kernel_leaf WHERE root = 'health_terms' ORDER BY id DESC LIMIT 1) shortest
      WHERE upto - good.at >= make_interval(secs => shortest.seconds)) h
  WHERE greatest(h.begins, since) < least(coalesce(h.ends, upto), upto)
  ORDER BY 1, 2
$$;

-- Until when bidders may release their keys. Halts that overlap count once; one that lasts moves the end along.
CREATE OR REPLACE FUNCTION controls_window_ends_at(closing bigint) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
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
    SELECT h.* FROM cases_lot l, controls_halts(l.case_id, c.closed_at, yangcai_clock()) h WHERE l.id = c.lot_id
    ORDER BY h.begins, h.ends
  LOOP
    -- What began before the end but is counted already up to its own end adds nothing.
    IF halt.begins < ends AND halt.ends > counted THEN
      ends := ends + (halt.ends - greatest(halt.begins, counted));
      counted := halt.ends;
    END IF;
  END LOOP;
  RETURN ends;
END $$;

-- Whether that end has passed for good.
CREATE FUNCTION controls_window_is_over(closing bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT yangcai_clock() >= w.ends AND controls_journal_has_spoken(w.ends) FROM controls_window_ends_at(closing) AS w(ends)
$$;

-- The barrier: every bidder has released its key and every envelope is here, or the time for it is over.
CREATE OR REPLACE FUNCTION controls_keys_are_in(closing bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT controls_window_is_over(c.id) OR NOT EXISTS (
    SELECT FROM controls_close_set(c.lot_id, c.cover, c.round) AS b(id)
    WHERE NOT EXISTS (SELECT FROM tendering_sharerelease r WHERE r.bid_id = b.id)
      OR EXISTS (SELECT FROM tendering_sealedbid s JOIN tendering_bidupload u ON u.id = s.upload_id
                 WHERE s.bid_id = b.id AND u.verified_at IS NULL))
  FROM tendering_bidclosing c WHERE c.id = closing
$$;
