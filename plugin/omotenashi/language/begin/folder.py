"""A rules folder to begin with."""

from __future__ import annotations

from collections.abc import Mapping

from omotenashi.language.begin.words import as_yaml


def folder_files(name: str, language: str) -> Mapping[str, str]:
    """Return the files of a folder for a site of this name, in ja or en, by their paths in it."""
    return {path: text.replace("@NAME@", as_yaml(name)) for path, text in _FILES[language].items()}


_SITE_JA = """\
# サイト全体の決めごと。ここに書いた名前だけが、ほかのファイルの条件で使えます。
version: 1
name: @NAME@
timezone: Asia/Tokyo
language: ja

# 自分のサイトのホスト名に書きかえてください。ここから来た人は「サイト内の移動」とみなします。
hosts: [www.shop.example]

# ログインした会員について、CMSが伝えてくれること。条件では member.rank のように書きます。
attributes:
  rank: {label: 会員ランク, type: choice, values: [一般, ゴールド]}

# 条件の「祝」に当たる日。会社の休みも数えるなら [japan, 2026-08-13] のように並べます。
holidays: japan

# 検索の言葉の区切りかた。scripts は文字の種類の変わり目で区切ります。
# morphemes にすると、辞書で区切ります(サーバーに pip install "/path/to/omotenashi[ja]" が要ります)。
keyword_matching: scripts

# 何も言われていないあいだは、同意がないものとして扱います。
consent: {default: denied}
"""
_HOME_JA = """\
# トップページ。ルールは上から順に試され、最初に当たったものが出ます。
# どれにも当たらなければ otherwise。original は「CMSのもとのまま」です。
blocks:
  hero:
    label: トップページのいちばん上
    rules:
      - name: ゴールド会員
        when: {member.rank: ゴールド}
        show:
          html: |
            <p>いつもありがとうございます。ゴールド会員の方へのお知らせです。</p>

      - name: ランニングで検索した人
        when: {keyword: [ランニング, マラソン]}
        show: {file: hero/running.html}
    otherwise: original

# テストは「この人が来たら、これが出る」という約束です。omo test で確かめます。
tests:
  - name: ゴールド会員にはお知らせ
    visitor: {member.rank: ゴールド}
    expect: {hero: ゴールド会員}
  - name: マラソンの靴を検索した人
    visitor: {keyword: マラソン シューズ}
    expect: {hero: ランニングで検索した人}
  - name: ほかの人にはもとのまま
    visitor: {}
    expect: {hero: original}
"""
_README_JA = """\
# ルールのフォルダー

- `site.yaml` サイト全体の決めごと。`*.yaml` ルールとテスト。`contents/` 表示する HTML。
- `omo check` 書き間違いを調べる。`omo test` テストを実行する。`omo describe` ルールを文章にする。
- `omo new campaign 名前` キャンペーンのファイルを作る。`omo new test ブロック` 足りないテストを作る。

このフォルダーでない場所から呼ぶときは、`omo check フォルダー` のように書きます。
書き方の案内は Omotenashi の `rules/README.md` にあります。
"""
_SITE_EN = """\
# Facts about the site. Only names that stand here can be used in the conditions of other files.
version: 1
name: @NAME@
timezone: UTC # write your own, such as Europe/London
language: en

# Write your own host names: who comes from them moves within the site.
hosts: [www.shop.example]

# What the CMS states about a member who is logged in; conditions ask for member.rank.
attributes:
  rank: {label: rank, type: choice, values: [standard, gold]}

# Words of a search end where letters do.
keyword_matching: scripts

# While nothing was said, there is no consent.
consent: {default: denied}
"""
_HOME_EN = """\
# The home page. Rules are tried from top to bottom; the first that matches is shown.
# If none does: otherwise. original means the CMS's own content.
blocks:
  hero:
    label: the top of the home page
    rules:
      - name: gold members
        when: {member.rank: gold}
        show:
          html: |
            <p>Thank you for being with us. Here is the news for gold members.</p>

      - name: searched for running
        when: {keyword: [running, marathon]}
        show: {file: hero/running.html}
    otherwise: original

# A test is a promise: when this visitor comes, that is shown. omo test keeps it.
tests:
  - name: gold members get the news
    visitor: {member.rank: gold}
    expect: {hero: gold members}
  - name: searched for marathon shoes
    visitor: {keyword: marathon shoes}
    expect: {hero: searched for running}
  - name: everybody else sees the original
    visitor: {}
    expect: {hero: original}
"""
_README_EN = """\
# A folder of rules

- `site.yaml` facts about the site. `*.yaml` rules and tests. `contents/` the HTML that is shown.
- `omo check` finds mistakes. `omo test` runs the tests. `omo describe` tells the rules as sentences.
- `omo new campaign NAME` makes a file for a campaign. `omo new test BLOCK` makes the tests that are missing.

From elsewhere, name this folder: `omo check FOLDER`.
The guide to writing rules is `rules/README.md` of Omotenashi.
"""
_FILES: Mapping[str, Mapping[str, str]] = {
    "ja": {
        "site.yaml": _SITE_JA,
        "home.yaml": _HOME_JA,
        "contents/hero/running.html": "<p>{keyword|ランニング}をお探しの方へ。</p>\n",
        "README.md": _README_JA,
    },
    "en": {
        "site.yaml": _SITE_EN,
        "home.yaml": _HOME_EN,
        "contents/hero/running.html": "<p>Looking for {keyword|running}? This way.</p>\n",
        "README.md": _README_EN,
    },
}
