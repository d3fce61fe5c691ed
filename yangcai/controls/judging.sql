-- What the committee asked, what a bidder answered, and under what a member put its name: none of it changes later.

CREATE TRIGGER links_frozen BEFORE UPDATE ON tendering_clarification FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'opened_bid_id', 'number', 'ground', 'page', 'question',
    'asked_at', 'answer_by_at');
CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_clarification FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'answer', 'signed_as', 'answered_at', 'is_accepted',
    'opinion', 'decided_at');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_clarification FOR EACH ROW
  EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');

DROP TRIGGER signature_frozen ON tendering_reportsignature;
CREATE TRIGGER signature_frozen BEFORE UPDATE ON tendering_reportsignature FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('evaluation_report_is_never_rewritten', 'report_id', 'member_id', 'dissent',
    'reasons', 'is_deemed', 'circumstances', 'signed_at');
