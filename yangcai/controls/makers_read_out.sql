-- Nobody comes to have made the goods of a bid after its opening: whether they are favoured, and whether a bid for a
-- reserved lot is in, follows from what was read out (财政部令第87号 art. 41, 42; 财库〔2020〕46号 art. 4).
CREATE TRIGGER maker_was_read_out BEFORE INSERT ON tendering_goodsmaker
  FOR EACH ROW EXECUTE FUNCTION controls_partner_was_read_out();
