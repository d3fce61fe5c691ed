"""On which machine was it measured?"""

import os
import platform
from pathlib import Path
from typing import Any

from benchmarks import site


def _first(path: str, key: str) -> str:
    found = Path(path)
    lines = found.read_text().splitlines() if found.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "unknown")


def machine() -> dict[str, Any]:
    """Processor, cores, memory, versions, and how busy it was at the start. No name of a host or a folder."""
    kilobytes = _first("/proc/meminfo", "MemTotal").split()[0]
    with site.connect() as connection:
        row = connection.execute("SHOW server_version").fetchone()
    return {
        "cpu": _first("/proc/cpuinfo", "model name"),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(int(kilobytes) / 2**20) if kilobytes.isdigit() else None,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "postgresql": row[0].split()[0] if row else "unknown",
        "load_at_start": round(os.getloadavg()[0], 1),
    }
