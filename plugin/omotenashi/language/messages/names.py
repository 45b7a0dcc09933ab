"""What is said about names that do not fit together (E4xx)."""

from __future__ import annotations

from omotenashi.language.messages.message import Message

NAMES: dict[str, Message] = {
    "E401": Message("セグメント「{value}」がありません", "there is no segment {value}", "「{@segments}:」に書き足してください", "define it under {@segments}:"),
    "E402": Message(
        "コンテンツ「{value}」がありません", "there is no content {value}",
        "「{@contents}:」に書き足すか、{{{@file}: …}} {{{@html}: …}} {@original} {@nothing} のどれかにします",
        "define it under {@contents}:, or use {{{@file}: …}}, {{{@html}: …}}, {@original}, {@nothing}",
        "ルールのファイルの「contents:」に書き足すか、hero/a.html のようなファイル名、「<」で始まる HTML、{@original}、{@nothing} のどれかにします",
        "define it under contents: in a rule file, or write the name of a file such as hero/a.html, HTML from < on, {@original} or {@nothing}",
    ),
    "E403": Message(
        "contents/ に「{value}」がありません", "there is no file {value} under contents/", "contents フォルダーにこのファイルを置くか、名前を直してください", "put the file there, or mend its name"
    ),
    "E404": Message("場所「{value}」が site.yaml にありません", "there is no place {value} in site.yaml", "site.yaml の「{@places}:」に書き足してください", "define it under {@places}: in site.yaml"),
    "E405": Message(
        "会員項目「{value}」が site.yaml にありません", "there is no attribute {value} in site.yaml",
        "site.yaml の「{@attributes}:」に書き足してください", "declare it under {@attributes}: in site.yaml",
    ),
    "E406": Message(
        "セグメントが自分自身を使っています: {value}", "segments use each other in a circle: {value}",
        "どれか1つの条件から「{@segment}: …」を消してください", "take {@segment}: … out of one of them",
    ),
    "E407": Message(
        "「{block}」に「{value}」というルールはありません", "there is no rule {value} in {block}",
        "ルールの名前か、{@otherwise}・{@original}・{@nothing} を書きます", "write a rule's name, or {@otherwise}, {@original}, {@nothing}",
    ),
    "E408": Message(
        "ブロック「{value}」がありません", "there is no block {value}", "「{@blocks}:」にある名前を書きます", "write a name that stands under {@blocks}:"
    ),
    "E409": Message("「{value}」はすでに使われています", "{value} is already taken", "別の名前にしてください。例: 「{write}」", "choose another name, such as {write}"),
    "E410": Message(
        "「{value}」は contents/ の外を指しています", "{value} leads out of contents/", "contents/ の中のファイルを書きます", "name a file under contents/"
    ),
    "E411": Message(
        "セグメント「{value}」は大きすぎます(中の条件は{limit}個まで)",
        "segment {value} is too large (at most {limit} conditions, segments within it included)",
        "セグメントの重ねかたを減らしてください",
        "nest segments less",
    ),
    "E412": Message(
        "HTMLのファイルが大きすぎます(上限 {limit} KB)", "the HTML file is too large (at most {limit} KB)",
        "画像などは別のファイルにして、リンクで置いてください", "put images and such into files of their own, and link to them",
    ),
    "E421": Message(
        "「{value}」というルールはありません", "there is no rule {value}", "ルールの名前、ブロック/名前、または id を書きます",
        "write the rule's name, block/name or id",
    ),
    "E422": Message(
        "「{value}」という名前のルールが複数あります({names})", "several rules are called {value} ({names})",
        "どれかを「ブロック/名前」か id で書きます", "write block/name or the id of the one you mean",
    ),
    "E423": Message(
        "機微な項目「{value}」は、ブロック「{block}」の条件には使えません",
        "the sensitive attribute {value} cannot decide what {block} shows",
        "使ってよいなら、site.yaml の「{value}」に「{@allowed_in}: [{block}]」を書き足します",
        "where that is right, add {@allowed_in}: [{block}] to {value} in site.yaml",
    ),
    "E424": Message(
        "「{value}」は site.yaml の「{@sensitive_topics}」にある話題なので、見たことも買ったことも記憶されません",
        "{value} is one of the {@sensitive_topics} of site.yaml: that somebody looked at it or bought it is never remembered",
        "この条件を外してください。いま見ているページの話題なら「{@page_tag}」で書けます",
        "take it out; for the topic of the present page there is {@page_tag}",
    ),
}  # fmt: skip
