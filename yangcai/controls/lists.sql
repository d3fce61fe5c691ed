-- How many came with the list of another province is part of what was taken in. Takes the place of a trigger of choices.sql.

DROP TRIGGER steps_once ON tendering_outsidelibrary;
CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_outsidelibrary FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'number', 'list_digest', 'listed', 'added',
    'received_at', 'refused_at', 'refusal');
