"""What was read of a visitor for a condition, as people write it: what explanations and failing tests show."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime

from omotenashi.engine import history
from omotenashi.engine.estimates import NO_ESTIMATE, per_cent
from omotenashi.engine.facts import days_judged, distance, member_value, texts_of
from omotenashi.engine.occasion import Occasion
from omotenashi.language import condition as c
from omotenashi.language.condition import Fact
from omotenashi.language.month_days import is_gotobi
from omotenashi.language.prefectures import PREFECTURES
from omotenashi.language.vocabulary import BLOCK_KEYS, FIELDS, RULE_KEYS, STAGES, find_field
from omotenashi.model.text import fold
from omotenashi.model.visitor import History, MemberValue

_WEEKDAYS = ("月火水木金土日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))
_STAGES = {word.name: word for word in STAGES}


def field_name(field: str, language: str) -> str:
    """Return what a field of conditions is called in ja or en, such as 都道府県 or member.rank."""
    head, dot, name = field.partition(".")
    found = find_field(field)
    word = None if found else RULE_KEYS.find(head) or BLOCK_KEYS.find(head)
    ja = found[0].ja if found else word.ja if word else head
    return f"{ja if language == 'ja' else head}{dot}{name}"


def reading(fact: Fact, occasion: Occasion, language: str) -> str | None:
    """Return what was read for a condition, in ja or en; empty where it is known to be nothing, None where unknown."""
    operand, head = fact.operand, fact.field.partition(".")[0]
    if isinstance(operand, c.Days):
        return listed(
            (_day(day, operand, occasion, language) for day in days_judged(occasion.local, operand)), language
        )
    if isinstance(operand, (c.NotBefore, c.Before, c.Hours)):
        return moment_text(occasion.local, language)
    if isinstance(operand, c.Estimated) and not occasion.visitor.arrival.keyword:
        return _estimated(operand, occasion, language)
    if head in ("keyword", "site_search"):
        return occasion.visitor.arrival.keyword if head == "keyword" else occasion.visitor.site_search
    if head == "member":
        return _member(member_value(occasion.visitor, fold(fact.field.partition(".")[2])), language)
    if head in _PLAIN:
        return _PLAIN[head](fact, occasion, language)
    if type(operand) in _HISTORY or (isinstance(operand, c.Unknown) and head in _KINDS):
        return _past(fact, occasion, language)
    return _words(texts_of(fact.field)(occasion.visitor), head, language)


def _estimated(operand: c.Estimated, occasion: Occasion, language: str) -> str | None:
    """The part of the landing page's clicks that stand for the words which nobody sent."""
    path, estimate = occasion.visitor.arrival.landing, occasion.estimates.get(operand, NO_ESTIMATE)
    landing = estimate.landings.get(path)
    if landing is None or occasion.visitor.arrival.medium != "search":
        return None
    share, rest = per_cent(estimate.matching.get(path, 0), landing), per_cent(estimate.rests.get(path, 0), landing)
    ja, en = (f"、{rest:.3g}% は検索語が不明", f", the searches of {rest:.3g} % are not told") if rest else ("", "")
    return _say(
        language,
        f"着地ページ {path} のクリック {landing.clicks:,} 回のうち {share:.3g}% が一致{ja}",
        f"landing {path}: {share:.3g} % of {landing.clicks:,} clicks match{en}",
    )


def moment_text(moment: datetime, language: str) -> str:
    """Return a moment with its day of the week."""
    return f"{moment:%Y-%m-%d %H:%M:%S} ({_weekday(moment, language)})"


def _day(day: date, operand: c.Days, occasion: Occasion, language: str) -> str:
    """A day, or the night that began on it, as rules see it: with its day of the week and what else it is."""
    also = "".join(_say(language, f"・{ja}", f", {en}") for ja, en in _also(day, operand))
    named = f"{day.isoformat()} ({_weekday(day, language)}{also})"
    return named if day == occasion.local.date() else _say(language, f"{named} の夜", f"the night of {named}")


def _also(day: date, operand: c.Days) -> Iterator[tuple[str, str]]:
    """What a day is called in Japanese and English: a holiday; and where the rule asks for them, month end and gotobi."""
    length = monthrange(day.year, day.month)[1]
    if day in operand.holidays:
        yield "祝", "holiday"
    if operand.month_end and day.day == length:
        yield "月末", "month end"
    if operand.gotobi and is_gotobi(day.day, length):
        yield "五十日", "gotobi"


def _weekday(day: date, language: str) -> str:
    return _WEEKDAYS[0 if language == "ja" else 1][day.weekday()]


def listed(texts: Iterable[str], language: str) -> str:
    """Return texts as one, with the comma of the language."""
    return ("、" if language == "ja" else ", ").join(texts)


def _say(language: str, ja: str, en: str) -> str:
    return ja if language == "ja" else en


