"""How often may one network address do something without an account? Counted here, with no service of others."""

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

HOUR = 60 * 60


def is_within(request: HttpRequest, *, what: str, per_hour: int) -> bool:
    """Take one of so many places in an hour; False when none is free. Each place is one row of the cache, taken by an
    INSERT, so that two requests at once never take the same. The address is that by which failed logins are counted,
    and it is kept as a keyed digest for an hour."""
    address = get_adapter(request).get_client_ip(request)
    who = salted_hmac("yangcai.www.limits", f"{what}:{address}", algorithm="sha256").hexdigest()[:32]
    return any(cache.add(f"limit:{what}:{who}:{place}", 1, timeout=HOUR) for place in range(per_hour))
