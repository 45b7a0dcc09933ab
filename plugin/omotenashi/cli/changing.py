"""What was changed between two folders, as lines and as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from omotenashi.cli.accounts import condition_text, html_text, span_text, times_text
from omotenashi.cli.common import say
from omotenashi.compare import share_moved
from omotenashi.language.begin.words import as_yaml
from omotenashi.language.changes import Change
from omotenashi.language.condition import Condition, Conjunction, Fact, InSegment, Negation
from omotenashi.language.syntax import BlockSpec, RuleSpec, ShowSpec
from omotenashi.language.vocabulary import SITE_KEYS
from omotenashi.model.text import fold

_WHAT = {
    "rule": ("ルール", "rule"),
    "block": ("ブロック", "block"),
    "segment": ("セグメント", "segment"),
    "content": ("コンテンツ", "content"),
    "file": ("ファイル", "file"),
    "site": ("サイトの設定", "settings of the site in"),
}
_KINDS = {
    "added": ("+ 追加", "+ added"),
    "gone": ("- 削除", "- gone"),
    "renamed": ("~ 名前の変更", "~ renamed"),
    "id": ("~ id の変更", "~ id changed"),
    "moved": ("~ 順番の変更", "~ moved"),
    "condition": ("~ 条件の変更", "~ condition changed"),
    "show": ("~ 見せるものの変更", "~ what it shows changed"),
    "limit": ("~ 回数や休みの変更", "~ limits changed"),
    "settings": ("~ 設定の変更", "~ settings changed"),
    "otherwise": ("~ それ以外のときに見せるものの変更", "~ what is shown otherwise changed"),
    "changed": ("~ 変更", "~ changed"),
}


def change_lines(found: Iterable[Change], labels: Mapping[str, str], language: str) -> Iterator[str]:
    """Return the changes as lines: those within a block under its name; `labels` are those of the blocks."""
    for block, several in groupby(found, key=lambda change: change.block):
        if block:
            yield f"  {labelled(block, labels, language)}"
        indent = "    " if block else "  "
        for change in several:
            yield f"{indent}{_headline(change, language)}"
            yield from (f"{indent}    {line}" for line in _details(change, language))


def change_data(change: Change, language: str) -> dict[str, Any]:
    """Return one change as plain data."""
    before, after = _sides(change, language)
    return {
        "kind": change.kind,
        "what": change.what,
        "name": change.name,
        "block": change.block or None,
        "before": before or None,
        "after": after or None,
    }


def labelled(block: str, labels: Mapping[str, str], language: str) -> str:
    """Return a block's name with its label, if it has one."""
    label = labels.get(block)
    return block if not label else say(language, f"{block}({label})", f"{block} ({label})")


def _headline(change: Change, language: str) -> str:
    kind = say(language, *_KINDS[change.kind])
    if change.kind == "otherwise" or (change.kind == "settings" and change.block):
        return kind
    what = say(language, *_WHAT[change.what])
    return f"{kind}: {what}{say(language, f'「{change.name}」', f' {change.name}')}"


def _details(change: Change, language: str) -> Iterator[str]:
    if change.keys:
        yield say(language, "、", ", ").join(_site_key(key, language) for key in change.keys)
    before, after = _sides(change, language)
    if change.kind in ("added", "gone"):
        if before or after:
            yield before or after
    elif before != after:
        yield f"{say(language, '前', 'before')}: {before}"
        yield f"{say(language, '後', 'now')}: {after}"
    elif change.kind == "condition":
        yield say(language, "(site.yaml の変更による)", "(by what was changed in site.yaml)")
    if change.kind in ("renamed", "id") and isinstance(change.before, RuleSpec) and _forgets(change):
        former = as_yaml(change.before.id)
        yield say(
            language,
            f"記録は引き継がれず、回数や休みは数え直しになる(「id: {former}」と書くと引き継ぐ)",
            f"what was counted so far is not carried over (write id: {former} to keep it)",
        )
    if change.kind == "show":
        yield from _drawn_anew(change, language)


def _drawn_anew(change: Change, language: str) -> Iterator[str]:
    """Whom a change of an experiment gives another variant, whatever the variants show."""
    before, after = (one.experiment if isinstance(one, RuleSpec) else None for one in (change.before, change.after))
    if before is None or after is None:
        return
    if fold(before.id) != fold(after.id):
        yield say(
            language,
            f"実験の id が {before.id} から {after.id} に変わるので、全員を割り当て直します",
            f"the experiment's id was {before.id} and is {after.id}, so everybody is drawn anew",
        )
    elif moved := round(100 * share_moved(before, after), 1):
        yield say(
            language,
            f"割合が変わるので、約{moved:g}%の人の表示が変わります(この実験に参加する人のうち)",
            f"the shares are others, so about {moved:g}% of those who take part see something else",
        )


