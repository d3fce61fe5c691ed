"""How is a value written down so that two programs get the same bytes, and the same digest of them?

JSON as RFC 8785 (JCS) has it, held to what every language writes alike (SBP/1 §2.2): ASCII keys, text without lone
surrogates, integers below 2^53, booleans, null, lists, objects. Money is an integer of fen there, a time RFC 3339 in
UTC with six decimals. Pure: no Django, no clock.
"""

import base64
import binascii
import datetime
import hashlib
import json
from typing import Any, NoReturn

#: Integers that JavaScript holds exactly.
_LARGEST = (1 << 53) - 1
#: How deep a value may be nested (SBP/1 §2.2).
DEPTH = 8
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class BadEncoding(ValueError):
    """The value, or the bytes, are not in the one form that is allowed; the text says where."""


def jcs(value: Any) -> bytes:
    """The canonical bytes of a value. Raises BadEncoding at what two languages could write in two ways."""
    if _fits(value, DEPTH):
        try:
            return _ENCODER.encode(value).encode()
        except UnicodeEncodeError:
            pass  # the slower look says where
    _check(value, "$", DEPTH)
    return _ENCODER.encode(value).encode()


def parse_jcs(content: bytes) -> Any:
    """The value of canonical bytes. Raises BadEncoding unless they are exactly what `jcs` would write of it."""
    try:
        value = json.loads(
            content.decode("utf-8", "strict"), parse_float=_no_float, parse_constant=_no_float, object_pairs_hook=_once
        )
    except BadEncoding:
        raise
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise BadEncoding(f"not JSON: {error}") from error
    if jcs(value) != content:
        raise BadEncoding("not in canonical form")
    return value


def digest(content: bytes) -> bytes:
    """H(x) of SBP/1: SHA-256, 32 bytes."""
    return hashlib.sha256(content).digest()


def h2(label: str, *parts: bytes) -> bytes:
    """SHA-256(label ‖ 0x00 ‖ for each part: its length as u32 ‖ part): parts cannot run into each other."""
    hashed = hashlib.sha256(label.encode() + b"\0")
    for part in parts:
        hashed.update(len(part).to_bytes(4) + part)
    return hashed.digest()


def base64_of(content: bytes) -> str:
    """RFC 4648 §4 with padding."""
    return base64.b64encode(content).decode()


def read_base64(text: str) -> bytes:
    """Bytes of canonical base64: padded, no line breaks, unused bits zero. Raises BadEncoding."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadEncoding("not base64") from error
    if base64_of(content) != text:
        raise BadEncoding("base64 that is not canonical")
    return content


def timestamp(moment: datetime.datetime) -> str:
    """RFC 3339 in UTC with six decimals. Raises BadEncoding at a time without a zone."""
    if moment.tzinfo is None:
        raise BadEncoding("a time without a zone")
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read_timestamp(text: str) -> datetime.datetime:
    """The moment that `timestamp` wrote. Raises BadEncoding at any other form."""
    try:
        moment = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=datetime.UTC)
    except (TypeError, ValueError) as error:
        raise BadEncoding(f"not a time: {text!r}") from error
    if timestamp(moment) != text:
        raise BadEncoding(f"not a time in its one form: {text!r}")
    return moment


def _fits(value: Any, depth: int) -> bool:
    """Is it made of plain values only, as nearly everything is? Text is held to its form by its encoder."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return depth >= 0
    if kind is int:
        return depth >= 0 and -_LARGEST <= value <= _LARGEST
    if depth < 0:
        return False
    if kind is dict:
        return all(
            type(key) is str and key.isascii() and ((type(entry) is str and depth > 0) or _fits(entry, depth - 1))
            for key, entry in value.items()
        )
    return (kind is list or kind is tuple) and all(_fits(entry, depth - 1) for entry in value)


def _check(value: Any, where: str, depth: int) -> None:
    if depth < 0:
        raise BadEncoding(f"{where}: nested too deeply")
    match value:
        case None | bool():
            return
        case int():
            if not -_LARGEST <= value <= _LARGEST:
                raise BadEncoding(f"{where}: an integer that not every language holds")
        case str():
            _check_text(value, where)
        case list() | tuple():
            for place, entry in enumerate(value):
                _check(entry, f"{where}[{place}]", depth - 1)
        case dict():
            for key, entry in value.items():
                if not isinstance(key, str) or not key.isascii():
                    raise BadEncoding(f"{where}: a key that is no ASCII text")
                _check(entry, f"{where}.{key}", depth - 1)
        case _:
            raise BadEncoding(f"{where}: {type(value).__name__} has no place here")


def _check_text(text: str, where: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadEncoding(f"{where}: half of a surrogate pair") from error


def _no_float(literal: str) -> NoReturn:
    raise BadEncoding(f"a number that is no integer: {literal}")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadEncoding("a key that stands twice")
    return found
