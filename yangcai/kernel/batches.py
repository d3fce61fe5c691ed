"""How do those who come at the same moment share one transaction? One of them does the work for all that wait.

Who comes alone is served at once. Whoever comes while one works waits for it, and is then served with all who waited:
the busier it is, the larger the batches. After a batch the next gathers for a moment, as those who were just served
make room for others: else two halves of a crowd would take turns, and each transaction be half as full. In one
process; processes share nothing here but the database.
"""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")
#: Seconds for which the next of a crowd waits until it is as large as it was: half of what a transaction costs whatever
#: stands in it.
GATHERING = 0.002


class _Turn(Generic[Ask, Answer]):
    """One who asked: woken with an answer, to lead, or to ask alone."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.answers: list[Answer] = []
        self.woken = threading.Event()
        self.leads = False
        #: So many are worth waiting for, and when they are here.
        self.awaits = 0
        self.gathered = threading.Event()


class Batches(Generic[Ask, Answer]):
    """`work` answers each of the asks it is given, in their order and in one transaction, or raises.

    `queue` names those who may share a transaction; of the same `apart` there is one in a batch, and a batch stands in
    its order: so batches of several processes take their locks in one order. At most `most` are in a batch.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Ask]], Sequence[Answer]],
        *,
        queue: Callable[[Ask], str],
        apart: Callable[[Ask], str],
        most: int,
        gathering: float = GATHERING,
    ) -> None:
        self._work, self._queue, self._apart, self._most = work, queue, apart, most
        self._gathering = gathering
        self._guard = threading.Lock()
        #: Who waits in each queue that somebody leads.
        self._waiting: dict[str, list[_Turn[Ask, Answer]]] = {}
        #: The last crowd that was served whole: its queue, how many they were, and until when they may be back.
        self._served = ("", 0, 0.0)

    def ask(self, ask: Ask) -> Answer:
        """The answer to this ask. What goes wrong in a batch of several is nobody else's trouble: each then asks alone,
        in its own thread, and gets its own error. Raises whatever `work` raises."""
        turn, name = _Turn[Ask, Answer](ask), self._queue(ask)
        with self._guard:
            turn.leads = name not in self._waiting
            waiting = self._waiting.setdefault(name, [])
            waiting.append(turn)
            if turn.leads and self._served[0] == name and time.monotonic() < self._served[2]:
                turn.awaits = self._served[1]
            if waiting[0].awaits <= len(waiting):
                waiting[0].gathered.set()
        if not turn.leads:
            turn.woken.wait()
        if turn.leads:
            if turn.awaits:
                turn.gathered.wait(timeout=self._gathering)
            self._lead(name, turn)
        return turn.answers[0] if turn.answers else self._work([ask])[0]

    def _lead(self, name: str, own: _Turn[Ask, Answer]) -> None:
        batch = [own]
        try:
            batch = self._chosen(name, own)
            answers = self._work([turn.ask for turn in batch])
            for turn, answer in zip(batch, answers, strict=True):
                turn.answers.append(answer)
        except Exception:
            if len(batch) == 1:
                raise
        finally:
            self._hand_on(name, batch)

    def _chosen(self, name: str, own: _Turn[Ask, Answer]) -> list[_Turn[Ask, Answer]]:
        """The leader's own, and of the others the first that stand apart."""
        chosen = {self._apart(own.ask): own}
        with self._guard:
            for turn in self._waiting[name]:
                if len(chosen) < self._most:
                    chosen.setdefault(self._apart(turn.ask), turn)
        return [turn for _apart, turn in sorted(chosen.items(), key=lambda item: item[0])]

    def _hand_on(self, name: str, batch: list[_Turn[Ask, Answer]]) -> None:
        """The next who waits is named before anybody of this batch goes, and leads when they may be back."""
        with self._guard:
            left = [turn for turn in self._waiting.pop(name) if turn not in batch]
            if left:
                self._waiting[name] = left
                left[0].leads, left[0].awaits = True, min(self._most, len(left) + len(batch))
            elif len(batch) > 1:
                self._served = name, len(batch), time.monotonic() + self._gathering
        for turn in (*batch, *left[:1]):
            turn.woken.set()
