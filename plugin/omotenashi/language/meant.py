"""What to write instead of a value that is not of its form, as far as one can tell: numbers, spans, dates, hours and such.

Each function returns empty text where it cannot tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from omotenashi.language.aliases import value_meant
from omotenashi.language.meant_dates import hours_meant
from omotenashi.language.patterns import host_name, host_pattern, path_pattern
from omotenashi.language.report import LONGEST_SLIP
from omotenashi.language.values import kilometres, plain, span
from omotenashi.language.written import listed, quoted
from omotenashi.model.event import EVENT_NAME
from omotenashi.model.geo import point

_KANJI_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_KANJI_UNITS = {"十": 10, "百": 100, "千": 1000}
_LARGEST = 1e12
_ENGLISH = "zero one two three four five six seven eight nine ten eleven twelve".split()
_AMOUNT = re.compile(r"([\d〇零一二三四五六七八九十百千万億,.]+)")
_SEPARATORS = re.compile(r"\s*(?:[,、，;；/／|｜・&＆+＋]|\s(?:or|and|OR|AND)\s|または|もしくは|および|及び|か|と)\s*")


_EACH_ALONE = (
    *(_SEPARATORS, re.compile(r"\s*[,、，;；]\s*")),
    *(re.compile(r"\s+(?:or|and|OR|AND)\s+|\s*(?:または|もしくは)\s*"), re.compile(r"\s+")),
)


def remedy(code: str, text: str) -> str:
    """Return the text to write for a value that was refused under a code."""
    find = _REMEDIES.get(code)
    return find(text.strip()) if find and len(text) <= LONGEST_SLIP else ""


def several(text: str, reads: Callable[[str], object]) -> str:
    """Return a list for values that were written as one text, all of which can be read.

    Where `reads` returns a text, that is what stands in the list.
    """
    if len(text) > LONGEST_SLIP:
        return ""
    for separator in _EACH_ALONE:
        parts = [part.strip("[]「」 　\"'") for part in separator.split(text.strip())]
        if len(parts) < 2 or not all(parts):
            continue
        read = [reads(part) for part in parts]
        if all(read):
            return listed(one if isinstance(one, str) else part for part, one in zip(parts, read, strict=True))
    return ""


def denied(text: str) -> str:
    """Return the value in `not mobile`, `!mobile` or `mobile以外`; empty text for other values."""
    found = re.fullmatch(r"(?:[!！≠]|not[ :]|除く|-)\s*(.+)|(.+?)(?:以外|ではない|を除く)", text.strip(), re.IGNORECASE)
    return (found[1] or found[2]).strip() if found else ""


def number_meant(text: str) -> str:
    """5千 and 五千 are 5000, three is 3, $50 is 50."""
    said = plain(text).strip("約以上下のおよそ+-~<>=≧≦ ")
    if said in _ENGLISH:
        return str(_ENGLISH.index(said))
    found = _AMOUNT.search(said)
    if found is None:
        return ""
    amount = _kanji(found[1].replace(",", ""))
    if amount is None or amount > _LARGEST:
        return ""
    return f"{amount:g}" if amount < 1e6 else f"{amount:.0f}"


def range_meant(text: str) -> str:
    """`>=20` and 20以上 are {at_least: 20}, 20..29 and 20代 are 20-29."""
    said = plain(text[:LONGEST_SLIP])
    if said in _VISITS:
        return _VISITS[said]
    digits = number_meant(said)
    both = re.fullmatch(r"(\S+?) ?(?:\.\.+|to|から|~|-|and|,) ?(\S+?)(?:まで)?", said.removeprefix("between "))
    ends = [number_meant(both[1]), number_meant(both[2])] if both and both[1] and both[2] else ["", ""]
    if all(ends):
        return f"{ends[0]}-{ends[1]}"
    if not digits:
        return ""
    count = int(float(digits))
    if re.fullmatch(r"\d+(?:代|s)", said):
        return f"{count}-{count + 9}"
    for pattern, write in _COMPARED:
        if re.search(pattern, said):
            return write(digits, count)
    return digits


_COMPARED: tuple[tuple[str, Callable[[str, int], str]], ...] = (
    (r"^(?:>=|=>|≧|≥)|以上|以降|から$|or more|at least|\d ?(?:\+|-|~)$", lambda digits, _: f"{{at_least: {digits}}}"),
    (r"^(?:<=|=<|≦|≤)|以下|まで|or less|at most|up to|^~", lambda digits, _: f"{{at_most: {digits}}}"),
    (r"^>|超|より多|more than|over", lambda _, count: f"{{at_least: {count + 1}}}"),
    (r"^<|未満|より少|less than|fewer|under", lambda _, count: f"{{at_most: {count - 1}}}"),
)
_VISITS = {
    "初回": "1",
    "初めて": "1",
    "はじめて": "1",
    "first": "1",
    "リピーター": "{at_least: 2}",
    "returning": "{at_least: 2}",
    "repeat": "{at_least: 2}",
}
_UNIT_WORDS = (
    (r"秒|s|secs?|seconds?", "second"), (r"分間?|m|mins?|minutes?", "minute"), (r"時間?|h|hrs?|hours?", "hour"),
    (r"日間?|営業日|d|days?|business days?|nights?|泊", "day"), (r"週間?|wks?|w|weeks?", "week"),
    (r"か月|ヶ月|ヵ月|ケ月|カ月|月間?|mo|mos|mths?|months?", "month"), (r"年間?|y|yrs?|years?", "year"),
)  # fmt: skip


def span_meant(text: str) -> str:
    """30 and 30d are 30 days, an hour is 1 hour, 半年 is 6 months, 1.5 hours are 90 minutes."""
    said = re.sub(
        r"^(?:last|past|within|in|for|過去|直近|約|最近|p)\s*|\s*(?:ago|before|以内|前|経過|後|以上|or more|ごと|毎|まで|after .*)$",
        "",
        plain(text),
    )
    said = {
        "半年": "6 months",
        "half a year": "6 months",
        "半日": "12 hours",
        "daily": "1 day",
        "weekly": "1 week",
    }.get(said, said)
    said = re.sub(r"^.{1,8}後(?=\d)", "", said)
    said = re.sub(r"^(?:an?|one|毎)\s*(?=\D)", "1 ", said)
    if any(re.fullmatch(pattern, said) for pattern, _ in _UNIT_WORDS):
        said = f"1 {said}"
    found = re.fullmatch(r"([\d.,]+|[〇一二三四五六七八九十百千]+|[a-z]+(?= )) ?(.*)", said)
    amount = number_meant(found[1]) if found else ""
    if found is None or not amount:
        return ""
    unit = next((name for pattern, name in _UNIT_WORDS if re.fullmatch(pattern, found[2])), None if found[2] else "day")
    if unit is None:
        return ""
    return _whole(float(amount), unit)


def _whole(amount: float, unit: str) -> str:
    """Half an hour is 30 minutes: spans are whole numbers."""
    smaller = {
        "year": ("month", 12),
        "week": ("day", 7),
        "day": ("hour", 24),
        "hour": ("minute", 60),
        "minute": ("second", 60),
    }
    if amount != int(amount) and unit in smaller:
        return _whole(amount * smaller[unit][1], smaller[unit][0])
    count = round(amount)
    written = f"{count} {unit}{'' if count == 1 else 's'}"
    return written if span(written) else ""


def path_meant(text: str) -> str:
    """A path begins with a slash and has no host; ^/x.*$ is /x**."""
    path = re.sub(
        r"^(?:[a-z][a-z0-9+.-]*:)?//[^/]*", "", text.replace("\\", "/").replace("／", "/"), flags=re.IGNORECASE
    )
    if not path and "//" in text:
        path = "/"
    if re.match(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+/", path, re.IGNORECASE):
        path = path[path.index("/") :]
    path = (
        path.removeprefix("^")
        .removesuffix("$")
        .replace(".*", "**")
        .replace(".+", "**")
        .removeprefix("./")
        .removeprefix("~")
    )
    path = path if path.startswith("/") else f"/{path}"
    return path if path_pattern(path) and not re.search(r"[()\\^$|\s]", path) else ""


def host_meant(text: str) -> str:
    """A host stands without scheme, user and port; .example.com is *.example.com."""
    engine = value_meant(text, "medium")
    if engine.startswith("source: "):
        return engine
    rest = re.sub(r"^(?:[a-z][a-z0-9+.-]*:)?//", "", text.strip(), flags=re.IGNORECASE).rpartition("@")[2]
    host, slash, path = rest.partition("/")
    host = re.sub(r":\d+$", "", host.partition("?")[0])
    host = re.sub(r"^\*?\.|^\*(?=\w)", "*.", host)
    return quoted(f"{host}{slash if path else ''}{path}") if host_pattern(host) else ""


def own_host_meant(text: str) -> str:
    """One of the site's hosts is a host alone."""
    host = host_meant(text).strip('"').partition("/")[0].removeprefix("*.")
    return host if host_name(host) else ""


