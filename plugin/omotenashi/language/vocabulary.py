"""The vocabulary: the one table of keys, fields and word values, with their Japanese names and what they mean.

The checker, the documentation, suggestions and later completion and the console all read it.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

from omotenashi.model.text import fold


class Kind(StrEnum):
    """How the values of a field are read."""

    WORDS = "words"
    CHOICE = "choice"
    TEXT = "text"
    TAGS = "tags"
    PATHS = "paths"
    HOST_PATHS = "host paths"
    COUNTRY = "country"
    AREA = "area"
    PREFECTURE = "prefecture"
    NEAR = "near"
    LANGUAGE = "language"
    YES_NO = "yes or no"
    MEMBER = "member"
    VIEWED = "viewed"
    BOUGHT = "bought"
    DID = "did"
    VISITS = "visits"
    LAST_VISIT = "last visit"
    CART = "cart"
    LIFECYCLE = "lifecycle"
    SHOWN = "shown"
    SEGMENT = "segment"


class Word(Struct, frozen=True):
    """A key or a word value: its canonical name and its Japanese one."""

    name: str
    ja: str
    ready: bool = True
    also: tuple[str, ...] = ()
    """What else may be written for it."""

    @property
    def names(self) -> tuple[str, ...]:
        """All that may be written: the canonical name, the Japanese one, others."""
        return tuple(name for name in (self.name, self.ja, *self.also) if name)


class Field(Struct, frozen=True):
    """A field of conditions."""

    name: str
    ja: str
    kind: Kind
    ja_doc: str
    en_doc: str
    choices: tuple[Word, ...] = ()
    stored: bool = False
    """Read from the visitor's history: needs consent."""

    @property
    def names(self) -> tuple[str, str]:
        """All that may be written: the canonical name and the Japanese one."""
        return self.name, self.ja


class Words:
    """A set of words that is looked up by either name."""

    def __init__(self, *words: Word) -> None:
        self.all = words
        self._by_name = {form: word for word in words for name in word.names for form in (fold(name), name)}

    def find(self, text: str) -> Word | None:
        """Return the word of this name, English or Japanese, in any width and case."""
        return self._by_name.get(text) or self._by_name.get(fold(text))

    def names(self) -> list[str]:
        """Return all names, for suggestions."""
        return [name for word in self.all for name in word.names]


def _words(*pairs: str) -> tuple[Word, ...]:
    return tuple(Word(name, ja) for name, ja in (pair.split(" ", 1) for pair in pairs))


def _slips(**names: str) -> dict[str, str]:
    """What is meant by each of the wrong names."""
    return {fold(wrong): meant for meant, text in names.items() for wrong in text.split()}


MEDIA = _words(
    "search 検索",
    "ai AI",
    "social SNS",
    "email メール",
    "paid 広告",
    "referral 参照",
    "direct 直接",
    "internal サイト内",
)
DEVICES = _words("mobile スマホ", "tablet タブレット", "desktop パソコン")
STAGES = _words("new 新規", "active 継続", "lapsing ごぶさた", "lapsed 休眠")
CONSENTS = _words("personalization パーソナライズ", "measurement 計測")
UNKNOWN = Words(Word("unknown", "不明"))
YES, NO = Word("yes", "はい", also=("true",)), Word("no", "いいえ", also=("false",))
YES_NO = Words(YES, NO)

