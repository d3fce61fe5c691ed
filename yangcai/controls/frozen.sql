-- What is never changed once it is written: links, sums, steps that were done, what was published, sealed or accepted.

-- controls_frozen('name', column, …): these columns never change. Used with WHEN (…) for "once …".
CREATE FUNCTION controls_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  old_row jsonb := to_jsonb(OLD);
  new_row jsonb := to_jsonb(NEW);
  n int;
BEGIN
  FOR n IN 1 .. TG_NARGS - 1 LOOP
    IF new_row -> TG_ARGV[n] IS DISTINCT FROM old_row -> TG_ARGV[n] THEN
      PERFORM controls_refuse(TG_ARGV[0], format('%s.%s is never changed', TG_TABLE_NAME, TG_ARGV[n]));
    END IF;
  END LOOP;
  RETURN NEW;
END $$;

-- controls_once('name', column, …): empty until it is set, then never changed.
CREATE FUNCTION controls_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  old_row jsonb := to_jsonb(OLD);
  new_row jsonb := to_jsonb(NEW);
  n int;
BEGIN
  FOR n IN 1 .. TG_NARGS - 1 LOOP
    IF old_row -> TG_ARGV[n] NOT IN ('null'::jsonb, '""'::jsonb)
       AND new_row -> TG_ARGV[n] IS DISTINCT FROM old_row -> TG_ARGV[n] THEN
      PERFORM controls_refuse(TG_ARGV[0], format('%s.%s is set once', TG_TABLE_NAME, TG_ARGV[n]));
    END IF;
  END LOOP;
  RETURN NEW;
END $$;

-- Links: what a row belongs to, and what it is worth, is part of what it is.
CREATE TRIGGER links_frozen BEFORE UPDATE ON planning_intention FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'appropriation_id');
CREATE TRIGGER links_frozen BEFORE UPDATE ON planning_planitem FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'appropriation_id', 'reserved_fund_id');
CREATE TRIGGER links_frozen BEFORE UPDATE ON cases_case FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'plan_item_id', 'buyer_id', 'number', 'predecessor_id');
CREATE TRIGGER links_frozen BEFORE UPDATE ON cases_lot FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'case_id');
CREATE TRIGGER links_frozen BEFORE UPDATE ON cases_period FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'case_id', 'lot_id', 'stage', 'round');
CREATE TRIGGER links_frozen BEFORE UPDATE ON cases_candidate FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'lot_id', 'supplier_id', 'rank', 'amount', 'score');
CREATE TRIGGER links_frozen BEFORE UPDATE ON cases_award FOR EACH ROW
  EXECUTE FUNCTION controls_frozen(
    'links_are_never_repointed', 'candidate_id', 'lot_id', 'supplier_id', 'amount', 'determined_at');
CREATE TRIGGER links_frozen BEFORE UPDATE ON contracts_contract FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'award_id', 'case_id', 'buyer_id', 'supplier_id',
    'committed_fund_id', 'paid_fund_id', 'number');
CREATE TRIGGER links_frozen BEFORE UPDATE ON contracts_milestone FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'contract_id', 'amount', 'due_on');
CREATE TRIGGER links_frozen BEFORE UPDATE ON contracts_amendment FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'contract_id', 'is_supplement', 'amount_change');
CREATE TRIGGER links_frozen BEFORE UPDATE ON contracts_invoice FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'contract_id', 'milestone_id', 'number', 'amount');
CREATE TRIGGER links_frozen BEFORE UPDATE ON contracts_paymentrequest FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'contract_id', 'milestone_id', 'invoice_id', 'amount');

CREATE TRIGGER acceptance_frozen BEFORE UPDATE ON contracts_acceptance FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('acceptance_is_never_flipped', 'contract_id', 'milestone_id', 'is_final', 'passed');
CREATE TRIGGER bid_frozen BEFORE UPDATE ON tendering_bid FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('sealed_bid_is_never_changed', 'lot_id', 'supplier_id', 'revision', 'envelope_id',
    'sealed_key', 'seal_scheme', 'receipt', 'submitted_by_id', 'received_at');
CREATE TRIGGER opened_bid_frozen BEFORE UPDATE ON tendering_openedbid FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('sealed_bid_is_never_changed', 'lot_id', 'bid_id', 'supplier_id', 'price',
    'opened_at');
CREATE TRIGGER report_frozen BEFORE UPDATE ON tendering_evaluationreport FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('evaluation_report_is_never_rewritten', 'lot_id', 'revision', 'result', 'digest');
CREATE TRIGGER plan_frozen BEFORE UPDATE ON planning_planitem FOR EACH ROW WHEN (OLD.approved_at IS NOT NULL)
  EXECUTE FUNCTION controls_frozen('approved_plan_is_never_rewritten', 'amount', 'category', 'classification',
    'procedure', 'set_aside', 'intention_id');
CREATE TRIGGER case_frozen BEFORE UPDATE ON cases_case FOR EACH ROW WHEN (OLD.published_at IS NOT NULL)
  EXECUTE FUNCTION controls_frozen('published_case_is_never_rewritten', 'published_at', 'law_as_of', 'budget',
    'ceiling', 'set_aside', 'procedure', 'category', 'jurisdiction');
