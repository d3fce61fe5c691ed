-- The line of an award notice says whom it awards, which lot and at what sum: each lot's award was committed to by a
-- blinded line of its own when it was determined, and whoever reads both sees that they are one.
CREATE OR REPLACE FUNCTION portal_notice_body(n portal_notice) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT convert_to(
    '{' || CASE WHEN n.kind = 'award' THEN
      '"award":{"amount":' || to_json(coalesce(n.facts->>'amount', '')) || ',"lot":'
      || to_json(split_part(coalesce(n.facts->>'lot', ''), ' ', 1)) || ',"winner":'
      || to_json(coalesce(n.facts->>'winner_uscc', '')) || '},'
    ELSE '' END
    || '"digest":' || to_json(n.digest) || ',"kind":' || to_json(n.kind) || ',"number":' || to_json(n.number)
    || ',"published_at":"' || to_char(n.published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","root":' || to_json(n.root)
    || ',"supersedes":' || coalesce(to_json((SELECT o.number FROM portal_notice o WHERE o.id = n.supersedes_id))::text,
                                    'null')
    || ',"t":"notice"}', 'UTF8')
$$;
