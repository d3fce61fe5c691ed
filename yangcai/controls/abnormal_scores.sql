-- A score is abnormally high or low because the committee finds so (财政部令第87号 art. 64; 财库〔2014〕214号 art. 32: all
-- of it), never because its own member says so: proposed with its reason, its member heard, voted on by those who sit.

CREATE FUNCTION controls_abnormal_is_proposed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
      SELECT FROM tendering_score s
        JOIN tendering_openedbid o ON o.id = s.opened_bid_id
        JOIN tendering_criterion k ON k.id = s.criterion_id
        JOIN tendering_committeemember m ON m.id = s.member_id
        JOIN tendering_committeemember p ON p.id = NEW.proposed_by_id AND p.committee_id = m.committee_id
        JOIN tendering_committee c ON c.id = m.committee_id
        JOIN cases_case a ON a.id = c.case_id
        WHERE s.id = NEW.score_id AND s.value = NEW.value AND o.lot_id = NEW.lot_id AND NOT k.is_objective
          AND m.replaced_at IS NULL AND p.replaced_at IS NULL
          AND NEW.is_unanimous = (a.procedure = 'consultation')
          AND (NEW.stated_at IS NULL OR NEW.proposed_by_id = s.member_id)
          AND EXISTS (SELECT FROM tendering_evaluationreport r WHERE r.lot_id = o.lot_id)) THEN
    PERFORM controls_refuse('abnormal_score_is_found_by_the_committee', format('proposal on score %s', NEW.score_id));
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER abnormal_is_proposed BEFORE INSERT ON tendering_abnormalscore FOR EACH ROW
  EXECUTE FUNCTION controls_abnormal_is_proposed();
CREATE TRIGGER links_frozen BEFORE UPDATE ON tendering_abnormalscore FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'lot_id', 'score_id', 'value', 'side', 'reason',
    'proposed_by_id', 'is_unanimous', 'proposed_at', 'hear_until_at');
CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_abnormalscore FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'statement', 'stated_at');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_abnormalscore FOR EACH ROW
  EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');

-- Who votes sits on the committee, and does so after its member has spoken or let the time pass.
CREATE FUNCTION controls_abnormal_is_voted_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
      SELECT FROM tendering_abnormalscore f
        JOIN tendering_score s ON s.id = f.score_id
        JOIN tendering_committeemember m ON m.id = s.member_id
        JOIN tendering_committeemember v ON v.id = NEW.member_id AND v.committee_id = m.committee_id
        WHERE f.id = NEW.finding_id AND v.replaced_at IS NULL) THEN
    PERFORM controls_refuse('abnormal_score_is_found_by_the_committee', format('vote of member %s', NEW.member_id));
  END IF;
  IF NOT EXISTS (SELECT FROM tendering_abnormalscore f WHERE f.id = NEW.finding_id
                 AND (f.stated_at <= NEW.voted_at OR f.hear_until_at <= NEW.voted_at)) THEN
    PERFORM controls_refuse('member_is_heard_before_the_vote', format('proposal %s', NEW.finding_id));
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER abnormal_is_voted_on BEFORE INSERT ON tendering_abnormalscorevote FOR EACH ROW
  EXECUTE FUNCTION controls_abnormal_is_voted_on();
CREATE TRIGGER links_frozen BEFORE UPDATE ON tendering_abnormalscorevote FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'finding_id', 'member_id', 'agrees', 'reason',
    'voted_at');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_abnormalscorevote FOR EACH ROW
  EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');

-- Whether this score, as it stood, was found abnormal by those who sit, and goes the other way now.
CREATE FUNCTION controls_is_found_abnormal(score_ bigint, before numeric, after numeric) RETURNS boolean
  LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT FROM tendering_abnormalscore f
      JOIN tendering_score s ON s.id = f.score_id
      JOIN tendering_committeemember m ON m.id = s.member_id
      CROSS JOIN LATERAL (
        SELECT count(*) AS sitting, count(*) FILTER (WHERE v.agrees) AS agreed
          FROM tendering_committeemember k
          LEFT JOIN tendering_abnormalscorevote v ON v.member_id = k.id AND v.finding_id = f.id
          WHERE k.committee_id = m.committee_id AND k.replaced_at IS NULL) told
      WHERE f.score_id = score_ AND f.value = before
        AND CASE f.side WHEN 'high' THEN after < before ELSE after > before END
        AND CASE WHEN f.is_unanimous THEN told.agreed = told.sitting ELSE told.agreed * 2 > told.sitting END)
$$;

-- A score within its range, by a criterion that leaves something to judge, changes on no other ground than this one.
CREATE FUNCTION controls_score_is_corrected_as_found() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  ground text;
  standard record;
BEGIN
  SELECT coalesce(nullif(r.overtaken_ground, ''), r.correction_ground) INTO ground
    FROM tendering_evaluationreport r JOIN tendering_openedbid o ON o.lot_id = r.lot_id
    WHERE o.id = NEW.opened_bid_id ORDER BY r.revision DESC LIMIT 1;
  SELECT k.is_objective, k.weight INTO standard FROM tendering_criterion k WHERE k.id = NEW.criterion_id;
  IF (ground = 'abnormal' OR NOT (standard.is_objective OR OLD.value > standard.weight))
     AND NOT controls_is_found_abnormal(NEW.id, OLD.value, NEW.value) THEN
    PERFORM controls_refuse('abnormal_score_is_found_by_the_committee', format('score %s', NEW.id));
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER score_is_corrected_as_found AFTER UPDATE ON tendering_score
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.value IS DISTINCT FROM NEW.value) EXECUTE FUNCTION controls_score_is_corrected_as_found();
