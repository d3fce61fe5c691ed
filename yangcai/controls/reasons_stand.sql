-- Why a signed report was taken up again, on which ground and when it was counted, is part of what it says
-- (财政部令第87号 art. 64).
CREATE TRIGGER reasons_stand BEFORE UPDATE ON tendering_evaluationreport FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('evaluation_report_is_never_rewritten', 'correction_ground', 'reopen_reason',
    'computed_at');
