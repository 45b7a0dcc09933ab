"""What is said about what the analyses find (E491–E499, W511–W549, N641–N649)."""

from __future__ import annotations

from omotenashi.language.messages.message import Message

ANALYSES: dict[str, Message] = {
    "E491": Message(
        "「{second}」と「{first}」の両方に当てはまる人はいません", "nobody is both {second} and {first}",
        "どちらかに当てはまればよいなら {@any}: {both} と書き、そうでなければ一方を消してください",
        "if either will do, write {@any}: {both}; else remove one of them",
    ),
    "E492": Message(
        "「{second}」と「{first}」は両立しないので、このルールは表示されません", "{second} and {first} rule each other out: this can never show",
        "どちらか一方を直すか、消してください", "change or remove one of them",
    ),
    "E493": Message(
        "「{field}」は必ずわかるので、unknown(不明)になることはありません", "{field} is always known, so it is never unknown",
        "値がないときを指すなら {@not}: {{{field}: …}} で、あってほしくない値を並べます",
        "to say that it has none of some values, write {@not}: {{{field}: …}}",
    ),
    "E494": Message(
        "「{second}」に当てはまる人はいません", "nobody matches {second}",
        "条件を直すか、消してください", "change this condition or remove it",
    ),
    "W511": Message(
        "「{value}」は決して使われません。当てはまる人には、上にある「{rules}」が先に使われます",
        "{value} can never show: whoever matches it gets {rules} above it first",
        "このルールを「{rules}」より上に移すか、消してください", "move this rule above {rules}, or remove it",
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
    "W514": Message(
        "「{second}」に当てはまる人はいないので、この部分は働きません", "nobody matches {second}, so this part has no effect",
        "条件を直すか、この部分を消してください", "change this condition, or remove this part",
    ),
    "W521": Message(
        "セグメント「{value}」は、どのルールでも使われていません", "no rule uses the segment {value}",
        "使うときは {@when}: {{{@segment}: {value}}} と書きます。要らなければ消してください",
        "to use it write {@when}: {{{@segment}: {value}}}; else remove it",
    ),
    "W522": Message(
        "コンテンツ「{value}」は、どこにも表示されません", "no rule shows the content {value}",
        "使うときは {@show}: {value} と書きます。要らなければ消してください", "to use it write {@show}: {value}; else remove it",
    ),
    "W523": Message(
        "ブロック「{block}」に、どのテストの {@expect}: にも名前のないルールがあります: {rules}",
        "in the block {block} some rules are named by no test: {rules}",
        "{@tests}: に、そのルールが選ばれる例を足してください({@expect}: にルールの名前を書きます)", "add a test under {@tests}: that expects it by its name",
    ),
    "W524": Message(
        "ブロック「{block}」のルールはどれも履歴を使うので、同意していない訪問者には働きません",
        "all rules of the block {block} use the history, so none of them works for visitors without consent",
        "それでよければ、ブロックに needs_consent: personalization と書いて、はっきりさせてください",
        "if that is meant, say so on the block: needs_consent: personalization",
    ),
    "W525": Message(
        "実験「{value}」では、どの割り振りも同じものを表示します", "all variants of the experiment {value} show the same",
        "比べたいものを、それぞれの {@show}: に書いてください", "write under each {@show}: what is to be compared",
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
        "履歴や実験を使うルールは、同意していない訪問者には当てはまりません(次のルールに進みます): {rules}",
        "rules with a history or an experiment never match visitors without consent, who get the next rule: {rules}",
    ),
    "N641": Message(
        "テストがまだありません", "there are no tests yet",
        "{@tests}: に例を書くと、思ったとおりに選ばれるかを omo test で確かめられます", "with examples under {@tests}:, omo test checks what is chosen",
    ),
    "N642": Message(
        "「{value}」の期間は終わりました({until} まで)", "the time of {value} is over (until {until})",
        "もう使わないルールは消してかまいません", "a rule that is no longer needed can be removed",
    ),
    "N643": Message(
        "「{value}」は1文字なので、前後に漢字が続く検索語では見つかりません", "{value} is a single character: it is not found inside longer words",
        "ほかにも当てたい語があれば [{value}, …] と並べます", "to match longer words too, list them: [{value}, …]",
    ),
    "N644": Message(
        "「{value}」は1文字なので、ほかの漢字と続くときに当たるかどうかは、辞書がそこで切るかどうかで決まります",
        "{value} is a single character: beside other kanji it is found only where the dictionary cuts",
        "確かに当てたい語は [{value}, …] と並べます", "list the words that are to match for sure: [{value}, …]",
    ),
}  # fmt: skip
