-- What suite G1 adds to sealed bids stays as it came, like the rest: a trustee's SM2 keys, an envelope's SM3 digest.
DROP TRIGGER trustee_frozen ON tendering_trustee;
CREATE TRIGGER trustee_frozen BEFORE UPDATE ON tendering_trustee FOR EACH ROW
  EXECUTE FUNCTION controls_frozen('links_are_never_repointed', 'organisation_id', 'role', 'hpke_key', 'signing_key',
    'sm2_wrap_key', 'sm2_signing_key');
CREATE TRIGGER upload_sm3_frozen BEFORE UPDATE ON tendering_bidupload FOR EACH ROW WHEN (OLD.verified_at IS NOT NULL)
  EXECUTE FUNCTION controls_frozen('verified_upload_is_never_changed', 'envelope_sm3');
