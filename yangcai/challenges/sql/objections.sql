-- What an objection says is what came in, what was answered stands, and while one may affect the result no contract is
-- signed (条例 art. 54; 财政部令第94号 art. 13, 16).

CREATE TRIGGER objection_frozen BEFORE UPDATE ON challenges_objection FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('objection_is_never_rewritten', 'case_id', 'number', 'supplier_id', 'target', 'lot_id',
    'stage', 'known_on', 'requests', 'address', 'postcode', 'contact', 'phone', 'signed_as', 'received_at');
CREATE TRIGGER steps_once BEFORE UPDATE ON challenges_objection FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'completion_asked', 'completion_asked_at', 'completion',
    'completed_at', 'harmless_reason', 'harmless_at', 'withdrawal_reason', 'withdrawn_at');
CREATE TRIGGER answer_stands BEFORE UPDATE ON challenges_objection FOR EACH ROW WHEN (OLD.answered_at IS NOT NULL)
  EXECUTE FUNCTION controls_frozen('objection_answer_stands', 'consequence', 'explanation', 'answered_by_id',
    'answered_at', 'complaint_until', 'withdrawn_at', 'harmless_at', 'completed_at', 'completion_asked_at');
CREATE TRIGGER record_is_kept BEFORE DELETE ON challenges_objection
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');

CREATE TRIGGER matter_frozen BEFORE UPDATE ON challenges_objectionmatter FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('objection_is_never_rewritten', 'objection_id', 'number', 'matter', 'facts',
    'legal_basis');
CREATE TRIGGER record_is_kept BEFORE DELETE ON challenges_objectionmatter
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
-- An answer is written under its matters before it is given, and never after.
CREATE FUNCTION controls_matter_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM challenges_objection WHERE id = NEW.objection_id AND answered_at IS NOT NULL) THEN
    PERFORM controls_refuse('objection_answer_stands', 'the objection was answered');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER matter_is_open BEFORE INSERT OR UPDATE ON challenges_objectionmatter
  FOR EACH ROW EXECUTE FUNCTION controls_matter_is_open();
-- And it is given for all of them (94号令 art. 15).
CREATE FUNCTION controls_every_matter_is_answered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM challenges_objectionmatter WHERE objection_id = NEW.id)
     OR EXISTS (SELECT FROM challenges_objectionmatter
                WHERE objection_id = NEW.id AND (is_founded IS NULL OR answer = '')) THEN
    PERFORM controls_refuse('every_matter_is_answered', 'a matter without an answer');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER every_matter_is_answered BEFORE INSERT OR UPDATE OF answered_at ON challenges_objection FOR EACH ROW
  WHEN (NEW.answered_at IS NOT NULL) EXECUTE FUNCTION controls_every_matter_is_answered();

-- Who raises one locks the case, as whoever signs does: neither overlooks the other.
CREATE FUNCTION controls_contract_meets_objections() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  a record;
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.signed_at IS NOT NULL THEN
    RETURN NEW;
  END IF;
  SELECT w.announced_at, w.lot_id, l.case_id INTO a
    FROM cases_award w JOIN cases_lot l ON l.id = w.lot_id WHERE w.id = NEW.award_id;
  PERFORM FROM cases_case WHERE id = a.case_id FOR NO KEY UPDATE;
  IF EXISTS (SELECT FROM challenges_objection o
             WHERE o.case_id = a.case_id AND (o.lot_id IS NULL OR o.lot_id = a.lot_id) AND o.withdrawn_at IS NULL
               AND (o.answered_at IS NULL AND o.harmless_at IS NULL
                    OR o.consequence IN ('amend', 'next', 'restart')
                       AND (a.announced_at IS NULL OR a.announced_at < o.answered_at))) THEN
    PERFORM controls_refuse('no_contract_while_an_objection_waits', 'an objection may affect the result');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER contract_meets_objections BEFORE INSERT OR UPDATE OF signed_at ON contracts_contract FOR EACH ROW
  WHEN (NEW.signed_at IS NOT NULL) EXECUTE FUNCTION controls_contract_meets_objections();
