"""`python -m omotenashi` is the command line."""

import sys

try:
    from omotenashi.cli import main
except KeyboardInterrupt:
    sys.exit(130)  # as the commands do, of which nothing is loaded yet

sys.exit(main())
