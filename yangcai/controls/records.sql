-- The rows below a bid, a report, a contract, an acceptance: what they say was read out, scored, signed or sent, and a
-- later hand may not put other words there. Complements frozen.sql.

CREATE TRIGGER line_frozen BEFORE UPDATE ON tendering_bidline FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('sealed_bid_is_never_changed', 'opened_bid_id', 'number', 'item', 'specification',
    'quantity', 'unit_price', 'amount');
CREATE TRIGGER links_frozen BEFORE UPDATE ON tendering_participation FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'case_id', 'supplier_id', 'obtained_at');
CREATE TRIGGER correction_frozen BEFORE UPDATE ON tendering_correction FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('published_solicitation_is_frozen', 'case_id', 'number', 'item', 'before', 'after',
    'affects_bids', 'old_closes_at', 'new_closes_at', 'at');
CREATE TRIGGER links_frozen BEFORE UPDATE ON tendering_opening FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'case_id', 'begun_at');
CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_opening FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'concluded_at');
CREATE TRIGGER links_frozen BEFORE UPDATE ON tendering_committee FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'case_id', 'size', 'draw_seed', 'pool_digest',
    'drawn_at');
CREATE TRIGGER links_frozen BEFORE UPDATE ON tendering_committeemember FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'committee_id', 'post_id', 'expert_id');
CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_committeemember FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'signed_in_at', 'replaced_at');
CREATE TRIGGER links_frozen BEFORE UPDATE ON tendering_finding FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'opened_bid_id', 'clause_id');
CREATE TRIGGER links_frozen BEFORE UPDATE ON tendering_score FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'member_id', 'opened_bid_id', 'criterion_id');
CREATE TRIGGER signature_frozen BEFORE UPDATE ON tendering_reportsignature FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('evaluation_report_is_never_rewritten', 'report_id', 'member_id', 'dissent',
    'signed_at');
CREATE TRIGGER letter_frozen BEFORE UPDATE ON tendering_awardletter FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'lot_id', 'supplier_id', 'is_winner', 'score', 'rank',
    'reason', 'issued_at');
CREATE TRIGGER links_frozen BEFORE UPDATE ON tendering_bidsecurity FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'case_id', 'supplier_id', 'amount', 'received_at');
CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_bidsecurity FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'returned_at', 'kept_reason');
CREATE TRIGGER links_frozen BEFORE UPDATE ON contracts_contractitem FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'contract_id', 'number', 'item', 'specification',
    'quantity', 'unit_price', 'amount');
CREATE TRIGGER links_frozen BEFORE UPDATE ON contracts_delivery FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'contract_id', 'milestone_id', 'delivered_on',
    'reported_at');
CREATE TRIGGER item_frozen BEFORE UPDATE ON contracts_acceptanceitem FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('acceptance_is_never_flipped', 'acceptance_id', 'item', 'result', 'passed');
CREATE TRIGGER links_frozen BEFORE UPDATE ON cases_suspension FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'case_id', 'reason', 'authority', 'suspended_at',
    'until_on');
CREATE TRIGGER steps_once BEFORE UPDATE ON cases_suspension FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'resumed_at');
CREATE TRIGGER links_frozen BEFORE UPDATE ON cases_suspendedperiod FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'suspension_id', 'lot_id', 'stage', 'begins_after',
    'lasts');
CREATE TRIGGER links_frozen BEFORE UPDATE ON planning_competitionreview FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'plan_item_id', 'check_code', 'passed', 'remark', 'at');

-- Scores stand while the report that rests on them stands: only a re-evaluation (a newer report, unsigned) opens them.
CREATE FUNCTION controls_score_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT r.signed_at IS NOT NULL FROM tendering_evaluationreport r JOIN tendering_openedbid o ON o.lot_id = r.lot_id
      WHERE o.id = NEW.opened_bid_id ORDER BY r.revision DESC LIMIT 1) THEN
    PERFORM controls_refuse('evaluation_report_is_never_rewritten', 'the report on these scores is signed');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER score_changes BEFORE INSERT OR UPDATE ON tendering_score
  FOR EACH ROW EXECUTE FUNCTION controls_score_changes();

-- A file in its place. Until it is published, the solicitation may be drafted anew with another file.
CREATE TRIGGER links_frozen BEFORE UPDATE ON kernel_attachment FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'document_id', 'root', 'subject', 'title', 'kind',
    'organisation_id', 'at');
CREATE TRIGGER record_is_kept BEFORE DELETE ON kernel_attachment FOR EACH ROW
  WHEN (OLD.is_public OR OLD.kind <> 'solicitation')
  EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE TRIGGER links_frozen BEFORE UPDATE ON kernel_document FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'digest', 'size', 'media_type', 'name');

-- Records are kept (政府采购法 art. 42).
DO $$
DECLARE
  kept text;
BEGIN
  FOREACH kept IN ARRAY ARRAY['tendering_bidline', 'tendering_participation', 'tendering_correction',
      'tendering_opening', 'tendering_committee', 'tendering_committeemember', 'tendering_finding', 'tendering_score',
      'tendering_lowpricereview', 'tendering_reportsignature', 'tendering_awardletter', 'tendering_bidsecurity',
      'contracts_contractitem', 'contracts_milestone', 'contracts_delivery', 'contracts_acceptanceitem',
      'cases_suspension', 'cases_suspendedperiod', 'challenges_enquiry', 'credit_debarment', 'kernel_document'] LOOP
    EXECUTE format('CREATE TRIGGER record_is_kept BEFORE DELETE ON %I FOR EACH ROW'
      ' EXECUTE FUNCTION kernel_append_only(''records_are_never_deleted'')', kept);
  END LOOP;
END $$;
