"""Does each advisory lock have a key of its own?"""

import re
from collections import Counter
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "yangcai"
KEY = re.compile(r"\b(7391\d{3})\b")


def test_no_two_locks_share_a_key() -> None:
    """Two that do hold each other up: the sequencer and the numbering of cases did."""
    files = [
        path for kind in ("py", "sql") for path in sorted(SOURCE.rglob(f"*.{kind}")) if "migrations" not in path.parts
    ]
    found = Counter(key for path in files for key in KEY.findall(path.read_text()))
    assert len(found) >= 5 and set(found.values()) == {1}
