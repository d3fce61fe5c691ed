-- A notice is a frozen fact: what was published stays what it was, and a correction is a notice of its own.
CREATE TRIGGER notice_append_only BEFORE UPDATE OR DELETE ON portal_notice
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('notices_are_never_changed');
CREATE TRIGGER notice_no_truncate BEFORE TRUNCATE ON portal_notice
  FOR EACH STATEMENT EXECUTE FUNCTION kernel_append_only('notices_are_never_changed');
