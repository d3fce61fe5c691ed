-- What an expert states of the record of its conduct is written once, like the record (财库〔2016〕198号 art. 21).
CREATE TRIGGER conduct_stated_once BEFORE UPDATE ON tendering_conductrecord FOR EACH ROW
  EXECUTE FUNCTION controls_once('conduct_record_is_never_rewritten', 'statement', 'stated_at');