def _site_key(key: str, language: str) -> str:
    word = SITE_KEYS.find(key)
    return f"{key}({word.ja})" if language == "ja" and word and word.ja else key


def _sides(change: Change, language: str) -> tuple[str, str]:
    """What is told of before and of now."""
    if change.kind == "moved":
        first, second = change.places
        return say(language, f"上から{first}番目", f"no. {first}"), say(
            language, f"上から{second}番目", f"no. {second}"
        )
    return _side(change, change.before, language), _side(change, change.after, language)


def _forgets(change: Change) -> bool:
    """Tell whether a rule whose showings count has another id now."""
    before, after = change.before, change.after
    if not isinstance(before, RuleSpec) or not isinstance(after, RuleSpec):
        return False
    return before.id != after.id and bool(after.limit or after.experiment)


def _side(change: Change, one: RuleSpec | ShowSpec | BlockSpec | None, language: str) -> str:
    if one is None:
        return ""
    if isinstance(one, BlockSpec):
        return _settings(one, language)
    if isinstance(one, ShowSpec):
        return _show(one, language)
    if change.kind == "renamed":
        return one.name
    if change.kind == "id":
        return one.id
    if change.kind == "show":
        return _shows(one, language)
    if change.kind == "limit":
        return _restraint(one, language)
    if change.kind == "condition":
        return _asked(one, language)
    return f"{_asked(one, language)} → {_shows(one, language)}"


def _asked(rule: RuleSpec, language: str) -> str:
    parts = [*_parts(rule.when), *rule.timing]
    if not parts:
        return say(language, "いつも", "always")
    return _and(language).join(_condition(part, language) for part in parts)


def _condition(condition: Condition, language: str) -> str:
    """A condition in one line, as written."""
    if isinstance(condition, Fact):
        return condition_text(condition, language)
    if isinstance(condition, InSegment):
        return say(language, f"セグメント「{condition.name}」", f"segment {condition.name}")
    if isinstance(condition, Negation):
        inner = _and(language).join(_condition(part, language) for part in _parts(condition.part))
        return say(language, f"「{inner}」ではない", f"not ({inner})")
    if len(condition.parts) == 1:
        return _condition(condition.parts[0], language)
    between = _and(language) if isinstance(condition, Conjunction) else say(language, " または ", " or ")
    return "(" + between.join(_condition(part, language) for part in condition.parts) + ")"


def _parts(condition: Condition) -> tuple[Condition, ...]:
    return condition.parts if isinstance(condition, Conjunction) else (condition,)


def _shows(rule: RuleSpec, language: str) -> str:
    if rule.experiment is None:
        return say(language, "、", ", ").join(_show(show, language) for show in rule.shows)
    sides = [f"{one.name} {one.share:g}% {_show(one.show, language)}" for one in rule.experiment.variants]
    return say(language, "、", ", ").join(sides)


def _show(show: ShowSpec, language: str) -> str:
    if show.kind == "original":
        return say(language, "もとのまま", "the original")
    if show.kind == "nothing":
        return say(language, "何も出さない", "nothing")
    shown = html_text(show.text, language) if show.kind == "html" else show.text
    return shown if show.timeout is None else f"{shown} (timeout: {show.timeout} ms)"


def _restraint(rule: RuleSpec, language: str) -> str:
    parts = []
    if rule.limit:
        span, times = span_text(rule.limit.per, language), rule.limit.times
        parts.append(
            say(language, f"{span}に{times}回まで", f"{times_text(times)} per {span.removeprefix('1 ')} at most")
        )
    if rule.cooldown:
        span, goal = span_text(rule.cooldown.span, language), rule.cooldown.goal
        parts.append(say(language, f"{goal} のあと{span}休む", f"rests for {span} after {goal}"))
    if rule.experiment and rule.experiment.goal:
        goal = rule.experiment.goal
        parts.append(say(language, f"実験の目標は {goal}", f"the experiment's goal is {goal}"))
    return say(language, "、", ", ").join(parts) or say(language, "制限なし", "no limit")


def _settings(block: BlockSpec, language: str) -> str:
    deadline = f"{block.deadline} ms" if block.deadline else ""
    parts = [
        (say(language, "説明", "label"), block.label),
        (say(language, "必要な同意", "needs_consent"), block.needs_consent),
        (say(language, "セレクタ", "selector"), block.selector),
        (say(language, "制限時間", "deadline"), deadline),
    ]
    written = [f"{name}: {value}" for name, value in parts if value]
    return say(language, "、", ", ").join(written) or say(language, "なし", "none")


def _and(language: str) -> str:
    return say(language, "、かつ ", " and ")