CREATE TRIGGER contract_frozen BEFORE UPDATE ON contracts_contract FOR EACH ROW WHEN (OLD.signed_at IS NOT NULL)
  EXECUTE FUNCTION controls_frozen('signed_contract_is_never_rewritten', 'title', 'terms', 'delivery', 'payment_days',
    'acceptance_days', 'performance_security');

-- Steps: what was done is not undone by emptying its date.
CREATE TRIGGER steps_once BEFORE UPDATE ON planning_planitem FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'approved_at', 'filed_at', 'cancelled_at');
CREATE TRIGGER steps_once BEFORE UPDATE ON cases_case FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'published_at', 'ended_at', 'end_kind');
CREATE TRIGGER steps_once BEFORE UPDATE ON cases_candidate FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'superseded_at');
CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_evaluationreport FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'signed_at', 'sent_at', 'reported_at');
CREATE TRIGGER steps_once BEFORE UPDATE ON cases_award FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'refused_at');
CREATE TRIGGER steps_once BEFORE UPDATE ON contracts_contract FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'buyer_signed_at', 'supplier_signed_at', 'signed_at',
    'published_at', 'filed_at', 'terminated_at', 'closed_at', 'closing_acceptance_id');
CREATE TRIGGER steps_once BEFORE UPDATE ON contracts_paymentrequest FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'approved_at', 'returned_at', 'paid_at');
CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_bid FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'replaced_at', 'withdrawn_at');

-- What was published together with the invitation changes by a correction notice, not by a quiet UPDATE.
CREATE FUNCTION controls_published_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  touched jsonb[] := CASE TG_OP WHEN 'INSERT' THEN ARRAY[to_jsonb(NEW)] WHEN 'DELETE' THEN ARRAY[to_jsonb(OLD)]
                                ELSE ARRAY[to_jsonb(OLD), to_jsonb(NEW)] END;
  changing text[] := coalesce(TG_ARGV, '{}');  -- columns that may change nevertheless
  touched_row jsonb;
BEGIN
  IF TG_OP <> 'UPDATE' OR (to_jsonb(NEW) - changing) IS DISTINCT FROM (to_jsonb(OLD) - changing) THEN
    FOREACH touched_row IN ARRAY touched LOOP
      IF EXISTS (SELECT FROM cases_case c WHERE c.published_at IS NOT NULL AND c.id = coalesce(
          (touched_row ->> 'case_id')::bigint,
          (SELECT case_id FROM cases_lot WHERE id = (touched_row ->> 'lot_id')::bigint))) THEN
        PERFORM controls_refuse(
          'published_solicitation_is_frozen', format('%s belongs to a published case', TG_TABLE_NAME));
      END IF;
    END LOOP;
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER published_frozen BEFORE INSERT OR UPDATE OR DELETE ON cases_lot FOR EACH ROW
  EXECUTE FUNCTION controls_published_is_frozen('outcome', 'outcome_at', 'outcome_reason');
CREATE TRIGGER published_frozen BEFORE UPDATE OR DELETE ON tendering_solicitation FOR EACH ROW
  EXECUTE FUNCTION controls_published_is_frozen('revision', 'supply_closes_at');
CREATE TRIGGER published_frozen BEFORE INSERT OR UPDATE OR DELETE ON tendering_clause FOR EACH ROW
  EXECUTE FUNCTION controls_published_is_frozen();
CREATE TRIGGER published_frozen BEFORE INSERT OR UPDATE OR DELETE ON tendering_criterion FOR EACH ROW
  EXECUTE FUNCTION controls_published_is_frozen();
CREATE TRIGGER published_frozen BEFORE INSERT OR UPDATE OR DELETE ON tendering_paymentterm FOR EACH ROW
  EXECUTE FUNCTION controls_published_is_frozen();

-- Records are kept (政府采购法 art. 42).
CREATE TRIGGER record_is_kept BEFORE DELETE ON funds_fund
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE TRIGGER record_is_kept BEFORE DELETE ON funds_appropriation
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE TRIGGER record_is_kept BEFORE DELETE ON planning_planitem
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE TRIGGER record_is_kept BEFORE DELETE ON planning_competitionreview
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE TRIGGER record_is_kept BEFORE DELETE ON cases_case
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE TRIGGER record_is_kept BEFORE DELETE ON cases_candidate
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE TRIGGER record_is_kept BEFORE DELETE ON cases_award
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_bid
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_openedbid
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_evaluationreport
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE TRIGGER record_is_kept BEFORE DELETE ON contracts_contract
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE TRIGGER record_is_kept BEFORE DELETE ON contracts_acceptance
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE TRIGGER record_is_kept BEFORE DELETE ON contracts_invoice
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE TRIGGER record_is_kept BEFORE DELETE ON contracts_paymentrequest
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
CREATE TRIGGER record_is_kept BEFORE DELETE ON contracts_amendment
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
