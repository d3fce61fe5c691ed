"""How does the log's key sign without lying beside the site? A small process holds it, asked through a Unix socket.

One request and one answer per connection, each a line of JSON. The process signs checkpoints of its own log and records
(texts that begin with a kind and its version); its memory lies beside the key, so it refuses a second root for a size
and anything smaller, whoever asks. `YANGCAI_LOG_SIGNER` names the socket; `yangcai signer` is the process. It may hold
the log's key of SM2 too, and then writes both lines.
"""

import json
import re
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol, cast

from yangcai.kernel import durable
from yangcai.kernel.patience import hung_up_after
from yangcai.kernel.tlog import checkpoint, note
from yangcai.kernel.tlog.checkpoint import Checkpoint
from yangcai.kernel.tlog.faults import Malformed, Unproven

#: Seconds for a whole exchange: it reads one file and writes one.
PATIENCE = 5.0
MOST_BYTES = 64 * 1024
#: The first line of whatever is signed besides checkpoints: no origin of a log looks like it, and none is taken for it.
KIND = re.compile(r"[a-z]+(?:-[a-z]+)*/v[0-9]+")


class KeyExposed(Exception):
    """The private key can be read by others: nothing is signed with it."""


class NeverTwo(Exception):
    """The log's key signed a larger tree already, or another root of this size: there must never be two."""


class NotSigned(Exception):
    """The signer cannot be reached, or does not sign this; the text says why."""


class Holder(Protocol):
    """Whoever holds the key of the log."""

    @property
    def verifier(self) -> note.Verifier: ...

    @property
    def sm2_verifier(self) -> note.Verifier | None:
        """The key of the second line under what is signed; None: there is one line."""
        ...

    def sign_head(self, head: Checkpoint) -> note.Note:
        """Raises NeverTwo."""
        ...

    def sign_record(self, text: str) -> note.Note:
        """Raises NotSigned at a text that could be taken for a checkpoint."""
        ...

    def last_signed(self) -> Checkpoint | None: ...


# --- the process that holds it -------------------------------------------------------------------------------------


@contextmanager
def serving(holder: Holder, *, path: Path) -> Iterator[None]:
    """Answer on this socket until the block ends. A socket that a killed process left behind is taken over, never one
    on which somebody answers. Raises OSError."""
    _check_free(path)
    server = _Server(str(path), _handler(holder))
    path.chmod(0o660)  # its folder says which group may ask
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        path.unlink(missing_ok=True)


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


def _check_free(path: Path) -> None:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(PATIENCE)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise FileExistsError(f"another signer answers at {path}")


def _handler(holder: Holder) -> type[socketserver.BaseRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        timeout = PATIENCE

        def handle(self) -> None:
            with suppress(OSError), hung_up_after(PATIENCE, self.request):
                line = self.rfile.readline(MOST_BYTES + 1)
                self.wfile.write(json.dumps(answer(holder, line)).encode() + b"\n")

    return Handler


def answer(holder: Holder, line: bytes) -> dict[str, Any]:
    """What the process says to one request: {"vkey"}, {"sm2"}, {"last"}, {"note"}; {"never": why}, {"refused": why}."""
    try:
        asked = json.loads(line)
        match asked:
            case {"do": "key", **none} if not none:
                return {"vkey": holder.verifier.vkey}
            case {"do": "sm2", **none} if not none:
                key = holder.sm2_verifier
                return {"sm2": key.vkey if key else None}
            case {"do": "last", **none} if not none:
                last = holder.last_signed()
                return {"last": last.text if last else None}
            case {"do": "head", "text": str(text), **none} if not none:
                return {"note": str(holder.sign_head(checkpoint.parse(text)))}
            case {"do": "record", "text": str(text), **none} if not none:
                return {"note": str(holder.sign_record(text))}
    except NeverTwo as error:
        return {"never": str(error)}
    except (ValueError, RecursionError, Malformed, NotSigned, KeyExposed, OSError) as error:
        return {"refused": f"{type(error).__name__}: {error}"}
    return {"refused": "not understood"}


# --- who asks it ---------------------------------------------------------------------------------------------------


class Apart:
    """The key in another process. Its public half is kept in a file once it was learned: another key behind the same
    socket is refused, and whoever needs the public half alone does not wait for the process."""

    def __init__(self, socket_path: Path, *, known: Path, has_sm2: bool = False) -> None:
        self.path, self.known, self.has_sm2 = socket_path, known, has_sm2

    @property
    def verifier(self) -> note.Verifier:
        """Raises NotSigned, Malformed."""
        return self._learned("log.vkey", lambda: self._ask({"do": "key"}, "vkey"))

    @property
    def sm2_verifier(self) -> note.Verifier | None:
        """None where the site wants none. Raises NotSigned where the process has none, Malformed."""
        return self._learned("log-sm2.vkey", self._ask_sm2) if self.has_sm2 else None

    def _ask_sm2(self) -> str:
        vkey = self._ask({"do": "sm2"}, "sm2")
        if vkey is None:
            raise NotSigned("the signer has no key of SM2: start it with --sm2")
        return str(vkey)

    def _learned(self, name: str, ask: Callable[[], str]) -> note.Verifier:
        path = self.known / name
        if not path.exists():
            durable.write(path, f"{ask()}\n".encode(), replace=False)
        return note.parse_vkey(path.read_text().removesuffix("\n"))

    def sign_head(self, head: Checkpoint) -> note.Note:
        return self._signed("head", head.text)

    def sign_record(self, text: str) -> note.Note:
        return self._signed("record", text)

    def last_signed(self) -> Checkpoint | None:
        """Raises NotSigned, Malformed."""
        found = self._ask({"do": "last"}, "last")
        return checkpoint.parse(found) if found is not None else None

    def _signed(self, what: str, text: str) -> note.Note:
        """The note, of this text and by the keys that were known before, in their order; another line that the process
        writes is left out. Raises NeverTwo, NotSigned."""
        content = str(self._ask({"do": what, "text": text}, "note"))
        first, second = self.verifier, self.sm2_verifier
        wanted = [first, second] if second else [first]
        try:
            found = note.opened(content.encode(), wanted)
        except (Malformed, Unproven) as error:
            raise NotSigned(f"the signer's answer is not signed by {first.name}: {error}") from error
        lines = [line for one in wanted for line in found.signatures if one.is_of(line)]
        if len(lines) != len(wanted):
            raise NotSigned(f"the signer's answer is not signed by each key of {first.name}")
        signed = note.Note(found.text, tuple(lines))
        if signed.text != text:
            raise NotSigned("the signer signed another text")
        return signed

    def _ask(self, asked: dict[str, str], wanted: str) -> Any:
        try:
            with socket.socket(socket.AF_UNIX) as sock:
                sock.settimeout(PATIENCE)
                sock.connect(str(self.path))
                with hung_up_after(PATIENCE, sock):
                    sock.sendall(json.dumps(asked).encode() + b"\n")
                    with sock.makefile("rb") as reading:
                        told = json.loads(reading.readline(MOST_BYTES + 1))
        except (OSError, ValueError) as error:
            raise NotSigned(f"no answer from the signer at {self.path}: {error}") from error
        if not isinstance(told, dict) or wanted not in told:
            said = cast(dict[str, Any], told) if isinstance(told, dict) else {}
            if "never" in said:
                raise NeverTwo(str(said["never"]))
            raise NotSigned(f"the signer refuses: {said.get('refused', 'without a reason')}")
        return told[wanted]
