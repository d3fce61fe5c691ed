"""What does this client say of itself in a statement? Its name, version and the digest of the files that seal."""

import hashlib
import importlib.metadata
from pathlib import Path
from typing import Any

from yangcai import sealing
from yangcai.kernel import chunked, encoding, sm2
from yangcai.sealing.statement import Client

#: What this client calls itself in a statement.
NAME = "yangcai bid"


def digests() -> dict[str, str]:
    """Of each file that seals, by its name inside `yangcai/`: SHA-256."""
    package = Path(sealing.__file__).parent
    paths = [*package.rglob("*.py"), *(Path(module.__file__) for module in (chunked, encoding, sm2))]
    named = sorted((path.relative_to(package.parent).as_posix(), path) for path in paths)
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in named}


def bundle_digest() -> bytes:
    """SHA-256 of the lines that `sha256sum` prints of these files, in order of their names, inside `yangcai/`."""
    lines = (f"{digest}  {name}\n" for name, digest in digests().items())
    return hashlib.sha256("".join(lines).encode()).digest()


def client() -> Client:
    """For the statement."""
    return Client(NAME, importlib.metadata.version("yangcai"), bundle_digest())


def announced() -> dict[str, Any]:
    """The line `client` of the public log for this release of the command line (SBP/1 §2.7)."""
    release = importlib.metadata.version("yangcai")
    bundle = bundle_digest().hex()
    return {"t": "client", "name": NAME, "release": release, "bundle_sha256": bundle, "files": digests()}
