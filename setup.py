"""What does building the package do beyond pyproject.toml? It compiles the English messages."""

import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

sys.path.insert(0, str(Path(__file__).parent / "tools"))


class BuildWithMessages(build_py):
    """build_py after `tools/messages.py compile`: the .mo files are not in the repository."""

    def run(self):
        import messages

        messages.compile_catalogues()
        super().run()


setup(cmdclass={"build_py": BuildWithMessages})
