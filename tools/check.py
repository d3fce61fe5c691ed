"""Is the source as it should be? All checks that need no test run; each gives its verdict, none hides another."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
RUFF, MYPY, LINT_IMPORTS = (str(Path(PYTHON).parent / name) for name in ("ruff", "mypy", "lint-imports"))
CHECKS: dict[str, list[str]] = {
    "format": [RUFF, "format", "--check", "-q", "."],
    "lint": [RUFF, "check", "-q", "."],
    "types": [MYPY, "--no-error-summary"],
    "layers": [LINT_IMPORTS, "--no-cache"],
    "migrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    "law": [PYTHON, "-m", "yangcai", "law", "check"],
    "messages": [PYTHON, "tools/messages.py", "check"],
    "documents": [PYTHON, "tools/docs.py", "check"],
}


def main() -> int:
    """Run them all, or those named; 1 when one fails."""
    named = sys.argv[1:] or list(CHECKS)
    failed = []
    for name in named:
        began = time.monotonic()
        done = subprocess.run(
            CHECKS[name],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env={**os.environ, "NO_COLOR": "1"},
        )
        seconds = time.monotonic() - began
        print(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {name} ({seconds:.1f} s)", flush=True)
        if done.returncode != 0:
            failed.append(name)
            print(done.stdout, flush=True)
    if failed:
        print(f"make check: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
