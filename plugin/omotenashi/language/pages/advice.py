"""Pages about warnings (W5xx) and notes (N6xx)."""

from __future__ import annotations

from omotenashi.language.pages.page import Page, rule, shown

_TESTED = shown("original") + "tests:\n  - name: 例\n    visitor: {%s}\n    expect: {hero: original}\n"

ADVICE: dict[str, Page] = {
    "N601": Page(
        "同意していない人の履歴は記録されないので、条件からは「不明」に見えます。履歴を使うテストには、同意した人だと書きます。",
        "Nothing is remembered of visitors without consent, so their history is unknown. Tests with a history state consent.",
        _TESTED % "visits: 3", _TESTED % "visits: 3, consent: [personalization]",
    ),
    "N603": Page(
        "goal は、cooldown(達成した人にはしばらく出さない)や実験と一緒に使います。",
        "A goal is used together with a cooldown, or by an experiment.",
        rule("goal: purchase"), rule("goal: purchase\ncooldown: 30 days"),
    ),
    "W501": Page(
        "ルールのファイルはフォルダーの直下にあるものだけが読まれます。サブフォルダーの中のものは効きません。",
        "Only rule files directly in the folder are read. Those in folders below it have no effect.", "", "",
    ),
    "W502": Page(
        "よく使われるイベントの名前とわずかにちがいます。打ちまちがいなら、この条件は決して当てはまりません。",
        "This is nearly the name of a usual event. If it is a slip, the condition never matches.",
        rule("when: {did: {event: purchace}}"), rule("when: {did: {event: purchase}}"),
    ),
}  # fmt: skip
