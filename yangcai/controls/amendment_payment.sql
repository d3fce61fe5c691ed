-- 无合同不支付: what an amendment added is asked to be paid only once its notice is out, like the contract itself.

CREATE FUNCTION controls_amendment_is_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM contracts_milestone m JOIN contracts_amendment a ON a.id = m.amendment_id
             WHERE m.id = NEW.milestone_id AND a.published_at IS NULL) THEN
    PERFORM controls_refuse('no_contract_no_payment', 'the amendment that brought this milestone is not published');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER amendment_is_published BEFORE INSERT OR UPDATE OF milestone_id ON contracts_paymentrequest
  FOR EACH ROW EXECUTE FUNCTION controls_amendment_is_published();
