"""What is said about estimates from landing pages and their file (E161–E166, E326–E330, W546, W547)."""

from __future__ import annotations

from omotenashi.language.messages.message import Message

ESTIMATES: dict[str, Message] = {
    "E161": Message(
        "1行目に「{value}」の列がありません。着地ページごとの検索語のファイルではないようです",
        "the first row has no column {value}: this is not the file of searches by landing page",
        "書き出したファイルはそのままでは使えません。omo import search-console 書き出したファイル を実行します",
        "an export is not used as it is: run omo import search-console EXPORT",
    ),
    "E162": Message(
        "「{value}」はクリック数として読めません", "{value} is not a number of clicks",
        "0以上の整数で書きます。例: 120", "write a whole number, such as 120",
    ),
    "E163": Message(
        "「{value}」は着地ページのパスではありません", "{value} is not the path of a landing page",
        "ホスト名を除き、「/」で始めます。例: /running", "leave out the host, and begin with a slash: /running",
    ),
    "E164": Message(
        "着地ページが1つもありません", "the file holds no landing page",
        "omo import search-console 書き出したファイル で作り直します", "make it again: omo import search-console EXPORT",
    ),
    "E165": Message(
        "ファイルが大きすぎます(上限 {size} MB、{rows} 行)", "the file is too large (at most {size} MB, {rows} rows)",
        "クリックの少ないページを除きます。例: omo import search-console 書き出したファイル --min-clicks 10",
        "leave out pages with few clicks: omo import search-console EXPORT --min-clicks 10",
    ),
    "E166": Message(
        "この行に「{key}」がありません", "this row has no {key}",
        "1行に、着地ページ・検索語・クリック数を書きます。例: /running,ランニングシューズ,120",
        "write landing page, search and clicks in each row: /running,running shoes,120",
    ),
    "E326": Message(
        "推定({@estimated})には、サーチコンソールから作るファイルが要りますが、site.yaml に書かれていません",
        "an estimate needs a file made from Search Console, but site.yaml names none",
        "omo import search-console 書き出したファイル を実行し、site.yaml に書き足します: {@search_console}: {{{@file}: search-console.csv}}",
        "run omo import search-console EXPORT, and add to site.yaml: {@search_console}: {{{@file}: search-console.csv}}",
    ),
    "E327": Message(
        "「{@share}」は、推定({@estimated})と一緒に使います", "{@share} belongs to {@estimated}",
        "「{@share}」を消すか、{@keyword}: {{{@estimated}: [靴], {@share}: 50%}} の形で書きます",
        "remove {@share}, or write {@keyword}: {{{@estimated}: [shoes], {@share}: 50%}}",
    ),
    "E328": Message(
        "推定の「{@share}」は 0% より大きく、100% までです", "the {@share} of an estimate is more than 0% and at most 100%",
        "例: {@share}: 50%", "for example {@share}: 50%",
    ),
    "E329": Message(
        "推定({@estimated})は「{@keyword}」だけで使えます。サイト内検索の語は、いつも届きます",
        "{@estimated} is for {@keyword} only: the words of the site's own search are always sent",
        "例: {@site_search}: [靴, スニーカー]", "for example {@site_search}: [shoes, sneakers]",
    ),
    "E330": Message(
        "ルールのフォルダーに「{value}」がありません", "there is no file {value} in the rules folder",
        "omo import search-console 書き出したファイル で作れます", "make it with omo import search-console EXPORT",
    ),
    "W546": Message(
        "この推定は、どの着地ページにも当てはまりません(いちばん近い {value} でも、わかっているのは {share} で、{asked} に届きません)",
        "this estimate holds for no landing page: the nearest, {value}, is known to have {share}, not {asked}",
        "「{@share}」を下げるか、語を増やしてください", "ask for a smaller {@share}, or add words",
    ),
    "W547": Message(
        "この推定の語で検索して来た着地ページが、ファイルに1つもありません", "no search in the file has any of these words",
        "語を見直すか、omo import search-console でファイルを新しくしてください",
        "look at the words, or renew the file with omo import search-console",
    ),
}  # fmt: skip
