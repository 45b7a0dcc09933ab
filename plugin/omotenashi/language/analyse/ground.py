"""What the analyses of one folder stand on, so that none works it out again."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from omotenashi.language.analyse.claims import Claims
from omotenashi.language.analyse.placed import Placed
from omotenashi.language.analyse.search import Calendar
from omotenashi.language.syntax import Folder
from omotenashi.model.site_facts import SiteFacts


class Ground:
    """A folder without errors: the parts of its rules, their formulas, the site's calendar."""

    def __init__(self, folder: Folder, site: SiteFacts) -> None:
        self.folder = folder
        self.placed = Placed(folder)
        self.claims = Claims(site)
        self.calendar = Calendar(ZoneInfo(site.timezone), site.holidays)
