-- What a bid declares on a clause is part of the bid: read when it is opened, never changed or lost afterwards
-- (财政部令第87号 art. 39).

CREATE TRIGGER deviation_frozen BEFORE UPDATE ON tendering_deviation FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('sealed_bid_is_never_changed', 'opened_bid_id', 'clause_id', 'stance', 'response',
    'page');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_deviation
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
