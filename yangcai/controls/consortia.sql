-- 联合体: nobody joins one but by its own word, before the deadline, and whoever has joined does not bid beside it
-- (政府采购法 art. 24; 条例 art. 22). What a bid says of others binds none of them.

CREATE FUNCTION controls_consortia_may_form(lot bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT controls_offers_are_taken(lot, 'submission', yangcai_now())
    AND NOT EXISTS (SELECT FROM tendering_opening o JOIN cases_lot l ON l.case_id = o.case_id WHERE l.id = lot)
$$;
CREATE FUNCTION controls_has_live_bid(of_lot bigint, of_supplier bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM tendering_bid WHERE lot_id = of_lot AND supplier_id = of_supplier
    AND stage = 'submission' AND replaced_at IS NULL AND withdrawn_at IS NULL)
$$;
-- Whether a supplier has confirmed to take part in a lot as a member, but for one row.
CREATE FUNCTION controls_has_joined(of_lot bigint, of_supplier bigint, but_for bigint) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT FROM tendering_consortiummember m JOIN tendering_consortium c ON c.id = m.consortium_id
    WHERE m.organisation_id = of_supplier AND c.lot_id = of_lot AND c.withdrawn_at IS NULL
      AND m.confirmed_at IS NOT NULL AND m.declined_at IS NULL AND m.id <> but_for);
END $$;

-- The leader registers it, for a lot that takes bids, and takes it back only as long as no bid of its rests on it.
CREATE FUNCTION controls_consortium_is_registered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT controls_consortia_may_form(NEW.lot_id) THEN
    PERFORM controls_refuse('consortium_forms_before_the_deadline', format('lot %s takes no bids', NEW.lot_id));
  END IF;
  IF NOT EXISTS (SELECT FROM parties_post WHERE id = NEW.registered_by_id AND organisation_id = NEW.leader_id) THEN
    PERFORM controls_refuse('nobody_joins_by_anothers_word', 'the post is not the leader''s');
  END IF;
  IF controls_has_joined(NEW.lot_id, NEW.leader_id, 0) THEN
    PERFORM controls_refuse('member_takes_part_once', 'the leader is a member of another consortium of the lot');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER consortium_is_registered BEFORE INSERT ON tendering_consortium
  FOR EACH ROW EXECUTE FUNCTION controls_consortium_is_registered();
CREATE FUNCTION controls_consortium_is_withdrawn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT controls_consortia_may_form(NEW.lot_id) THEN
    PERFORM controls_refuse('consortium_forms_before_the_deadline', 'the deadline is over: it stands');
  END IF;
  IF controls_has_live_bid(NEW.lot_id, NEW.leader_id) THEN
    PERFORM controls_refuse('consortium_stands_with_its_bid', 'the bid of its leader is in');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER consortium_is_withdrawn BEFORE UPDATE ON tendering_consortium FOR EACH ROW
  WHEN (OLD.withdrawn_at IS DISTINCT FROM NEW.withdrawn_at)
  EXECUTE FUNCTION controls_consortium_is_withdrawn();
CREATE TRIGGER consortium_frozen BEFORE UPDATE ON tendering_consortium FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('consortium_is_never_rewritten', 'lot_id', 'leader_id', 'work', 'registered_by_id',
    'registered_at');
CREATE TRIGGER steps_once BEFORE UPDATE ON tendering_consortium FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'withdrawn_at');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_consortium
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');

-- Members are named with the agreement, before anybody confirmed it: whoever did confirmed the whole of it.
CREATE FUNCTION controls_member_is_named() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  agreed record;
BEGIN
  SELECT lot_id, leader_id, withdrawn_at INTO agreed FROM tendering_consortium
    WHERE id = NEW.consortium_id FOR NO KEY UPDATE;
  IF NOT controls_consortia_may_form(agreed.lot_id) THEN
    PERFORM controls_refuse('consortium_forms_before_the_deadline', 'the deadline is over: nobody is named');
  END IF;
  IF agreed.withdrawn_at IS NOT NULL OR EXISTS (SELECT FROM tendering_consortiummember
      WHERE consortium_id = NEW.consortium_id AND (confirmed_at IS NOT NULL OR declined_at IS NOT NULL)) THEN
    PERFORM controls_refuse('consortium_is_never_rewritten', 'it was answered, or withdrawn');
  END IF;
  IF NEW.organisation_id = agreed.leader_id THEN
    PERFORM controls_refuse('one_place_per_member', 'the leader is no member beside itself');
  END IF;
  IF NEW.confirmed_at IS NOT NULL THEN
    PERFORM controls_refuse('nobody_joins_by_anothers_word', 'a member is named first and confirms then');
  END IF;
  IF NEW.share + (SELECT coalesce(sum(share), 0) FROM tendering_consortiummember
                  WHERE consortium_id = NEW.consortium_id) >= 1 THEN
    PERFORM controls_refuse('member_has_a_part', 'nothing is left to the leader');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER member_is_named BEFORE INSERT ON tendering_consortiummember
  FOR EACH ROW EXECUTE FUNCTION controls_member_is_named();

