"""Words of site.yaml."""

from __future__ import annotations

from omotenashi.language import vocabulary as v
from omotenashi.language.meanings.meaning import section

SITE = section("site.yaml", "site.yaml", v.SITE_KEYS.all, """
version | 書き方の版。いまは 1 | the version of the language: 1 | 1
name | サイトの名前 | the site's name | かけっこ堂
timezone | 時刻の地域 | the time zone | Asia/Tokyo
language | サイトの言語 | the site's language | ja
hosts | 自分のサイトのホスト名 | the site's own hosts | [shop.example, www.shop.example]
attributes | 会員について、CMSが伝えてくれること | what the CMS may state about a member | rank: {type: choice, values: [一般, ゴールド]}
places | 「近く」を調べるための場所 | places, for `near` | 渋谷店: {lat: 35.6595, lng: 139.7005}
synonyms | 同じ意味の語の組 | groups of words that mean the same | - [スニーカー, 運動靴]
holidays | 祝日。japan は日本の祝日。日付、期間、ファイルも並べられる | holidays: japan, dates, spans of dates, files, or a list of them | [japan, 2026-12-29〜2027-01-03]
site_search | サイト内検索のURL | the URL of the site's own search | {parameters: [q]}
campaign_parameters | 広告のURLにこのサイトで付けるパラメータ | parameters of advertisements' URLs on this site | {keyword: [kw]}
consent | 同意がどこに書いてあるか | where consent is read from | {default: denied}
keyword_matching | 語の切れ目の決め方 | how words are told apart | morphemes
weak_region | あてにならない地域(東京)を使うか | whether a weak guess of Tokyo counts | accept
lifecycle | 段階の日数 | the spans of the stages | {new: 7 days, active: 30 days, lapsing: 90 days}
cookie | 訪問者のクッキー | the visitor's cookie | {domain: shop.example}
browser_events | 鍵がなくても信じる行動 | events that browsers may state without the key | [purchase]
sensitive_topics | 見たことを覚えない、機微な話題 | topics of which nothing is remembered | [妊娠, 病気]
search_console | 着地ページごとの検索語のファイル。推定(estimated)に使う | the file of searches by landing page, for `estimated` | {file: search-console.csv}
""")  # fmt: skip
ATTRIBUTE = section("会員項目(attributes)", "An attribute of members", v.ATTRIBUTE_KEYS.all, """
label | 人のための名前 | its name for people | 会員ランク
type | 種類 | its type | choice
values | choice のときに選べる値 | the values of a choice | [一般, ゴールド, プラチナ]
sensitive | 機微な項目。覚えず、見せず、使えるブロックも限る | never stored or shown, and used only where allowed | yes
allowed_in | 機微な項目を条件に使えるブロック | the blocks whose rules may use it | [赤ちゃん]
""")  # fmt: skip
ATTRIBUTE_TYPES = section("会員項目の種類(type)", "Types of attributes (`type`)", v.ATTRIBUTE_TYPES.all, """
text | 文字 | text
choice | 決まった値のどれか | one of declared values
number | 数 | a number
date | 日付 | a date
yes_no | はいかいいえ | yes or no
list | いくつもの文字 | several texts
""")  # fmt: skip
PLACE = section("場所一覧(places)", "A place", v.PLACE_KEYS.all, """
lat | 緯度 | latitude in degrees | 35.6595
lng | 経度 | longitude in degrees | 139.7005
""")  # fmt: skip
HOLIDAYS = section("祝日(holidays)", "Holidays", v.HOLIDAY_KEYS.all, """
file | 祝日の表(CSV) | a table of holidays (CSV) | holidays.csv
""")  # fmt: skip
COUNTRIES = section("祝日の国(holidays)", "Whose holidays (`holidays`)", v.COUNTRIES.all, """
japan | 日本の祝日、振替休日、国民の休日 | Japan's, with substitute holidays
""")  # fmt: skip
SEARCH_CONSOLE = section("サーチコンソール(search_console)", "`search_console`", v.SEARCH_CONSOLE_KEYS.all, """
file | omo import search-console が作るファイル | the file that `omo import search-console` writes | search-console.csv
""")  # fmt: skip
SEARCHES = section("サーチコンソールのファイルの見出し", "Headings of that file", (*v.LANDING_COLUMNS, v.REST), """
landing | 着地ページのパス | the path of the landing page | /running
query | 検索語 | what was searched for | ランニングシューズ
clicks | この検索でこのページに来たクリック数 | clicks that led from the search to the page | 120
(rest) | 検索語の代わりに: そのページの残りの検索語すべて | in the place of a query: all others of the page | /running,(rest),30
""")  # fmt: skip
SEARCH = section("サイト内検索(site_search)", "The site's own search", v.SEARCH_KEYS.all, """
parameters | 検索した語が入るURLのパラメータ | parameters of the URL that hold the words | [q, s]
""")  # fmt: skip
CAMPAIGN_PARAMETERS = section("広告パラメータ(campaign_parameters)", "Parameters of campaigns (`campaign_parameters`)", v.CAMPAIGN_KEYS.all, """
keyword | 入札した語が入るもの。utm_term のほかに | the word that was bid on, beside utm_term | [kw]
campaign | キャンペーンの名前が入るもの。utm_campaign のほかに | the campaign's name, beside utm_campaign | [cid]
source | 流入元が入るもの。utm_source のほかに | the source, beside utm_source | [media]
medium | 流入種別が入るもの。utm_medium のほかに | the medium, beside utm_medium | [channel]
content | 広告の内容が入るもの。utm_content のほかに | the advertisement's content, beside utm_content | [banner]
""")  # fmt: skip
CONSENT = section("同意のありか(site.yaml の consent)", "Where consent is read (`consent` in site.yaml)", v.CONSENT_KEYS.all, """
default | 何も言われていないとき | where nothing is said | denied
cookie | 同意が書いてあるクッキー | the cookie that says it | omo_consent
header | 同意が書いてあるヘッダー | the header that says it | X-Omo-Consent
grants | 同意管理ツールのクッキーの、どの言葉が同意か | what in a consent manager's cookie grants it | {personalization: "C0003:1"}
answered | バナーに答えたことを表すもの(クッキーの名前か、「キー:値」) | what tells that the banner was answered: a cookie's name, or KEY:VALUE | OptanonAlertBoxClosed
gpc | ブラウザの「追跡しないで」(Sec-GPC)の扱い | what Sec-GPC means | deny
""")  # fmt: skip
CONSENT_DEFAULTS = section("同意の既定(default)", "`default` of consent", v.CONSENT_DEFAULTS.all, """
denied | 同意していない | not consented
granted | 同意している | consented
""")  # fmt: skip
GPC = section("Sec-GPC(gpc)", "`gpc`", v.GPC.all, """
deny | 同意より先に立て、拒否とみなす | goes before consent: denied
ignore | 見ない | is not looked at
""")  # fmt: skip
MATCHING = section("語の照合(keyword_matching)", "`keyword_matching`", v.MATCHING.all, """
scripts | 文字の種類の変わり目で切る | at changes of script
morphemes | 辞書で切る | where a dictionary cuts
""")  # fmt: skip
WEAK_REGION = section("弱い地域(weak_region)", "`weak_region`", v.WEAK_REGION.all, """
accept | 使う | counts
unknown | わからないものとする | is unknown
""")  # fmt: skip
LIFECYCLE = section("段階の日数(site.yaml の lifecycle)", "Spans of the stages (`lifecycle` in site.yaml)", v.LIFECYCLE_KEYS.all, """
new | はじめて来てからこれより短い人は新規 | first seen under this ago: new | 7 days
active | 前回の訪問からこれより短い人は継続 | last visit under this ago: active | 30 days
lapsing | ここまでは、ごぶさた。過ぎたら休眠 | up to this ago: lapsing; then lapsed | 90 days
""")  # fmt: skip
COOKIE = section("クッキー(site.yaml の cookie)", "The visitor's cookie (`cookie` in site.yaml)", v.COOKIE_KEYS.all, """
domain | このドメインの下では同じ人とみなす | hosts under this domain share it | shop.example
""")  # fmt: skip

SITE_FILE = (
    *(
        SITE,
        ATTRIBUTE,
        ATTRIBUTE_TYPES,
        PLACE,
        HOLIDAYS,
        COUNTRIES,
        SEARCH,
        SEARCH_CONSOLE,
        SEARCHES,
        CAMPAIGN_PARAMETERS,
    ),
    *(CONSENT, CONSENT_DEFAULTS, GPC, LIFECYCLE, COOKIE, MATCHING, WEAK_REGION),
)
"""All of site.yaml."""
