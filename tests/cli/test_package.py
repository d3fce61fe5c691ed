"""Is everything in the package that the program needs: templates, styles, law, SQL, the English messages?"""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.long
def test_the_wheel_has_every_file_of_the_package(tmp_path):
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    tracked = [name for name in listed.split("\0") if name and (ROOT / name).is_file()]
    source = tmp_path / "source"
    for name in tracked:
        if name.startswith(("yangcai/", "tools/")) or name in {"pyproject.toml", "setup.py", "README.md"}:
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    script = "import sys, setuptools.build_meta as build; print(build.build_wheel(sys.argv[1]))"
    built = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], cwd=source, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    with zipfile.ZipFile(tmp_path / built.stdout.splitlines()[-1]) as wheel:
        packed = set(wheel.namelist())
        entry_points = wheel.read(next(name for name in packed if name.endswith("entry_points.txt"))).decode()
    assert {name for name in tracked if name.startswith("yangcai/")} - packed == set()
    assert "yangcai/locale/en/LC_MESSAGES/django.mo" in packed
    assert "yangcai = yangcai.cli:main" in entry_points
    assert not [name for name in packed if name.startswith(("tests/", "tools/", "cases/"))]
