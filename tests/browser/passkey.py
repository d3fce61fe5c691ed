"""What does a passkey leave with the platform when it is registered? Made here, as no authenticator is at hand."""

import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

#: User present, user verified, with a credential.
FLAGS = 0x45


def registration() -> dict[str, Any]:
    """The answer of an authenticator to a registration, as the browser hands it on."""
    public = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    number = hashlib.sha256(public[-2]).digest()[:16]
    credential = AttestedCredentialData.create(Aaguid(bytes(16)), number, public)
    data = AuthenticatorData.create(hashlib.sha256(b"localhost").digest(), FLAGS, 0, credential)
    client = {"type": "webauthn.create", "challenge": "AAAA", "origin": "http://localhost"}
    return {
        "id": websafe_encode(number),
        "rawId": websafe_encode(number),
        "type": "public-key",
        "clientExtensionResults": {},
        "response": {
            "clientDataJSON": websafe_encode(json.dumps(client).encode()),
            "attestationObject": websafe_encode(bytes(AttestationObject.create("none", data, {}))),
        },
    }