def _words(texts: Iterable[str] | None, head: str, language: str) -> str | None:
    """Texts as they are compared; words of the vocabulary by their names."""
    if texts is None:
        return None
    found = find_field("consent" if head == "needs_consent" else head)
    names = {word.name: word.ja for word in found[0].choices} if found and language == "ja" else {}
    return listed(sorted(names.get(text, text) for text in texts), language)


def _member(value: MemberValue | None, language: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return _yes_no(language, yes=value)
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, tuple):
        return listed(value, language)
    return value.isoformat() if isinstance(value, date) else value


def _yes_no(language: str, *, yes: bool) -> str:
    return _say(language, "はい", "yes") if yes else _say(language, "いいえ", "no")


def _number(value: float) -> str:
    return f"{value:.10g}"


def _prefectures(_: Fact, occasion: Occasion, language: str) -> str | None:
    possible = occasion.visitor.place.area
    if possible is None:
        return None
    names = [row[1] if language == "ja" else row[3] for row in PREFECTURES if row[0] in possible]
    if len(names) == 1:
        return names[0]
    return listed(names, language) + _say(language, " のどれか", " (one of these)")


def _near(fact: Fact, occasion: Occasion, language: str) -> str | None:
    location = occasion.visitor.place.location
    if location is None:
        return None
    here = f"{location[0]:.4f}, {location[1]:.4f}"
    if not isinstance(fact.operand, c.Near):
        return here
    away = f"{distance(location, fact.operand):.4g} km"
    return _say(language, f"{away} 離れている({here})", f"{away} away ({here})")


def _languages(_: Fact, occasion: Occasion, language: str) -> str | None:
    del language
    return occasion.visitor.languages[0] if occasion.visitor.languages else None


def _logged_in(_: Fact, occasion: Occasion, language: str) -> str:
    return _yes_no(language, yes=occasion.visitor.member is not None)


def _experiment(fact: Fact, occasion: Occasion, language: str) -> str | None:
    """The variant that a test states, else what the visitor's variant is worked out of."""
    del language
    visitor, operand = occasion.visitor, fact.operand
    stated = visitor.buckets.get(operand.experiment) if isinstance(operand, c.TakesPart) else None
    return stated if visitor.id and stated else visitor.id


_PLAIN: dict[str, Callable[[Fact, Occasion, str], str | None]] = {
    "prefecture": _prefectures,
    "area": _prefectures,
    "near": _near,
    "language": _languages,
    "logged_in": _logged_in,
    "experiment": _experiment,
    "referrer": lambda _, occasion, __: occasion.visitor.arrival.referrer,
    "page": lambda _, occasion, __: occasion.visitor.page,
    "landing": lambda _, occasion, __: occasion.visitor.arrival.landing,
}


# History


def _past(fact: Fact, occasion: Occasion, language: str) -> str | None:
    past, operand = occasion.visitor.history, fact.operand
    if past is None or history.kind_of(fact) in past.unknown:
        return None
    if isinstance(operand, c.Unknown):
        return _say(language, "記録がある", "there is a record")
    return _HISTORY[type(operand)](operand, past, occasion, language)


def _count(operand: c.Operand, past: History, occasion: Occasion, language: str) -> str:
    counted = history.counted(operand, past, occasion)
    return _say(language, f"{counted}回", f"{counted} times" if counted != 1 else "once")


def _goals(operand: c.CooledDown, past: History, occasion: Occasion, language: str) -> str:
    return f"{operand.goal} {_count(operand, past, occasion, language)}"


def _bought(operand: c.Bought, past: History, occasion: Occasion, language: str) -> str:
    amounts = history.amounts(operand, past, occasion)
    total = _number(sum(amounts))
    orders = "1 order" if len(amounts) == 1 else f"{len(amounts)} orders"
    return _say(language, f"{len(amounts)}件、合計 {total}", f"{orders}, {total} in all")


def _last_visit(_: c.LastVisit, past: History, occasion: Occasion, language: str) -> str:
    if past.last_visit is None:
        return ""
    return moment_text(datetime.fromtimestamp(past.last_visit, occasion.local.tzinfo), language)


def _cart(_: c.InCart, past: History, occasion: Occasion, language: str) -> str | None:
    if not past.cart_known:
        return None
    if past.cart is None:
        return ""
    changed = moment_text(datetime.fromtimestamp(past.cart.changed, occasion.local.tzinfo), language)
    amount = _number(past.cart.amount)
    return _say(language, f"金額 {amount}、最後の変更 {changed}", f"worth {amount}, last changed {changed}")


def _stage(operand: c.InStage, past: History, occasion: Occasion, language: str) -> str:
    name = history.stage(past, operand.spans, occasion.now)
    return _STAGES[name].ja if language == "ja" else name


_HISTORY: dict[type, Callable[..., str | None]] = {
    **dict.fromkeys((c.Viewed, c.Did, c.Visits, c.Shown, c.LimitLeft), _count),
    c.CooledDown: _goals,
    c.Bought: _bought,
    c.LastVisit: _last_visit,
    c.InCart: _cart,
    c.InStage: _stage,
}
_KINDS = frozenset(field.name for field in FIELDS if field.stored)