-- A member confirms by a post of its own, and takes part in the lot in no other way.
CREATE FUNCTION controls_member_answers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  agreed record;
BEGIN
  SELECT lot_id, leader_id, withdrawn_at INTO agreed FROM tendering_consortium
    WHERE id = NEW.consortium_id FOR NO KEY UPDATE;
  IF NOT controls_consortia_may_form(agreed.lot_id) THEN
    PERFORM controls_refuse('consortium_forms_before_the_deadline', 'the deadline is over: it stands');
  END IF;
  IF NEW.declined_at IS DISTINCT FROM OLD.declined_at AND OLD.confirmed_at IS NOT NULL
     AND controls_has_live_bid(agreed.lot_id, agreed.leader_id) THEN
    PERFORM controls_refuse('consortium_stands_with_its_bid', 'the bid of its leader is in');
  END IF;
  IF NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at THEN
    IF agreed.withdrawn_at IS NOT NULL OR NEW.declined_at IS NOT NULL THEN
      PERFORM controls_refuse('consortium_is_never_rewritten', 'it was withdrawn, or this member has left it');
    END IF;
    IF NOT EXISTS (SELECT FROM parties_post
                   WHERE id = NEW.confirmed_by_id AND organisation_id = NEW.organisation_id) THEN
      PERFORM controls_refuse('nobody_joins_by_anothers_word', 'the post is not the member''s');
    END IF;
    IF controls_has_live_bid(agreed.lot_id, NEW.organisation_id)
       OR controls_has_joined(agreed.lot_id, NEW.organisation_id, NEW.id)
       OR EXISTS (SELECT FROM tendering_consortium WHERE lot_id = agreed.lot_id
                  AND leader_id = NEW.organisation_id AND withdrawn_at IS NULL) THEN
      PERFORM controls_refuse('member_takes_part_once', 'it bids itself, leads another or has joined another');
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER member_answers BEFORE UPDATE ON tendering_consortiummember FOR EACH ROW
  WHEN ((OLD.confirmed_at, OLD.confirmed_by_id, OLD.declined_at)
    IS DISTINCT FROM (NEW.confirmed_at, NEW.confirmed_by_id, NEW.declined_at))
  EXECUTE FUNCTION controls_member_answers();
CREATE TRIGGER member_frozen BEFORE UPDATE ON tendering_consortiummember FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('consortium_is_never_rewritten', 'consortium_id', 'organisation_id', 'share',
    'work');
CREATE TRIGGER member_steps_once BEFORE UPDATE ON tendering_consortiummember FOR EACH ROW
  EXECUTE FUNCTION controls_once('steps_are_never_taken_back', 'confirmed_at', 'confirmed_by_id', 'declined_at',
    'decline_reason');
CREATE TRIGGER record_is_kept BEFORE DELETE ON tendering_consortiummember
  FOR EACH ROW EXECUTE FUNCTION kernel_append_only('records_are_never_deleted');

-- Nor does a bid come in from whoever has joined a consortium of the lot. Of several that are handed over at once
-- (tendering_receive_bids) this one alone is left out, as one that comes too late is. After bid_comes_in, by its name.
CREATE FUNCTION controls_member_bids() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.stage = 'submission' AND controls_has_joined(NEW.lot_id, NEW.supplier_id, 0) THEN
    IF current_setting('yangcai.late_bids', true) = 'are left out' THEN
      RETURN NULL;
    END IF;
    PERFORM controls_refuse('member_takes_part_once', 'it is a member of a consortium of the lot');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER member_bids BEFORE INSERT ON tendering_bid FOR EACH ROW EXECUTE FUNCTION controls_member_bids();
