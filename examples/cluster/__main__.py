"""`python -m examples.cluster run` or `break`. Both end in order on Ctrl-C and SIGTERM, even while they are loaded."""

from __future__ import annotations

import sys
from importlib import import_module

from examples.cluster.interrupts import INTERRUPTS

_MODULES = {"run": "examples.cluster.run", "break": "examples.cluster.breaking"}


def main() -> int:
    """Do the work of a script; return its exit code."""
    INTERRUPTS.heed()
    try:
        code: int = import_module(_MODULES[sys.argv[1]]).main(sys.argv[2:])
    except KeyboardInterrupt:
        sys.stdout.write("\n終わりました / stopped\n")
        return 0
    return code


if __name__ == "__main__":
    sys.exit(main())
