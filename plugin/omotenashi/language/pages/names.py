"""Pages about names that do not fit together (E4xx)."""

from __future__ import annotations

from omotenashi.language.pages.page import Page, rule, shown

_SENSITIVE = "attributes:\n  pregnant: {type: yes_no, sensitive: yes}\n"
_TWO = "blocks:\n  hero:\n    rules:\n      - {{name: 先, when: {{device: mobile}}, show: nothing}}\n      - {{name: {}, show: nothing}}\n    otherwise: original\n"
_SAME = (
    "blocks:\n  hero:\n    rules: [{name: お知らせ, show: nothing}]\n    otherwise: original\n"
    "  side:\n    rules: [{name: お知らせ, show: nothing}]\n    otherwise: original\n"
    "segments:\n  seen: {when: {shown: {rule: %s}}}\n"
)
_CIRCLE = "segments:\n  a: {when: {segment: b}}\n  b: {when: {%s}}\n" + shown("original")
_LARGE = "segments:\n  s0: {when: {any: [{page: /a}, {page: /b}, {page: /c}, {page: /d}]}}\n" + "".join(
    f"  s{number}: {{when: {{any: [{{segment: s{number - 1}}}, {{segment: s{number - 1}}}, {{segment: s{number - 1}}}]}}}}\n"
    for number in range(1, 7)
)
_TESTED = shown("original") + "tests:\n  - {name: 例, expect: {%s}}\n"

NAMES: dict[str, Page] = {
    "E401": Page(
        "使っているセグメントが、どのファイルにも書かれていません。名前の打ちまちがいか、書き忘れです。",
        "The segment that is used stands in no file: its name is misspelt, or it was forgotten.",
        rule("when: {segment: vip}"), "segments:\n  vip: {when: {logged_in: yes}}\n" + rule("when: {segment: vip}"),
    ),
    "E402": Page(
        "表示するものの名前が見つかりません。contents に書いた名前か、original(もとのまま)、nothing(出さない)を書きます。",
        "What should be shown is not there. Write a name from contents, or original, or nothing.",
        shown("winter"), "contents:\n  winter: {html: <p>冬</p>}\n" + shown("winter"),
    ),
    "E403": Page(
        "contents フォルダーにそのファイルがありません。大文字と小文字もちがう文字として扱われます。",
        "There is no such file in the contents folder. Capital and small letters count as different.",
        shown("{file: hero/winter.html}"), shown("{html: <p>冬</p>}"),
    ),
    "E404": Page(
        "距離の条件に使う場所は、site.yaml の places に位置を書いておきます。",
        "A place that a distance is measured from must stand under places in site.yaml.",
        rule("when: {near: {place: 渋谷, within: 5 km}}"), rule("when: {near: {place: 渋谷店, within: 5 km}}"),
        site="places:\n  渋谷店: {lat: 35.6595, lng: 139.7005}\n",
    ),
    "E405": Page(
        "会員のどの項目を使うかは、site.yaml の attributes で決めます。そこにない項目は送られてきません。",
        "Which attributes of members there are is said in site.yaml: others are never sent.",
        rule("when: {member.rnak: ゴールド}"), rule("when: {member.rank: ゴールド}"),
        site="attributes:\n  rank: {type: choice, values: [一般, ゴールド]}\n",
    ),
    "E406": Page(
        "セグメントがめぐりめぐって自分自身を条件にしていて、いつまでも答えが出ません。",
        "Segments ask for each other in a circle, so that there is never an answer.",
        _CIRCLE % "segment: a", _CIRCLE % "device: mobile",
    ),
    "E407": Page(
        "テストが期待しているルールが、そのブロックにありません。",
        "The test expects a rule that the block does not have.",
        _TESTED % "hero: スマホ", _TESTED % "hero: original",
    ),
    "E408": Page(
        "その名前のブロックが、どのファイルにもありません。",
        "There is no block of this name in any file.",
        _TESTED % "hreo: original", _TESTED % "hero: original",
    ),
    "E409": Page(
        "表示の記録やテストは名前でルールを区別します。同じ名前が2つあると区別できません。",
        "Records and tests tell rules apart by their names, so each name stands once.",
        _TWO.format("先"), _TWO.format("後"),
    ),
    "E410": Page(
        "安全のため、contents フォルダーの外のファイルは表示できません。contents/ から見た名前を書きます。",
        "For safety only files within the contents folder can be shown. Write the name as seen from there.",
        shown("{file: ../secret.html}"), shown("{html: <p>a</p>}"),
    ),
    "E411": Page(
        "セグメントの中のセグメントをすべて開くと、条件の数が多くなりすぎます。",
        "With all segments within it put in place, this one has too many conditions.",
        _LARGE + shown("original"), "segments:\n  s0: {when: {page: [/a, /b, /c, /d]}}\n" + shown("original"),
    ),
    "E412": Page(
        "ページに差しこむ内容は、ページとともに毎回送られます。大きすぎると、表示が遅くなります。",
        "What is put into a page is sent with it each time. Large ones slow it down.", "", "",
    ),
    "E421": Page(
        "「表示済み」で調べるルールが見つかりません。ルールの名前、「ブロック/名前」、id のどれかを書きます。",
        "The rule that shown asks for is not there. Write its name, block/name, or its id.",
        rule("when: {shown: {rule: れい}}"), rule("when: {shown: {rule: 例}}"),
    ),
    "E422": Page(
        "同じ名前のルールがいくつかのブロックにあるので、どれのことか分かりません。",
        "Rules of several blocks have this name, so it is not clear which one is meant.",
        _SAME % "お知らせ", _SAME % "hero/お知らせ",
    ),
    "E423": Page(
        "病気や妊娠のような機微な項目で表示を変えると、本人や周りの人に知られてしまうことがあります。使うブロックを site.yaml ではっきり許したときだけ使えます。",
        "What is shown may betray something sensitive, such as an illness. Only blocks that site.yaml allows may ask for it.",
        rule("when: {member.pregnant: yes}"), rule("when: {logged_in: yes}"), site=_SENSITIVE,
    ),
    "E424": Page(
        "site.yaml で機微な話題とされたものは、見ても買っても記録されません。だから条件にしても決して当てはまりません。",
        "What site.yaml calls a sensitive topic is never remembered, so a condition on it could never match.",
        rule("when: {viewed: {tag: 病気}}"), rule("when: {page_tag: 病気}"), site="sensitive_topics: [病気]\n",
    ),
}  # fmt: skip
