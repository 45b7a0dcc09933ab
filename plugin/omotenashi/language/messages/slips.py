"""What is said about mistakes that are found in the text before it is parsed (E111–E151)."""

from __future__ import annotations

from omotenashi.language.messages.message import Message

SLIPS: dict[str, Message] = {
    "E111": Message(
        "タブが使われています", "there is a tab here",
        "タブを消して、半角スペースを入れてください(字下げは1段につき2つ)", "replace the tab by spaces (two for each level)",
    ),
    "E112": Message(
        "全角スペースが使われています", "there is a full-width space here",
        "全角スペースを消して、半角スペースを入れてください", "replace it by an ordinary space",
    ),
    "E113": Message(
        "コロンが全角「{sign}」になっています", "this colon is full-width ({sign})",
        "半角のコロンと半角スペースで「{key}: 」と書きます", "write an ordinary colon and a space: {key}: ",
    ),
    "E114": Message(
        "リストの印が「{sign}」になっています", "the list is marked with {sign}",
        "半角のハイフンと半角スペースで「{right}」と書きます", "write a hyphen and a space: {right}",
    ),
    "E115": Message(
        "コロンの後に半角スペースがありません", "a space is missing after the colon",
        "「{right}」と書きます", "write {right}",
    ),
    "E116": Message(
        "「-」の後に半角スペースがありません", "a space is missing after the hyphen",
        "「{right}」と書きます", "write {right}",
    ),
    "E117": Message(
        "文字の最初の「{sign}」は、そのままでは書けません", "a text cannot begin with {sign} as it stands",
        "引用符で囲んで {right} と書きます", "put it in quotes: {right}",
    ),
    "E118": Message(
        "文字の中に「: 」があります", "there is a colon and a space inside this text",
        "1つの文字なら引用符で囲みます: {right}。別のキーなら次の行に書きます",
        "if it is one text, put it in quotes: {right}; if it is another key, give it a line of its own",
    ),
    "E119": Message(
        "「#」から後ろが消えてしまいます(コメントになります)", "what follows # is lost: it becomes a comment",
        "文字なら引用符で囲みます: {right}。コメントなら「# 」と、後に半角スペースを入れます",
        "if it is text, put it in quotes: {right}; if it is a comment, put a space after the #",
    ),
    "E120": Message(
        "文字の最初の「{sign}」は、そのままでは書けません", "a text cannot begin with {sign} as it stands",
        "全体を引用符で囲んで {right} と書きます", "put all of it in quotes: {right}",
    ),
    "E121": Message(
        "引用符 {sign} が閉じられていません", "this quote is never closed",
        "終わりにも {sign} を書きます: {right}", "close it with {sign}: {right}",
    ),
    "E122": Message(
        "引用符の中に、同じ引用符 {sign} があります", "there is the same quote {sign} inside the quotes",
        "外側を別の引用符にします: {right}", "use the other quotes around it: {right}",
    ),
    "E123": Message(
        "引用符を閉じた後に、文字が続いています", "there is more text behind the closing quote",
        "{right} と書きます", "write {right}",
    ),
    "E124": Message(
        "引用符が「{sign}」になっています", "the quotes are {sign}, not plain ones",
        "{right} と書きます(引用符は半角の \" か ' です)", "write {right} (quotes are \" or ')",
    ),
    "E125": Message(
        "「{sign}」が閉じられていません", "this {sign} is never closed",
        "終わりに「{closer}」を書いてください", "write {closer} at the end of it",
    ),
    "E126": Message(
        "「{sign}」に合う、開くかっこがありません", "there is nothing that this {sign} could close",
        "「{sign}」を消すか、開くかっこと同じ種類にしてください", "remove it, or make it the same kind as the opening one",
    ),
    "E127": Message(
        "記号が全角「{sign}」になっています", "this sign is full-width ({sign})",
        "半角の {half} で「{right}」と書きます", "write the ordinary {half}: {right}",
    ),
    "E128": Message(
        "「{key}」の文章の行が、左に出ています", "this line of the text of {key} stands too far left",
        "行の頭に半角スペースを{spaces}個入れてください", "begin the line with {spaces} spaces",
    ),
    "E129": Message(
        "「{key}」の字下げがそろっていません", "{key} is not in line with the others",
        "行の頭の半角スペースを{spaces}個にしてください(いまは{found}個です)",
        "begin the line with {spaces} spaces (there are {found} now)",
    ),
    "E130": Message(
        "かっこの中の文字に「,」があります", "there is a comma in a text inside braces",
        "1つの文字なら引用符で囲みます: {right}", "if it is one text, put it in quotes: {right}",
    ),
    "E131": Message(
        "数の中に「,」があります", "there is a comma inside a number",
        "「,」を取って {right} と書きます", "leave the comma out: {right}",
    ),
    "E132": Message(
        "「{key}」の後にコロンがありません", "there is no colon after {key}",
        "「{right}」と書きます。上の行の続きの文章なら、上の行より右に下げます",
        "write {right} (or indent the line, if it goes on with the text above)",
    ),
    "E133": Message(
        "リストの区切りが「{sign}」になっています", "the list is separated by {sign}",
        "半角のカンマと半角スペースで区切ります: {right}", "separate with a comma and a space: {right}",
    ),
    "E134": Message(
        "いくつもの値が、かっこなしで並んでいます", "several values stand here without brackets",
        "「{right}」と書きます", "write {right}",
    ),
    "E135": Message(
        "コロンの代わりに「{sign}」が使われています", "there is {sign} in place of a colon",
        "「{right}」と書きます", "write {right}",
    ),
    "E136": Message(
        "行の頭の「- 」がありません", "the hyphen of the list is missing",
        "「{right}」と書きます", "write {right}",
    ),
    "E137": Message(
        "リストの「-」が、キーと同じ行にあります", "the list begins on the line of its key",
        "「-」からを次の行に移すか、[a, b] と書きます", "move it to the next line, or write [a, b]",
    ),
    "E138": Message(
        "かっこの中の文字に「{sign}」があります", "there is {sign} in a text inside brackets",
        "文字を引用符で囲んで {right} と書きます", "put the text in quotes: {right}",
    ),
    "E139": Message(
        "コロンが2つ続いています", "the colon is doubled", "「{key}: 」と、1つだけ書きます", "write one: {key}: ",
    ),
    "E140": Message(
        "「{key}」の文章の前に「|」がありません", "the text of {key} lacks the | before it",
        "「{key}: |」と書き、次の行から右に下げて文章を書きます", "write {key}: | and the text on the lines below, indented",
    ),
    "E141": Message(
        "目に見えない文字({character})が入っています", "there is an invisible character ({character})",
        "この場所の文字を消して、打ち直してください", "delete what stands here and type it again",
    ),
    "E142": Message(
        '「"」の中では「{sign}」と書けません', "{sign} cannot be written inside double quotes",
        "「'」で囲んで {right} と書きます", "use single quotes: {right}",
    ),
    "E143": Message(
        "ふつうの半角スペースでない空白({character})が使われています", "this is not an ordinary space ({character})",
        "この空白を消して、半角スペースを入れてください", "replace it by an ordinary space",
    ),
    "E144": Message(
        "「{sign}」の後に文字が続いています", "there is text behind the {sign}",
        "文章は次の行から、右に下げて書きます。1行だけなら {right} と書きます",
        "begin the text on the next line, indented; if it is one line, write {right}",
    ),
    "E145": Message(
        "「{sign}」で始まる行はコメントになりません", "{sign} does not make a comment",
        "コメントは半角の「# 」で始めます。要らなければ消してください", "begin a comment with # and a space, or remove it",
    ),
    "E146": Message(
        "空の行に、余分な空白があります", "there are too many spaces on this empty line",
        "この行の空白を消してください", "remove the spaces of this line",
    ),
    "E147": Message(
        "かっこの中の区切りの「,」がありません", "a comma is missing inside the brackets",
        "前の項目の後に「,」を書きます: {right}", "write a comma behind the part before this: {right}",
    ),
    "E148": Message(
        "「{sign}」が余分です", "this {sign} is one too many", "「{sign}」を消してください", "remove it",
    ),
    "E149": Message(
        "「{key}」の字下げが違います。ここに書くものではありません", "{key} is indented wrongly: it does not belong here",
        "行の頭の半角スペースを{spaces}個にしてください(いまは{found}個です)",
        "begin the line with {spaces} spaces (there are {found} now)",
    ),
    "E150": Message(
        "「{{ }}」で囲まれていません", "there are no braces around this",
        "「{right}」と書きます", "write {right}",
    ),
    "E151": Message(
        "何行もの文章は、かっこの中には書けません", "a text over several lines cannot stand inside brackets",
        "かっこを使わずに、「{outer}」の次の行に、右に下げて「{right}」と書き、文章はその下にさらに下げて書きます",
        "leave out the brackets: on the line below {outer} write {right}, indented, and the text below it, indented further",
    ),
}  # fmt: skip
