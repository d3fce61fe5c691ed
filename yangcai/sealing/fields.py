"""How is an object of the protocol read strictly: exactly these keys, each in its one form?"""

import datetime
import re
from typing import Any, TypeVar

from yangcai.kernel.encoding import BadEncoding, parse_jcs, read_base64, read_timestamp
from yangcai.sealing.faults import Fault, Faulty

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
#: A unified social credit code (GB 32100-2015); its check digit is the business of `parties`.
SUPPLIER = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
#: The number of a lot: one word of a line of the receipt, of at most so many bytes.
LOT, LONGEST_LOT = re.compile(r"[^\s\x00-\x20\x7f]+"), 64
HEX = re.compile(r"(?:[0-9a-f]{2})*")

T = TypeVar("T")


class Fields:
    """The fields of one object, taken one by one; `done` refuses whatever was not taken."""

    def __init__(self, value: Any, fault: Fault, where: str = "$") -> None:
        self.fault, self.where = fault, where
        if not isinstance(value, dict):
            raise Faulty(fault, f"{where}: not an object")
        self.left = dict(value)

    @classmethod
    def of(cls, content: bytes, fault: Fault, *, at_most: int) -> "Fields":
        """From canonical bytes; any other bytes are refused."""
        return cls(parsed(content, fault, at_most=at_most), fault)

    def _wrong(self, key: str, why: str) -> Faulty:
        return Faulty(self.fault, f"{self.where}.{key}: {why}")

    def _take(self, key: str, kind: type[T]) -> T:
        if key not in self.left:
            raise self._wrong(key, "missing")
        value = self.left.pop(key)
        if type(value) is not kind:  # a bool is no integer here
            raise self._wrong(key, f"not {kind.__name__}")
        return value

    def has(self, key: str) -> bool:
        return key in self.left

    def exactly(self, key: str, expected: str) -> None:
        if self._take(key, str) != expected:
            raise self._wrong(key, f"not {expected!r}")

    def text(self, key: str, *, at_most: int = 200, at_least: int = 1) -> str:
        value = self._take(key, str)
        if not at_least <= len(value.encode()) <= at_most:
            raise self._wrong(key, f"not {at_least} to {at_most} bytes")
        return value

    def lot(self, key: str) -> str:
        value = self.text(key, at_most=LONGEST_LOT)
        if not LOT.fullmatch(value):
            raise self._wrong(key, "not one word")
        return value

    def matching(self, key: str, pattern: re.Pattern[str]) -> str:
        value = self._take(key, str)
        if not pattern.fullmatch(value):
            raise self._wrong(key, "not in its form")
        return value

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        value = self._take(key, str)
        if value not in allowed:
            raise self._wrong(key, f"none of {', '.join(allowed)}")
        return value

    def integer(self, key: str, *, at_least: int = 0, at_most: int = (1 << 53) - 1) -> int:
        value = self._take(key, int)
        if not at_least <= value <= at_most:
            raise self._wrong(key, f"not {at_least} to {at_most}")
        return value

    def hexed(self, key: str, length: int) -> bytes:
        value = self._take(key, str)
        if len(value) != 2 * length or not HEX.fullmatch(value):
            raise self._wrong(key, f"not {length} bytes in lower-case hex")
        return bytes.fromhex(value)

    def base64(self, key: str, *, lengths: tuple[int, ...] = (), at_most: int = 1 << 20) -> bytes:
        try:
            value = read_base64(self._take(key, str))
        except BadEncoding as error:
            raise self._wrong(key, str(error)) from error
        if (lengths and len(value) not in lengths) or len(value) > at_most:
            raise self._wrong(key, f"{len(value)} bytes")
        return value

    def time(self, key: str) -> datetime.datetime:
        try:
            return read_timestamp(self._take(key, str))
        except BadEncoding as error:
            raise self._wrong(key, str(error)) from error

    def mapping(self, key: str) -> dict[str, Any]:
        return self._take(key, dict)

    def inner(self, key: str) -> "Fields":
        return Fields(self._take(key, dict), self.fault, f"{self.where}.{key}")

    def items(self, key: str, *, at_most: int, at_least: int = 0) -> list[Any]:
        value = self._take(key, list)
        if not at_least <= len(value) <= at_most:
            raise self._wrong(key, f"not {at_least} to {at_most} of them")
        return value

    def each(self, key: str, *, at_most: int, at_least: int = 0) -> list["Fields"]:
        values = self.items(key, at_most=at_most, at_least=at_least)
        return [Fields(value, self.fault, f"{self.where}.{key}[{n}]") for n, value in enumerate(values)]

    def done(self) -> None:
        if self.left:
            raise Faulty(self.fault, f"{self.where}: unknown {', '.join(sorted(self.left))}")


def parsed(content: bytes, fault: Fault, *, at_most: int) -> Any:
    """The value of canonical bytes of at most so many. Raises Faulty."""
    if len(content) > at_most:
        raise Faulty(fault, f"{len(content)} bytes, at most {at_most}")
    try:
        return parse_jcs(content)
    except BadEncoding as error:
        raise Faulty(fault, str(error)) from error
