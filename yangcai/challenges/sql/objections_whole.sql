-- A letter comes in whole, and about its own case: its matters are written with it, in one statement, and none later
-- (财政部令第94号 art. 12, 13); the lot that it names is one of the case.
CREATE FUNCTION controls_matters_come_at_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM (SELECT objection_id, count(*) AS many FROM written GROUP BY objection_id) n
             WHERE n.many < (SELECT count(*) FROM challenges_objectionmatter m
                             WHERE m.objection_id = n.objection_id)) THEN
    PERFORM controls_refuse('objection_is_never_rewritten', 'the letter had its matters already');
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER matters_come_at_once AFTER INSERT ON challenges_objectionmatter REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION controls_matters_come_at_once();

-- With the end of the transaction, so that an empty letter cannot be filled in later either.
CREATE FUNCTION controls_objection_has_its_matters() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM challenges_objectionmatter WHERE objection_id = NEW.id) THEN
    PERFORM controls_refuse('objection_has_its_matters', 'a letter without a matter');
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER objection_has_its_matters AFTER INSERT ON challenges_objection
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION controls_objection_has_its_matters();

-- Neither is ever repointed (objections.sql).
CREATE FUNCTION controls_objection_is_of_its_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM cases_lot WHERE id = NEW.lot_id AND case_id = NEW.case_id) THEN
    PERFORM controls_refuse('objection_is_of_its_case', 'a lot of another case');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER objection_is_of_its_case BEFORE INSERT ON challenges_objection FOR EACH ROW
  WHEN (NEW.lot_id IS NOT NULL) EXECUTE FUNCTION controls_objection_is_of_its_case();
