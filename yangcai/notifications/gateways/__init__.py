"""Through which gateway does a channel leave the platform? Named in the settings by a dotted path."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from yangcai.notifications.gateways.base import Gateway

__all__ = ["Gateway", "is_there", "of_channel"]


def is_there(channel: str) -> bool:
    """Whether anything can be sent by this channel here."""
    return bool(settings.YANGCAI_GATEWAYS.get(channel))


def of_channel(channel: str) -> Gateway:
    """The gateway of a channel. Raises KeyError where none is set, ImportError where the path leads nowhere."""
    return _made(settings.YANGCAI_GATEWAYS[channel], channel)


@cache
def _made(path: str, channel: str) -> Gateway:
    gateway = import_string(path)(channel=channel)
    if not isinstance(gateway, Gateway):
        raise TypeError(f"{path} is no Gateway")
    return gateway