def yes_no_meant(text: str) -> str:
    """On, 1, y and ○ are yes."""
    said = plain(text).strip("。.! ")
    if said in _YES:
        return "yes"
    return "no" if said in _NO else ""


_YES = frozenset(
    "on 1 y ok yeah yep ye yse ys t オン 真 有 有り あり ○ 〇 ◯ する 可 必要 はい。 済 済み ログイン ログイン中 true: enabled always".split()
)
_NO = frozenset(
    "off 0 n ng nope f オフ 偽 無 無し なし × x しない 不可 不要 未 未ログイン ログアウト いえ ノー disabled never none null".split()
)


def distance_meant(text: str) -> str:
    """5 is 5 km, 500 is 500 m, 5 miles are 8 km."""
    said = re.sub(r"^(?:半径|約|within)\s*|\s*(?:以内|圏内|範囲|圏)$", "", plain(text))
    found = re.fullmatch(r"([\d.,]+|[一二三四五六七八九十百千]+) ?(.*)", said)
    amount = number_meant(found[1]) if found else ""
    if found is None or not amount:
        return ""
    unit, size = found[2], float(amount)
    if re.fullmatch(r"miles?|mi|マイル", unit):
        return f"{round(size * 1.609344) or 1} km"
    in_metres = size >= 100 if not unit else unit.startswith(("m", "メ"))
    known = in_metres or unit in ("", "k", "km", "kms", "kilo", "kilos") or unit.startswith(("kilom", "キロ"))
    meant = f"{size:g} m" if in_metres else f"{size:g} km"
    return meant if known and kilometres(meant) else ""


