"""Pages about files that cannot be read (E1xx) and things of the wrong form (E2xx)."""

from __future__ import annotations

from omotenashi.language.pages.page import Page, rule, shown

_RULES = "blocks:\n  hero:\n    rules:\n{}    otherwise: original\n"

FORM: dict[str, Page] = {
    "E101": Page(
        "文字の記録のしかた(文字コード)がちがうと、日本語が正しく読めません。メモ帳では「名前を付けて保存」の下の「文字コード」で UTF-8 を選びます。",
        "The letters are stored in another way (encoding) than expected. In Notepad choose UTF-8 under Save As.", "", "",
    ),
    "E102": Page(
        "大きすぎるファイルは、ページを出すのを遅くします。1ページ、1キャンペーンごとに1ファイルが目安です。",
        "A file this large slows the site down. One file for each page or campaign is a good size.", "", "",
    ),
    "E103": Page(
        "記号や字下げの使い方がくずれていて、どこまでが1つの項目なのか分かりません。まちがいは、指された行の1つ上にあることもあります。",
        "Signs or indentation are off, so it cannot be told where one thing ends. The mistake may be one line above.", "", "",
    ),
    "E104": Page(
        "「&」や「*」で始まる文字には特別な働きがあり、ここでは使えません。文字として書くなら引用符で囲みます。",
        "A text that begins with & or * has a special meaning, which is not allowed here. Put texts into quotes.",
        "contents:\n  a: &x {html: <p>a</p>}\n" + shown("a"), "contents:\n  a: {html: <p>a</p>}\n" + shown("a"),
    ),
    "E105": Page(
        "「---」だけの行はファイルの区切りを表すので、その下が読まれなくなります。",
        "A line of three dashes ends a file, so that what is below would not be read.",
        shown("original") + "---\nsegments:\n  a: {when: {device: mobile}}\n", shown("original") + "segments:\n  a: {when: {device: mobile}}\n",
    ),
    "E106": Page(
        "同じ名前が2つあると、どちらを使うか分かりません。日本語と英語で1回ずつ書いても2回です。",
        "With two of the same name it cannot be told which one is meant. Japanese and English names count as the same.",
        rule("when: {device: mobile, 端末: スマホ}"), rule("when: {device: mobile}"),
    ),
    "E107": Page(
        "かっこや字下げが深く重なりすぎています。たいていは、かっこの閉じ忘れかコピーのまちがいです。",
        "Brackets or indentation go too deep, most often because one was not closed.",
        "contents: " + "[" * 30 + "]" * 30 + "\n", "contents: {a: {html: <p>a</p>}}\n",
    ),
    "E108": Page(
        "目に見えない特殊な文字が入っています。ほかのソフトから貼り付けたときに紛れこみます。",
        "There is an invisible character, which often comes along when text is pasted from another program.",
        "blocks:\n  hero:\n    otherwise: \x08original\n", shown("original"),
    ),
    "E109": Page(
        "ファイルを開けませんでした。読み取りの許可(権限)を確かめてください。",
        "The file could not be opened. Look at its permissions.", "", "",
    ),
    "E110": Page(
        "このフォルダーには、ルールのファイル(.yaml で終わるもの)が1つもありません。",
        "There is no rule file (ending in .yaml) in this folder.", "", "",
    ),
    "E152": Page(
        "名前や検索語は、人が読める長さで書きます。長い文章は「html」の中にだけ書けます。",
        "Names and words have a length that people can read. Only html holds long texts.",
        "blocks:\n  hero:\n    label: a" + " very" * 200 + " long name\n    otherwise: original\n",
        "blocks:\n  hero:\n    label: a long name\n    otherwise: original\n",
    ),
    "E201": Page(
        "決められた名前のほかは使えません。打ちまちがいを見のがすと、書いたはずの条件が効かないままになるからです。",
        "Only known names can be used: otherwise a slip of the finger would silently switch a condition off.",
        rule("when: {devise: mobile}"), rule("when: {device: mobile}"),
    ),
    "E202": Page(
        "どうしても要る項目が抜けています。たとえば otherwise がないと、どのルールにも当てはまらない人に何を出すか決まりません。",
        "Something is missing that is always needed. Without otherwise, say, it is open what the rest of the visitors see.",
        "blocks:\n  hero:\n    rules:\n      - {name: 例, show: nothing}\n", _RULES.format("      - {name: 例, show: nothing}\n"),
    ),
    "E203": Page(
        "1つの文字を書く所に中身の組を書いたり、その逆になったりしています。例のとおりの形に直します。",
        "One text stands where several entries belong, or the other way round. Write it as in the example.",
        rule("when: mobile"), rule("when: {device: mobile}"),
    ),
    "E204": Page(
        "名前だけで値がありません。消し忘れか、書きかけのことが多いものです。",
        "There is a name without a value: something was left over or not finished.",
        rule("when: {keyword: }"), rule("when: {keyword: ランニング}"),
    ),
    "E205": Page(
        "これから先の版のために決めてある名前です。いまの版では外してください。",
        "This name is kept for a later version. Take it out for now.",
        shown("{recommend: popular}"), shown("original"),
    ),
    "E206": Page(
        "「どちらでもない」は、何の「以外」なのかがはっきりするように any でまとめます。",
        "So that it is clear what is denied, several conditions under not are put into any.",
        rule("when: {not: [{device: mobile}, {logged_in: yes}]}"), rule("when: {not: {any: [{device: mobile}, {logged_in: yes}]}}"),
    ),
    "E207": Page(
        "ルールは上から順に試され、最初に当てはまったものが使われます。条件のないルールはいつも当てはまるので、その下には順番が回りません。",
        "Rules are tried from top to bottom. One without a condition always matches, so those below it never get their turn.",
        _RULES.format("      - {name: 全員, show: original}\n      - {name: スマホ, when: {device: mobile}, show: nothing}\n"),
        _RULES.format("      - {name: スマホ, when: {device: mobile}, show: nothing}\n      - {name: 全員, show: original}\n"),
    ),
    "E208": Page(
        "otherwise や original は決まった意味をもつので、ルールやコンテンツの名前にすると区別がつきません。",
        "Words such as otherwise and original have a meaning of their own and cannot be told from a name.",
        _RULES.format("      - {name: original, show: nothing}\n"), _RULES.format("      - {name: 元の表示を隠す, show: nothing}\n"),
    ),
    "E209": Page(
        "会員の項目やURLのパラメータは種類が多いので、点のあとに名前を書いて、どれのことかを示します。",
        "There are many attributes and parameters: a dot and a name say which one is meant.",
        rule("when: {query: sale}"), rule("when: {query.campaign: sale}"),
    ),
    "E210": Page(
        "テストの訪問者には、条件に使う名前(device、keyword など)と、url・ip・user_agent・location だけが書けます。",
        "The visitor of a test has the names of conditions (device, keyword, …) and url, ip, user_agent, location.",
        shown("original") + "tests:\n  - {name: 例, visitor: {weather: 雨}, expect: {hero: original}}\n",
        shown("original") + "tests:\n  - {name: 例, visitor: {device: mobile}, expect: {hero: original}}\n",
    ),
    "E221": Page(
        "cooldown は「目標を達成した人には、しばらく出さない」という設定です。何が目標かを goal で書きます。",
        "A cooldown rests the rule after a goal was reached, so the goal must be said.",
        rule("cooldown: 30 days"), rule("cooldown: 30 days\ngoal: purchase"),
    ),
    "E222": Page(
        "キーワードや地域などの条件は、when の中にまとめて書きます。",
        "Conditions such as keyword or prefecture stand together under when.",
        rule("device: mobile"), rule("when: {device: mobile}"),
    ),
    "E223": Page(
        "期間や曜日、回数の上限は、人についての条件ではなくルールの設定なので、when の外に書きます。",
        "Period, days and limits are settings of the rule, not conditions on the visitor: they stand beside when.",
        rule("when: {device: mobile, from: 2026-12-01}"), rule("when: {device: mobile}\nfrom: 2026-12-01"),
    ),
    "E224": Page(
        "otherwise は「どのルールにも当てはまらないとき」なので、ルールごとではなくブロックに1つだけ書きます。",
        "otherwise is for visitors that no rule matches, so there is one for the block and none for a rule.",
        "blocks:\n  hero:\n    rules:\n      - {name: 例, show: nothing, otherwise: original}\n", _RULES.format("      - {name: 例, show: nothing}\n"),
    ),
    "E225": Page(
        "優先順位を表すのは並び順だけです。番号を付けなくても、上にあるルールが先に使われます。",
        "Order is the only priority: the rule further up goes first, without any number.",
        rule("when: {device: mobile}\npriority: 1"), rule("when: {device: mobile}"),
    ),
    "E226": Page(
        "ルールは順番が大事なので、名前を並べるのではなく「- 」で始まる行として上から書きます。",
        "The order of rules matters, so they are lines that begin with a dash, not names with something below.",
        _RULES.format("      例: {show: nothing}\n"), _RULES.format("      - {name: 例, show: nothing}\n"),
    ),
    "E227": Page(
        "サイト全体についてのことは、site.yaml の1か所だけに書きます。",
        "What concerns the whole site stands in one place, site.yaml.",
        "holidays: [2026-11-23]\n" + shown("original"), shown("original"),
    ),
    "E228": Page(
        "ルールに説明の欄はありません。メモは「#」のあとに書くと、人だけが読みます。",
        "Rules have no field for remarks. What stands after # is read by people only.",
        rule("memo: 年末まで"), rule("# 年末まで"),
    ),
    "E230": Page(
        "ルールのオンとオフの欄はありません。止めたいルールは、各行の頭に # を付けるか、until で終わりの日を書きます。",
        "Rules have no switch. To stop one, put # before its lines, or say with until when it ends.",
        rule("when: {device: mobile}\nenabled: yes"), rule("when: {device: mobile}"),
    ),
    "E231": Page(
        "site.yaml はサイト全体のことだけを書くファイルです。ブロックやセグメントは、ページやキャンペーンごとのファイルに書きます。",
        "site.yaml is about the whole site. Blocks and segments stand in files for pages or campaigns.",
        "segments:\n  a: {when: {device: mobile}}\n", "name: 例の店\n", "site.yaml",
    ),
    "E232": Page(
        "ブロックの名前だけでは、それがブロックなのかセグメントなのか分かりません。まとめて blocks の下に書きます。",
        "A name alone does not say whether it is a block or a segment: blocks stand together under blocks.",
        "hero:\n  otherwise: original\n", shown("original"),
    ),
    "E233": Page(
        "ほかの所から貼り付けると「blocks:」や「tests:」の行も2つになります。この行は1つのファイルに1回だけ書き、その下にすべてを並べます。",
        "Pasted text brings along its own blocks: or tests:. There is one such line in a file, and everything stands below it.",
        shown("original") + "blocks:\n  side:\n    otherwise: original\n", shown("original") + "  side:\n    otherwise: original\n",
    ),
    "E229": Page(
        "ルールは、どの場所(ブロック)のものかが分かるように、blocks とブロックの名前の下に書きます。",
        "So that it is clear which place on the page they are for, rules stand below blocks and the name of a block.",
        "rules:\n  - {name: 例, show: nothing}\n", _RULES.format("      - {name: 例, show: nothing}\n"),
    ),
}  # fmt: skip
