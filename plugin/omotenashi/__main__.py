"""`python -m omotenashi` is the command line."""

import sys

from omotenashi.cli import main

sys.exit(main())
