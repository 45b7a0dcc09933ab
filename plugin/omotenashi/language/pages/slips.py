"""Pages about mistakes that are found in the text before it is parsed (E111–E151)."""

from __future__ import annotations

import textwrap

from omotenashi.language.pages.page import Page


def _rule(text: str) -> str:
    """A file of one rule, whose lines are given."""
    lines = textwrap.indent(text, "        ").strip()
    return f"blocks:\n  hero:\n    rules:\n      - {lines}\n    otherwise: original\n"


def _when(condition: str) -> str:
    return _rule(f"name: 冬の早割\nwhen: {condition}\nshow: nothing")


def _name(name: str) -> str:
    return _rule(f"name: {name}\nwhen: {{device: mobile}}\nshow: nothing")


def _html(html: str) -> str:
    return f"contents:\n  sale:\n    html: {html}\n" + _rule("name: a\nwhen: {device: mobile}\nshow: sale")


_GOOD = _name("冬の早割")

SLIPS: dict[str, Page] = {
    "E111": Page(
        "タブの幅は、画面によって変わります。どこまで下げたのかを決められないので、字下げには半角スペースだけを使います。",
        "A tab is as wide as each screen likes, so nobody can tell how far it indents. Use spaces only.",
        _GOOD.replace("        show", "\tshow"), _GOOD,
    ),
    "E112": Page(
        "全角スペースは半角スペースとよく似ていますが、別の文字です。字下げや、コロンの後の区切りにはなりません。",
        "A full-width space looks like two ordinary ones, but it is a letter like any other: it does not indent.",
        _GOOD.replace("        show", "　　　　show"), _GOOD,
    ),
    "E113": Page(
        "キーと値を分けるのは半角のコロンだけです。全角の「：」は文字のひとつとして読まれます。",
        "Only an ordinary colon stands between a key and its value; a full-width one is a letter.",
        _GOOD.replace("show: ", "show："), _GOOD,
    ),
    "E114": Page(
        "リストの項目は、半角のハイフンと半角スペースで始めます。「・」や「－」や番号では項目になりません。",
        "Each item of a list begins with a hyphen and a space. Bullets, long dashes and numbers do not make one.",
        _GOOD.replace("- name", "・name"), _GOOD,
    ),
    "E115": Page(
        "コロンの後には、半角スペースが1つ要ります。ないと「page:/x」のような1つの文字として読まれます。",
        "A colon separates only with a space behind it. Without one, page:/x is a single word.",
        _when("{page:/sale/}"), _when("{page: /sale/}"),
    ),
    "E116": Page(
        "リストの「-」の後には、半角スペースが1つ要ります。ないと「-name」という1つの文字になります。",
        "The hyphen of a list needs a space behind it. Without one, -name is a single word.",
        _GOOD.replace("- name", "-name"), _GOOD,
    ),
    "E117": Page(
        "「@」「%」「*」「&」「!」などで始まる文字は、そのままでは特別な意味になります。引用符で囲めば、ただの文字です。",
        "Some signs mean something of their own at the beginning of a text. In quotes they are plain text.",
        _name("@cosme の人"), _name('"@cosme の人"'),
    ),
    "E118": Page(
        "コロンと半角スペースは「キー: 値」の区切りです。文字の中で使うときは、全体を引用符で囲みます。",
        "A colon and a space divide a key from its value. To use them inside a text, put the text in quotes.",
        _name("広告: 冬"), _name('"広告: 冬"'),
    ),
    "E119": Page(
        "空白の後の「#」からはコメントになり、そこから後ろは使われません。文字として使うなら引用符で囲みます。",
        "A # behind a space begins a comment, and the rest of the line is not used. Put the text in quotes.",
        _name("人気 #1"), _name('"人気 #1"'),
    ),
    "E120": Page(
        "「[」や「{」で始まると、リストや組の始まりとして読まれます。文字なら、全体を引用符で囲みます。",
        "A text that begins with [ or { is taken for a list or a group. Put all of it in quotes.",
        _name("[重要] 冬の早割"), _name('"[重要] 冬の早割"'),
    ),
    "E121": Page(
        "引用符は、始めと終わりの両方に要ります。終わりがないと、次の行からも文字の続きとして読まれます。",
        "A quote needs its second half. Without it the following lines are taken for more of the text.",
        _name('"冬の早割'), _name('"冬の早割"'),
    ),
    "E122": Page(
        "引用符の中に同じ引用符があると、そこで文字が終わってしまいます。外側をもう一方の引用符にします。",
        "The same quote inside the quotes ends the text there. Use the other kind around it.",
        _html('"<p class="big">冬</p>"'), _html("'<p class=\"big\">冬</p>'"),
    ),
    "E123": Page(
        "引用符で囲んだら、その外に文字は続けられません。全体を囲むか、引用符をはずします。",
        "Nothing can follow the closing quote. Put all of the text inside, or leave the quotes out.",
        _name('"冬" の早割'), _name("'\"冬\" の早割'"),
    ),
    "E124": Page(
        "“ ” や ‘ ’ は文書の飾りの引用符で、値を囲む印にはなりません。半角の引用符を使うか、はずします。",
        "Curly quotes are letters, not quotes around a value. Use plain ones, or none.",
        _when("{device: “mobile”}"), _when("{device: mobile}"),
    ),
    "E125": Page(
        "開いたかっこは、同じ種類のかっこで閉じます。閉じないと、次の行からも中身として読まれます。",
        "Each bracket must be closed by one of its kind. Otherwise the following lines are taken for its contents.",
        _when("{prefecture: [東京都, 大阪府}"), _when("{prefecture: [東京都, 大阪府]}"),
    ),
    "E126": Page(
        "閉じるかっこが1つ多いか、種類が違います。開いたかっこと数と種類をそろえます。",
        "There is one closing bracket too many, or it is of the wrong kind.",
        _when("{device: mobile}}"), _when("{device: mobile}"),
    ),
    "E127": Page(
        "かっこや「|」は半角で書きます。全角のかっこは、ただの文字として読まれます。",
        "Brackets must be ordinary ones; full-width brackets are letters.",
        _when("{prefecture: [東京都, 大阪府］}"), _when("{prefecture: [東京都, 大阪府]}"),
    ),
    "E128": Page(
        "「html: |」の文章は、キーより右に下げた行だけが中身になります。左に出た行は文章の外になってしまいます。",
        "Under html: | only lines that stand further right than the key belong to the text.",
        _html("|\n    <p>冬の早割</p>"), _html("|\n      <p>冬の早割</p>"),
    ),
    "E129": Page(
        "同じ段のキーや「-」は、行の頭の空白の数をそろえます。1つでもずれると、どこに入るのかが決まりません。",
        "Keys of one level begin in the same column. One space more or less, and it is not clear where a line belongs.",
        _GOOD.replace("        show", "         show"), _GOOD,
    ),
    "E130": Page(
        "{ } の中の「,」は項目の区切りです。文字の中で使うときは、文字を引用符で囲みます。",
        "Inside braces a comma ends the value. To use one in a text, put the text in quotes.",
        _rule("name: a\nwhen: {device: mobile}\nshow: {html: <p>Hello, friends</p>}"),
        _rule('name: a\nwhen: {device: mobile}\nshow: {html: "<p>Hello, friends</p>"}'),
    ),
    "E131": Page(
        "{ } の中の「,」は項目の区切りなので、5,000 は 5 と 000 に分かれてしまいます。",
        "Inside braces a comma ends the value, so 5,000 would be 5 and 000.",
        _when("{cart: {amount: {at_least: 5,000}}}"), _when("{cart: {amount: {at_least: 5000}}}"),
    ),
    "E132": Page(
        "キーの後には、半角のコロンと半角スペースが要ります。",
        "A key is followed by a colon and a space.",
        _GOOD.replace("show: ", "show "), _GOOD,
    ),
    "E133": Page(
        "リストの区切りは半角のカンマです。「、」で区切ると、全体が1つの言葉になってしまいます。",
        "The items of a list are separated by ordinary commas; anything else makes one word of them.",
        _when("{keyword: [靴、下駄]}"), _when("{keyword: [靴, 下駄]}"),
    ),
    "E134": Page(
        "いくつかの値を並べるときは [ ] で囲みます。囲まないと、全体が1つの言葉になってしまいます。",
        "Several values stand in square brackets; without them they are one word.",
        _when("{keyword: 靴, 下駄}"), _when("{keyword: [靴, 下駄]}"),
    ),
    "E135": Page(
        "キーと値を分けるのはコロンです。「=」などでは分かれません。",
        "A colon stands between a key and its value, not = or another sign.",
        _GOOD.replace("show: ", "show = "), _GOOD,
    ),
    "E136": Page(
        "ルールやテストは、1つごとに「- 」で始めます。ないと、前のルールの続きとして読まれます。",
        "Each rule and each test begins with a hyphen. Without it the line goes on with the rule above.",
        _GOOD.replace("- name", "  name"), _GOOD,
    ),
    "E137": Page(
        "「-」で始まるリストは、キーの次の行から書きます。",
        "A list with hyphens begins on the line below its key.",
        _rule("name: a\nwhen:\n  keyword: - 靴\nshow: nothing"), _rule("name: a\nwhen:\n  keyword: [靴]\nshow: nothing"),
    ),
    "E138": Page(
        "{ } の中では、文字の中の「{」や「[」も、かっことして読まれます。文字を引用符で囲みます。",
        "Inside braces, a brace in a text is taken for another group. Put the text in quotes.",
        _rule("name: a\nwhen: {device: mobile}\nshow: {html: <p>{keyword|靴}</p>}"),
        _rule('name: a\nwhen: {device: mobile}\nshow: {html: "<p>{keyword|靴}</p>"}'),
    ),
    "E139": Page(
        "コロンは1つだけ書きます。", "One colon is enough.", _GOOD.replace("show: ", "show:: "), _GOOD,
    ),
    "E140": Page(
        "何行かのHTMLは、キーの後に「|」を書いて、次の行から始めます。ないと、中の「: 」や「#」が特別な意味になります。",
        "HTML of several lines needs a | behind its key, or a colon or # inside it takes on a meaning of its own.",
        _html("\n      <p>冬: 早割</p>").replace("html: \n", "html:\n"), _html("|\n      <p>冬: 早割</p>"),
    ),
    "E141": Page(
        "ほかの画面から写した文字には、目に見えない文字が混じることがあります。あると、同じ言葉とみなされません。",
        "Text that is copied from elsewhere may carry characters that nobody sees; with them it is another word.",
        _when("{device: mobile\u200b}"), _when("{device: mobile}"),
    ),
    "E142": Page(
        "「\"」で囲むと「\\」に特別な意味があります。「'」で囲めば、ただの文字です。",
        "Inside double quotes a backslash has a meaning of its own; inside single quotes it is plain text.",
        _name('"10\\% OFF"'), _name("'10\\% OFF'"),
    ),
    "E143": Page(
        "ほかの画面から写すと、半角スペースに見える別の空白が混じることがあります。字下げや区切りにはなりません。",
        "Text that is copied from elsewhere may carry spaces of another kind. They neither indent nor separate.",
        _GOOD.replace("show: ", "show:\u00a0"), _GOOD,
    ),
    "E144": Page(
        "「|」は「次の行から文章」という印です。同じ行には何も書けません。",
        "A | says that the text begins on the next line, so nothing can stand behind it.",
        _html("| <p>冬の早割</p>"), _html("<p>冬の早割</p>"),
    ),
    "E145": Page(
        "コメントは半角の「#」で始めます。全角の「＃」や「//」では、ただの文字です。",
        "A comment begins with an ordinary #. Other signs are plain text.",
        "＃ トップページ\n" + _GOOD, "# トップページ\n" + _GOOD,
    ),
    "E146": Page(
        "文章の始めの空の行に、文章より多くの空白があると、どこから文章なのかが決まりません。",
        "An empty line before the text must not have more spaces than the text itself.",
        _html("|\n            \n      <p>冬の早割</p>"), _html("|\n      <p>冬の早割</p>"),
    ),
    "E147": Page(
        "かっこの中の項目は「,」で区切ります。行を変えても「,」は要ります。",
        "Parts inside brackets are separated by commas, on lines of their own too.",
        _when("{device: mobile\n         page: /sale/}"), _when("{device: mobile,\n         page: /sale/}"),
    ),
    "E148": Page(
        "行の終わりや、続いた「,」などは要りません。", "No comma is needed at the end of a line, nor two in a row.",
        _GOOD.replace("mobile},", "mobile}").replace("mobile}", "mobile},"), _GOOD,
    ),
    "E149": Page(
        "どのキーの中に入るかは、行の頭の空白の数で決まります。空白の数が違うと、別のものの中に入ってしまいます。",
        "The spaces before a line say what it belongs to. With too few or too many it belongs to something else.",
        _GOOD.replace("    otherwise", "        otherwise"), _GOOD,
    ),
    "E150": Page(
        "1行に「キー: 」を2つ続けるときは、後のほうを { } で囲みます。囲まないと、どこまでが中身なのか分かりません。",
        "Where a key stands behind another one on its line, braces say what belongs to the first.",
        _when("device: mobile"), _when("{device: mobile}"),
    ),
    "E151": Page(
        "「|」の後の文章は、字下げで終わりがわかります。かっこの中では字下げに意味がないので、文章の終わりが決まりません。",
        "Indentation tells where a text after | ends. Inside brackets it means nothing, so such a text would have no end.",
        _name("冬の早割").replace("show: nothing", "show: {html: |\n            <p>冬の早割</p>\n          }"),
        _name("冬の早割").replace("show: nothing", "show:\n          html: |\n            <p>冬の早割</p>"),
    ),
}  # fmt: skip
