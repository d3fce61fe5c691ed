-- Several blinded lines of one root, in their order and by one statement: what kernel_append_leaf does for each of them.
-- Bodies is a list of texts.
CREATE FUNCTION kernel_append_leaves(of_root text, bodies json)
RETURNS TABLE (leaf bigint, line bytea, nonce bytea) LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    WITH salted AS MATERIALIZED (
      SELECT b.place, convert_to(b.body, 'UTF8') AS body, sha256(
          uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) AS nonce
        FROM json_array_elements_text(bodies) WITH ORDINALITY AS b (body, place)
    ), blinded AS MATERIALIZED (
      SELECT s.*, convert_to('sbp1 ' || encode(sha256(
          convert_to('sbp/1 leaf', 'UTF8') || '\x00'::bytea
          || int4send(length(s.nonce)) || s.nonce || int4send(length(s.body)) || s.body), 'base64') || E'\n', 'UTF8') AS line
        FROM salted s
    ), grown AS (
      INSERT INTO kernel_leaf AS l (line, root) SELECT line, of_root FROM blinded ORDER BY place RETURNING l.id, l.line
    ), kept AS (
      INSERT INTO kernel_leafsecret (leaf_id, nonce, body)
        SELECT g.id, b.nonce, b.body FROM blinded b JOIN grown g ON g.line = b.line
    )
    SELECT g.id, b.line, b.nonce FROM blinded b JOIN grown g ON g.line = b.line ORDER BY b.place;
END $$;