FIELDS: tuple[Field, ...] = (
    Field("keyword", "キーワード", Kind.WORDS, "来訪のきっかけになった検索語", "the words that brought the visitor"),
    Field("medium", "流入種別", Kind.CHOICE, "来訪の種別", "the kind of arrival", MEDIA),
    Field("source", "流入元", Kind.TEXT, "検索エンジンなどの名前", "the search engine or site that sent the visitor"),
    Field("referrer", "リファラ", Kind.HOST_PATHS, "参照元のホストとパス", "host and path of the referring page"),
    Field("campaign", "キャンペーン", Kind.TEXT, "utm_campaign の値", "the value of utm_campaign"),
    Field("campaign_source", "キャンペーン元", Kind.TEXT, "utm_source の値", "the value of utm_source"),
    Field("campaign_medium", "キャンペーン媒体", Kind.TEXT, "utm_medium の値", "the value of utm_medium"),
    Field("campaign_content", "キャンペーン内容", Kind.TEXT, "utm_content の値", "the value of utm_content"),
    Field("landing", "着地ページ", Kind.PATHS, "その訪問で最初に見たページ", "the first page of the visit"),
    Field("page", "ページ", Kind.PATHS, "いま見ているページ", "the page that is being made"),
    Field("page_tag", "タグ", Kind.TAGS, "CMSがページに付けたタグ", "tags that the CMS gave the page"),
    Field("site_search", "サイト内検索", Kind.WORDS, "サイト内検索の語", "the words of the site's own search"),
    Field("query", "クエリ", Kind.TEXT, "URLのパラメータ(query.名前)", "a parameter of the page's URL (query.NAME)"),
    Field("country", "国", Kind.COUNTRY, "訪問者のいる国", "the country where the visitor is"),
    Field("area", "地方", Kind.AREA, "訪問者のいる地方", "the area of Japan where the visitor is"),
    Field("prefecture", "都道府県", Kind.PREFECTURE, "訪問者のいる都道府県", "the prefecture where the visitor is"),
    Field("city", "市区町村", Kind.TEXT, "訪問者のいる市区町村", "the city where the visitor is"),
    Field("near", "近く", Kind.NEAR, "場所からの距離", "the distance from a place"),
    Field("device", "端末", Kind.CHOICE, "端末の種類", "the kind of device", DEVICES),
    Field("language", "言語", Kind.LANGUAGE, "ブラウザの言語", "the browser's language"),
    Field("logged_in", "ログイン中", Kind.YES_NO, "ログインしているか", "whether a member is logged in"),
    Field("member", "会員", Kind.MEMBER, "会員の属性(member.名前)", "an attribute of the member (member.NAME)"),
    Field("viewed", "見た", Kind.VIEWED, "見たページや商品", "pages or items looked at", stored=True),
    Field("bought", "買った", Kind.BOUGHT, "買ったもの", "what was bought", stored=True),
    Field("did", "行動", Kind.DID, "その他の行動", "events of any name", stored=True),
    Field("cart", "カート", Kind.CART, "カートの中身", "what lies in the cart", stored=True),
    Field("visits", "訪問回数", Kind.VISITS, "訪問の回数", "the number of visits", stored=True),
    Field(
        "last_visit",
        "前回の訪問",
        Kind.LAST_VISIT,
        "前回の訪問がいつか",
        "when the visit before this one was",
        stored=True,
    ),
    Field("lifecycle", "段階", Kind.LIFECYCLE, "顧客の段階", "the stage of the relation", STAGES, stored=True),
    Field("shown", "表示済み", Kind.SHOWN, "すでに見せたもの", "what was shown before", stored=True),
    Field("segment", "セグメント", Kind.SEGMENT, "名前を付けた条件", "a named condition"),
    Field("consent", "同意", Kind.TAGS, "同意の範囲", "what the visitor consented to", CONSENTS),
)
_FIELDS = {form: field for field in FIELDS for name in field.names for form in (fold(name), name)}

