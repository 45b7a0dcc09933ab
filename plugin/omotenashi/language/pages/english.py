"""The examples of the pages for readers of English."""

from __future__ import annotations

import re

from msgspec.structs import replace

from omotenashi.language.pages.page import Page

_ENGLISH = {
    # Whole pieces
    "5千": "5k",
    "令和8年12月25日": "25 December 2026",
    "22時-25時": "10pm-1am",
    "端末: スマホ": "device: desktop",
    "device: スマートフォン": "device: telephone",
    "オン": "perhaps",
    "はい": "yes",
    "[土, 日, 祝]": "[sat, sun, holiday]",
    "[土, 日]": "[sat, sun]",
    "days: 祝": "days: holiday",
    "days: 25日": "days: 25th",
    "days: 32日": "days: 32nd",
    "days: 月末": "days: month_end",
    "30日": "30 days",
    "1日": "1 day",
    "0日": "0 days",
    "{event: 購入}": "{event: buy it}",
    "prefecture: 全国": "prefecture: all",
    "pregnant: はい": "pregnant: yes",
    "[ランニング, マラソン]": "[running, marathon]",
    "上位のクエリ,クリック数": "Top queries,Clicks",
    ",多い\n": ",many\n",
    # Names
    "クリスマスの帯": "Christmas bar",
    "東京のパソコン": "a computer in Tokyo",
    "東京と関西": "Tokyo and Kansai",
    "アプリもどうぞ": "Try our app",
    "元の表示を隠す": "hide the original",
    "スマホの人": "phones",
    "東京の人": "somebody in Tokyo",
    "千葉の人": "somebody in Chiba",
    "また来た人": "somebody who comes again",
    "来ない人": "somebody who stays away",
    "来る人": "somebody who comes",
    "靴の人": "somebody who wants shoes",
    "赤の人": "somebody in red",
    "@cosme の人": "@work",
    '"冬" の早割': '"winter" sale',
    "冬の早割": "winter sale",
    "冬の広告": "winter advertisement",
    "冬その二つ目": "winter again",
    "冬その": "winter ",
    "二つ目": "second",
    "二度目": "second time",
    "夏のうち": "during summer",
    "広告以外": "other than advertisements",
    "広告なし": "no advertisement",
    "広告": "advertisement",
    "赤い帯": "red bar",
    "緑の帯": "green bar",
    "大きな絵": "large picture",
    "例の店": "Example Shop",
    "トップページ": "home page",
    "お知らせ": "notice",
    "スニーカー": "sneakers",
    "ランニング": "running",
    "渋谷店": "Shibuya shop",
    "ゴールド": "gold",
    "シューズ": "footwear",
    "スマホ": "mobile",
    "ゲスト": "guest",
    "セール": "sale",
    "年末まで": "until the new year",
    "お客": "customer",
    "様": "",
    "東京都": "tokyo",
    "東京": "Tokyo",
    "千葉県": "chiba",
    "大阪府": "osaka",
    "関東": "kanto",
    "関西": "kansai",
    "渋谷": "Shibuya",
    "運動靴": "running shoes",
    "革靴": "leather shoes",
    "下駄": "sandals",
    "帽子": "hats",
    "靴": "shoes",
    "対照": "control",
    "全員": "everybody",
    "病気": "illness",
    "一般": "regular",
    "なし": "none",
    "れい": "exmaple",
    "例": "example",
    "人気": "popular",
    "重要": "important",
    "早割": "sale",
    "赤": "red",
    "緑": "green",
    "青": "blue",
    "雪": "snow",
    "冬": "winter",
    "夏": "summer",
    "帯": "bar",
    "先": "first",
    "後": "second",
    "雨": "rain",
    # Headings of tables
    "キーワード": "keyword",
    "都道府県": "prefecture",
    "都道府現": "prefecturs",
    "表示": "show",
    "上限": "limit",
    "端末": "device",
    "日付": "date",
    "名前": "name",
    "祝日": "holiday",
    "元日": "New Year",
    "同意": "consent",
    "クッキー": "cookies",
}  # fmt: skip
_PIECES = re.compile("|".join(map(re.escape, sorted(_ENGLISH, key=len, reverse=True))))


_ABOUT_JAPANESE = ("W531", "W532", "N643", "N644")
"""Codes about what there is in Japanese alone, such as words of one letter."""


def with_english_examples(code: str, page: Page) -> Page:
    """Return the page about a code with the Japanese words of its examples in English, where English has the mistake."""
    if code in _ABOUT_JAPANESE:
        return page
    beside = {name: _in_english(text) for name, text in page.beside.items()}
    return replace(
        page,
        wrong=_in_english(page.wrong),
        right=_in_english(page.right),
        site=_in_english(page.site),
        beside=beside,
    )


def _in_english(text: str) -> str:
    return _PIECES.sub(lambda found: _ENGLISH[found[0]], text)
