-- A message is kept as it was told: only the time of reading is added, once. What left the platform stays as it left.

CREATE FUNCTION notifications_message_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'read_at' = to_jsonb(OLD) - 'read_at' AND OLD.read_at IS NULL THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a message is kept as it was told'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'messages_are_kept', TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER message_is_kept BEFORE UPDATE OR DELETE ON notifications_message
  FOR EACH ROW EXECUTE FUNCTION notifications_message_is_kept();

CREATE FUNCTION notifications_outgoing_is_sent_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.sent_at IS NULL AND NEW.letter_id = OLD.letter_id AND NEW.address = OLD.address THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'what was sent is not sent again'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'outgoing_is_sent_once', TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER outgoing_is_sent_once BEFORE UPDATE OR DELETE ON notifications_outgoing
  FOR EACH ROW EXECUTE FUNCTION notifications_outgoing_is_sent_once();