LOGIC = Words(*_words("any いずれか", "all すべて", "not 以外"))
FILE_KEYS = Words(*_words("segments セグメント", "contents コンテンツ", "blocks ブロック", "tests テスト"))
SEGMENT_KEYS = Words(*_words("label 説明", "when 条件"))
BLOCK_KEYS = Words(
    *_words("label 説明", "rules ルール", "otherwise それ以外"),
    Word("needs_consent", "必要な同意"),
    Word("selector", "セレクタ"),
    Word("deadline", "制限時間"),
)
TABLE_KEYS = Words(Word("table", "表"))
RULE_KEYS = Words(
    *_words(
        "name 名前",
        "id ID",
        "when 条件",
        "show 表示",
        "from 開始",
        "until 終了",
        "days 曜日",
        "hours 時間帯",
        "limit 上限",
        "cooldown 休止",
        "goal 目標",
        "experiment 実験",
    ),
    *TABLE_KEYS.all,
)
TEST_KEYS = Words(*_words("name 名前", "visitor 訪問者", "at 日時", "expect 期待"))
CONTENT_KEYS = Words(
    *_words("file ファイル", "html HTML"),
    Word("url", "URL"),
    Word("timeout", "待ち時間"),
    Word("recommend", "おすすめ", ready=False),
    Word("if_empty", "なければ", ready=False),
)
SHOW_WORDS = Words(*_words("original もとのまま", "nothing 出さない"))
OTHERWISE = Words(Word("otherwise", "それ以外"))
EXPECT_KEYS = Words(*_words("rule ルール", "contains 含む", "variant バリアント"))
EXPERIMENT_KEYS = Words(*_words("id ID", "goal 目標", "split 割り振り"))
VARIANT_KEYS = Words(*_words("name 名前", "share 割合", "show 表示"))
EXPERIMENT_SLIPS = _slips(
    id="name label key 名前 説明",
    goal="metric kpi conversion target 指標 成果 ゴール",
    split="variant variants variation variations arms groups patterns バリアント パターン 案 配分 振り分け",
)
VARIANT_SLIPS = _slips(
    name="id variant label バリアント パターン 案",
    share="weight ratio rate percent percentage traffic allocation split 重み 比率 配分 比 割り振り",
    show="content html file コンテンツ 内容 中身",
)
"""What other tools call the keys of experiments."""
LIMIT_KEYS = Words(*_words("times 回数", "per 期間あたり"))
WORD_KEYS = Words(*_words("contains 含む", "exact 完全一致", "estimated 推定", "share 割合"))
ALL = Words(Word("all", "すべて"))
RANGE_KEYS = Words(*_words("at_least 以上", "at_most 以下"))
NEAR_KEYS = Words(*_words("place 場所", "within 以内"))
DATE_KEYS = Words(*_words("before より前", "after より後", "within 以内", "in 今から", "month 月"))
WINDOW_KEYS = Words(*_words("at_least 以上", "at_most 以下", "within 以内", "none_within なし"))
VIEWED_KEYS = Words(*_words("page ページ", "tag タグ", "item 商品", "category カテゴリ"), *WINDOW_KEYS.all)
BOUGHT_KEYS = Words(*_words("item 商品", "category カテゴリ", "amount 金額"), *WINDOW_KEYS.all)
DID_KEYS = Words(*_words("event イベント"), *WINDOW_KEYS.all)
VISITS_KEYS = Words(*_words("at_least 以上", "at_most 以下", "within 以内"))
LAST_VISIT_KEYS = Words(*_words("before より前", "within 以内"))
CART_KEYS = Words(*_words("abandoned_for 放置", "until 終了", "amount 金額"))
CART_FACTS = Words(*_words("abandoned_for 放置", "amount 金額"))
SHOWN_NAMES = Words(*_words("rule ルール", "block ブロック"))
SHOWN_KEYS = Words(*SHOWN_NAMES.all, *_words("times 回数", "within 以内"))
AGO_KEYS = Words(Word("ago", "前"), Word("times", "回数"))
FACT_EXTRAS = Words(
    Word("url", "URL"),
    Word("ip", "IP"),
    Word("user_agent", "ユーザーエージェント"),
    Word("accept_language", "受け入れ言語"),
    Word("location", "位置"),
    Word("bucket", "割り当て"),
)
SITE_KEYS = Words(
    *_words("version 版", "name 名前", "timezone タイムゾーン", "language 言語", "hosts ホスト", "attributes 会員項目"),
    *_words("places 場所一覧", "synonyms 同義語", "holidays 祝日", "site_search サイト内検索", "consent 同意"),
    *_words("keyword_matching 語の照合", "weak_region 弱い地域"),
    *_words("lifecycle 段階", "cookie クッキー", "browser_events ブラウザのイベント", "sensitive_topics 機微な話題"),
    *_words("campaign_parameters 広告パラメータ", "search_console サーチコンソール"),
)
LIFECYCLE_KEYS = Words(*_words("new 新規", "active 継続", "lapsing ごぶさた"))
COOKIE_KEYS = Words(*_words("domain ドメイン"))
BROWSER_EVENTS = Words(Word("purchase", ""), Word("refund", ""), Word("login", ""))
"""What needs the server key unless site.yaml allows browsers to state it. Events are called as sites send them."""
ATTRIBUTE_KEYS = Words(*_words("label ラベル", "type 型", "values 値", "sensitive 機微", "allowed_in 使えるブロック"))
ATTRIBUTE_TYPES = Words(
    *_words("text 文字", "choice 選択", "number 数値", "date 日付", "yes_no はいいいえ", "list 一覧")
)
HOLIDAY_KEYS = Words(*_words("file ファイル"))
SEARCH_CONSOLE_KEYS = Words(*_words("file ファイル"))
LANDING_COLUMNS = _words("landing 着地ページ", "query 検索語", "clicks クリック数")
"""Headings of the file of searches by landing page."""
REST = Word("(rest)", "(残り)")
"""In the place of a search: all others of the page together."""
PLACE_KEYS = Words(*_words("lat 緯度", "lng 経度"))
SEARCH_KEYS = Words(*_words("parameters パラメータ"))
CAMPAIGN_KEYS = Words(
    *_words("keyword キーワード", "campaign キャンペーン", "source 流入元", "medium 流入種別", "content 内容")
)
CONSENT_KEYS = Words(
    *_words("default 既定", "cookie クッキー", "header ヘッダー", "grants 対応", "answered 回答済み", "gpc GPC")
)
GRANT_KEYS = Words(*CONSENTS)
GPC = Words(*_words("deny 拒否", "ignore 無視"))
CONSENT_DEFAULTS = Words(*_words("denied 拒否", "granted 許可"))
MATCHING = Words(Word("scripts", "文字種"), Word("morphemes", "形態素"))
WEAK_REGION = Words(*_words("accept 使う", "unknown 不明"))

