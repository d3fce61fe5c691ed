"""What of an offer is read out at the opening (开标一览表), and where does the rest of its form lie? (SBP/1 §2.4)

`price` of the manifest is what the header commits to, and price and salt are published with the opening: only what is
read out lies there. The rest of the form (unit prices, partners, certificates) is one more file of the envelope, known
by its media type: deciphered with the others, never published. Pure.
"""

from typing import Any

from yangcai.kernel.encoding import BadEncoding, jcs, parse_jcs
from yangcai.sealing.faults import FILES_REFUSED, Faulty

#: The fields that an opening reads out (87号令 art. 41).
READ_OUT = ("price", "price_in_words", "delivery")
NAME = "yangcai-offer.json"
TYPE = "application/vnd.yangcai.offer+json"
#: Bytes of the file: a thousand lines of prices are some 200 kB.
LARGEST = 2**20


class BadOffer(ValueError):
    """What came out of an envelope is not what a form can hold; the text says where."""


def split(offer: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is committed to and published, and what stays sealed. An offer that has none of the fields of a platform's
    form is another schedule: all of it is committed to."""
    price = {name: offer[name] for name in READ_OUT if name in offer}
    if not price:
        return offer, {}
    return price, {name: value for name, value in offer.items() if name not in READ_OUT}


def content(rest: dict[str, Any]) -> bytes:
    """The bytes of the file. Raises Faulty (files_refused)."""
    try:
        return jcs(rest)
    except BadEncoding as error:
        raise Faulty(FILES_REFUSED, f"{NAME}: {error}") from error


def is_rest(name: str, kind: str) -> bool:
    """Whether a file of the manifest, by its name and type, is the rest of the form."""
    return (name, kind) == (NAME, TYPE)


def joined(price: dict[str, Any], rest: bytes | None) -> dict[str, Any]:
    """The offer as it was filled in. Raises BadOffer: the file is no form, or says a second time what is read out."""
    if rest is None:
        return price
    if len(rest) > LARGEST:
        raise BadOffer(f"{NAME}: {len(rest)} bytes")
    try:
        told = parse_jcs(rest)
    except BadEncoding as error:
        raise BadOffer(f"{NAME}: {error}") from error
    if not isinstance(told, dict) or set(told) & {*price, *READ_OUT}:
        raise BadOffer(f"{NAME}: says again what is read out")
    return {**price, **told}
