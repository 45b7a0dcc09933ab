"""What is said about what the analyses find (E491–E499, W511–W549, N641–N649)."""

from __future__ import annotations

from omotenashi.language.messages.message import Message

ANALYSES: dict[str, Message] = {
    "E491": Message(
        "「{second}」と「{first}」の両方に当てはまる人はいません", "nobody is both {second} and {first}",
        "どちらかに当てはまればよいなら any: [{{{first}}}, {{{second}}}] と書き、そうでなければ一方を消してください",
        "if either will do, write any: [{{{first}}}, {{{second}}}]; else remove one of them",
    ),
    "E492": Message(
        "「{second}」と「{first}」は両立しないので、このルールは表示されません", "{second} and {first} rule each other out: this can never show",
        "どちらか一方を直すか、消してください", "change or remove one of them",
    ),
    "E493": Message(
        "「{field}」は必ずわかるので、unknown(不明)になることはありません", "{field} is always known, so it is never unknown",
        "値がないときを指すなら not: {{{field}: …}} で、あってほしくない値を並べます",
        "to say that it has none of some values, write not: {{{field}: …}}",
    ),
    "E494": Message(
        "「{second}」に当てはまる人はいません", "nobody matches {second}",
        "条件を直すか、消してください", "change this condition or remove it",
    ),
    "W511": Message(
        "「{value}」は決して使われません。当てはまる人には、上にある「{names}」が先に使われます",
        "{value} can never show: whoever matches it gets {names} above it first",
        "このルールを「{names}」より上に移すか、消してください", "move this rule above {names}, or remove it",
    ),
    "W512": Message(
        "「{second}」と「{first}」の両方に当てはまる人はいないので、この部分は働きません",
        "nobody is both {second} and {first}, so this part has no effect",
        "どちらか一方を直すか、この部分を消してください", "change one of them, or remove this part",
    ),
    "W513": Message(
        "このルールは、上にある「{value}」と条件も表示も同じです", "this rule asks for the same and shows the same as {value} above it",
        "どちらか一方を消してください", "remove one of them",
    ),
    "W521": Message(
        "セグメント「{value}」は、どのルールでも使われていません", "no rule uses the segment {value}",
        "使うときは when: {{segment: {value}}} と書きます。要らなければ消してください",
        "to use it write when: {{segment: {value}}}; else remove it",
    ),
    "W522": Message(
        "コンテンツ「{value}」は、どこにも表示されません", "no rule shows the content {value}",
        "使うときは show: {value} と書きます。要らなければ消してください", "to use it write show: {value}; else remove it",
    ),
    "W523": Message(
        "ブロック「{block}」に、テストのないルールがあります: {names}", "in the block {block} some rules have no test: {names}",
        "tests: に、そのルールが選ばれる例を足してください", "add a test under tests: that expects it",
    ),
    "W524": Message(
        "ブロック「{block}」のルールはどれも履歴を使うので、同意していない訪問者には働きません",
        "all rules of the block {block} use the history, so none of them works for visitors without consent",
        "それでよければ、ブロックに needs_consent: personalization と書いて、はっきりさせてください",
        "if that is meant, say so on the block: needs_consent: personalization",
    ),
    "W525": Message(
        "実験「{value}」では、どの割り振りも同じものを表示します", "all variants of the experiment {value} show the same",
        "比べたいものを、それぞれの show: に書いてください", "write under each show: what is to be compared",
    ),
    "W531": Message(
        "「{value}」は1文字なので、前後に文字が続く検索語では見つかりません", "{value} is a single character: it is not found inside longer words",
        "もっと長い語を並べるか、文字が続いてもよければ {{contains: {value}}} と書きます",
        "list longer words, or write {{contains: {value}}} if it may be a piece of a word",
    ),
    "W532": Message(
        "「{value}」は1文字なので、ほとんどの検索語に含まれてしまいます", "{value} is a single character: very many queries contain it",
        "もっと長い語にしてください", "write a longer text",
    ),
    "W533": Message(
        "「{value}」の「*」は、ほかの文字の代わりにはならず、そのままの文字として照合されます",
        "the * in {value} does not stand for other characters: it is compared as it is",
        "当てはめたい値を [値1, 値2] のように、すべて並べてください", "list all values that are meant: [VALUE1, VALUE2]",
    ),
    "N602": Message(
        "履歴や実験を使うルールは、同意していない訪問者には当てはまりません(次のルールに進みます): {names}",
        "rules with a history or an experiment never match visitors without consent, who get the next rule: {names}",
    ),
    "N641": Message(
        "テストがまだありません", "there are no tests yet",
        "tests: に例を書くと、思ったとおりに選ばれるかを omo test で確かめられます", "with examples under tests:, omo test checks what is chosen",
    ),
    "N642": Message(
        "「{value}」の期間は終わりました({until} まで)", "the time of {value} is over (until {until})",
        "もう使わないルールは消してかまいません", "a rule that is no longer needed can be removed",
    ),
    "N643": Message(
        "「{value}」は1文字なので、前後に漢字が続く検索語では見つかりません", "{value} is a single character: it is not found inside longer words",
        "続いてもよければ {{contains: {value}}} と書くか、当てはめたい語を並べます",
        "write {{contains: {value}}} if it may be a piece of a word, or list the words that are meant",
    ),
}  # fmt: skip
