"""Keys that are right in another place: conditions beside `when`, a rule's keys within it, and such. One diagnostic each."""

from __future__ import annotations

import re

from omotenashi.language.aliases import PRIORITY, REMARK, SWITCH, condition_meant, key_meant
from omotenashi.language.nodes import ListNode, MapNode, Node, TextNode
from omotenashi.language.prefectures import area_prefectures
from omotenashi.language.report import LONGEST_SLIP, Report
from omotenashi.language.vocabulary import (
    BLOCK_KEYS,
    FACT_EXTRAS,
    FIELDS,
    FILE_KEYS,
    LOGIC,
    OTHERWISE,
    RULE_KEYS,
    SITE_KEYS,
    Word,
    Words,
    find_field,
)
from omotenashi.language.written import entry, inline
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold

_CONDITIONS = Words(*(Word(field.name, field.ja) for field in FIELDS), *LOGIC.all)
_USUAL = tuple(
    word
    for name in "keyword prefecture device page campaign logged_in member visits viewed bought segment any all not".split()
    if (word := _CONDITIONS.find(name))
)
"""What is listed to who writes something that is no condition: all of them would be too many."""
_ATTRIBUTES = frozenset(
    fold(name)
    for name in "性別 年齢 年代 生年月日 誕生日 職業 業種 会社 名前 氏名 ランク 会員ランク ポイント 会員種別 会員番号 "
    "gender sex age birthday birthdate occupation industry company rank tier points plan".split()
)
"""What sites know of members: words that are taken for conditions where site.yaml does not declare them."""
_BESIDE_WHEN = Words(*(word for word in RULE_KEYS.all if not find_field(word.name)))
_OPERATOR = re.compile(
    r"(!|not[ _]+)?([^\s!=<>≧≦＝≠]+?)[ _.]*(?:(>=|≧|=>|<=|≦|=<|==|!=|≠|<>|=|<|>|at[ _]least|at[ _]most|contains|includes|is[ _]not|not|以上|以下|を含む|以外)\s*(.*))?",
    re.IGNORECASE,
)


def own_keys(node: MapNode, keys: Words, report: Report, home: str = "when") -> MapNode:
    """Return the entries of a rule, segment or test without the conditions that belong under its key `home`.

    They are reported once. So are, in a rule, `otherwise`, a priority and a remark.
    """
    strange = [pair for pair in node.entries if keys.find(pair[0].text) is None]
    conditions = [pair for pair in strange if _is_condition(pair[0].text, home)]
    others = [pair for pair in strange if pair not in conditions and _told(pair, keys, report)]
    if conditions:
        _under(home, conditions, node, keys, report)
    kept = tuple(pair for pair in node.entries if pair not in conditions and pair not in others)
    return MapNode(kept, node.position)


def each_named(node: Node, what: str, report: Report) -> bool:
    """Tell whether rules or tests are a mapping instead of a list, after reporting it."""
    if not isinstance(node, MapNode) or not node.entries:
        return False
    first, value = node.entries[0]
    named = not isinstance(value, MapNode)
    text = f"- {first.text}: {inline(value)}" if named else f"- name: {first.text}"
    report.add("E226", first, what=what, write=text)
    return True


def holds_otherwise(rules: Node) -> bool:
    """Tell whether the `otherwise` that a block lacks stands on one of its rules."""
    items = rules.items if isinstance(rules, ListNode) else ()
    keys = [key.text for item in items if isinstance(item, MapNode) for key, _ in item.entries]
    return any(OTHERWISE.find(key) or key_meant(key, OTHERWISE) for key in keys)


def unknown_condition(key: TextNode, value: Node, site: SiteFacts, report: Report) -> None:
    """Report a key that is no field of conditions, with what was probably meant."""
    beside = _BESIDE_WHEN.find(key.text) or OTHERWISE.find(key.text)
    if find_field(key.text + ".NAME") is not None:
        report.add("E209", key, key=key.text.rstrip("."), write=_attribute_in(key.text.rstrip("."), value))
    elif beside is not None:
        report.add("E223", key, key=key.text, write=f"{key.text}: {inline(value) or '…'}")
    elif condition_meant(key.text):
        report.add("E201", key, key=key.text, what="when", write=condition_meant(key.text))
    elif (
        not key_meant(key.text, _CONDITIONS) and not attribute_named(key.text, site) and (setting := _setting(key.text))
    ):
        report.add("E223", key, key=key.text, write=f"{setting}: {inline(value) or '…'}")
    else:
        meant = "" if attribute_named(key.text, site) else key_meant(key.text, _CONDITIONS) or ""
        written = "" if meant else attribute_named(key.text, site) or _operator(key.text, value)
        if isinstance(meant, Word) and meant.name == "prefecture" and area_prefectures(getattr(value, "text", "")):
            meant = _CONDITIONS.find("area") or meant
        attribute = "" if meant or fold(key.text) not in _ATTRIBUTES else f"member.{key.text}"
        near = "" if attribute else meant or report.near(key.text, _CONDITIONS.names())
        said = {"write": written, "did_you_mean": near, "attribute": attribute}
        report.add("E201", key, key=key.text, what="when", usual=_USUAL, **said)


