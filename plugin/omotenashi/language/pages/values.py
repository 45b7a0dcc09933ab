"""Pages about values in rule files (E301–E332, E340, E349–E369)."""

from __future__ import annotations

from omotenashi.language.pages.page import Page, rule, shown
from omotenashi.language.pages.site_values import SITE_VALUES

_MEMBERS = "attributes:\n  last_name: {type: text}\n  points: {type: number}\n  allergy: {type: text, sensitive: yes}\n"
_SHOP = "places:\n  渋谷店: {lat: 35.6595, lng: 139.7005}\n"

VALUES: dict[str, Page] = {
    "E301": Page(
        "数は算用数字で書きます。「20以上」のような幅は {at_least: 20} と書きます。",
        "Numbers are written in digits; twenty or more is {at_least: 20}.",
        rule("when: {member.points: 5千}"), rule("when: {member.points: 5000}"), site=_MEMBERS,
    ),
    "E302": Page(
        "期間には単位が要ります。30 だけでは、30日なのか30分なのか分かりません。",
        "A span needs a unit: 30 alone could be days or minutes.",
        rule("when: {viewed: {page: /a, within: 30}}"), rule("when: {viewed: {page: /a, within: 30日}}"),
    ),
    "E303": Page(
        "日付は西暦の年から書きます。和暦や「12/25」のような書き方は、人によって読み方がちがうので使えません。",
        "Dates begin with the year. Other forms are read in different ways by different people.",
        rule("from: 令和8年12月25日"), rule("from: 2026-12-25"),
    ),
    "E304": Page(
        "時間帯は「始まり-終わり」を24時間の時計で書きます。夜中をまたぐときは 22:00-02:00 と書きます。終わりの時刻は含みません。",
        "Hours are written from-to by the 24-hour clock; 22:00-02:00 crosses midnight. The end is not included.",
        rule("hours: 22時-25時"), rule("hours: 22:00-01:00"),
    ),
    "E305": Page(
        "ここに書ける値は決まっています。ほかの値を書くと、その条件は決して当てはまりません。",
        "Only certain values are possible here: with any other the condition would never match.",
        rule("when: {device: スマートフォン}"), rule("when: {device: スマホ}"),
    ),
    "E306": Page(
        "ページはドメインを付けず、「/」から書きます。/running/** は /running より下のすべてです。",
        "A page is written from the slash on, without the domain. /running/** is everything below /running.",
        rule("when: {page: https://shop.example/running/}"), rule("when: {page: /running/}"),
    ),
    "E307": Page(
        '参照元は https:// を付けずに書きます。サブドメインも含めるなら "*.example.com" です。',
        'A referrer is written without https://. With all subdomains it is "*.example.com".',
        rule('when: {referrer: "https://www.example.com/news"}'), rule("when: {referrer: www.example.com/news}"),
    ),
    "E308": Page(
        "「はい」か「いいえ」の2つだけが書けます(yes、no、true、false でも同じです)。",
        "Only yes and no can stand here (or true and false).",
        rule("when: {logged_in: オン}"), rule("when: {logged_in: はい}"),
    ),
    "E309": Page(
        "回数は1、2、3のような整数です。0回や2.5回は数えられません。",
        "Times are counted in whole numbers: not zero, and not two and a half.",
        rule("limit: {times: 0, per: 7 days}"), rule("limit: {times: 1, per: 7 days}"),
    ),
    "E310": Page(
        "距離には単位(km か m)を付けます。", "A distance has a unit, km or m.",
        rule("when: {near: {place: 渋谷店, within: 5}}"), rule("when: {near: {place: 渋谷店, within: 5 km}}"), site=_SHOP,
    ),
    "E311": Page(
        "どちらを使うのか決められないので、1つだけにします。", "It is not clear which of them should be used, so keep one.",
        shown("{html: <p>a</p>, url: /a}").replace("url: /a", "file: a.html"), shown("{html: <p>a</p>}"),
    ),
    "E312": Page(
        "小さい数と大きい数が逆なので、当てはまる人がいません。", "The larger number comes first, so nobody could match.",
        rule("when: {visits: 29-20}"), rule("when: {visits: 20-29}"),
    ),
    "E313": Page(
        "終わりが始まりより前なので、このルールは一度も使われません。年をまたぐ期間では、終わりの年を確かめてください。",
        "The end lies before the beginning, so the rule never shows. Over New Year, look at the year of the end.",
        rule("from: 2026-12-20\nuntil: 2026-01-05"), rule("from: 2026-12-20\nuntil: 2027-01-05"),
    ),
    "E314": Page(
        "祝日は年によって変わるので、site.yaml に日付を書いておきます。", "Holidays differ from year to year, so site.yaml lists them.",
        rule("days: [土, 日, 祝]"), rule("days: [土, 日]"),
    ),
    "E318": Page(
        "位置は「緯度, 経度」の順に書き、引用符で囲みます。", "A location is latitude, then longitude, in quotes.",
        shown("original") + "tests:\n  - {name: 例, visitor: {location: 渋谷}, expect: {hero: original}}\n",
        shown("original") + 'tests:\n  - {name: 例, visitor: {location: "35.6580, 139.7016"}, expect: {hero: original}}\n',
    ),
    "E319": Page(
        "履歴に残る数には限りがあるので、それより大きな数には決して届きません。", "Only so many are remembered: a larger number is never reached.",
        rule("when: {visits: {at_least: 500}}"), rule("when: {visits: {at_least: 100}}"),
    ),
    "E321": Page(
        "その人の情報が分からないときに出す文字を、「|」のあとに書いておきます。", "What stands after | is shown when the fact is not known.",
        shown('{html: "<p>{member.last_name}様</p>"}'), shown('{html: "<p>{member.last_name|お客}様</p>"}'), site=_MEMBERS,
    ),
    "E322": Page(
        "差し込めるのは、site.yaml に書いた会員の項目、当てはまったキーワード、選ばれた都道府県だけです。",
        "What can be put in: attributes from site.yaml, the keyword that matched, and the prefecture that was chosen.",
        shown('{html: "<p>{member.lastname|お客}様</p>"}'), shown('{html: "<p>{member.last_name|お客}様</p>"}'), site=_MEMBERS,
    ),
    "E323": Page(
        "リンク先やプログラムの中に人の情報を差し込むと、ページを乗っ取られるおそれがあります。文章の中で使います。",
        "A fact within a link or a script could be used to take the page over. Use it within text.",
        shown("{html: \"<a href='/{member.last_name|x}'>a</a>\"}"), shown("{html: \"<a href='/'>{member.last_name|x}</a>\"}"), site=_MEMBERS,
    ),
    "E324": Page(
        "機微な項目は、画面をのぞいた人にも見えてしまうので、差し込めません。", "Anyone who looks at the screen would see it, so what is sensitive is never shown.",
        shown('{html: "<p>{member.allergy|なし}</p>"}'), shown('{html: "<p>{member.points|0}</p>"}'), site=_MEMBERS,
    ),
    "E325": Page(
        "回数や金額は0より小さくならないので、マイナスの数は書き間違いです。", "Counts and amounts are never less than 0: the minus sign is a slip.",
        rule("when: {visits: -3-5}"), rule("when: {visits: 3-5}"),
    ),
    "E331": Page(
        "「1週間以上放置」で「1日まで」のように矛盾しているので、当てはまる人がいません。",
        "Left for a week at least and for a day at most: nobody could match.",
        rule("when: {cart: {abandoned_for: 7 days, until: 1 hour}}"), rule("when: {cart: {abandoned_for: 1 hour, until: 7 days}}"),
    ),
    "E332": Page(
        "イベントの名前は、サイトが送ってくる名前と同じに書きます。空白や記号は使えません。購入は purchase です。",
        "An event is named as the site sends it, without spaces or signs. Buying something is purchase.",
        rule("when: {did: {event: 購入}}"), rule("when: {did: {event: purchase}}"),
    ),
    "E340": Page(
        "1 だけでは、毎月1日なのか月曜日なのか分かりません。日付には「日」を付け、曜日は文字で書きます。",
        "A number alone could be a day of the month or of the week. A day of the month is written 1st or 1日.",
        rule("days: 25"), rule("days: 25日"),
    ),
    "E349": Page(
        "月の日は1日から31日までです。31日のない月には、31日のルールは使われません。月の最後の日なら「月末」と書きます。",
        "Months have days from 1 to 31; where there is no 31st, the rule is not used. The last day of any month is month_end.",
        rule("days: 32日"), rule("days: 月末"),
    ),
    "E351": Page(
        "0日や何千年という期間は、たいてい打ちまちがいです。", "No time at all, or thousands of years, is most often a slip.",
        rule("when: {viewed: {page: /a, within: 0日}}"), rule("when: {viewed: {page: /a, within: 1日}}"),
    ),
    "E352": Page(
        "つなげて書くと、つながったままの1つの語として探されます。いくつかのどれかなら [ ] の中に並べます。",
        "What is joined is looked for as one text. For any of several put them into brackets.",
        rule("when: {page: /running or /shoes}"), rule("when: {page: [/running, /shoes]}"),
    ),
    "E353": Page(
        "条件は、人をしぼりこむために書きます。だれでもよい項目は書きません。", "Conditions narrow down who is meant. What does not matter is left out.",
        rule("when: {prefecture: 全国, device: mobile}"), rule("when: {device: mobile}"),
    ),
    "E354": Page(
        "テストの ip には、訪問者の IP アドレスを書きます。地域はそこから調べられます。", "The ip of a test is the visitor's address, from which the place is found.",
        shown("original") + "tests:\n  - {name: 例, visitor: {ip: 1.2.3}, expect: {hero: original}}\n",
        shown("original") + "tests:\n  - {name: 例, visitor: {ip: 203.0.113.7}, expect: {hero: original}}\n",
    ),
    **SITE_VALUES,
}  # fmt: skip
