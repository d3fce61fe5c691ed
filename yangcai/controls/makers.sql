-- Who made the goods of a bid is part of the bid: read when it is opened, never changed or lost afterwards (财政部令第87号
-- art. 39; 财库〔2020〕46号 art. 4, 11).
CREATE TRIGGER maker_frozen BEFORE UPDATE ON tendering_goodsmaker FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('sealed_bid_is_never_changed', 'opened_bid_id', 'number', 'item', 'maker', 'size',
    'staff', 'revenue', 'assets');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_goodsmaker
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');
