"""What does this client say of itself in a statement? Its name, version and the digest of the files that seal."""

import hashlib
import importlib.metadata
from pathlib import Path

from yangcai import sealing
from yangcai.kernel import encoding
from yangcai.sealing.statement import Client


def bundle_digest() -> bytes:
    """SHA-256 of the lines that `sha256sum` prints of these files, in order of their names, inside `yangcai/`."""
    package = Path(sealing.__file__).parent
    paths = [*package.rglob("*.py"), Path(encoding.__file__)]
    named = sorted((path.relative_to(package.parent).as_posix(), path) for path in paths)
    lines = (f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}\n" for name, path in named)
    return hashlib.sha256("".join(lines).encode()).digest()


def client() -> Client:
    """For the statement."""
    return Client("yangcai bid", importlib.metadata.version("yangcai"), bundle_digest())
