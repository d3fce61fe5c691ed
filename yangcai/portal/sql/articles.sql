-- What was published of an article stays what it was: a change is a version of its own. `version` counts Actions.
CREATE FUNCTION portal_article_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.published_at IS NULL THEN
      RETURN OLD;
    END IF;
  ELSIF OLD.published_at IS NULL OR (to_jsonb(NEW) - 'version') = (to_jsonb(OLD) - 'version') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a published version is never changed'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'published_articles_are_never_rewritten', TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER article_frozen BEFORE UPDATE OR DELETE ON portal_articleversion
  FOR EACH ROW EXECUTE FUNCTION portal_article_frozen();
CREATE TRIGGER article_no_truncate BEFORE TRUNCATE ON portal_articleversion
  FOR EACH STATEMENT EXECUTE FUNCTION kernel_append_only('published_articles_are_never_rewritten');
