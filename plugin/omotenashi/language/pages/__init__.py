"""Pages about the codes, for `omo explain E203`."""

from __future__ import annotations

from omotenashi.language.pages.advice import ADVICE
from omotenashi.language.pages.analyses import ANALYSES
from omotenashi.language.pages.estimates import ESTIMATES
from omotenashi.language.pages.experiments import EXPERIMENTS
from omotenashi.language.pages.form import FORM
from omotenashi.language.pages.names import NAMES
from omotenashi.language.pages.page import Page
from omotenashi.language.pages.slips import SLIPS
from omotenashi.language.pages.tables import TABLES
from omotenashi.language.pages.values import VALUES
from omotenashi.language.pages.words import WORDS

PAGES: dict[str, Page] = {
    **SLIPS,
    **FORM,
    **VALUES,
    **NAMES,
    **EXPERIMENTS,
    **ESTIMATES,
    **TABLES,
    **WORDS,
    **ANALYSES,
    **ADVICE,
}
