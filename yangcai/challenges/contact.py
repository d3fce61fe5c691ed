"""Who may come to know how to reach somebody who asked, and who may read an answer? Ciphers and codes of enquiries.

A contact is enciphered by the site's key, so that neither the database nor a copy of it tells whom to call. The code
that opens an answer is derived by the same key and kept as a digest only.
"""

import base64
import datetime
import hashlib
import secrets

from cryptography.fernet import Fernet, InvalidToken
from django.utils.crypto import constant_time_compare, salted_hmac

from yangcai.challenges.models import EnquiryContact, PublicEnquiry
from yangcai.kernel import calendar

#: Without the letters and digits that are taken for one another.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
NUMBER_LENGTH = 6
CODE_LENGTH = 12


def new_number(now: datetime.datetime) -> str:
    """20261126-7KQ2MX: the day, and enough chance that nobody counts how many ask."""
    tail = "".join(secrets.choice(ALPHABET) for _ in range(NUMBER_LENGTH))
    return f"{calendar.day_of(now):%Y%m%d}-{tail}"


def code_of(number: str) -> str:
    """The secret code of an enquiry, in groups of four; the same for a form that was sent twice."""
    digest = salted_hmac("yangcai.public_enquiry.code", number, algorithm="sha256").digest()
    code = "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:CODE_LENGTH])
    return "-".join(code[i : i + 4] for i in range(0, CODE_LENGTH, 4))


def digest_of(code: str) -> str:
    """What is kept of a code, however somebody types it."""
    return hashlib.sha256("".join(c for c in code.upper() if c.isalnum()).encode()).hexdigest()


def found_by(number: str, code: str) -> PublicEnquiry | None:
    """The enquiry of that number, if this is its code."""
    typed = "".join(number.upper().split())[:40]
    enquiry = PublicEnquiry.objects.select_related("organisation", "case").filter(number=typed).first()
    # A number that does not exist costs what one costs that does.
    kept = enquiry.code_digest if enquiry else "0" * 64
    return enquiry if constant_time_compare(kept, digest_of(code[:80])) else None


def sealed(text: str, *, number: str, now: datetime.datetime) -> str:
    return _cipher(number).encrypt_at_time(text.encode(), int(now.timestamp())).decode()


def opened(enquiry: PublicEnquiry) -> str:
    """The contact in clear, for the office that answers; empty if none was given, if it was erased, or if the site has
    another key now."""
    kept = EnquiryContact.objects.filter(enquiry=enquiry).first()
    if kept is None or not kept.sealed:
        return ""
    try:
        return _cipher(enquiry.number).decrypt(kept.sealed.encode()).decode()
    except InvalidToken:
        return ""


def _cipher(number: str) -> Fernet:
    key = salted_hmac("yangcai.public_enquiry.contact", number, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))
