"""Pages about matching keywords (E481–E489)."""

from __future__ import annotations

from omotenashi.language.pages.page import Page

WORDS: dict[str, Page] = {
    "E481": Page(
        "日本語のサイト(language: ja)では、検索語を単語の切れ目で区切って照合します。区切るには辞書(SudachiPy)が要ります。"
        "辞書がないまま動かすと、パソコンによって違うページが出てしまうため、ここで止めています。"
        "辞書を入れられないときは、文字の種類の変わり目で区切る keyword_matching: scripts を選べます。",
        "On a Japanese site (language: ja) keywords are matched where a dictionary cuts them into words. Without the dictionary "
        "another machine would show another page, so nothing is shown at all. Where it cannot be installed, "
        "keyword_matching: scripts cuts at changes of script instead.",
        "version: 1\nlanguage: ja\nkeyword_matching: morphemes\n",
        "version: 1\nlanguage: ja\nkeyword_matching: scripts\n",
        file="site.yaml",
    ),
}  # fmt: skip
