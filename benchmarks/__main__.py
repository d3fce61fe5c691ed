"""How fast is the platform on this machine? `python -m benchmarks` runs all, `python -m benchmarks NAME …` some.

--quick      tiny sizes: does everything still work?
--json       one JSON document instead of the report
--write      also into docs/benchmarks.md; what is not measured now stays there as it is
"""

import argparse
import importlib
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.scale import FULL, QUICK

#: Name -> whether its cluster is durable: where writing is measured, a commit must reach the disk.
BENCHMARKS = {
    "actions": True,
    "api": True,
    "budget": True,
    "replays": True,
    "stories": True,
    "pages": False,
    "year": False,
    "evaluation": False,
    "sealing": False,
    "finalise": True,
    "standby": True,
    "handing_in": True,
    "storm": True,
    "opening": True,
    "proofs": True,
    "browser_sealing": False,
    "hall": True,
}
ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "docs" / "benchmarks.md"


def main() -> int:
    """Each benchmark in a process and on a cluster of its own, so that none finds what another left."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # so that nothing is left behind
    options = arguments()
    command = f"python -m benchmarks{' --quick' if options.quick else ''}"
    names = options.names or list(BENCHMARKS)
    found = [measure(names[0], options)] if len(names) == 1 and options.inside else [_apart(n, options) for n in names]
    if options.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        print(report.text(found))
    if options.write:
        before = REPORT.read_text(encoding="utf-8") if REPORT.exists() else ""
        written = report.markdown(found, command=command, before=before, order=list(BENCHMARKS))
        REPORT.write_text(written, encoding="utf-8")
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--quick", action="store_true", help="tiny sizes")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--write", action="store_true", help=f"write {REPORT.relative_to(ROOT)}")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _apart(name: str, options: argparse.Namespace) -> dict[str, Any]:
    print(f"{name} ...", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "benchmarks", name, "--inside", "--json", *["--quick"] * options.quick]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        try:
            answer, _nothing = child.communicate()
        finally:
            child.terminate()  # when we are told to stop: it takes its cluster down and ends
    if child.returncode != 0:
        raise SystemExit(f"the benchmark {name} did not come to its end")
    found: dict[str, Any] = json.loads(answer)[0]
    return found


def measure(name: str, options: argparse.Namespace) -> dict[str, Any]:
    """One benchmark in this process."""
    from benchmarks import machine, site

    with site.throw_away_site(durable=BENCHMARKS[name]):
        where = machine.machine()
        module = importlib.import_module(f"benchmarks.{name}")
        figures = module.run(QUICK if options.quick else FULL)
    return {
        "name": name,
        "question": module.__doc__.splitlines()[0],
        "machine": where,
        "durable": BENCHMARKS[name],
        "figures": [figure.as_dict() for figure in figures],
    }


if __name__ == "__main__":
    sys.exit(main())
