-- A delegated post is its holder's, for another person, within the holder's time and with a last day; it is passed on to
-- nobody. Whose post it is never changes.
CREATE FUNCTION parties_delegation_stays_within_its_post() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  given parties_post;
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.delegated_from_id, NEW.person_id, NEW.organisation_id, NEW.role)
      IS DISTINCT FROM (OLD.delegated_from_id, OLD.person_id, OLD.organisation_id, OLD.role)
      AND (NEW.delegated_from_id IS NOT NULL OR OLD.delegated_from_id IS NOT NULL) THEN
    RAISE EXCEPTION 'a delegation is never repointed'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'delegation_stays_within_its_post', TABLE = TG_TABLE_NAME;
  END IF;
  IF NEW.delegated_from_id IS NULL OR (TG_OP = 'UPDATE' AND NEW.to_on <= OLD.to_on AND NEW.from_on >= OLD.from_on) THEN
    RETURN NEW;
  END IF;
  SELECT * INTO given FROM parties_post WHERE id = NEW.delegated_from_id FOR SHARE;
  IF given.delegated_from_id IS NOT NULL OR given.organisation_id <> NEW.organisation_id OR given.role <> NEW.role
      OR given.person_id = NEW.person_id OR NEW.to_on IS NULL OR NEW.to_on > coalesce(given.to_on, 'infinity')
      OR NEW.from_on < given.from_on OR given.role IN ('expert', 'platform') THEN
    RAISE EXCEPTION 'a delegation stays within its post'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'delegation_stays_within_its_post', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER delegation_stays_within_its_post BEFORE INSERT OR UPDATE ON parties_post
  FOR EACH ROW EXECUTE FUNCTION parties_delegation_stays_within_its_post();

-- A paper of the vault is taken out or replaced, once; what it is never changes.
CREATE FUNCTION parties_credential_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'withdrawn_at' - 'warned_days' = to_jsonb(OLD) - 'withdrawn_at' - 'warned_days'
      AND (OLD.withdrawn_at IS NULL OR NEW.withdrawn_at IS NOT DISTINCT FROM OLD.withdrawn_at) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a paper of the vault is never rewritten'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'credentials_are_never_rewritten', TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER credential_is_kept BEFORE UPDATE OR DELETE ON parties_credential
  FOR EACH ROW EXECUTE FUNCTION parties_credential_is_kept();

-- An invitation is used once.
CREATE FUNCTION parties_invitation_is_used_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.used_at IS NULL AND NEW.digest = OLD.digest AND NEW.person_id = OLD.person_id
      AND NEW.expires_at <= OLD.expires_at THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'an invitation is used once'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'invitation_is_used_once', TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER invitation_is_used_once BEFORE UPDATE ON parties_invitation
  FOR EACH ROW EXECUTE FUNCTION parties_invitation_is_used_once();
