"""Mistakes of editors, each in a folder of its own: one error at the very place, with a hint that mends it when followed.

What is between ⟦ and ⟧ is the mistake, pointed at where it begins or at ¦; the second text is what the hint says to
write in its place.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from omotenashi.language.messages import hint
from omotenashi.language.printer import Voice
from omotenashi.site import Loaded, load

SITE = """
version: 1
name: 試験の店
attributes:
  rank: {label: ランク, type: choice, values: [一般, ゴールド, プラチナ]}
  points: {type: number}
  birthday: {type: date}
  newsletter: {type: yes_no}
places:
  渋谷店: {lat: 35.6595, lng: 139.7005}
holidays: [2026-11-23]
"""
ENGLISH = """
segments:
  vip: {when: {member.rank: ゴールド}}
  new_members: {when: {lifecycle: new}}
contents:
  sale: {file: hero/sale.html}
blocks:
  hero:
    rules:
      - name: first
        %s
        show: sale
      - name: last
        when: {segment: [vip, new_members]}
        show: nothing
    otherwise: original
"""
JAPANESE = """
セグメント:
  vip: {条件: {会員.ランク: ゴールド}}
コンテンツ:
  sale: {ファイル: hero/sale.html}
ブロック:
  hero:
    ルール:
      - 名前: 先頭
        %s
        表示: sale
      - 名前: 最後
        条件: {セグメント: vip}
        表示: 出さない
    それ以外: もとのまま