def location_meant(text: str) -> str:
    """Latitude comes first; a comma stands between."""
    found = re.findall(r"-?\d+(?:\.\d+)?", plain(text))
    for pair in (found, found[::-1]) if len(found) == 2 else ():
        written = f"{pair[0]}, {pair[1]}"
        if point(written):
            return f'"{written}"'
    return ""


def event_meant(text: str) -> str:
    """Words of an event are joined with underscores."""
    name = re.sub(r"[\s.:/-]+", "_", text.strip()).strip("_")
    return name if EVENT_NAME.fullmatch(name) and name != text else ""


def limit_meant(text: str) -> str:
    """3 times per 7 days, 週3回 and 3 are {times: 3, per: 7 days}."""
    said = plain(text[:LONGEST_SLIP]).replace("once", "1 times").replace("twice", "2 times")
    said = re.sub(r"[一二三四五六七八九十]+", lambda found: number_meant(found[0]), said)
    count = re.search(r"(\d+) ?(?:回|times?|x)", said) or re.search(r"(\d+)", said)
    if count is None:
        return ""
    rest = said.replace(count[0], " ", 1)
    window = re.search(
        r"(\d+|an?|毎)? ?(秒|分|時間|日|週間?|か月|ヶ月|月|年|seconds?|minutes?|hours?|days?|weeks?|months?|years?)",
        rest,
    )
    per = span_meant(f"{(window[1] or '1').replace('毎', '1')} {window[2]}") if window else "7 days"
    return f"{{times: {count[1]}, per: {per or '7 days'}}}"


def _kanji(text: str) -> float | None:
    """5千, 1万5000 and 二十 as numbers."""
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return float(text)
    total = section = 0.0
    current: float | None = None
    for part in re.findall(r"\d+(?:\.\d+)?|\D", text):
        if part in _KANJI_DIGITS or part[0].isdigit():
            current = (current or 0) * 10 + _KANJI_DIGITS[part] if part in _KANJI_DIGITS else float(part)
        elif part in _KANJI_UNITS:
            section, current = section + (1 if current is None else current) * _KANJI_UNITS[part], None
        elif part in ("万", "億"):
            total, section, current = total + (section + (current or 0)) * (1e4 if part == "万" else 1e8), 0.0, None
        else:
            return None
    return total + section + (current or 0)


def _grant_meant(text: str) -> str:
    """A cookie's part is written with a colon."""
    return re.sub(r"\s*[=：]\s*", ":", text)


def _token_meant(text: str) -> str:
    """A header's name has no spaces."""
    return re.sub(r"[\s:：]+", "-", text.strip(" :："))


def _parameter_meant(text: str) -> str:
    """The name of a parameter alone, of a URL or of NAME=VALUE."""
    query = text.rpartition("?")[2].strip(" &=")
    return query.partition("&")[0].partition("=")[0].strip()


_REMEDIES: dict[str, Callable[[str], str]] = {
    "E301": number_meant,
    "E302": span_meant,
    "E304": hours_meant,
    "E306": path_meant,
    "E307": host_meant,
    "E308": yes_no_meant,
    "E310": distance_meant,
    "E318": location_meant,
    "E332": event_meant,
    "E320": _token_meant,
    "E342": own_host_meant,
    "E346": _grant_meant,
    "E360": _parameter_meant,
}
