"""site.yaml: the parameters of URLs that hold what visitors search for, and where they come from."""

from __future__ import annotations

from omotenashi.language import reader
from omotenashi.language.patterns import parameter_name
from omotenashi.language.reader import Entries
from omotenashi.language.report import Report
from omotenashi.language.vocabulary import CAMPAIGN_KEYS, SEARCH_KEYS
from omotenashi.model.site_facts import CampaignParameters, SiteFacts


def search_parameters(entries: Entries, report: Report) -> tuple[str, ...]:
    """Return the parameters that hold the words of the site's own search."""
    given = reader.inside(entries, "site_search", SEARCH_KEYS, report)
    return _names(given, "parameters", report) if "parameters" in given else SiteFacts().search_parameters


def campaign_parameters(entries: Entries, report: Report) -> CampaignParameters:
    """Return the parameters that name a campaign on this site."""
    given = reader.inside(entries, "campaign_parameters", CAMPAIGN_KEYS, report)
    names = {key: tuple(name.lower() for name in _names(given, key, report)) for key in given}
    return CampaignParameters(**names)


def _names(given: Entries, key: str, report: Report) -> tuple[str, ...]:
    items = reader.one_or_more(given[key][1], key, report)
    found = [reader.value(item, key, parameter_name, "E360", report) for item in items]
    return tuple(name for name in found if name)
