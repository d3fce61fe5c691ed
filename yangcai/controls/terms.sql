-- The terms of a framework agreement are kept from its call on; until then they may be taken back with their lot.
DROP TRIGGER record_is_kept ON frameworks_framework;
CREATE FUNCTION controls_called_terms_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM cases_lot l JOIN cases_case c ON c.id = l.case_id
             WHERE l.id = OLD.lot_id AND c.published_at IS NOT NULL) THEN
    PERFORM controls_refuse('records_are_never_deleted', format('framework %s was called for', OLD.id));
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER record_is_kept BEFORE DELETE ON frameworks_framework
  FOR EACH ROW EXECUTE FUNCTION controls_called_terms_are_kept();
