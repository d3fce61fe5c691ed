-- The line of an award notice has a digest of lot, winner and sum: each lot's award was committed to by a
-- blinded line of its own when it was determined, and whoever reads both sees that they are one.
CREATE OR REPLACE FUNCTION portal_notice_body(n portal_notice) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT convert_to(
    '{' || CASE WHEN n.kind = 'award' THEN
      '"award":{"lot":' || to_json(split_part(coalesce(n.facts->>'lot', ''), ' ', 1)) || ',"says":"'
      || encode(sha256(convert_to(split_part(coalesce(n.facts->>'lot', ''), ' ', 1) || E'\n'
        || coalesce(n.facts->>'winner_uscc', '') || E'\n' || coalesce(n.facts->>'amount', ''), 'UTF8')), 'hex') || '"},'
    ELSE '' END
    || '"digest":' || to_json(n.digest) || ',"kind":' || to_json(n.kind) || ',"number":' || to_json(n.number)
    || ',"published_at":"' || to_char(n.published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","root":' || to_json(n.root)
    || ',"supersedes":' || coalesce(to_json((SELECT o.number FROM portal_notice o WHERE o.id = n.supersedes_id))::text,
                                    'null')
    || ',"t":"notice"}', 'UTF8')
$$;
