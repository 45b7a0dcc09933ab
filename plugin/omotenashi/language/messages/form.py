"""What is said about files that cannot be read (E1xx) and things of the wrong form (E2xx)."""

from __future__ import annotations

from omotenashi.language.messages.message import Message

FORM: dict[str, Message] = {
    "E101": Message(
        "ファイルの文字コードが UTF-8 ではありません({encoding} のようです)",
        "the file is not UTF-8 (it looks like {encoding})",
        "エディタで「UTF-8」を選んで保存し直してください",
        "save it again as UTF-8",
    ),
    "E102": Message(
        "ファイルが大きすぎます(上限 {limit} KB、{lines} 行、項目 {parts} 個)",
        "the file is too large (at most {limit} KB, {lines} lines, {parts} keys and values)",
        "ページやキャンペーンごとにファイルを分けてください", "split it by page or campaign",
    ),
    "E103": Message(
        "ここから先が読み取れません", "from here on this cannot be read",
        "この行とその上の行の、字下げ・引用符・かっこ・コロンの後の空白を確かめてください",
        "look at this line and the one above: indentation, quotes, brackets, the space after a colon",
    ),
    "E104": Message(
        "「{found}」のような書き方は使えません", "{found} has a special meaning that is not allowed here",
        '文字として書くときは "{found}" のように引用符で囲みます。同じ内容は segments や contents に名前を付けて使います',
        'quote it if it is text: "{found}"; give shared things a name under segments or contents',
    ),
    "E105": Message(
        "1つのファイルに複数の文書があります", "there are several documents in one file",
        "「---」の行を消すか、ファイルを分けてください", "remove the --- line or split the file",
    ),
    "E106": Message(
        "「{key}」が2回書かれています", "{key} is written twice", "どちらか一方を消してください", "remove one of them"
    ),
    "E107": Message("入れ子が深すぎます(上限 {limit} 段)", "nesting is too deep (at most {limit} levels)"),
    "E108": Message(
        "使えない文字があります({character})", "there is a character that is not allowed ({character})",
        "この文字を消してください", "delete this character",
    ),
    "E109": Message("ファイルを読めません({problem})", "the file cannot be read ({problem})"),
    "E110": Message(
        "ルールのファイル(*.yaml)がありません",
        "there are no rule files (*.yaml) here",
        "rules/README.md の例から始めてください",
        "begin with the example in rules/README.md",
    ),
    "E201": Message(
        "「{key}」というキーはありません", "there is no key {key} here", "使えるキー: {known}", "possible keys: {known}"
    ),
    "E202": Message(
        "「{what}」に「{key}」がありません", "{key} is missing in {what}", "「{key}:」を書いてください", "add {key}:"
    ),
    "E203": Message(
        "「{what}」の書き方が違います。ここには{expected}を書きます", "{what} must be {expected}", "例: {example}", "for example {example}"
    ),
    "E204": Message("「{what}」の値が空です", "{what} is empty", "値を書くか、この行を消してください", "give a value or remove it"),
    "E205": Message(
        "「{key}」はこの版ではまだ使えません", "{key} is not yet available in this version",
        "この設定を外してください。今後の版で使えるようになります", "take it out for now; a later version will have it",
    ),
    "E206": Message(
        "「not」にはリストではなく条件を1つ書きます", "not: takes one mapping, not a list",
        "どれにも当てはまらない、と書くには not: {{any: […]}} とします", "for none of these write not: {{any: […]}}",
    ),
    "E207": Message(
        "条件のないルールは最後にしか置けません。この下のルールは決して使われません",
        "a rule without a condition must be the last: those below it can never show",
        "when: を書くか、このルールを最後に移してください", "add when: or move it to the end",
    ),
    "E208": Message(
        "「{value}」は名前に使えません(特別な意味があります)", "{value} cannot be a name: it has a meaning of its own",
        "別の名前にしてください", "choose another name",
    ),
    "E209": Message(
        "「{key}」の後には「.」と名前が要ります", "{key} needs a dot and a name", "例: {key}.rank", "for example {key}.rank"
    ),
    "E210": Message(
        "「{key}」という事実はありません", "there is no fact {key} that a visitor could have",
        "条件に使う名前か、url・ip・user_agent・location を書きます", "use the names of conditions, or url, ip, user_agent, location",
    ),
    "E221": Message(
        "cooldown には goal(目標)が要ります", "cooldown needs a goal", "何のあとで休むかを書きます。例: goal: purchase",
        "say after what the rule rests: goal: purchase",
    ),
}  # fmt: skip
