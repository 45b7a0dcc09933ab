"""Pages about values in site.yaml (E315–E317, E320, E341–E348, E355, E360)."""

from __future__ import annotations

from omotenashi.language.pages.page import Page


def _page(ja: str, en: str, wrong: str, right: str) -> Page:
    return Page(ja, en, f"{wrong}\n", f"{right}\n", "site.yaml")


SITE_VALUES: dict[str, Page] = {
    "E315": _page(
        "version は、このファイルがどの版の書き方かを表します。いまは 1 だけです。", "The version of the way in which rules are written. There is only 1.",
        "version: 2", "version: 1",
    ),
    "E316": _page(
        "緯度は90度、経度は180度までです。日本では緯度が35前後、経度が135前後なので、逆にすると気づけます。",
        "Latitudes go up to 90 degrees, longitudes to 180. Perhaps the two are swapped.",
        "places: {渋谷店: {lat: 139.7005, lng: 35.6595}}", "places: {渋谷店: {lat: 35.6595, lng: 139.7005}}",
    ),
    "E317": _page(
        "1つの語が2つのグループにあると、どの語と同じとみなすか決められません。", "With a word in two groups it is not clear which words mean the same.",
        "synonyms: [[靴, スニーカー], [スニーカー, 運動靴]]", "synonyms: [[靴, スニーカー, 運動靴]]",
    ),
    "E320": _page(
        "ヘッダーやクッキーの名前に使えるのは、半角の英数字といくつかの記号だけです。", "Names of headers and cookies have letters, digits and a few signs only.",
        "consent: {cookie: 同意 クッキー}", "consent: {cookie: my_consent}",
    ),
    "E341": _page(
        "「継続」と呼ぶ期間は、「ごぶさた」と呼ぶ期間より短くなければ、段階が決まりません。", "Visitors are active for a shorter time than until they count as lapsed.",
        "lifecycle: {active: 90 days, lapsing: 30 days}", "lifecycle: {active: 30 days, lapsing: 90 days}",
    ),
    "E342": _page(
        "クッキーのドメインには、example.com のようなホスト名だけを書きます。", "The domain of a cookie is a host name alone, such as example.com.",
        "cookie: {domain: 'https://example.com'}", "cookie: {domain: example.com}",
    ),
    "E343": _page(
        "クッキーのドメインに含まれないホストでは、同じ訪問者だと分からなくなります。", "On a host outside the cookie's domain visitors would not be known again.",
        "hosts: [shop.example.net]\ncookie: {domain: example.com}", "hosts: [shop.example.com]\ncookie: {domain: example.com}",
    ),
    "E344": _page(
        "ここに書くのは、ふだんサーバーからしか送れない3つのイベントを、ブラウザからも送れるようにするときだけです。",
        "This list is for the three events that only the server may send unless it says otherwise.",
        "browser_events: [add_to_cart]", "browser_events: [purchase]",
    ),
    "E345": _page(
        "allowed_in は、機微な項目を使ってよいブロックを決めるものです。ふつうの項目はどこでも使えます。",
        "allowed_in says which blocks may use a sensitive attribute. Others may be used anywhere.",
        "attributes: {points: {type: number, allowed_in: [hero]}}", "attributes: {points: {type: number}}",
    ),
    "E346": _page(
        "同意管理ツールのクッキーの中で、どの部分が「許可」を表すかを「:」でつないで書きます。",
        "Which part of the consent manager's cookie grants it is written with a colon.",
        "consent: {cookie: OptanonConsent, grants: {personalization: C0003=1}}",
        "consent: {cookie: OptanonConsent, grants: {personalization: 'C0003:1'}}",
    ),
    "E347": _page(
        "grants は、ほかの会社の同意管理ツールのクッキーを読むときのものです。そのクッキーの名前を書きます。",
        "grants reads the cookie of a consent manager: name that cookie.",
        "consent: {cookie: omo_consent, grants: {personalization: 'C0003:1'}}",
        "consent: {cookie: OptanonConsent, grants: {personalization: 'C0003:1'}}",
    ),
    "E348": _page(
        "名前で書けるのは日本の祝日だけです。会社の休みやほかの国の祝日は、日付を並べるか、ファイルに書きます。",
        "Only the holidays of Japan can be had by name. Others are listed as dates, or in a file.",
        "holidays: us", "holidays: [2026-11-26, 2026-12-25]",
    ),
    "E355": _page(
        "年末年始のような休みは、始まりの日と終わりの日で書けます。順序が逆だったり、年を間違えて何年も続いたりしていないか確かめてください。",
        "A holiday of several days is written by its first and its last day. See whether they are in this order, and the year of each.",
        "holidays: 2027-01-03〜2026-12-29", "holidays: 2026-12-29〜2027-01-03",
    ),
    "E360": _page(
        "URLの「?」のあとには「名前=値」が並びます。ここには、その名前だけを書きます。",
        "Behind the ? of a URL stand NAME=VALUE. The name alone is written here.",
        "campaign_parameters: {keyword: ['?kw=']}", "campaign_parameters: {keyword: [kw]}",
    ),
}  # fmt: skip