"""
JAPANESE = JAPANESE.replace("会員.ランク", "会員.rank")

IN_ENGLISH_RULES = [
    ("when: {country: ⟦England⟧}", "UK"),
    # numbers
    ("when: {visits: ⟦20-⟧}", "{at_least: 20}"),
    ("when: {visits: ⟦20..29⟧}", "20-29"),
    ("when: {visits: ⟦20 to 29⟧}", "20-29"),
    ("when: {visits: ⟦three⟧}", "3"),
    ("when: {visits: ⟦3+⟧}", "{at_least: 3}"),
    ("when: {visits: ⟦at least 3⟧}", "{at_least: 3}"),
    ("when: {visits: ⟦29-20⟧}", "20-29"),
    ("when: {visits: {at_least: ⟦3 or more⟧}}", "3"),
    ("when: {member.points: ⟦5千⟧}", "5000"),
    ("when: {member.points: ⟦< 100⟧}", "{at_most: 99}"),
    ("limit: {times: ⟦2.5⟧, per: 7 days}", "2"),
    ("when: {viewed: {page: /a, at_least: ⟦500⟧}}", "200"),
    # spans
    ("when: {viewed: {page: /a, within: ⟦30⟧}}", "30 days"),
    ("when: {viewed: {page: /a, within: ⟦30d⟧}}", "30 days"),
    ("when: {viewed: {page: /a, within: ⟦2h⟧}}", "2 hours"),
    ("when: {viewed: {page: /a, within: ⟦last 30 days⟧}}", "30 days"),
    ("when: {viewed: {page: /a, within: ⟦a week⟧}}", "1 week"),
    ("when: {viewed: {page: /a, within: ⟦1.5 hours⟧}}", "90 minutes"),
    ("when: {last_visit: ⟦30 days⟧}", "{before: 30 days}"),
    ("when: {cart: {abandoned_for: ⟦1 hr⟧}}", "1 hour"),
    # dates and hours
    ("from: ⟦25.12.2026⟧", "2026-12-25"),
    ("from: ⟦12/25/2026⟧", "2026-12-25"),
    ("from: ⟦25/12/2026⟧", "2026-12-25"),
    ("until: ⟦Dec 25, 2026⟧", "2026-12-25"),
    ("until: ⟦25 December 2026⟧", "2026-12-25"),
    ("until: ⟦2026.12.25⟧", "2026-12-25"),
    ("until: ⟦2026-02-30⟧", "2026-02-28"),
    ("from: ⟦2026-12-25T10:00:00+09:00⟧", "2026-12-25 10:00"),
    ("from: ⟦2026-12-25 10am⟧", "2026-12-25 10:00"),
    ("from: 2026-12-20\n        until: ⟦12/25⟧", "2026-12-25"),
    ("from: 2026-12-20\n        until: ⟦2026-01-05⟧", "2027-01-05"),
    ("hours: ⟦9-17⟧", "09:00-17:00"),
    ("hours: ⟦09:00-17⟧", "09:00-17:00"),
    ("hours: ⟦9am-5pm⟧", "09:00-17:00"),
    ("hours: ⟦22:00-25:00⟧", "22:00-01:00"),
    ("hours: ⟦9:00 to 17:00⟧", "09:00-17:00"),
    ("days: ⟦weekend⟧", "[sat, sun]"),
    ("days: ⟦mon-fri⟧", "weekday"),
    ("days: ⟦mon, wed⟧", "[mon, wed]"),
    # words of a closed domain
    ("when: {device: ⟦smartphone⟧}", "mobile"),
    ("when: {device: ⟦sp⟧}", "mobile"),
    ("when: {device: ⟦iPhone⟧}", "mobile"),
    ("when: {device: ⟦pc⟧}", "desktop"),
    ("when: {device: ⟦moblie⟧}", "mobile"),
    ("when: {device: ⟦mobile or tablet⟧}", "[mobile, tablet]"),
    ("when: {⟦device: ¦not mobile⟧}", "not: {device: mobile}"),
    ("when: {⟦medium: ¦google⟧}", "source: Google"),
    ("when: {medium: ⟦organic⟧}", "search"),
    ("when: {medium: ⟦cpc⟧}", "paid"),
    ("when: {medium: ⟦newsletter⟧}", "email"),
    ("when: {lifecycle: ⟦churned⟧}", "lapsed"),
    ("when: {prefecture: ⟦Tokio⟧}", "Tokyo"),
    ("when: {⟦prefecture: ¦関東⟧}", "area: 関東"),
    ("when: {⟦prefecture: ¦京都市⟧}", "city: 京都市"),
    ("when: {prefecture: ⟦東京県⟧}", "東京都"),
    ("when: {prefecture: ⟦横浜⟧}", "神奈川県"),
    ("when: {⟦area: ¦東京⟧}", "prefecture: 東京"),
    ("when: {country: ⟦United States⟧}", "USA"),
    ("when: {language: ⟦jp⟧}", "ja"),
    ("when: {language: ⟦French⟧}", "fr"),
    ("when: {logged_in: ⟦on⟧}", "yes"),
    ("when: {logged_in: ⟦1⟧}", "yes"),
    ("when: {member.newsletter: ⟦n⟧}", "no"),
    ("when: {member.rank: ⟦ゴルード⟧}", "ゴールド"),
    ("when: {consent: ⟦personalisation⟧}", "personalization"),
    # pages, hosts, places
    ("when: {page: ⟦running/⟧}", "/running/"),
    ("when: {page: ⟦https://shop.example/x⟧}", "/x"),
    ("when: {page: ⟦^/x.*$⟧}", "/x**"),
    ("when: {landing: ⟦sale/**⟧}", "/sale/**"),
    ("when: {referrer: ⟦https://www.example.com/news⟧}", "www.example.com/news"),
    ("when: {referrer: ⟦.example.com⟧}", '"*.example.com"'),
    ("when: {near: {place: 渋谷店, within: ⟦5⟧}}", "5 km"),
    ("when: {near: {place: 渋谷店, within: ⟦5 miles⟧}}", "8 km"),
    ("when: {near: ⟦渋谷店⟧}", "{place: 渋谷店, within: 5 km}"),
    # forms
    ("when: {viewed: ⟦/running/**⟧}", "{page: /running/**}"),
    ("when: {bought: ⟦yes⟧}", "{at_least: 1}"),
    ("when: {did: ⟦demo_request⟧}", "{event: demo_request}"),
    ("when: {shown: ⟦last⟧}", "{rule: last}"),
    ("when: {did: {event: ⟦demo request⟧}}", "demo_request"),
    ("limit: ⟦3⟧", "{times: 3, per: 7 days}"),
    ("limit: ⟦3 times per 7 days⟧", "{times: 3, per: 7 days}"),
    ("when: ⟦[device: mobile, logged_in: yes]⟧", "{device: mobile, logged_in: yes}"),
    ("when: ⟦device is mobile⟧", "{device: mobile}"),
    ("when: {any: ⟦{device: mobile, logged_in: yes}⟧}", "[{device: mobile}, {logged_in: yes}]"),
    ("when: {not: ⟦[{device: mobile}, {logged_in: yes}]⟧}", "{any: [{device: mobile}, {logged_in: yes}]}"),
    ("when: {⟦segment: ¦not vip⟧}", "not: {segment: vip}"),
    ("when: {segment: ⟦vip or new_members⟧}", "[vip, new_members]"),
    ("when: {keyword: ⟦running¦、jogging⟧}", "[running, jogging]"),
    ("when: {⟦member: {rank: ゴールド}⟧}", "member.rank: ゴールド"),
    # keys
    ("⟦if⟧: {device: mobile}", "when"),
    ("⟦wen⟧: {device: mobile}", "when"),
    ("⟦start⟧: 2026-12-01", "from"),
    ("⟦end⟧: 2026-12-01", "until"),
    ("⟦weekdays⟧: [mon]", "days"),
    ("when: {⟦keywords⟧: running}", "keyword"),
    ("when: {⟦devices⟧: mobile}", "device"),
    ("when: {⟦region⟧: 東京都}", "prefecture"),
    ("when: {⟦url⟧: /a}", "page"),
    ("when: {⟦utm_campaign⟧: winter}", "campaign"),
    ("when: {⟦referer⟧: www.example.com}", "referrer"),
    ("when: {⟦login⟧: yes}", "logged_in"),
    ("when: {⟦rank⟧: ゴールド}", "member.rank"),
    ("when: {⟦birthday⟧: this month}", "member.birthday"),
    ("when: {⟦or⟧: [{device: mobile}, {logged_in: yes}]}", "any"),
    ("when: {⟦and⟧: [{device: mobile}, {logged_in: yes}]}", "all"),
    ("when: {⟦visits >= 3: ⟧}", "visits: {at_least: 3}"),
    ("when: {⟦visits_at_least: 3⟧}", "visits: {at_least: 3}"),
    ("when: {⟦keyword contains: run⟧}", "keyword: {contains: run}"),
    ("when: {⟦device != mobile: ⟧}", "not: {device: mobile}"),
    ("when: {⟦not_device: mobile⟧}", "not: {device: mobile}"),
    ("⟦keyword: running⟧", "when: {keyword: running}"),
    ("⟦prefecture: [東京都, 神奈川県]⟧", "when: {prefecture: [東京都, 神奈川県]}"),
    ("limit: {⟦max⟧: 3, per: 7 days}", "times"),
    ("limit: {times: 3, ⟦period⟧: 7 days}", "per"),
    ("when: {viewed: {⟦url⟧: /a}}", "page"),
    ("when: {visits: {⟦min⟧: 3}}", "at_least"),
    ("when: {⟦guest: yes⟧}", "logged_in: no"),
    ("when: {⟦device: ¦{not: mobile}⟧}", "not: {device: mobile}"),
    ("when: {prefecture: ⟦{in: [東京都, 大阪府]}⟧}", "[東京都, 大阪府]"),
    ("when: {page: ⟦/running or /sale⟧}", "[/running, /sale]"),
    ("when: {member.rank: ⟦{at_least: ゴールド}⟧}", "[ゴールド, プラチナ]"),
    ("when: {member.birthday: ⟦April⟧}", "{month: 4}"),
    ("when: {cart: ⟦1 hour⟧}", "{abandoned_for: 1 hour}"),
    ("when: {did: ⟦[view_cart, sign_up]⟧}", "{event: [view_cart, sign_up]}"),
    ("when: {any: ⟦[mobile, tablet]⟧}", "[{device: mobile}, {device: tablet}]"),
    ("from: ⟦2026-12-01 10:00 JST⟧", "2026-12-01 10:00"),
    ("hours: ⟦[9:00, 17:00]⟧", "09:00-17:00"),
    ("days: ⟦Snuday⟧", "sunday"),
]
IN_JAPANESE_RULES = [
    ("条件: {訪問回数: ⟦三回以上⟧}", "{以上: 3}"),
    ("条件: {訪問回数: ⟦3～⟧}", "{以上: 3}"),
    ("条件: {訪問回数: ⟦5未満⟧}", "{以下: 4}"),
    ("条件: {会員.points: ⟦五千⟧}", "5000"),
    ("条件: {会員.points: ⟦5千⟧}", "5000"),
    ("条件: {会員.points: ⟦1万円以上⟧}", "{以上: 10000}"),
    ("条件: {見た: {ページ: /a, 以内: ⟦30⟧}}", "30日"),
    ("条件: {見た: {ページ: /a, 以内: ⟦30日以内⟧}}", "30日"),
    ("条件: {見た: {ページ: /a, 以内: ⟦過去30日⟧}}", "30日"),
    ("条件: {見た: {ページ: /a, 以内: ⟦一週間⟧}}", "1週間"),
    ("条件: {見た: {ページ: /a, 以内: ⟦半年⟧}}", "6か月"),
    ("条件: {前回の訪問: ⟦30日以上前⟧}", "{より前: 30日}"),
    ("開始: ⟦令和8年12月25日⟧", "2026-12-25"),
    ("開始: ⟦R8.12.25⟧", "2026-12-25"),
    ("開始: ⟦2026年12月25日(金)⟧", "2026-12-25"),
    ("開始: ⟦2026年12月25日 午前10時⟧", "2026-12-25 10:00"),
    ("終了: ⟦2026年12月⟧", "2026-12-31"),
    ("終了: ⟦2026-11-31⟧", "2026-11-30"),
    ("終了: ⟦2026-12-25 25時⟧", "2026-12-26 01:00"),
    ("開始: 2026-12-01\n        終了: ⟦12月25日⟧", "2026-12-25"),
    ("開始: 2026-12-01\n        終了: ⟦2026-01-10⟧", "2027-01-10"),
    ("時間帯: ⟦22時から25時⟧", "22:00-01:00"),
    ("時間帯: ⟦午前9時〜午後5時⟧", "09:00-17:00"),
    ("時間帯: ⟦9-17⟧", "09:00-17:00"),
    ("曜日: ⟦土日⟧", "[土, 日]"),
    ("曜日: ⟦月〜金⟧", "平日"),
    ("曜日: ⟦月・水・金⟧", "[月, 水, 金]"),
    ("曜日: ⟦金〜日⟧", "[金, 土, 日]"),
    ("曜日: ⟦祝祭日⟧", "祝"),
    ("条件: {端末: ⟦スマートフォン⟧}", "スマホ"),
    ("条件: {端末: ⟦携帯⟧}", "スマホ"),
    ("条件: {端末: ⟦PC⟧}", "パソコン"),
    ("条件: {端末: ⟦スマホ・タブレット⟧}", "[スマホ, タブレット]"),
    ("条件: {⟦端末: ¦スマホ以外⟧}", "以外: {端末: スマホ}"),
    ("条件: {⟦流入種別: ¦グーグル⟧}", "流入元: Google"),
    ("条件: {流入種別: ⟦オーガニック⟧}", "検索"),
    ("条件: {流入種別: ⟦メルマガ⟧}", "メール"),
    ("条件: {段階: ⟦リピーター⟧}", "継続"),
    ("条件: {都道府県: ⟦東京都と神奈川県⟧}", "[東京都, 神奈川県]"),
    ("条件: {都道府県: ⟦東京都・神奈川県⟧}", "[東京都, 神奈川県]"),
    ("条件: {都道府県: ⟦東京都¦、神奈川県⟧}", "[東京都, 神奈川県]"),
    ("条件: {都道府県: ⟦大坂府⟧}", "大阪府"),
    ("条件: {⟦都道府県: ¦首都圏⟧}", "地方: 首都圏"),
    ("条件: {地方: ⟦関東エリア⟧}", "関東"),
    ("条件: {ログイン中: ⟦オン⟧}", "はい"),
    ("条件: {ログイン中: ⟦真⟧}", "はい"),
    ("条件: {ログイン中: ⟦なし⟧}", "いいえ"),
    ("条件: {会員.rank: ⟦ゴルード⟧}", "ゴールド"),
    ("条件: {⟦会員.ランク⟧: ゴールド}", "会員.rank"),
    ("条件: {⟦ランク⟧: ゴールド}", "会員.rank"),
    ("条件: {ページ: ⟦running/⟧}", "/running/"),
    ("条件: {ページ: ⟦／running/⟧}", "/running/"),
    ("条件: {近く: ⟦渋谷店⟧}", "{場所: 渋谷店, 以内: 5 km}"),
    ("条件: {近く: {場所: 渋谷店, 以内: ⟦半径5キロ⟧}}", "5 km"),
    ("条件: {見た: ⟦/running/**⟧}", "{ページ: /running/**}"),
    ("条件: {買った: ⟦はい⟧}", "{以上: 1}"),
    ("上限: ⟦週3回⟧", "{回数: 3, 期間あたり: 1週間}"),
    ("上限: ⟦3回⟧", "{回数: 3, 期間あたり: 7日}"),
    ("条件: {キーワード: ⟦ランニング¦、ジョギング⟧}", "[ランニング, ジョギング]"),
    ("⟦条件式⟧: {端末: スマホ}", "条件"),
    ("⟦スタート⟧: 2026-12-01", "開始"),
    ("⟦終了日⟧: 2026-12-01", "終了"),
    ("⟦曜日指定⟧: 土", "曜日"),
    ("条件: {⟦検索語⟧: ランニング}", "キーワード"),
    ("条件: {⟦デバイス⟧: スマホ}", "端末"),
    ("条件: {⟦県⟧: 東京都}", "都道府県"),
    ("条件: {⟦または⟧: [{端末: スマホ}, {ログイン中: はい}]}", "いずれか"),
    ("条件: {⟦かつ⟧: [{端末: スマホ}, {ログイン中: はい}]}", "すべて"),
    ("条件: {⟦キーワド⟧: ランニング}", "キーワード"),
    ("⟦都道府県: 東京都⟧", "条件: {都道府県: 東京都}"),
    ("条件: {見た: {⟦アドレス⟧: /a}}", "ページ"),
    ("条件: {訪問回数: {⟦最低⟧: 3}}", "以上"),
    ("条件: {⟦訪問回数以上: 3⟧}", "訪問回数: {以上: 3}"),
    ("条件: {会員.rank: ⟦ゴールド以上⟧}", "[ゴールド, プラチナ]"),
    ("条件: {⟦会員ランク⟧: ゴールド}", "会員.rank"),
    ("条件: {⟦地域⟧: 関東}", "地方"),
    ("条件: {端末: ⟦スマートフォンまたはタブレット⟧}", "[スマホ, タブレット]"),
    ("条件: {訪問回数: ⟦2回目以降⟧}", "{以上: 2}"),
    ("条件: {会員.birthday: ⟦今月生まれ⟧}", "今月"),
    ("条件: {会員.birthday: ⟦4月⟧}", "{月: 4}"),
    ("上限: ⟦一日一回⟧", "{回数: 1, 期間あたり: 1日}"),
    ("条件: {⟦ログインしていない: はい⟧}", "ログイン中: いいえ"),
]
FILES = [
    ("⟦block⟧: {hero: {otherwise: original}}", "blocks"),
    ("blocks: {hero: ⟦original⟧}", "{otherwise: original}"),
    ("blocks: {hero: {⟦default⟧: original}}", "otherwise"),
    ("blocks: {hero: {⟦rule⟧: [{name: a, show: nothing}], otherwise: original}}", "rules"),
    ("blocks: {hero: {otherwise: ⟦keep⟧}}", "original"),
    ("blocks: {hero: {otherwise: ⟦orignal⟧}}", "original"),
    ("blocks: {hero: {otherwise: ⟦hidden⟧}}", "nothing"),
    ("blocks: {hero: {otherwise: ⟦hero/sale.html⟧}}", "{file: hero/sale.html}"),
    ("blocks: {hero: {otherwise: ⟦<p>Hello</p>⟧}}", "{html: <p>Hello</p>}"),
    ("blocks: {hero: {otherwise: {file: ⟦hero/slae.html⟧}}}", "hero/sale.html"),
    ("blocks: {hero: {otherwise: {file: ⟦/hero/sale.html⟧}}}", "hero/sale.html"),
    ("blocks: {hero: {otherwise: {file: ⟦contents/hero/sale.html⟧}}}", "hero/sale.html"),
    ("blocks: {hero: {otherwise: {file: ⟦hero\\sale.html⟧}}}", "hero/sale.html"),
    ("blocks: {hero: {otherwise: {file: ⟦sale.html⟧}}}", "hero/sale.html"),
    ("blocks: {hero: {otherwise: {⟦text⟧: Hello}}}", "html"),
    ("contents: {sale: ⟦hero/sale.html⟧}\nblocks: {hero: {otherwise: sale}}", "{file: hero/sale.html}"),
    ("segments: {vip: {⟦member.rank: ゴールド⟧}}\nblocks: {hero: {otherwise: original}}", "when: {member.rank: ゴールド}"),
    ("blocks: {hero: {rules: [{⟦title⟧: a, show: nothing}], otherwise: original}}", "name"),
    ("blocks: {hero: {rules: [{name: a, ⟦then⟧: nothing}], otherwise: original}}", "show"),
    ("blocks: {hero: {rules: [{name: a, show: ⟦[nothing]⟧}], otherwise: original}}", "nothing"),
    ("blocks: {hero: {otherwise: original}}\ntests: [{name: a, visitor: {⟦url_path⟧: /}, expect: {hero: original}}]", "url"),
    ("blocks: {hero: {otherwise: original}}\ntests: [{name: a, ⟦given⟧: {page: /}, expect: {hero: original}}]", "visitor"),
    ("blocks: {hero: {otherwise: original}}\ntests: [{name: a, ⟦page: /⟧, expect: {hero: original}}]", "visitor: {page: /}"),
    ("blocks: {hero: {otherwise: original}}\ntests: [{name: a, expect: {⟦hreo⟧: original}}]", "hero"),
    (
        "blocks:\n  hero:\n    rules:\n      - name: a\n        ⟦note: for the sale⟧\n        show: nothing\n    otherwise: original",
        "# for the sale",
    ),
    (
        "ブロック:\n  hero:\n    ルール:\n      - 名前: a\n        ⟦メモ: 年末⟧\n        表示: 出さない\n    それ以外: もとのまま",
        "# 年末",
    ),
    ("ブロック: {hero: {⟦デフォルト⟧: もとのまま}}", "それ以外"),
    ("ブロック: {hero: {それ以外: ⟦非表示⟧}}", "出さない"),
    ("ブロック: {hero: {それ以外: ⟦そのまま⟧}}", "もとのまま"),
    ("ブロック: {hero: {それ以外: ⟦hero/sale.html⟧}}", "{ファイル: hero/sale.html}"),
    ("ブロック: {hero: ⟦もとのまま⟧}", "{それ以外: もとのまま}"),
]  # fmt: skip
MOVED = [
    (
        "blocks: {hero: {rules: [{name: a, when: {⟦⟧weekday: mon}, show: nothing}], otherwise: original}}",
        "blocks: {hero: {rules: [{name: a, days: mon, show: nothing}], otherwise: original}}",
    ),
    (
        "blocks: {hero: {rules: [{name: a, when: {prefecture: ⟦⟧全国}, show: nothing}], otherwise: original}}",
        "blocks: {hero: {rules: [{name: a, show: nothing}], otherwise: original}}",
    ),
    ("⟦⟧hero: {otherwise: original}", "blocks: {hero: {otherwise: original}}"),
    (
        "blocks: {hero: {rules: [{name: a, ⟦⟧priority: 1, when: {device: mobile}, show: nothing}], otherwise: original}}",
        "blocks: {hero: {rules: [{name: a, when: {device: mobile}, show: nothing}], otherwise: original}}",
    ),
    (
        "blocks: {hero: {rules: [{name: a, when: {⟦⟧from: 2026-12-01}, show: nothing}], otherwise: original}}",
        "blocks: {hero: {rules: [{name: a, from: 2026-12-01, show: nothing}], otherwise: original}}",
    ),
    (
        "blocks: {hero: {rules: [{name: a, show: nothing, ⟦⟧otherwise: original}]}}",
        "blocks: {hero: {rules: [{name: a, show: nothing}], otherwise: original}}",
    ),
    (
        "blocks: {hero: {rules: {⟦⟧a: {show: nothing}}, otherwise: original}}",
        "blocks: {hero: {rules: [{name: a, show: nothing}], otherwise: original}}",
    ),
    (
        "blocks: {hero: {rules: {⟦⟧name: a, show: nothing}, otherwise: original}}",
        "blocks: {hero: {rules: [{name: a, show: nothing}], otherwise: original}}",
    ),
    (
        "⟦⟧rules: [{name: a, show: nothing}]",
        "blocks: {hero: {rules: [{name: a, show: nothing}], otherwise: original}}",
    ),
    ("⟦⟧timezone: UTC\nblocks: {hero: {otherwise: original}}", "blocks: {hero: {otherwise: original}}"),
    (
        "blocks: {hero: {otherwise: {file: hero/sale.html, ⟦⟧html: <p>a</p>}}}",
        "blocks: {hero: {otherwise: {file: hero/sale.html}}}",
    ),
    (
        "blocks: {hero: {rules: [{name: a, when: ⟦⟧, show: nothing}], otherwise: original}}",
        "blocks: {hero: {rules: [{name: a, show: nothing}], otherwise: original}}",
    ),
    (
        "ブロック: {hero: {ルール: [{名前: a, ⟦⟧優先順位: 1, 条件: {端末: スマホ}, 表示: 出さない}], それ以外: もとのまま}}",
        "ブロック: {hero: {ルール: [{名前: a, 条件: {端末: スマホ}, 表示: 出さない}], それ以外: もとのまま}}",
    ),
    (
        "ブロック: {hero: {ルール: [{名前: a, 条件: {⟦⟧曜日: 土}, 表示: 出さない}], それ以外: もとのまま}}",
        "ブロック: {hero: {ルール: [{名前: a, 曜日: 土, 表示: 出さない}], それ以外: もとのまま}}",
    ),
]
LITERAL = [
    *((ENGLISH % text, write) for text, write in IN_ENGLISH_RULES),
    *((JAPANESE % text, write) for text, write in IN_JAPANESE_RULES),
    *FILES,
]


@pytest.mark.parametrize(("text", "write"), LITERAL, ids=[text.split("⟦")[1].split("⟧")[0] for text, _ in LITERAL])
def test_what_the_hint_says_to_write_mends_the_file(tmp_path: Path, text: str, write: str) -> None:
    before, rest = text.split("⟦")
    wrong, after = rest.split("⟧")
    pointed = before + wrong.partition("¦")[0] if "¦" in wrong else before
    loaded = _load(tmp_path, before + wrong.replace("¦", "") + after)
    assert _places(loaded) == [_place(pointed)]
    assert write in _hint(loaded)
    assert _places(_load(tmp_path, before + write + after)) == []


@pytest.mark.parametrize(("text", "mended"), MOVED, ids=[text.split("⟦⟧")[1][:40] for text, _ in MOVED])
def test_what_stands_in_the_wrong_place_is_told_where_it_belongs(tmp_path: Path, text: str, mended: str) -> None:
    before, after = text.split("⟦⟧")
    loaded = _load(tmp_path, before + after)
    assert _places(loaded) == [_place(before)]
    assert _hint(loaded)
    assert _places(_load(tmp_path, mended)) == []


def _load(folder: Path, text: str) -> Loaded:
    (folder / "contents" / "hero").mkdir(parents=True, exist_ok=True)
    (folder / "contents" / "hero" / "sale.html").write_text("<p>Sale</p>\n")
    (folder / "site.yaml").write_text(SITE)
    (folder / "page.yaml").write_text(text + "\n")
    return load(folder)


def _places(loaded: Loaded) -> list[tuple[int, int]]:
    return [(one.position.line, one.position.column) for one in loaded.diagnostics if one.level == "error"]


def _place(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _hint(loaded: Loaded) -> str:
    voice = Voice(loaded.texts, "en")
    return hint(loaded.diagnostics[0], "ja", voice.keys(loaded.diagnostics[0]))
