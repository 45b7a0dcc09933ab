"""What people write, and the word of the vocabulary that they mean. For suggestions only: no file is read by it."""

from __future__ import annotations

from omotenashi.language.vocabulary import Word, Words
from omotenashi.model.text import fold


def key_meant(text: str, words: Words) -> Word | None:
    """Return the one of some keys that was meant by another name, a plural or another way to join words."""
    for name in (_joined(text), _joined(text) + "s", _joined(text).removesuffix("s"), *ALIASES.get(_joined(text), ())):
        word = words.find(name)
        if word is not None:
            return word
    return None


def value_meant(text: str, what: str) -> str:
    """Return what to write for a value of a field or key that goes by another name; empty text where none is known."""
    return VALUES.get(what, {}).get(_joined(text), "")


def condition_meant(text: str) -> str:
    """Return the condition that is meant by a key of its own, such as logged_in: no for guest; else empty text."""
    return CONDITIONS.get(_joined(text), "")


def _joined(text: str) -> str:
    return fold(text).replace("-", "_").replace(" ", "_").strip("_")


def _table(rows: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """By what people write, the names that it may stand for, the likeliest first."""
    table: dict[str, tuple[str, ...]] = {}
    for meant, written in rows.items():
        for name in written.split():
            table[_joined(name)] = (*table.get(_joined(name), ()), *meant.split())
    return table


ALIASES = _table(
    {
        "when": "if condition conditions where rule_if criteria target targeting もし 条件式 場合 対象 ターゲット とき",
        "show": "then display content contents render output action result show_content 表示する 表示内容 表示コンテンツ 出す 見せる",
        "otherwise": "else default fallback その他 デフォルト 既定 標準 ほか 上記以外 該当なし",
        "name": "title rule rule_name test_name ルール名 テスト名 タイトル 題名 名称",
        "id": "key identifier rule_id 識別子",
        "label": "title name description desc comment memo note タイトル 表示名 名前 コメント メモ 備考",
        "from": "start begin since starts start_date startdate valid_from 開始日 開始日時 スタート から",
        "until": "end to till ends end_date enddate expires expire valid_until deadline 終了日 終了日時 期限 まで エンド",
        "days": "weekday weekdays dow 曜日指定",
        "hours": "time times time_range 時間 時刻 時間指定",
        "limit": "max frequency cap frequency_cap max_shows 制限 回数制限 表示回数 上限回数",
        "times": "count max number max_times 上限 最大 回",
        "per": "period every within window in 期間 ごと 間隔",
        "cooldown": "rest pause wait クールダウン 休み 休止期間 待機",
        "goal": "conversion target cv 目的 コンバージョン ゴール",
        "experiment": "ab abtest ab_test split_test test a/b abテスト テスト 試験",
        "split": "variants variations groups arms バリエーション パターン 分割 配分",
        "share": "weight percent percentage ratio traffic 比率 重み 配分 パーセント 割り当て",
        "rules": "conditions ルール一覧 規則",
        "blocks": "slot slots area areas placement ブロック一覧 枠 エリア",
        "contents": "fragments templates コンテンツ一覧",
        "segments": "audience audiences セグメント一覧",
        "tests": "cases テストケース",
        "any": "or any_of anyof one_of または もしくは いずれか一つ どれか or条件",
        "all": "and all_of allof かつ すべての条件 全て and条件",
        "not": "none except exclude unless without nor none_of 否定 除く ではない でない 除外",
        "keyword": "keywords search_term search_keyword search_query word words query 検索語 検索キーワード 検索ワード 単語",
        "medium": "channel source_medium arrival 流入経路 チャネル メディア 参照メディア",
        "source": "search_engine engine ソース 検索エンジン 参照サイト",
        "campaign": "campaigns utm_campaign utm キャンペーン名",
        "campaign_source": "utm_source",
        "campaign_medium": "utm_medium",
        "campaign_content": "utm_content",
        "referrer": "referer referers referrers ref リファラー 参照元 リンク元",
        "landing": "landing_page landingpage lp entry_page ランディングページ ランディング 入口ページ",
        "page": "url path uri pages location_path アドレス パス ページパス",
        "page_tag": "tag tags page_tags category ページタグ",
        "tag": "tags page_tag",
        "site_search": "search internal_search 内部検索 サイト検索 サイト内検索語",
        "prefecture": "pref prefs region state province 県 都道府県名 府県 地域 県名",
        "area": "region areas district 地域 エリア",
        "city": "town municipality 市 市町村 都市 区",
        "country": "nation countries 国名",
        "near": "location distance nearby store close_to geo 距離 場所 店舗 近隣 付近",
        "place": "store shop location 店舗 店 地点 場所名",
        "within": "radius distance range in last in_last during 距離 半径 期間 期間内 範囲",
        "none_within": "not_within never_within not_in 期間内になし",
        "device": "devices device_type platform ua デバイス 端末種別 機種",
        "language": "lang locale languages 言語設定 ロケール",
        "logged_in": "login loggedin is_logged_in logged signed_in authenticated ログイン 会員ログイン ログイン済み ログイン状態",
        "viewed": "view views visited pages_viewed history page_view browsed 閲覧 閲覧した 閲覧履歴 見たページ",
        "bought": "purchased purchase order orders buy 購入 購入した 購入履歴 購買",
        "did": "event events acted イベント 行った",
        "event": "name action events イベント名",
        "cart": "basket carts かご 買い物かご",
        "visits": "visit visit_count number_of_visits session sessions 訪問 訪問数 来訪回数 来店回数",
        "last_visit": "lastvisit last_seen previous_visit 最終訪問 前回訪問",
        "lifecycle": "stage life_cycle ライフサイクル ステージ",
        "shown": "displayed seen impressions 表示回数 表示した",
        "segment": "segments audience セグメント名",
        "consent": "consents permission 許可 同意状況",
        "at_least": "gt more_than greater_than over above 超 count number times 回数 回 min minimum gte ge atleast from least 最低 最小 最少 以上の回数",
        "at_most": "lt less_than under below 未満 max maximum lte le atmost most 最大 最高 最多",
        "contains": "contain include includes like partial 部分一致 含まれる",
        "exact": "equals equal is eq 一致",
        "file": "path src template filename ファイル名 ファイルパス",
        "html": "text body content markup テキスト 本文 文字 内容",
        "url": "link href リンク",
        "amount": "total price value sum 合計 価格 合計金額",
        "item": "product sku items product_id 商品名 品番",
        "category": "categories genre カテゴリー 分類",
        "abandoned_for": "abandoned left idle カゴ落ち 放置時間",
        "before": "ago older_than longer_ago 前 以前",
        "visitor": "user given input person facts customer 訪問者情報 ユーザー 前提 来訪者",
        "at": "now date datetime when time 時刻 日付 現在",
        "expect": "expected result then should assert expects 結果 期待値 期待結果",
        "rule": "name rules",
        "ago": "before days_ago when",
        "user_agent": "ua useragent browser ブラウザ",
        "ip": "ip_address address remote_addr",
        "timezone": "tz time_zone 時間帯 タイムゾーン設定",
        "hosts": "domain domains site url urls ドメイン サイト",
        "attributes": "member members fields member_attributes 会員 会員属性 属性",
        "places": "stores shops locations 店舗 店舗一覧 場所",
        "synonyms": "synonym aliases 類義語 シノニム",
        "holidays": "holiday 休日 祝祭日",
        "lat": "latitude 北緯",
        "lng": "lon long longitude 東経",
        "type": "kind 種類",
        "values": "options choices enum value items 選択肢",
        "sensitive": "private secret 要配慮",
        "parameters": "params parameter query",
    }
)
PRIORITY = frozenset(map(fold, ("priority", "order", "rank", "優先順位", "優先度", "優先", "順番", "順序", "順位")))
"""What people add to a rule where its place already says it."""
SWITCH = frozenset(map(fold, ("enabled", "enable", "disabled", "disable", "active", "on", "有効", "無効", "公開")))
"""What people write to switch a rule on or off."""
ANYTHING = frozenset(map(fold, ("all", "any", "every", "everywhere", "everyone", "everyday", "daily", "anywhere", "*")))
ANYTHING |= frozenset(
    map(fold, ("全国", "すべて", "全て", "全部", "毎日", "全日", "どこでも", "全員", "全端末", "なんでも", "問わない"))
)
"""Values that set no condition at all."""
REMARK = frozenset(
    map(
        fold,
        (
            "description",
            "desc",
            "comment",
            "memo",
            "note",
            "remarks",
            "label",
            "説明",
            "ラベル",
            "コメント",
            "メモ",
            "備考",
        ),
    )
)

_DEVICE = {
    "mobile": "sp smartphone smart_phone smartphones phone cellphone iphone android ios mobil スマートフォン スマフォ 携帯 携帯電話 モバイル ケータイ アイフォン アンドロイド",
    "desktop": "pc computer laptop notebook mac windows デスクトップ ノートパソコン パーソナルコンピュータ pc端末 ピーシー",
    "tablet": "ipad pad タブレット端末 アイパッド タブ",
}
_MEDIUM = {
    "search": "organic organic_search seo 検索エンジン 自然検索 オーガニック オーガニック検索",
    "paid": "cpc ppc ads ad adwords sem display リスティング リスティング広告 有料 バナー広告",
    "social": "sns_ ソーシャル ソーシャルメディア twitter x facebook instagram line tiktok ツイッター インスタグラム フェイスブック",
    "email": "mail e_mail newsletter メルマガ メールマガジン eメール",
    "ai": "chatgpt claude gemini copilot perplexity 生成ai llm",
    "direct": "none (none) bookmark typed ダイレクト ブックマーク 直接流入",
    "referral": "referer referrer link リファラル 外部リンク 他サイト リンク",
    "internal": "site own 内部 自サイト",
    "source: Google": "google グーグル",
    "source: Yahoo! JAPAN": "yahoo yahoo! yahoo_japan yahoo!_japan ヤフー",
    "source: Bing": "bing",
}
_STAGE = {
    "new": "first first_time 新規顧客 初回 新規客 はじめて",
    "active": "regular returning loyal リピーター アクティブ 常連 既存",
    "lapsing": "at_risk dormant_soon 離脱しそう 離反予備",
    "lapsed": "churned lost dormant inactive 離脱 離反 休眠顧客",
}
_DAYS = {
    "[土, 日]": "週末 土日曜 土曜日曜",
    "[sat, sun]": "weekend weekends",
    "[土, 日, 祝]": "休日 土日祝 土日祝日",
    "平日": "月～金 月-金 月~金 平日のみ 月から金 営業日",
    "weekday": "mon_fri mon~fri monday_friday monday_to_friday mon_to_fri business_days workday workdays",
    "祝": "祝祭日 国民の祝日",
    "holiday": "public_holiday public_holidays bank_holiday",
    "月末": "末日 月末日 月の最終日 月の末日 最終日 晦日 みそか",
    "month_end": "eom monthend end_of_the_month last_day last_day_of_month last_day_of_the_month lastday",
    "五十日": "ゴトー日 五・十日 五十払い",
    "1日": "月初 月初め 朔日 ついたち",
    "1st": "month_start first_day first_day_of_month first_day_of_the_month monthstart",
    "tue": "tues tu",
    "wed": "weds",
    "thu": "thur thurs th",
}
_PREFECTURE = {
    "神奈川県": "横浜 川崎 相模原 湘南", "北海道": "札幌 函館 旭川", "宮城県": "仙台", "愛知県": "名古屋", "兵庫県": "神戸 姫路",
    "石川県": "金沢", "茨城県": "水戸", "栃木県": "宇都宮", "群馬県": "前橋 高崎", "香川県": "高松", "愛媛県": "松山", "島根県": "松江",
    "三重県": "津", "滋賀県": "大津", "沖縄県": "那覇", "岩手県": "盛岡", "山梨県": "甲府", "埼玉県": "さいたま 大宮 浦和", "静岡県": "浜松",
    "大阪府": "堺 大坂", "福岡県": "北九州 博多", "東京都": "新宿 渋谷 池袋 東京23区 23区",
}  # fmt: skip
_COUNTRY = {
    "日本": "ジャパン 日本国内 国内", "Japan": "nippon nihon jpn", "アメリカ": "米 アメリカ合衆国",
    "USA": "united_states us_a america usa.", "イギリス": "英", "UK": "england great_britain united_kingdom",
    "韓国": "大韓民国", "Korea": "south_korea", "中国": "中華人民共和国", "China": "prc",
    "台湾": "中華民国", "フランス": "仏", "ドイツ": "独",
}  # fmt: skip
_LANGUAGE = {
    "ja": "jp jpn nihongo 日本 和文 日", "en": "eng us uk 英 英文", "zh": "chinese cn 中文 中国", "ko": "korean kr 韓国 ハングル",
    "fr": "french フランス語 仏語", "de": "german ドイツ語 独語", "es": "spanish スペイン語", "zh-tw": "繁体字 台湾 台湾語",
    "pt": "portuguese ポルトガル語", "th": "thai タイ語", "vi": "vietnamese ベトナム語",
}  # fmt: skip
_HOLIDAYS = {
    "japan": "日本の祝日 日本国 国民の祝日 祝日 内閣府 ジャパン ja jpn japanese nippon nihon jp_holidays japan_holidays japanese_holidays"
}
_TYPE = {
    "text": "string str char varchar 文字列 テキスト", "number": "int integer float numeric decimal 数字 数 整数",
    "yes_no": "bool boolean flag 真偽 真偽値 フラグ yesno yes/no", "date": "datetime day timestamp 日時 年月日",
    "choice": "enum select option options 選択肢 列挙", "list": "array tags 配列 リスト 複数",
}  # fmt: skip
_AREA = {
    "関東": "関東圏 関東エリア", "近畿": "近畿圏", "関西": "関西圏 関西エリア", "東海": "中京 中京圏", "九州": "九州圏",
    "首都圏": "東京圏 greater_tokyo", "[北海道, 東北, 関東]": "東日本", "[近畿, 中国, 四国, 九州, 沖縄]": "西日本",
}  # fmt: skip
_TIMEZONE = {"Asia/Tokyo": "jst tokyo japan 東京 日本 日本時間 utc+9 gmt+9 +9 +09:00 asia/japan 日本標準時"}
_SHOWN = {
    "original": "keep cms default as_is unchanged none_change そのまま 元のまま もと 変更なし オリジナル 現状",
    "nothing": "none hide hidden empty null 非表示 なし 何も出さない 表示しない 出さない。 隠す",
}


def _values(rows: dict[str, str]) -> dict[str, str]:
    return {_joined(name): meant for meant, written in rows.items() for name in written.split()}


CONDITIONS = _values(
    {
        "logged_in: no": "guest logged_out not_logged_in anonymous ゲスト ログインしていない 未ログイン ログアウト 非会員",
        "logged_in: yes": "is_member ログインしている 会員である",
        "device: mobile": "mobile smartphone is_mobile sp スマホ スマートフォン",
        "device: desktop": "desktop pc is_desktop パソコン",
        "lifecycle: new": "new_visitor is_new 新規 新規客",
        "visits: 1": "first_visit 初回 初回訪問 はじめて",
    }
)
"""Keys that say what takes a field and a value."""
VALUES = {
    "device": _values(_DEVICE),
    "medium": _values(_MEDIUM),
    "lifecycle": _values(_STAGE),
    "days": _values(_DAYS),
    "holidays": _values(_HOLIDAYS),
    "prefecture": _values(_PREFECTURE),
    "country": _values(_COUNTRY),
    "language": _values(_LANGUAGE),
    "type": _values(_TYPE),
    "area": _values(_AREA),
    "timezone": _values(_TIMEZONE),
    "show": _values(_SHOWN),
    "keyword_matching": _values({"scripts": "script characters", "morphemes": "morpheme sudachi mecab 形態素解析"}),
    "consent": _values(
        {
            "personalization": "personalisation personal all yes はい パーソナル あり 同意済み",
            "measurement": "analytics 分析",
        }
    ),
    "weak_region": _values({"accept": "yes use はい", "unknown": "no いいえ"}),
    "default": _values({"denied": "deny no opt_in", "granted": "grant yes opt_out 許諾"}),
}
"""By field or key and what people write: a word, a list, or an entry of another field."""
