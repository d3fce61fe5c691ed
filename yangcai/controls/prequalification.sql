-- 资格预审: who applied in time, by what was announced, and who is invited from its list (87号令 art. 14, 15, 27).

-- What was announced is not written anew; a correction moves the deadline, later and before it has passed.
CREATE TRIGGER links_frozen BEFORE UPDATE ON tendering_prequalification FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'case_id', 'round');
CREATE TRIGGER announced_frozen BEFORE UPDATE ON tendering_prequalification FOR EACH ROW
  WHEN (OLD.opens_at IS NOT NULL)
  EXECUTE FUNCTION controls_frozen('announced_prequalification_is_never_rewritten', 'title', 'requirement',
    'accepts_consortium', 'standard', 'materials', 'credit_check', 'draws', 'drafted_at', 'confirmed_at', 'opens_at',
    'supply_closes_at', 'place');
CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_prequalification FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'concluded_at');
CREATE FUNCTION controls_applications_close_later() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.closes_at IS NULL OR NEW.closes_at < OLD.closes_at OR yangcai_now() >= OLD.closes_at THEN
    PERFORM controls_refuse('application_deadline_only_moves_later', format('closed at %s', OLD.closes_at));
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER closes_later BEFORE UPDATE ON tendering_prequalification FOR EACH ROW
  WHEN (OLD.closes_at IS DISTINCT FROM NEW.closes_at AND OLD.opens_at IS NOT NULL)
  EXECUTE FUNCTION controls_applications_close_later();
CREATE FUNCTION controls_conditions_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM tendering_prequalification
             WHERE id = NEW.prequalification_id AND opens_at IS NOT NULL) THEN
    PERFORM controls_refuse('announced_conditions_are_never_changed', 'the notice is out');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER conditions_stay BEFORE INSERT ON tendering_prequalificationclause
  FOR EACH ROW EXECUTE FUNCTION controls_conditions_stay();
CREATE TRIGGER conditions_frozen BEFORE UPDATE ON tendering_prequalificationclause FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('announced_conditions_are_never_changed', 'prequalification_id', 'number', 'text',
    'is_statutory');
CREATE TRIGGER correction_frozen BEFORE UPDATE ON tendering_prequalificationcorrection FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('announced_prequalification_is_never_rewritten', 'prequalification_id', 'number',
    'item', 'before', 'after', 'affects_applications', 'old_closes_at', 'new_closes_at', 'at');

-- An application comes in before the deadline, by the clock of the database, and stands from then on.
CREATE FUNCTION controls_applications_are_taken(of_prequalification bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM tendering_prequalification p JOIN cases_case c ON c.id = p.case_id
    WHERE p.id = of_prequalification AND c.ended_at IS NULL
      AND p.opens_at <= yangcai_now() AND yangcai_now() < p.closes_at)
$$;
CREATE FUNCTION controls_application_comes_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.submitted_at := yangcai_now();
  IF NOT controls_applications_are_taken(NEW.prequalification_id) THEN
    PERFORM controls_refuse('late_application_is_refused', 'applications are not open');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER application_comes_in BEFORE INSERT ON tendering_prequalificationapplication
  FOR EACH ROW EXECUTE FUNCTION controls_application_comes_in();
CREATE TRIGGER application_frozen BEFORE UPDATE ON tendering_prequalificationapplication FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('application_is_never_changed', 'prequalification_id', 'supplier_id', 'statement',
    'receipt', 'submitted_by_id', 'submitted_at');
CREATE FUNCTION controls_application_is_taken_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT controls_applications_are_taken(NEW.prequalification_id) THEN
    PERFORM controls_refuse('applications_stand_from_the_deadline', 'applications have closed: it stands');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER application_is_taken_back BEFORE UPDATE ON tendering_prequalificationapplication FOR EACH ROW
  WHEN (OLD.withdrawn_at IS DISTINCT FROM NEW.withdrawn_at)
  EXECUTE FUNCTION controls_application_is_taken_back();
CREATE TRIGGER application_answered_once BEFORE UPDATE ON tendering_prequalificationapplication FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'withdrawn_at', 'is_qualified', 'reason', 'told_at');

