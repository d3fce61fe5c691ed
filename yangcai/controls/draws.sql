-- Who judges is drawn: committed first, drawn then, called in order, and nothing of it written anew (VRD/1).

CREATE TRIGGER draw_frozen BEFORE UPDATE ON tendering_expertdraw FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('draw_is_never_rewritten', 'case_id', 'round', 'places', 'size', 'specialities',
    'evaluates_at', 'is_complex', 'opened_at');
CREATE TRIGGER draw_steps_once BEFORE UPDATE ON tendering_expertdraw FOR EACH ROW
  EXECUTE FUNCTION controls_once('draw_is_never_rewritten', 'commit', 'leaf', 'committed_at', 'head', 'seed',
    'drawn_at', 'abandoned_at', 'abandoned_reason');
CREATE TRIGGER promise_frozen BEFORE UPDATE ON tendering_drawparty FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('draw_is_never_rewritten', 'draw_id', 'party', 'digest', 'promised_at');
CREATE TRIGGER number_once BEFORE UPDATE ON tendering_drawparty FOR EACH ROW
  EXECUTE FUNCTION controls_once('draw_is_never_rewritten', 'number', 'revealed_at');
CREATE TRIGGER line_frozen BEFORE UPDATE ON tendering_drawline FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('draw_is_never_rewritten', 'draw_id', 'expert_id', 'facts', 'salt', 'digest');
CREATE TRIGGER place_once BEFORE UPDATE ON tendering_drawline FOR EACH ROW
  EXECUTE FUNCTION controls_once('draw_is_never_rewritten', 'position', 'called_at');
CREATE TRIGGER record_frozen BEFORE UPDATE ON tendering_supplierdraw FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('draw_is_never_rewritten', 'record', 'watched_by', 'drawn_at');

-- From the commit on nobody comes to the list, and no party to the numbers.
CREATE FUNCTION controls_list_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM tendering_expertdraw WHERE id = NEW.draw_id AND committed_at IS NOT NULL) THEN
    PERFORM controls_refuse('list_is_fixed_by_the_commit', format('draw %s is committed', NEW.draw_id));
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER list_is_fixed BEFORE INSERT ON tendering_drawline
  FOR EACH ROW EXECUTE FUNCTION controls_list_is_fixed();
CREATE TRIGGER parties_are_fixed BEFORE INSERT ON tendering_drawparty
  FOR EACH ROW EXECUTE FUNCTION controls_list_is_fixed();

-- A number is said after the list is fixed, and it is the one that was promised.
CREATE FUNCTION controls_number_is_said() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM tendering_expertdraw WHERE id = NEW.draw_id AND committed_at IS NOT NULL) THEN
    PERFORM controls_refuse('number_is_the_promised_one', 'the list is not fixed yet');
  END IF;
  IF encode(sha256(convert_to(NEW.number, 'UTF8')), 'hex') <> NEW.digest THEN
    PERFORM controls_refuse('number_is_the_promised_one', format('%s said another number', NEW.party));
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER said_number_is_promised BEFORE INSERT OR UPDATE ON tendering_drawparty
  FOR EACH ROW WHEN (NEW.number <> '') EXECUTE FUNCTION controls_number_is_said();

-- Experts are called in the order of the draw, nobody left out; what became of a call only moves on: seated, then
-- refused or replaced. Who was passed over for the kind of place that was free may be called again.
CREATE FUNCTION controls_expert_is_called() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.position IS NULL OR EXISTS (SELECT FROM tendering_drawline
      WHERE draw_id = NEW.draw_id AND position < NEW.position AND outcome = '') THEN
    PERFORM controls_refuse('experts_are_called_in_order', 'somebody before was not called');
  END IF;
  IF NOT (OLD.outcome = '' AND NEW.outcome IN ('seated', 'passed')
      OR OLD.outcome = 'seated' AND NEW.outcome IN ('refused', 'replaced')
      OR OLD.outcome = 'passed' AND OLD.reason IN ('kept_for_lawyer', 'lawyer_is_seated')
         AND NEW.outcome IN ('seated', 'passed')) THEN
    PERFORM controls_refuse('draw_is_never_rewritten', format('%s does not become %s', OLD.outcome, NEW.outcome));
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER expert_is_called BEFORE UPDATE ON tendering_drawline FOR EACH ROW
  WHEN (OLD.outcome IS DISTINCT FROM NEW.outcome OR OLD.reason IS DISTINCT FROM NEW.reason)
  EXECUTE FUNCTION controls_expert_is_called();

-- Nobody of the library sits but who was drawn and called (采购人代表 are sent, not drawn).
CREATE FUNCTION controls_expert_was_drawn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM tendering_drawline l JOIN tendering_expertdraw d ON d.id = l.draw_id
                 JOIN tendering_committee c ON c.case_id = d.case_id
                 WHERE c.id = NEW.committee_id AND l.expert_id = NEW.expert_id AND l.outcome = 'seated') THEN
    PERFORM controls_refuse('no_expert_sits_undrawn', format('expert %s was not called', NEW.expert_id));
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER expert_was_drawn BEFORE INSERT ON tendering_committeemember
  FOR EACH ROW WHEN (NEW.expert_id IS NOT NULL) EXECUTE FUNCTION controls_expert_was_drawn();

-- The library: what an expert declared stays and can only end; who left has left.
CREATE TRIGGER tie_frozen BEFORE UPDATE ON parties_experttie FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('recusal_fact_is_never_rewritten', 'expert_id', 'organisation_id', 'kind', 'from_on',
    'note', 'declared_at');
CREATE TRIGGER tie_ends_once BEFORE UPDATE ON parties_experttie FOR EACH ROW
  EXECUTE FUNCTION controls_once('recusal_fact_is_never_rewritten', 'to_on');
CREATE TRIGGER links_frozen BEFORE UPDATE ON parties_expert FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'person_id', 'admitted_on');
CREATE TRIGGER steps_once BEFORE UPDATE ON parties_expert FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'left_on', 'left_reason');

-- How they worked, how they were treated, what they were paid.
CREATE TRIGGER conduct_frozen BEFORE UPDATE ON tendering_conductrecord FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('conduct_record_is_never_rewritten', 'member_id', 'side', 'organisation_id', 'grade',
    'text', 'due_at', 'recorded_at');
CREATE TRIGGER links_frozen BEFORE UPDATE ON tendering_expertfee FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'member_id', 'payer_id', 'amount', 'travel', 'standard',
    'recorded_at');

DO $$
DECLARE
  kept text;
BEGIN
  FOREACH kept IN ARRAY ARRAY['tendering_expertdraw', 'tendering_drawparty', 'tendering_drawline',
      'tendering_supplierdraw', 'tendering_conductrecord', 'tendering_expertfee', 'parties_expert',
      'parties_experttie'] LOOP
    EXECUTE format('CREATE TRIGGER record_is_kept BEFORE DELETE ON %I FOR EACH ROW'
      ' EXECUTE FUNCTION kernel_append_only(''records_are_never_deleted'')', kept);
  END LOOP;
END $$;
