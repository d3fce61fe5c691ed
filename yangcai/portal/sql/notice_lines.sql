-- Every notice stands in the public log, in clear, from the moment it is issued: whoever has one can prove that it was
-- published as it is. The keys stand in order, and to_json writes text as RFC 8785 does.
CREATE FUNCTION portal_notice_body(n portal_notice) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT convert_to(
    '{"digest":' || to_json(n.digest) || ',"kind":' || to_json(n.kind) || ',"number":' || to_json(n.number)
    || ',"published_at":"' || to_char(n.published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","root":' || to_json(n.root)
    || ',"supersedes":' || coalesce(to_json((SELECT o.number FROM portal_notice o WHERE o.id = n.supersedes_id))::text,
                                    'null')
    || ',"t":"notice"}', 'UTF8')
$$;

CREATE FUNCTION portal_notice_leaf() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM kernel_append_leaf(NEW.root, portal_notice_body(NEW), true);
  RETURN NULL;
END $$;
CREATE TRIGGER notice_leaf AFTER INSERT ON portal_notice FOR EACH ROW EXECUTE FUNCTION portal_notice_leaf();

-- The notices that were there before the public log.
SELECT kernel_append_leaf(n.root, portal_notice_body(n), true) FROM portal_notice n ORDER BY n.id;
