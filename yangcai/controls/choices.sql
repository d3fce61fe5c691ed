-- Whom the buyer chose itself sits with consent, and what was chosen, publicised or overtaken stays as it was.

CREATE OR REPLACE FUNCTION controls_expert_was_drawn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.chosen_id IS NOT NULL THEN
    IF NOT EXISTS (SELECT FROM tendering_chosenexpert x JOIN tendering_expertchoice h ON h.id = x.choice_id
                   JOIN tendering_committee c ON c.case_id = h.case_id
                   WHERE x.id = NEW.chosen_id AND x.expert_id = NEW.expert_id AND c.id = NEW.committee_id
                     AND h.is_consented AND h.withdrawn_at IS NULL) THEN
      PERFORM controls_refuse('no_chosen_expert_sits_without_consent', format('expert %s', NEW.expert_id));
    END IF;
  ELSIF NOT EXISTS (SELECT FROM tendering_drawline l JOIN tendering_expertdraw d ON d.id = l.draw_id
                 JOIN tendering_committee c ON c.case_id = d.case_id
                 WHERE c.id = NEW.committee_id AND l.expert_id = NEW.expert_id AND l.outcome = 'seated') THEN
    PERFORM controls_refuse('no_expert_sits_undrawn', format('expert %s was not called', NEW.expert_id));
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER expert_was_drawn ON tendering_committeemember;
CREATE TRIGGER expert_was_drawn BEFORE INSERT ON tendering_committeemember
  FOR EACH ROW WHEN (NEW.expert_id IS NOT NULL OR NEW.chosen_id IS NOT NULL)
  EXECUTE FUNCTION controls_expert_was_drawn();
DROP TRIGGER links_frozen ON tendering_committeemember;
CREATE TRIGGER links_frozen BEFORE UPDATE ON tendering_committeemember FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'committee_id', 'post_id', 'expert_id', 'chosen_id');

CREATE TRIGGER links_frozen BEFORE UPDATE ON tendering_expertchoice FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'case_id', 'reason', 'attempts', 'consent_by_id',
    'asked_at');
CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_expertchoice FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'is_consented', 'opinion', 'decided_at',
    'withdrawn_at');
CREATE TRIGGER links_frozen BEFORE UPDATE ON tendering_chosenexpert FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'choice_id', 'expert_id', 'reason');

-- What was consented to are these names: nobody joins them afterwards.
CREATE FUNCTION controls_choice_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM tendering_expertchoice WHERE id = NEW.choice_id AND decided_at IS NOT NULL) THEN
    PERFORM controls_refuse('choice_is_fixed_by_its_consent', format('choice %s is decided', NEW.choice_id));
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER choice_is_fixed BEFORE INSERT ON tendering_chosenexpert
  FOR EACH ROW EXECUTE FUNCTION controls_choice_is_fixed();
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_expertchoice
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_chosenexpert
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');

-- Whether a publicity was a duty is part of what it was.
DROP TRIGGER links_frozen ON planning_publicity;
CREATE TRIGGER links_frozen BEFORE UPDATE ON planning_publicity FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'plan_item_id', 'opens_at', 'closes_at', 'reason',
    'supplier_name', 'is_voluntary');

-- What a bid declared stays as it was read out; what the committee read in its place only until the report is signed.
CREATE TRIGGER figure_frozen BEFORE UPDATE ON tendering_offeredfigure FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('sealed_bid_is_never_changed', 'opened_bid_id', 'criterion_id', 'declared');
CREATE TRIGGER figure_of_a_report BEFORE INSERT OR UPDATE ON tendering_offeredfigure
  FOR EACH ROW EXECUTE FUNCTION controls_score_changes();
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_offeredfigure
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');

-- Visits and samples: what was stated, told, taken in and handed back stays as it was.
CREATE TRIGGER links_frozen BEFORE UPDATE ON tendering_sitevisit FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'case_id', 'number', 'kind', 'place', 'content',
    'begins_at', 'told_at');
CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_sitevisit FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'held_at', 'minutes', 'cancelled_at',
    'cancelled_reason');
CREATE TRIGGER published_frozen BEFORE INSERT OR UPDATE OR DELETE ON tendering_sampleterms FOR EACH ROW
  EXECUTE FUNCTION controls_published_is_frozen();
CREATE TRIGGER links_frozen BEFORE UPDATE ON tendering_sample FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'lot_id', 'supplier_id', 'code', 'registered_at');
CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_sample FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'received_at', 'condition', 'released_at', 'fate',
    'fate_note', 'settled_at');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_sample
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');

-- A visit that was published is not struck out; it is cancelled, and all are told.
CREATE FUNCTION controls_visit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT published_at IS NOT NULL FROM cases_case WHERE id = OLD.case_id) THEN
    PERFORM controls_refuse('records_are_never_deleted', 'a published visit is cancelled, never deleted');
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER visit_is_kept BEFORE DELETE ON tendering_sitevisit
  FOR EACH ROW EXECUTE FUNCTION controls_visit_is_kept();

-- A draw from another province: what was filed and which list came stays as it was; the expert's own library too.
CREATE TRIGGER links_frozen BEFORE UPDATE ON tendering_outsidelibrary FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'case_id', 'library', 'province', 'reason', 'filed_at');
CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_outsidelibrary FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'number', 'list_digest', 'received_at', 'refused_at',
    'refusal');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_outsidelibrary
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
DROP TRIGGER links_frozen ON parties_expert;
CREATE TRIGGER links_frozen BEFORE UPDATE ON parties_expert FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'person_id', 'admitted_on', 'library',
    'library_number');

-- What the goods use up is part of what bidders were told (110号令 art. 26).
CREATE TRIGGER published_frozen BEFORE INSERT OR UPDATE OR DELETE ON tendering_consumable FOR EACH ROW
  EXECUTE FUNCTION controls_published_is_frozen();
