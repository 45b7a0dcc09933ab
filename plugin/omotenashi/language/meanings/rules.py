"""Words of rule files."""

from __future__ import annotations

from omotenashi.language import vocabulary as v
from omotenashi.language.meanings.meaning import section

_WINDOW = """
at_least | この回数以上 | at least so many times | 3
at_most | この回数以下 | at most so many times | 5
within | この期間のうちに | within so long before now | 30 days
"""
_NONE = "none_within | この期間に1度もない人 | not once within so long | 30 days"
_KINDS = """
page | 見たページ | the page | /running/**
tag | ページのタグ | a tag of the page | 新着
item | 商品の番号 | the item's id | fuwari
category | 商品のカテゴリ | the item's category | running
"""

FILE = section("ファイルのいちばん外側", "The outermost keys of a file", v.FILE_KEYS.all, """
segments | 名前を付けた条件。いくつものルールで使えます | conditions with a name, for use in several rules | vip: {when: {member.rank: ゴールド}}
contents | 名前を付けた中身。いくつものルールで使えます | contents with a name, for use in several rules | winter_hero: {file: hero/winter.html}
blocks | ページのブロックと、そのルール | blocks of the page and their rules | hero: {rules: […], otherwise: original}
tests | 「この人にはこれが出る」という約束 | who is promised what | - {name: …, visitor: {…}, expect: {…}}
""")  # fmt: skip
SEGMENT = section("セグメント", "A segment", v.SEGMENT_KEYS.all, """
label | 何のセグメントか、人のための説明 | what it is, for people | ゴールド以上の会員
when | 条件 | the condition | {member.rank: [ゴールド, プラチナ]}
""")  # fmt: skip
BLOCK = section("ブロック", "A block", v.BLOCK_KEYS.all, """
label | どこのブロックか、人のための説明 | which block it is, for people | トップページのいちばん上
rules | ルール。上から順に試し、最初に当たったものを表示 | the rules: the first from the top that matches wins | - {name: …, when: {…}, show: …}
otherwise | どのルールにも当たらないときに出すもの | what is shown where no rule matches | original
needs_consent | この同意がない人には、ルールを試さず otherwise を出す | without this consent the block shows `otherwise` | personalization
selector | 目印のないページで、このブロックを入れる場所(CSS) | where the block stands on pages that carry no marker (CSS) | "#hero"
deadline | 取り寄せる中身(url)を待つ時間。間に合わなければもとのまま | how long to wait for fetched contents (`url`) before the page keeps its own | 30 ms
""")  # fmt: skip
RULE = section("ルール", "A rule", v.RULE_KEYS.all, """
name | ルールの名前。ブロックの中で1つだけ | what the rule is called; once in a block | マラソンで検索した人
id | 名前を変えても履歴が続くようにするための番号 | keeps the history where the name changes | hero-marathon
when | 条件。並べた項目がすべて当たる人に出します | the condition; all of its fields must match | {keyword: マラソン}
show | 出すもの | what is shown | {file: hero/running.html}
from | この日時から(書いた分を含む) | from this minute or day on | 2026-12-01 10:00
until | この日時まで(書いた分や日の終わりまで) | until the end of this minute or day | 2026-12-25
days | 曜日、平日、祝、五十日、月末、毎月の日(25日)のどれか | days of the week or of the month, weekday, holiday | [金, 祝, 月末]
hours | 時間帯。夜をまたげます | hours of the day; they may cross midnight | 22:00-02:00
limit | 1人に見せる回数の上限 | how often one visitor sees it | {times: 3, per: 7 days}
cooldown | 目標に届いた人に、この長さだけ出さない | rests so long after the goal was reached | 30 days
goal | 目標にする行動 | the event that is the goal | purchase
experiment | A/Bテスト。show の代わりに書きます | an A/B test, in the place of `show` | {id: xmas, goal: purchase, split: […]}
table | 表(CSV)から読むルール | rules that are read from a table (CSV) | keywords.csv
""")  # fmt: skip
LIMIT = section("上限(limit)", "A limit", v.LIMIT_KEYS.all, """
times | 回数 | how many times | 3
per | この期間に | in how long | 7 days
""")  # fmt: skip
EXPERIMENT = section("実験(experiment)", "An experiment", v.EXPERIMENT_KEYS.all, """
id | 実験の名前。フォルダー全体で1つだけ | the experiment's name; once in the folder | xmas-2026
goal | 目標にする行動 | the event that is the goal | purchase
split | 何人に何を見せるか | who is shown what | - {name: 赤, share: 50%, show: …}
""")  # fmt: skip
VARIANT = section("実験の割り振り(split)", "A variant of an experiment", v.VARIANT_KEYS.all, """
name | 案の名前 | what the variant is called | 赤
share | 見せる人の割合。合わせて100% | its share of the visitors; together 100% | 45%
show | 出すもの。original なら比べるためのもとのまま | what is shown; `original` is a control | {file: notice/red.html}
""")  # fmt: skip
SHOW = section("出すもの(show、otherwise)", "What is shown (`show`, `otherwise`)", (*v.SHOW_WORDS.all, *v.CONTENT_KEYS.all), """
original | CMSのもとのまま | what the CMS has | original
nothing | 何も出さない | the block is hidden | nothing
file | contents フォルダーのHTMLファイル | an HTML file in the folder `contents` | {file: hero/running.html}
html | その場に書くHTML | HTML written in place | {html: <p>こんにちは</p>}
url | ほかのサーバーから取ってくるHTML | HTML fetched from another server | {url: https://cms.example/fragment}
timeout | 取ってくるのを待つ時間 | how long to wait for it | 200 ms
recommend | おすすめの商品(準備中) | recommended items (to come) | {…}
if_empty | おすすめがないときに出すもの(準備中) | what is shown where there is none (to come) | original
""")  # fmt: skip
LOGIC = section("条件の組み合わせ", "Combining conditions", (*v.LOGIC.all, *v.UNKNOWN.all), """
any | どれかが当たる | one of them matches | [{device: mobile}, {area: 関東}]
all | すべてが当たる | all of them match | [新着, メンズ]
not | 当たらない。わからない人には当たりません | does not match; what is unknown does not either | {device: mobile}
unknown | わからない人 | those of whom it is not known | prefecture: unknown
""")  # fmt: skip
WORDS = section("語の当て方(keyword、site_search)", "How words match (`keyword`, `site_search`)", v.WORD_KEYS.all, """
contains | 語の一部でも当たる | a piece of a word is enough | {contains: パン}
exact | 検索語の全体が同じ | the whole of what was searched for | {exact: 靴}
estimated | 検索語がわからないとき、着いたページから推し量る(keyword だけ) | where the search is not known, estimated from the landing page (`keyword` only) | {estimated: [靴], share: 50%}
share | 推定: クリックのうち、この語の検索がこれ以上。書かなければ50% | of an estimate: the least part of the clicks; without it 50% | 60%
""")  # fmt: skip
RANGE = section("数(amount、times、member.名前)", "Numbers (`amount`, `times`, `member.NAME`)", v.RANGE_KEYS.all, """
at_least | この数以上 | this or more | {at_least: 5000}
at_most | この数以下 | this or less | {at_most: 9999}
""")  # fmt: skip
NEAR = section("近く(near)", "`near`", v.NEAR_KEYS.all, """
place | site.yaml の places にある場所 | a place of `places` in site.yaml | 渋谷店
within | この距離のうち | not farther than this | 5 km
""")  # fmt: skip
VIEWED = section("見た(viewed)", "`viewed`", v.VIEWED_KEYS.all, _KINDS + _WINDOW + _NONE)
BOUGHT = section("買った(bought)", "`bought`", v.BOUGHT_KEYS.all, """
item | 商品の番号 | the item's id | fuwari
category | 商品のカテゴリ | the item's category | running
amount | 期間の合計金額 | the total in that time | {at_least: 10000}
""" + _WINDOW + _NONE)  # fmt: skip
DID = section("行動(did)", "`did`", v.DID_KEYS.all, """
event | 行動の名前 | the event's name | add_to_cart
""" + _WINDOW + _NONE)  # fmt: skip
VISITS = section("訪問回数(visits)", "`visits`", v.VISITS_KEYS.all, _WINDOW)
LAST_VISIT = section("前回の訪問(last_visit)", "`last_visit`", v.LAST_VISIT_KEYS.all, """
before | これより前 | longer ago than this | 30 days
within | この期間のうち | not longer ago than this | 7 days
""")  # fmt: skip
CART = section("カート(cart)", "`cart`", v.CART_KEYS.all, """
abandoned_for | 最後に出し入れしてから、これ以上たった | so long or longer since it was changed | 1 hour
until | これを過ぎたら言わない | but no longer than this | 7 days
amount | 中身の合計金額 | the total of what lies in it | {at_least: 5000}
""")  # fmt: skip
SHOWN = section("表示済み(shown)", "`shown`", v.SHOWN_KEYS.all, """
rule | ルールの名前、ブロック/名前、または id | a rule's name, block/name, or id | カゴ落ち
block | ブロックの名前(どのルールでも) | a block's name (any of its rules) | hero
times | この回数以上。{at_most: 2} なら2回まで | so often or more; {at_most: 2} is up to two | 3
within | この期間のうちに | within so long before now | 7 days
""")  # fmt: skip
DATES = section("会員の日付(member.名前)", "Dates of members (`member.NAME`)", (*v.CALENDAR.all, *v.DATE_KEYS.all), """
today | 今日がその日(誕生日のように毎年) | today is that day, every year | member.birthday: today
this month | 今月のどこか(誕生日のように毎年) | some day of this month, every year | member.birthday: this month
before | この日より前 | before this day | {before: 2026-04-01}
after | この日より後 | after this day | {after: 2026-04-01}
within | その日から、この期間がたつまで | not longer ago than this | {within: 30 days}
in | これからこの期間のうち(誕生日のように毎年) | not farther ahead than this, every year | {in: 7 days}
month | この月 | in this month | {month: 4}
""")  # fmt: skip
MEDIA = section("流入種別(medium)", "`medium`", v.MEDIA, """
search | 検索エンジン | a search engine
ai | ChatGPTなどのAI | an assistant such as ChatGPT
social | SNS | a social network
email | メール | an e-mail
paid | 広告 | an advertisement
referral | ほかのサイト | another site
direct | 直接(参照元なし) | directly, without a referrer
internal | 自分のサイトの中 | the site itself
""")  # fmt: skip
DEVICES = section("端末(device)", "`device`", v.DEVICES, """
mobile | スマートフォン | a mobile phone
tablet | タブレット | a tablet
desktop | パソコン | a computer
""")  # fmt: skip
STAGES = section("段階(lifecycle)", "`lifecycle`", v.STAGES, """
new | はじめて来てから7日より短い | first seen under 7 days ago
active | 前回の訪問から30日より短い | last visit under 30 days ago
lapsing | 前回の訪問から30日〜90日 | last visit 30 to 90 days ago
lapsed | 前回の訪問から90日より長い | last visit over 90 days ago
""")  # fmt: skip
CONSENTS = section("同意(consent、needs_consent)", "`consent`, `needs_consent`", v.CONSENTS, """
personalization | 一人ひとりに合わせた出し分け | pages fitted to the visitor
measurement | 計測 | measuring
""")  # fmt: skip
YES_NO = section("はい・いいえ", "Yes and no", v.YES_NO.all, """
yes | はい(true も同じ) | yes, or true
no | いいえ(false も同じ) | no, or false
""")  # fmt: skip
DAYS = section("曜日(days)", "Days (`days`)", (*v.DAYS.all, *v.WORKDAY.all, *v.HOLIDAY.all, *v.MONTH_DAYS.all), """
mon | 月曜日 | Monday
tue | 火曜日 | Tuesday
wed | 水曜日 | Wednesday
thu | 木曜日 | Thursday
fri | 金曜日 | Friday
sat | 土曜日 | Saturday
sun | 日曜日 | Sunday
weekday | 月〜金で、祝日でない日 | Monday to Friday without holidays
holiday | site.yaml の holidays にある日 | a day of `holidays` in site.yaml
gotobi | 毎月5・10・15・20・25・30日(2月は末日も) | the 5th, 10th, 15th, 20th, 25th and 30th (in February the last day, too)
month_end | 月の最後の日 | the last day of the month
""")  # fmt: skip
UNITS = section("期間の単位", "Units of time", v.UNITS.all, """
seconds | 秒 | seconds | 30 seconds`、`30秒
minutes | 分 | minutes | 15 minutes`、`15分
hours | 時間 | hours | 2 hours`、`2時間
days | 日 | days | 30 days`、`30日
weeks | 週間 | weeks | 2 weeks`、`2週間
months | か月(暦のとおり) | calendar months | 3 months`、`3か月
years | 年(暦のとおり) | calendar years | 1 year`、`1年
""")  # fmt: skip
DISTANCES = section("距離の単位", "Units of distance", v.DISTANCES.all, """
km | キロメートル | kilometres | 5 km`、`5キロ
m | メートル | metres | 800 m`、`800メートル
""")  # fmt: skip
LANGUAGES = section("言語(language)", "Languages (`language`)", v.LANGUAGES.all, """
ja | 日本語 | Japanese
en | 英語 | English
zh | 中国語(zh-TW なども) | Chinese (zh-TW too)
ko | 韓国語 | Korean
""")  # fmt: skip
TEST = section("テスト", "A test", v.TEST_KEYS.all, """
name | テストの名前 | what the test is called | 検索して来た人
visitor | どんな人か。条件と同じ項目で書きます | who the visitor is, by the fields of conditions | {keyword: マラソン}
at | いつ来たか。書かなければ今 | when; without it, now | 2026-12-01 09:59
expect | どのブロックに何が出るはずか | which block is expected to show what | {hero: マラソンで検索した人}
""")  # fmt: skip
EXPECT = section("期待(expect)", "What is expected (`expect`)", (*v.EXPECT_KEYS.all, *v.OTHERWISE.all), """
rule | 当たるルールの名前 | the rule that wins | マラソンで検索した人
contains | 出るものに含まれる文 | text that is in what is shown | 佐藤様
variant | 実験の案の名前 | the variant of its experiment | 赤
otherwise | どのルールにも当たらない | no rule matches | otherwise
""")  # fmt: skip
VISITOR = section("テストの訪問者(visitor)だけに書けるもの", "Only in a test's `visitor`", (*v.FACT_EXTRAS.all, *v.AGO_KEYS.all), """
url | 開いたページのURL | the URL of the page | /?utm_source=line
ip | IPアドレス | the visitor's address | 203.0.113.7
user_agent | ブラウザの名乗り(User-Agent) | the browser's User-Agent | Mozilla/5.0 (iPhone; …)
accept_language | ブラウザの言語の順番(Accept-Language) | the browser's Accept-Language | ja,en;q=0.8
location | いる場所の緯度と経度 | latitude and longitude | "35.6580, 139.7016"
bucket | 実験で割り当てる案 | the variants that the visitor is given | {xmas-2026: 赤}
ago | どれだけ前のことか | how long ago it was | 3 days
times | 何回あったか | how often | 2
""")  # fmt: skip

KEYS = (FILE, SEGMENT, BLOCK, RULE, LIMIT, EXPERIMENT, VARIANT, SHOW)
"""What files, blocks and rules are made of."""
CONDITIONS = (LOGIC, WORDS, RANGE, NEAR, VIEWED, BOUGHT, DID, CART, VISITS, LAST_VISIT, SHOWN, DATES)
"""What stands under the fields of conditions."""
VALUES = (MEDIA, DEVICES, STAGES, CONSENTS, DAYS, LANGUAGES, YES_NO, UNITS, DISTANCES)
"""Word values."""
TESTS = (TEST, EXPECT, VISITOR)
