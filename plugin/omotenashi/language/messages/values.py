"""What is said about values (E3xx)."""

from __future__ import annotations

from omotenashi.language.messages.message import Message

VALUES: dict[str, Message] = {
    "E301": Message(
        "「{value}」は数として読めません", "{value} is not a number", "例: 20、5,000円、20-29、{{{@at_least}: 20}}",
        "for example 20, 20-29, {{{@at_least}: 20}}",
    ),
    "E302": Message(
        "「{value}」は期間として読めません", "{value} is not a span of time", "単位を付けて書きます。例: 30日、2時間、1年",
        "write a unit: 30 days, 2 hours, 1 year",
    ),
    "E303": Message(
        "「{value}」は日付として読めません", "{value} is not a date", "年から書きます。例: 2026-12-25、2026-12-25 10:00",
        "begin with the year: 2026-12-25 or 2026-12-25 10:00",
    ),
    "E304": Message(
        "「{value}」は時間帯として読めません", "{value} is not a range of hours", "例: 08:00-22:00、22:00-02:00",
        "for example 08:00-22:00 or 22:00-02:00",
    ),
    "E305": Message(
        "「{value}」は「{what}」の値ではありません", "{value} is not a value of {what}", "使える値: {known}", "possible values: {known}"
    ),
    "E306": Message(
        "「{value}」はページのパスではありません", "{value} is not the path of a page",
        "「/」で始めます。例: /running/**", "begin with a slash: /running/**",
    ),
    "E307": Message(
        "「{value}」はホストの形ではありません", "{value} is not a host",
        "https:// を付けずに書きます。例: www.example.com/news", "write it without a scheme: www.example.com/news",
    ),
    "E308": Message("「{value}」は「はい」か「いいえ」で書きます", "{value} must be yes or no", "「はい」か「いいえ」(yes か no)", "yes or no"),
    "E309": Message("「{what}」は1以上の整数で書きます", "{what} must be a whole number from 1 on", "例: 3", "for example 3"),
    "E310": Message("「{value}」は距離として読めません", "{value} is not a distance", "例: 5 km、800 m", "for example 5 km, 800 m"),
    "E311": Message(
        "同時には書けません: {names}", "only one of these can stand here: {names}", "どれか1つだけを残してください", "keep one of them and remove the other"
    ),
    "E312": Message("範囲が逆です({value})", "the range is upside down ({value})", "小さい数を先に書きます", "the smaller number first"),
    "E313": Message(
        "「{@until}」が「{@from}」より前です", "{@until} lies before {@from}", "日付を確かめてください", "look at the dates"
    ),
    "E314": Message(
        "「祝」を使うには、site.yaml に祝日の一覧({@holidays})が要ります", "holidays are used, but site.yaml names none",
        "site.yaml に「{@holidays}: {@japan}」と書き足します。日付を並べても書けます。例: {@holidays}: [2026-11-23, 2027-01-01]",
        "add to site.yaml: {@holidays}: {@japan}, or dates: {@holidays}: [2026-11-23, 2027-01-01]",
    ),
    "E315": Message("版「{value}」はありません", "there is no version {value}", "「{write}」と書きます", "write {write}"),
    "E316": Message(
        "{value} は緯度・経度の範囲({limit} まで)を超えています", "{value} is beyond {limit} degrees",
        "緯度({@lat})と経度({@lng})が逆になっていないか確かめてください", "look whether latitude ({@lat}) and longitude ({@lng}) are swapped",
    ),
    "E317": Message(
        "「{value}」が2つの同義語グループにあります", "{value} stands in two groups of synonyms",
        "どちらか一方から消すか、1つのグループにまとめてください", "remove it from one of them, or join the two groups",
    ),
    "E318": Message(
        "「{value}」は位置として読めません", "{value} is not a location", '例: "35.6580, 139.7016"(緯度, 経度)',
        'for example "35.6580, 139.7016" (latitude, longitude)',
    ),
    "E319": Message(
        "「{what}」は{limit}までです",
        "{what} can be {limit} at most",
        "「{write}」以下にしてください",
        "write {write} or less",
    ),
    "E320": Message(
        "「{value}」はヘッダーやクッキーの名前に使えません",
        "{value} cannot be the name of a header or cookie",
        "半角の英数字と - _ で書きます",
        "use letters, digits, - and _",
    ),
    "E321": Message(
        "差し込み「{value}」には既定の文字が要ります", "the placeholder {value} needs a default", "例: {{{fact}|お客}}",
        "for example {{{fact}|guest}}",
    ),
    "E322": Message("差し込み「{value}」は使えません", "the placeholder {value} is not possible", "使える差し込み: {known}", "possible: {known}"),
    "E323": Message(
        "差し込み「{value}」はここ({where})では使えません", "the placeholder {value} cannot stand here ({where})",
        "文章の中か、引用符で囲んだ title・alt などの中で使います", "use it in text, or in quoted attributes such as title and alt",
    ),
    "E324": Message(
        "「{value}」は機微な項目なので差し込めません", "{value} is sensitive and cannot be shown", "別の文にしてください", "write it without"
    ),
    "E325": Message(
        "「{what}」が0より小さくなっています({value})", "{what} is never less than 0 ({value})",
        "「{write}」以上の数を書きます", "write {write} or more",
    ),
    "E331": Message(
        "「{@until}」が「{@abandoned_for}」より短いので、決して当てはまりません", "{@until} is shorter than {@abandoned_for}, so this can never match",
        "例: {{{@abandoned_for}: 1時間, {@until}: 7日}}", "for example {{{@abandoned_for}: 1 hour, {@until}: 7 days}}",
    ),
    "E332": Message(
        "「{value}」はイベントの名前ではありません", "{value} is not the name of an event",
        "文字、数字、_ だけで書きます。例: purchase、demo_request", "use letters, digits and _: purchase, demo_request",
    ),
    "E340": Message(
        "「{value}」だけでは、日付か曜日かわかりません", "{value} alone could be a date or a day of the week",
        "毎月の日付なら「{day}日」、曜日なら「月」のように書きます", "write {ordinal} for a day of the month, mon for a day of the week",
    ),
    "E341": Message(
        "段階の期間が逆です({value})", "the spans of the lifecycle are upside down ({value})",
        "「{@active}」を「{@lapsing}」より短くします。例: {{{@active}: 30日, {@lapsing}: 90日}}",
        "{@active} must be shorter than {@lapsing}: {{{@active}: 30 days, {@lapsing}: 90 days}}",
    ),
    "E342": Message(
        "「{value}」はクッキーのドメインではありません", "{value} is not the domain of a cookie",
        "ホスト名だけを書きます。例: example.com", "write a host name alone: example.com",
    ),
    "E343": Message(
        "「{@hosts}」の「{host}」は、クッキーのドメイン「{value}」の中にありません", "{host}, one of the hosts, is not under the cookie's domain {value}",
        "すべてのホストを含むドメインを書くか、「{@cookie}」を消してください", "name a domain that all hosts are under, or take {@cookie} out",
    ),
    "E344": Message(
        "「{value}」は「{@browser_events}」に書けません(ほかのイベントは、書かなくてもブラウザから送れます)",
        "{value} cannot stand in {@browser_events}: browsers may send other events anyway",
        "書けるもの: purchase、refund、login", "possible: purchase, refund, login",
    ),
    "E345": Message(
        "「{@allowed_in}」は機微な項目だけに書きます", "{@allowed_in} is for sensitive attributes only",
        "「{@sensitive}: yes」を書き足すか、「{@allowed_in}」を消してください", "add {@sensitive}: yes, or take {@allowed_in} out",
    ),
    "E346": Message(
        "「{value}」は「キー:値」の形ではありません", "{value} is not of the form KEY:VALUE",
        "同意のクッキーの中で許可を表す部分を書きます。例: C0003:1、preferences:true",
        "write what grants it in the consent manager's cookie: C0003:1, preferences:true",
    ),
    "E347": Message(
        "{value} は Omotenashi 自身のクッキーなので、「{@grants}」とは一緒に使えません",
        "{value} is Omotenashi's own cookie and cannot stand beside {@grants}",
        "同意管理ツールのクッキーの名前を書きます。例: OptanonConsent",
        "name the consent manager's cookie, such as OptanonConsent",
    ),
    "E348": Message(
        "「{value}」の祝日は用意されていません", "the holidays of {value} are not known",
        "日本の祝日は「{@japan}」です。ほかは日付かファイルで書きます。例: [2026-12-25, 2026-12-29〜2027-01-03]、{{{@file}: holidays.csv}}",
        "those of Japan are {@japan}; list others as dates or in a file: [2026-12-25, 2026-12-29〜2027-01-03], {{{@file}: holidays.csv}}",
    ),
    "E349": Message(
        "「{value}」という日はありません", "there is no day {value} in a month",
        "1日から31日までで書きます。月の最後の日は「月末」です", "write 1st to 31st; the last day of a month is {@month_end}",
    ),
    "E355": Message(
        "「{value}」は休みの期間にできません", "{value} cannot be a span of holidays",
        "始まりの日〜終わりの日の順に、366日までで書きます。例: 2026-12-29〜2027-01-03",
        "write the first day, then the last, at most 366 days: 2026-12-29〜2027-01-03",
    ),
    "E360": Message(
        "「{value}」はURLのパラメータの名前ではありません", "{value} is not the name of a URL's parameter",
        "「?」と「=」のあいだの名前だけを書きます。例: kw", "write the name alone that stands between ? and =: kw",
    ),
    "E351": Message(
        "「{value}」は期間にできません", "{value} cannot be a span of time",
        "1秒から400年までで書きます。例: 30日、1年", "write something from a second to 400 years: 30 days, 1 year",
    ),
    "E353": Message(
        "「{value}」では、何もしぼりこまれません", "{value} is no condition: it would match everybody",
        "「{what}」を消してください。書かなければ、どれにも当てはまります", "remove {what}: without it, all of them match",
    ),
    "E354": Message(
        "「{value}」は IP アドレスではありません", "{value} is not an IP address", "例: 203.0.113.7", "for example 203.0.113.7"
    ),
    "E352": Message(
        "「{value}」は、区切らずに1つの語として読まれます", "{value} is read as one text, not as several",
        "どれでもよいなら「{write}」と書きます。1つの文字なら引用符で囲みます", "for any of them write {write}; put one text into quotes",
    ),
}  # fmt: skip