def own_site_keys(root: MapNode, report: Report) -> MapNode:
    """Return the entries of site.yaml without those that belong in a rule file, which are reported."""
    strange = [key for key, _ in root.entries if FILE_KEYS.find(key.text) and not SITE_KEYS.find(key.text)]
    for key in strange:
        report.add("E231", key, key=key.text)
    return MapNode(tuple(pair for pair in root.entries if pair[0] not in strange), root.position)


def misplaced_in_file(key: TextNode, value: Node, report: Report) -> bool:
    """Tell whether a key at the top of a rule file belongs to site.yaml, or to a block, after reporting it."""
    inner = [name.text for name, _ in value.entries] if isinstance(value, MapNode) else []
    is_block = (
        FILE_KEYS.find(key.text) is None and any(map(BLOCK_KEYS.find, inner)) and not key_meant(key.text, FILE_KEYS)
    )
    if is_block:
        report.add("E232", key, key=key.text)
        return True
    if RULE_KEYS.find(key.text) or BLOCK_KEYS.find(key.text):
        if key_meant(key.text, FILE_KEYS):
            return False
        report.add("E229", key, key=key.text)
        return True
    if SITE_KEYS.find(key.text) is None or FILE_KEYS.find(key.text):
        return False
    report.add("E227", key, key=key.text)
    return True


def _setting(text: str) -> str:
    """The rule's own key that is meant by another name, such as days for weekday."""
    word = key_meant(text, _BESIDE_WHEN)
    return word.name if word and word.name in ("days", "hours", "from", "until", "limit") else ""


def _is_condition(text: str, home: str) -> bool:
    found = find_field(text) is not None or (_CONDITIONS.find(text) is not None and "." not in text)
    return found or (home == "visitor" and FACT_EXTRAS.find(text) is not None)


def _told(pair: tuple[TextNode, Node], keys: Words, report: Report) -> bool:
    """Tell whether a key is one that editors add in vain to rules, after reporting it."""
    key, value = pair
    if keys is not RULE_KEYS:
        return False
    if OTHERWISE.find(key.text) or key_meant(key.text, OTHERWISE):
        report.add("E224", key, key=key.text, write=f"otherwise: {inline(value) or '…'}")
    elif fold(key.text) in PRIORITY:
        report.add("E225", key, key=key.text)
    elif fold(key.text) in SWITCH:
        report.add("E230", key, key=key.text)
    elif fold(key.text) in REMARK:
        report.add("E228", key, key=key.text, write=f"# {getattr(value, 'text', '')}".strip())
    else:
        return False
    return True


def _under(home: str, conditions: list[tuple[TextNode, Node]], node: MapNode, keys: Words, report: Report) -> None:
    """Say at the first of some conditions where they belong: into `home`, which may be there already."""
    there = next((value for key, value in node.entries if (word := keys.find(key.text)) and word.name == home), None)
    inner = there.entries if isinstance(there, MapNode) else ()
    whole = inline(MapNode((*inner, *conditions), node.position)) or entry(conditions[0][0].text, "…")
    report.add("E222", conditions[0][0], key=conditions[0][0].text, what=home, write=f"{home}: {whole}")


def attribute_named(text: str, site: SiteFacts) -> str:
    """Return member.rank for rank or ランク where site.yaml declares it; empty text for other names."""
    for one in site.attributes.values():
        if fold(text) in (
            fold(one.name),
            fold(one.label or one.name),
            fold(f"member_{one.name}"),
            fold(f"会員{one.label or one.name}"),
            fold(f"user.{one.name}"),
        ):
            return f"member.{one.name}"
    return ""


def _attribute_in(key: str, value: Node) -> str:
    """member.rank: ゴールド for {rank: ゴールド} under member."""
    if not isinstance(value, MapNode):
        return ""
    return ", ".join(f"{key}.{name.text}: {inline(one)}" for name, one in value.entries)


def _operator(text: str, value: Node) -> str:
    """visits: {at_least: 3} for `visits >= 3` and `visits_at_least: 3`; not: {device: mobile} for `device != mobile`."""
    found = _OPERATOR.fullmatch(text.strip()[:LONGEST_SLIP])
    field = found and (_CONDITIONS.find(found[2]) or (find_field(found[2]) and Word(found[2], found[2])))
    if not found or not field or not (found[1] or found[3]):
        return ""
    wanted = found[4] or inline(value)
    if not wanted:
        return ""
    sign = (found[3] or "").lower().replace("_", " ")
    if found[1] or sign in ("!=", "≠", "<>", "not", "is not", "以外"):
        return f"not: {{{found[2]}: {wanted}}}"
    key = _BOUNDS.get(sign, "")
    if sign in (">", "<") and wanted.isdigit():
        wanted = str(int(wanted) + (1 if sign == ">" else -1))
    return f"{found[2]}: {{{key}: {wanted}}}" if key else f"{found[2]}: {wanted}"


_BOUNDS = {
    **dict.fromkeys((">=", "=>", "≧", ">", "at least", "以上"), "at_least"),
    **dict.fromkeys(("<=", "=<", "≦", "<", "at most", "以下"), "at_most"),
    **dict.fromkeys(("contains", "includes", "を含む"), "contains"),
}
