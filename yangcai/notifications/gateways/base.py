"""What must a gateway for e-mail, SMS or an enterprise messenger do? One method, and two ways to say no."""

from abc import ABC, abstractmethod
from dataclasses import dataclass


@dataclass(frozen=True)
class Letter:
    """What is handed over: to whom, in words of the reader's language. `letter_id` is the same at every attempt: a
    gateway that keeps what it has sent answers a known one with the first receipt and sends nothing."""

    to: str
    title: str
    text: str
    link: str
    language: str
    letter_id: str


class GatewayDown(Exception):
    """Nothing was handed over, and later it may be: it is tried again after a while, a limited number of times."""


class GatewayRefused(Exception):
    """Nothing was handed over, and never will be (an address that does not exist): it is given up at once."""


class Gateway(ABC):
    """The contract. A gateway is made once for each process and used by one thread at a time.

    - `send` hands one letter over, outside of any database transaction, and returns the other side's receipt (a text,
      which may be empty).
    - It returns only when the other side has taken the letter. When it certainly has not, it raises GatewayDown or
      GatewayRefused; of any other exception nobody knows whether the letter went out, and it is not sent a second time.
    - It waits for no longer than `SECONDS`.
    - It writes neither address nor text to a log.
    """

    SECONDS = 10

    def __init__(self, *, channel: str):
        self.channel = channel

    @abstractmethod
    def send(self, letter: Letter) -> str:
        """Hand a letter over; returns the receipt. Raises GatewayDown, GatewayRefused."""
