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
        '文字として書くときは "{found}" のように引用符で囲みます。くり返し使う内容は「{@segments}」や「{@contents}」に名前を付けて書きます',
        'quote it if it is text: "{found}"; what is used twice gets a name under {@segments} or {@contents}',
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
    "E152": Message(
        "ここに書ける長さは {limit} 文字までです", "this is too long (at most {limit} characters)",
        "短くしてください。いくつも並べるときは、1つずつに分けてリストで書きます: [花, 花束]",
        "make it shorter; write several as a list: [rose, tulip]",
    ),
    "E201": Message(
        "「{key}」というキーはありません", "there is no key {key} here", "使えるキー: {known}", "possible keys: {known}"
    ),
    "E202": Message(
        "「{what}」に「{key}」がありません", "{key} is missing in {what}", "「{write}」を書き足してください", "add {write}"
    ),
    "E203": Message(
        "「{what}」の書き方が違います。ここには{expected}を書きます", "{what} must be {expected}", "例: {example}", "for example {example}"
    ),
    "E204": Message("「{what}」の値が空です", "{what} is empty", "値を書くか、この行を消してください", "give a value, or remove it"),
    "E205": Message(
        "「{key}」はこの版ではまだ使えません", "{key} is not yet available in this version",
        "この設定を外してください。今後の版で使えるようになります", "take it out for now; a later version will have it",
    ),
    "E206": Message(
        "「{@not}」には、リストではなく条件を1つ書きます", "{@not} takes one condition, not a list",
        "「どれにも当てはまらない」は「{write}」と書きます", "for none of these write {write}",
    ),
    "E207": Message(
        "条件のないルールは最後にしか置けません。この下のルールは決して使われません",
        "a rule without a condition must be the last: those below it can never show",
        "「{@when}: …」を書き足すか、このルールを最後に移してください", "add {@when}: …, or move it to the end",
        "条件のセルを埋めるか、この行を最後に移してください", "fill in a cell with a condition, or move the row to the end",
    ),
    "E208": Message(
        "「{value}」は名前に使えません(特別な意味があります)", "{value} cannot be a name: it has a meaning of its own",
        "別の名前にしてください。例: 「{write}」", "choose another name, such as {write}",
    ),
    "E209": Message(
        "「{key}」の後には「.」と名前が要ります", "{key} needs a dot and a name",
        "「{key}.名前: 値」の形で書きます。例: {key}.rank: ゴールド", "write it as {key}.NAME: for example {key}.rank: gold",
    ),
    "E210": Message(
        "「{key}」は、訪問者について書ける項目ではありません", "{key} is nothing that can be said of a visitor",
        "条件に使う名前か、url・ip・user_agent・location を書きます", "use the names of conditions, or url, ip, user_agent, location",
    ),
    "E221": Message(
        "「{@cooldown}」には「{@goal}」が要ります", "{@cooldown} needs a {@goal}",
        "何のあとで休むかを書き足します。例: 「{@goal}: purchase」", "say after what the rule rests: add {@goal}: purchase",
    ),
    "E222": Message(
        "「{key}」はここには書けません。「{what}」の中に書きます", "{key} does not stand here, but under {what}",
        "「{write}」と書きます", "write {write}",
    ),
    "E223": Message(
        "「{key}」は条件ではありません。「{@when}」の中ではなく、ルールに書きます", "{key} is no condition: it stands on the rule, beside {@when}",
        "「{write}」を、「{@when}:」や「{@name}:」と同じ段に移してください", "move {write} out of {@when}, to the level of {@name} and {@when}",
    ),
    "E224": Message(
        "「{key}」はルールには書けません。ブロックに1つだけ書きます", "{key} does not stand on a rule: a block has one, below its rules",
        "「{write}」を、「{@rules}:」と同じ段に移してください", "move it to the level of {@rules}: {write}",
    ),
    "E225": Message(
        "「{key}」は要りません。ルールは上から順に試され、最初に当てはまったものが使われます",
        "there is no {key}: rules are tried from top to bottom, and the first that matches wins",
        "この行を消し、先に試したいルールを上に置いてください", "remove this line, and put the rule above those that it should precede",
    ),
    "E226": Message(
        "「{what}」には、1つずつ「- 」で始めて書きます", "each entry of {what} begins with a dash",
        "「{write}」と書きます", "write {write}",
    ),
    "E227": Message(
        "「{key}」は site.yaml に書くものです", "{key} belongs in site.yaml",
        "この項目を site.yaml に移してください", "move it to site.yaml",
    ),
    "E228": Message(
        "「{key}」はルールには書けません", "{key} does not stand on a rule", "メモは「{write}」のように # で始めて書きます",
        "write a remark as a comment: {write}",
    ),
    "E230": Message(
        "「{key}」は要りません。書いてあるルールはいつも使われます", "there is no {key}: a rule that is written is used",
        "この行を消してください。止めるときは、ルールの各行の頭に # を付けます", "remove this line; to stop the rule, put # before each of its lines",
    ),
    "E231": Message(
        "「{key}」は site.yaml には書けません", "{key} does not stand in site.yaml",
        "別のファイル(たとえば home.yaml)に移してください", "move it to a file of its own, such as home.yaml",
    ),
    "E232": Message(
        "ブロック「{key}」は「{@blocks}:」の中に書きます", "the block {key} stands under {@blocks}",
        "この上に「{@blocks}:」の行を書き、ここから下を2文字ずつ右にずらしてください", "write {@blocks}: on the line above, and indent what follows by two spaces",
    ),
    "E233": Message(
        "「{key}:」が2回書かれています", "{key}: is written twice",
        "この行を消し、下にあるものを上の「{key}:」の中に移してください",
        "remove this line, and move what stands below it under the first {key}:",
    ),
    "E229": Message(
        "「{key}」はいちばん外側には書けません", "{key} does not stand at the top of a file",
        "「{@blocks}:」の下にブロックの名前を書き、その中に移してください", "put it into a block: {@blocks}, the block's name, and below that {key}",
    ),
}  # fmt: skip
