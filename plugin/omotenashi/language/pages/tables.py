"""Pages about tables, holiday files, blocks' needs_consent, selector, deadline and fetched contents (E451–E479)."""

from __future__ import annotations

from omotenashi.language.pages.page import Page

_HERO = "blocks:\n  hero:\n    rules: {table: keywords.csv}\n    otherwise: original\n"
_BESIDE = {"page.yaml": _HERO}
_TABLE = {"keywords.csv": "キーワード,表示\n靴,original\n"}
_HOLIDAY = "blocks:\n  hero:\n    rules:\n      - {name: 祝日, days: 祝, show: nothing}\n    otherwise: original\n"


def _table(ja: str, en: str, wrong: str, right: str) -> Page:
    return Page(ja, en, wrong, right, "keywords.csv", beside=_BESIDE)


def _block(ja: str, en: str, wrong: str, right: str) -> Page:
    text = "blocks:\n  hero:\n    {}\n    otherwise: original\n"
    return Page(ja, en, text.format(wrong), text.format(right))


def _shown(ja: str, en: str, wrong: str, right: str) -> Page:
    text = "blocks:\n  hero:\n    otherwise: {}\n"
    return Page(ja, en, text.format(wrong), text.format(right))


TABLES: dict[str, Page] = {
    "E451": Page(
        "Excel のブック(.xlsx など)は文字のファイルではないので、そのままでは読めません。CSV で保存すると読めます。",
        "A workbook (.xlsx and such) is no text. Saved as CSV it can be read.",
        _HERO.replace("keywords.csv", "keywords.xlsx"), _HERO, beside=_TABLE,
    ),
    "E453": Page(
        "表や祝日のファイルは、ルールのフォルダーの中の名前で書きます。名前が1文字でも違うと見つかりません。",
        "A table or a file of holidays is named as it lies in the rules folder. One wrong letter, and it is not found.",
        _HERO.replace("keywords.csv", "keyword.csv"), _HERO, beside=_TABLE,
    ),
    "E454": _table(
        '「"」で始まるセルは、次の「"」まで続きます。閉じる「"」がないと、残りの行がすべて1つのセルになります。',
        'A cell that begins with " goes on to the next ". Without one, all rows that follow would be one cell.',
        'キーワード,表示\n"靴,original\n', 'キーワード,表示\n"靴",original\n',
    ),
    "E455": _table(
        "場所からの距離や見た回数のように、いくつかの値でできている条件は、1つのセルには書けません。",
        "A distance from a place, or how often something was looked at, is made of several values, which one cell does not hold.",
        "キーワード,上限,表示\n靴,3,original\n", "キーワード,端末,表示\n靴,スマホ,original\n",
    ),
    "E456": _table(
        "1行目の見出しは、条件の名前(キーワード、都道府県など)か、名前・表示・開始・終了などです。ほかの見出しの列は読めません。",
        "The headings in the first row are names of conditions (keyword, prefecture, …) or name, show, from, until. A column with another heading cannot be read.",
        "キーワード,都道府現,表示\n靴,東京,original\n", "キーワード,都道府県,表示\n靴,東京,original\n",
    ),
    "E457": _table(
        "見出しより多いセルは、何のことかわかりません。たいていは、セルの中の「,」が区切りになったためです。",
        "Nobody can tell what a cell without a heading means. Mostly it is a comma within a cell that cut it in two.",
        "キーワード,表示\n靴,シューズ,original\n", 'キーワード,表示\n"靴,シューズ",original\n',
    ),
    "E458": _table(
        "名前のない行は条件で呼ばれます。条件が同じ行が2つあると区別できず、2つ目が表示されることもありません。",
        "A row without a name is called by its conditions. Two with the same cannot be told apart, and the second would never show.",
        "キーワード,表示\n靴,nothing\n靴,original\n", "キーワード,表示\n靴,nothing\n帽子,original\n",
    ),
    "E459": Page(
        "1つの表に書けるのは 10,000 行までです。表を分けて、ルールの中に「- table: 名前.csv」を並べて書けます。",
        "One table holds 10,000 rows at most. Several may stand among the rules: - table: NAME.csv.",
        "", "",
    ),
    "E460": _table(
        "どの行も、当てはまった人に何を見せるかを「表示」の列に書きます。",
        "Each row says in the column show what those see for whom it matches.",
        "キーワード,都道府県\n靴,東京\n", "キーワード,都道府県,表示\n靴,東京,original\n",
    ),
    "E461": _table(
        "1行目は見出しとして読みます。見出しがないと、どの列が何なのかわかりません。",
        "The first row is read as headings. Without them nobody can tell what a column means.",
        "靴,original\n帽子,original\n", "キーワード,表示\n靴,original\n帽子,original\n",
    ),
    "E462": _table(
        "見出しだけの表からは、ルールが1つもできません。", "A table of headings alone makes no rule.",
        "キーワード,表示\n", "キーワード,表示\n靴,original\n",
    ),
    "E463": Page(
        "読めるのはルールのフォルダーの中のファイルだけです。フォルダーごと別の場所に移しても、そのまま動くようにするためです。",
        "Only files within the rules folder are read, so that the folder works wherever it is put.",
        _HERO.replace("keywords.csv", "../keywords.csv"), _HERO, beside=_TABLE,
    ),
    "E464": Page(
        "祝日のファイルは、1行に1つの日付を読みます。内閣府の syukujitsu.csv はそのまま使えます。",
        "A file of holidays holds one date in each row. The Cabinet Office's syukujitsu.csv works as it is.",
        "名前\n元日\n", "日付,名前\n2027-01-01,元日\n", "holidays.csv", "holidays: {file: holidays.csv}\n", {"page.yaml": _HOLIDAY},
    ),
    "E466": _block(
        "「selector」は、印のないページのどこにこのブロックを入れるかを CSS の書き方で表します。記号はすべて半角です。",
        "selector says in CSS where the block goes in pages that carry no marker.",
        "selector: ．campaign", "selector: .campaign",
    ),
    "E467": _block(
        "待つ時間には単位が要ります。30 とだけ書くと、ミリ秒なのか秒なのかわかりません。",
        "A time to wait needs a unit: 30 alone could be milliseconds or seconds.",
        "deadline: 30", "deadline: 30 ms",
    ),
    "E468": _block(
        "ページはこの時間だけ表示を待ちます。1 ミリ秒より短い時間と、10 秒より長い時間は書けません。",
        "A page waits for so long. Less than a millisecond and more than ten seconds are refused.",
        "deadline: 60 seconds", "deadline: 1 second",
    ),
    "E469": _shown(
        "ほかのサーバーから取り寄せる内容は、https:// で始まる URL で書きます。差し込みは使えません。",
        "A content that is fetched from another server is named by its URL, from https:// on. It holds no placeholders.",
        "{url: cms.example/fragment}", "{url: https://cms.example/fragment}",
    ),
    "E470": _shown(
        "「timeout」は取り寄せる内容を待つ時間です。ファイルや HTML は待たずに表示できます。",
        "timeout is how long to wait for a content that is fetched. Files and HTML need no waiting.",
        "{html: <p>靴</p>, timeout: 200 ms}", "{html: <p>靴</p>}",
    ),
    "W545": Page(
        "内容を取り寄せてよいホストは、サーバーの管理者が設定 upstreams に書きます。書かれていないホストからは取り寄せず、もとの内容のままにします。",
        "The operator lists in the setting upstreams which hosts contents may be fetched from. From others nothing is fetched: the block keeps its original.",
        "", "",
    ),
}  # fmt: skip
