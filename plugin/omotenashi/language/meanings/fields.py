"""The fields of conditions: what they are about, and how each is written."""

from __future__ import annotations

from omotenashi.language.meanings.meaning import Meaning
from omotenashi.language.vocabulary import Field

GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("来訪(その訪問のあいだ続きます)", "Arrival (kept for the visit)",
     ("keyword", "medium", "source", "referrer", "campaign", "campaign_source", "campaign_medium", "campaign_content", "landing")),
    ("ページ", "Page", ("page", "page_tag", "site_search", "query")),
    ("地域", "Place", ("country", "area", "prefecture", "city", "near")),
    ("端末", "Device", ("device", "language")),
    ("ログイン", "Login", ("logged_in", "member")),
    ("履歴(同意した人だけ)", "History (needs consent)",
     ("viewed", "bought", "did", "cart", "visits", "last_visit", "lifecycle", "shown")),
    ("そのほか", "Other", ("segment", "consent")),
)  # fmt: skip
"""The fields of conditions, by what they are about."""

FIELD_EXAMPLES = {
    "keyword": "ランニング`、`[靴, シューズ]`、`{contains: パン}",
    "medium": "search`、`[social, email]",
    "source": "Google`、`Yahoo! JAPAN",
    "referrer": 'www.example.com/news`、`"*.example.com"',
    "campaign": "winter2026",
    "campaign_source": "line",
    "campaign_medium": "cpc",
    "campaign_content": "banner-a",
    "landing": "/running/**",
    "page": "/running/**",
    "page_tag": "[新着, メンズ]`、`{all: [新着, メンズ]}",
    "site_search": "ランニング`、`[靴, シューズ]`、`{contains: パン}",
    "query": "query.color: 赤",
    "country": "JP`、`日本",
    "area": "関東`、`首都圏",
    "prefecture": "東京都`、`[大阪, 兵庫]",
    "city": "札幌市",
    "near": "{place: 渋谷店, within: 5 km}",
    "device": "mobile`、`スマホ",
    "language": "en`、`英語",
    "logged_in": "yes`、`はい",
    "member": "member.rank: ゴールド`、`member.points: 100-199",
    "viewed": "{page: /running/**, at_least: 3, within: 30 days}",
    "bought": "{category: running, none_within: 30 days}",
    "did": "{event: add_to_cart, within: 7 days}",
    "cart": "yes`、`{abandoned_for: 1 hour, until: 7 days, amount: {at_least: 5000}}",
    "visits": "{at_least: 3}",
    "last_visit": "{before: 30 days}",
    "lifecycle": "lapsed`、`[lapsing, lapsed]",
    "shown": "{rule: カゴ落ち, times: 3, within: 7 days}`、`{block: hero}",
    "segment": "vip`、`{all: [vip, 誕生月]}",
    "consent": "personalization",
}
"""What stands after a field's colon; several are parted by code marks, as in Markdown."""


def field_meaning(field: Field) -> Meaning:
    """Return what a field means."""
    return Meaning(field.ja_doc, field.en_doc, FIELD_EXAMPLES.get(field.name, ""))
