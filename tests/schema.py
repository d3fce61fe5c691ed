"""Which schema do the migrations of this checkout make? Its digest names whatever is kept of it between test runs."""

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def digest(*more: Path) -> str:
    """Changes with every migration, every SQL file, the versions of what they run on, and `more` files."""
    said = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    migrations = (ROOT / "yangcai").glob("*/migrations/**/*.py")
    first = ROOT / "yangcai/kernel/first_schema.py"
    for path in sorted((*more, first, *migrations, *(ROOT / "yangcai").rglob("*.sql"))):
        said.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return said.hexdigest()[:16]