EXAMPLES = {
    "when": "when: {device: mobile}",
    "near": "near: {place: 渋谷店, within: 5 km}",
    "viewed": "viewed: {page: /running/**, within: 30 days}",
    "bought": "bought: {at_least: 1}",
    "did": "did: {event: demo_request}",
    "last_visit": "last_visit: {before: 30 days}",
    "cart": "cart: {abandoned_for: 1 hour}",
    "shown": "shown: {rule: カゴ落ち, times: 3}",
    "limit": "limit: {times: 3, per: 7 days}",
    "experiment": "experiment: {id: xmas, split: [{name: 赤, share: 90%, show: red}, {name: 対照, share: 10%, show: original}]}",
    "split": "split: [{name: 赤, share: 90%, show: red}, {name: 対照, share: 10%, show: original}]",
    "bucket": "bucket: {xmas: 赤}",
}
"""What a mapping looks like, for those who write a text where one belongs."""
DAYS = Words(
    Word("mon", "月", also=("monday", "月曜", "月曜日")),
    Word("tue", "火", also=("tuesday", "火曜", "火曜日")),
    Word("wed", "水", also=("wednesday", "水曜", "水曜日")),
    Word("thu", "木", also=("thursday", "木曜", "木曜日")),
    Word("fri", "金", also=("friday", "金曜", "金曜日")),
    Word("sat", "土", also=("saturday", "土曜", "土曜日")),
    Word("sun", "日", also=("sunday", "日曜", "日曜日")),
)
WEEKDAYS = {fold(name): number for number, word in enumerate(DAYS.all) for name in word.names}
"""Numbers of the days, Monday 0, by all their names."""
HOLIDAY = Words(Word("holiday", "祝", also=("holidays", "祝日")))
WORKDAY = Words(Word("weekday", "平日", also=("weekdays",)))
MONTH_DAYS = Words(
    Word("gotobi", "五十日", also=("ごとおび", "ごとび", "gotoobi")),
    Word("month_end", "月末", also=("month end", "end of month")),
)
"""Days of the month by name; others are written 25日 or 25th."""
DAY_WORDS = Words(*HOLIDAY.all, *WORKDAY.all, *MONTH_DAYS.all)
COUNTRIES = Words(Word("japan", "日本", also=("jp",)))
"""Whose holidays are known."""
CALENDAR = Words(*_words("today 今日"), Word("this month", "今月"))
"""Days that move with the calendar, for dates of members."""
UNITS = Words(
    Word("seconds", "秒", also=("second",)),
    Word("minutes", "分", also=("minute", "min")),
    Word("hours", "時間", also=("hour", "時")),
    Word("days", "日", also=("day",)),
    Word("weeks", "週間", also=("week", "週")),
    Word("months", "か月", also=("month", "ヶ月", "ケ月", "カ月", "ヵ月", "箇月")),
    Word("years", "年", also=("year",)),
)
DISTANCES = Words(Word("km", "キロ", also=("キロメートル",)), Word("m", "メートル"))
LANGUAGES = Words(
    Word("ja", "日本語", also=("japanese",)), Word("en", "英語", also=("english",)), *_words("zh 中国語", "ko 韓国語")
)
EVENT_SLIPS = _slips(purchase="購入 買った")
"""What editors call events; no site sends them under these names."""
RESERVED_NAMES = (*OTHERWISE.names(), *SHOW_WORDS.names())


@lru_cache(maxsize=1024)
def find_field(text: str) -> tuple[Field, str] | None:
    """Return the field of this name and, for member.NAME and query.NAME, the part after the dot."""
    head, dot, name = text.partition(".")
    field = _FIELDS.get(head) or _FIELDS.get(fold(head))
    if field is None or bool(dot and name) != (field.name in ("member", "query")):
        return None
    return field, name


def field_names() -> list[str]:
    """Return all names of fields, for suggestions."""
    return [name for field in FIELDS for name in field.names]
