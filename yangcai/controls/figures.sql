-- What the committee read in the place of a declared figure stands from the moment on which prices may be read, and once
-- the result is computed (财政部令第87号 art. 28, 64). A bid that is opened later brings what it declared, nothing found.

CREATE FUNCTION controls_figure_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM tendering_openedbid o JOIN tendering_openedbid one ON one.lot_id = o.lot_id
             WHERE one.id = NEW.opened_bid_id AND o.went_on_at IS NOT NULL)
     OR EXISTS (SELECT FROM tendering_evaluationreport r JOIN tendering_openedbid one ON one.lot_id = r.lot_id
                WHERE one.id = NEW.opened_bid_id) THEN
    PERFORM controls_refuse('figures_stand_once_prices_may_be_read', format('figure %s', NEW.id));
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER figure_stands BEFORE UPDATE ON tendering_offeredfigure FOR EACH ROW
  WHEN ((OLD.found, OLD.reason, OLD.page, OLD.found_at) IS DISTINCT FROM (NEW.found, NEW.reason, NEW.page, NEW.found_at))
  EXECUTE FUNCTION controls_figure_stands();
CREATE TRIGGER figure_stands_later BEFORE INSERT ON tendering_offeredfigure FOR EACH ROW
  WHEN (NEW.found IS NOT NULL) EXECUTE FUNCTION controls_figure_stands();
