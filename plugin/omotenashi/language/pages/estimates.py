"""Pages about estimates from landing pages and their file (E161–E166, E326–E330, W546, W547)."""

from __future__ import annotations

from omotenashi.language.pages.page import Page, rule

_FILE = "search-console.csv"
_SITE = "search_console: {file: search-console.csv}\n"
_GOOD = "landing,query,clicks\n/running,ランニング 靴,120\n/running,(rest),30\n"
_OTHERS = {"site.yaml": _SITE, "page.yaml": "blocks:\n  hero:\n    otherwise: original\n"}
_BESIDE = {_FILE: _GOOD}


def _file(ja: str, en: str, wrong: str) -> Page:
    return Page(ja, en, wrong, _GOOD, _FILE, beside=_OTHERS)


def _rule(ja: str, en: str, wrong: str, right: str) -> Page:
    return Page(ja, en, rule(f"when: {{{wrong}}}"), rule(f"when: {{{right}}}"), site=_SITE, beside=_BESIDE)


ESTIMATES: dict[str, Page] = {
    "E161": _file(
        "推定に使うファイルには、着地ページ(landing)、検索語(query)、クリック数(clicks)の3つの列があります。サーチコンソールの書き出しは、omo import search-console でこの形にしてから使います。",
        "The file for estimates has three columns: landing, query and clicks. omo import search-console makes it from an export of Search Console.",
        "上位のクエリ,クリック数\nランニング 靴,120\n",
    ),
    "E162": _file(
        "割合は、クリックの回数から数えます。数でないものがあると、数えられません。",
        "The shares are counted in clicks, so each row needs a number of them.",
        _GOOD.replace("120", "多い"),
    ),
    "E163": _file(
        "着地ページは、条件の「着地ページ(landing)」と同じように、ホスト名のないパスで書きます。",
        "A landing page is written as in conditions: its path without the host.",
        _GOOD.replace("/running,ラ", "https://shop.example/running,ラ"),
    ),
    "E164": _file(
        "ファイルに見出ししかないと、どの着地ページについても何もわからないので、推定できません。",
        "With nothing below the headings nothing is known of any landing page.",
        "landing,query,clicks\n",
    ),
    "E165": Page(
        "大きすぎるファイルは、読み込みに時間がかかります。クリックの少ないページは推定もあてにならないので、除いてかまいません。",
        "A very large file takes long to load. Pages with few clicks can be left out: estimates for them mean little.", "", "",
    ),
    "E166": _file(
        "1行は、1つの着地ページの1つの検索語です。どれかが欠けると、何のクリックかわかりません。",
        "A row is one search for one landing page. Where a part lacks, nobody can tell what was clicked.",
        _GOOD.replace("ランニング 靴", ""),
    ),
    "E326": Page(
        "検索エンジンが検索語を送ってこないとき、推定は「このページには、どの語の検索から人が来ているか」を、サーチコンソールから作ったファイルで調べます。ファイルがなければ推定できません。",
        "Where the search engine sends no words, an estimate looks up which searches lead to the page, in a file made from Search Console. Without it there is nothing to look up.",
        rule("when: {keyword: {estimated: [ランニング]}}"), rule("when: {keyword: [ランニング]}"),
    ),
    "E327": _rule(
        "割合(share)は、着地ページのクリックのうち、どれだけがその語の検索によるものかを言います。推定のない条件では意味がありません。",
        "The share is the part of a landing page's clicks that come from the words. It means nothing without an estimate.",
        "keyword: {contains: ランニング, share: 50%}", "keyword: {estimated: [ランニング], share: 50%}",
    ),
    "E328": _rule(
        "0% では、どのページもあてはまってしまいます。100% を超えるページはありません。",
        "Every page would do for 0%, and none has more than 100%.",
        "keyword: {estimated: [ランニング], share: 0%}", "keyword: {estimated: [ランニング], share: 50%}",
    ),
    "E329": _rule(
        "推定は、検索エンジンが送ってこない検索語の代わりです。サイト内検索の語はいつもわかるので、推し量る必要がありません。",
        "An estimate stands in for words that a search engine does not send. The words of the site's own search are always known.",
        "site_search: {estimated: [ランニング]}", "site_search: [ランニング]",
    ),
    "E330": Page(
        "site.yaml に書かれた名前のファイルが、ルールのフォルダーにありません。omo import search-console で作るか、名前を直します。",
        "The rules folder has no file of the name that site.yaml gives. omo import search-console makes it.",
        "search_console: {file: console.csv}\n", _SITE, "site.yaml",
        beside=_BESIDE,
    ),
    "W546": _rule(
        "どの着地ページでも、その語の検索によるクリックが決めた割合に届きません。検索語のわからない人には、このルールは当てはまりません。",
        "On no landing page do searches with these words make the share. Visitors whose words are not known never match.",
        "keyword: {estimated: [ランニング], share: 90%}", "keyword: {estimated: [ランニング], share: 50%}",
    ),
    "W547": _rule(
        "ファイルのどのページにも、その語の検索がありません。語の打ちまちがいか、ファイルが古いのかもしれません。",
        "No page of the file was found by a search with these words: a slip, or a file that is old.",
        "keyword: {estimated: [yoga]}", "keyword: {estimated: [ランニング]}",
    ),
}  # fmt: skip
