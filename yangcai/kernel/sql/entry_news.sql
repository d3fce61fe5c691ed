-- Whoever follows a root is told, when the transaction commits, that there is a new Entry: the root alone, nothing of
-- what was done. The lock of kernel_entry_seal already puts committing writers in line, so the queue costs no more.
CREATE FUNCTION kernel_entry_news() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('yangcai_entry', NEW.root);
  RETURN NULL;
END $$;

CREATE TRIGGER entry_news AFTER INSERT ON kernel_entry FOR EACH ROW EXECUTE FUNCTION kernel_entry_news();
