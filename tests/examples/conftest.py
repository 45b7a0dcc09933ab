"""The sample shop is a folder of scripts: its tests import it as `python shop.py` does."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "examples" / "shop"))