-- Nothing is examined before the deadline, against anything but the announced conditions, or after the conclusion.
CREATE FUNCTION controls_applications_lie_open(of_prequalification bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM tendering_prequalification p
    WHERE p.id = of_prequalification AND p.closes_at <= yangcai_now() AND p.concluded_at IS NULL)
$$;
CREATE FUNCTION controls_application_is_examined() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  announced bigint := (SELECT prequalification_id FROM tendering_prequalificationclause WHERE id = NEW.clause_id);
BEGIN
  IF NOT EXISTS (SELECT FROM tendering_prequalificationapplication
                 WHERE id = NEW.application_id AND prequalification_id = announced AND withdrawn_at IS NULL) THEN
    PERFORM controls_refuse('examined_by_the_announced_conditions', 'the condition is of another prequalification');
  END IF;
  IF NOT controls_applications_lie_open(announced) THEN
    PERFORM controls_refuse('no_examination_before_the_deadline', 'applications are open, or were concluded upon');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER application_is_examined BEFORE INSERT OR UPDATE ON tendering_applicationfinding
  FOR EACH ROW EXECUTE FUNCTION controls_application_is_examined();
CREATE FUNCTION controls_application_is_answered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT controls_applications_lie_open(NEW.prequalification_id) THEN
    PERFORM controls_refuse('no_examination_before_the_deadline', 'applications are open, or were concluded upon');
  END IF;
  IF NEW.is_qualified AND EXISTS (
      SELECT FROM tendering_prequalificationclause c
      LEFT JOIN tendering_applicationfinding f ON f.clause_id = c.id AND f.application_id = NEW.id
      WHERE c.prequalification_id = NEW.prequalification_id AND f.passed IS NOT TRUE) THEN
    PERFORM controls_refuse('qualified_by_every_condition', format('application %s', NEW.id));
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER application_is_answered BEFORE UPDATE ON tendering_prequalificationapplication FOR EACH ROW
  WHEN (OLD.told_at IS DISTINCT FROM NEW.told_at OR OLD.is_qualified IS DISTINCT FROM NEW.is_qualified)
  EXECUTE FUNCTION controls_application_is_answered();

-- What a supplier reported of its status, and what was found.
CREATE TRIGGER change_frozen BEFORE UPDATE ON tendering_statuschange FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'application_id', 'content', 'reported_at');
CREATE TRIGGER change_decided_once BEFORE UPDATE ON tendering_statuschange FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'still_qualified', 'opinion', 'decided_at');

-- Where a file invites by prequalification nobody is invited but who was found qualified and still is.
CREATE FUNCTION controls_invitee_is_qualified() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.source <> 'prequalified' AND NOT EXISTS (
      SELECT FROM tendering_solicitation WHERE case_id = NEW.case_id AND invited_by = 'prequalification') THEN
    RETURN NEW;
  END IF;
  IF NEW.source <> 'prequalified' OR NOT EXISTS (
      SELECT FROM tendering_prequalificationapplication a
      JOIN tendering_prequalification p ON p.id = a.prequalification_id
      WHERE p.case_id = NEW.case_id AND a.supplier_id = NEW.supplier_id AND a.is_qualified
        AND NOT EXISTS (SELECT FROM tendering_statuschange s
                        WHERE s.application_id = a.id AND s.still_qualified = false)) THEN
    PERFORM controls_refuse('only_the_qualified_are_invited', format('supplier %s', NEW.supplier_id));
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER invitee_is_qualified BEFORE INSERT OR UPDATE ON tendering_invitee
  FOR EACH ROW WHEN (NEW.is_chosen) EXECUTE FUNCTION controls_invitee_is_qualified();

DO $$
DECLARE
  kept text;
BEGIN
  FOREACH kept IN ARRAY ARRAY['tendering_prequalification', 'tendering_prequalificationclause',
      'tendering_prequalificationcorrection', 'tendering_prequalificationapplication', 'tendering_applicationfinding',
      'tendering_statuschange'] LOOP
    EXECUTE format('CREATE TRIGGER record_is_kept BEFORE DELETE ON %I FOR EACH ROW'
      ' EXECUTE FUNCTION kernel_append_only(''records_are_never_deleted'')', kept);
  END LOOP;
END $$;
