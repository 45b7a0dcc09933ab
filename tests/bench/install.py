"""Installs the dependency group `bench`, each package by itself: one that cannot be installed is only not measured."""

from __future__ import annotations

import subprocess
import sys
import tomllib

from tests.bench.decide import ROOT


def main() -> None:
    """Install, and name what could not be."""
    group = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]["bench"]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for requirement in group:
        if subprocess.run([*command, requirement], check=False).returncode:
            print(f"{requirement} cannot be installed here; it is not measured")


if __name__ == "__main__":
    main()
