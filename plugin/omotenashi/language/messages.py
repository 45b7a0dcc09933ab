"""Diagnostics in words, Japanese and English. The one table of codes."""

from __future__ import annotations

from collections import defaultdict

from msgspec import Struct

from omotenashi.model.errors import Diagnostic


class Message(Struct, frozen=True):
    """What is said under a code. Templates name the diagnostic's values."""

    ja: str
    en: str
    ja_hint: str = ""
    en_hint: str = ""


MESSAGES: dict[str, Message] = {
    "E101": Message(
        "ファイルの文字コードが UTF-8 ではありません({encoding} のようです)",
        "the file is not UTF-8 (it looks like {encoding})",
        "エディタで「UTF-8」を選んで保存し直してください",
        "save it again as UTF-8",
    ),
    "E102": Message(
        "ファイルが大きすぎます(上限 {limit} KB)", "the file is too large (at most {limit} KB)",
        "ページやキャンペーンごとにファイルを分けてください", "split it by page or campaign",
    ),
    "E103": Message(
        "YAML として読めません({problem})", "this cannot be read as YAML ({problem})",
        "この行とその上の行の、字下げ・引用符・かっこ・コロンの後の空白を確かめてください",
        "look at this line and the one above: indentation, quotes, brackets, the space after a colon",
    ),
    "E104": Message(
        "YAML の機能「{found}」は使えません", "YAML's {found} is not allowed here",
        "文字として書くときは引用符で囲みます。同じ内容は segments や contents に名前を付けて使います",
        "quote it if it is text; give shared things a name under segments or contents",
    ),
    "E105": Message(
        "1つのファイルに複数の文書があります", "there are several documents in one file",
        "「---」の行を消すか、ファイルを分けてください", "remove the --- line or split the file",
    ),
    "E106": Message(
        "「{key}」が2回書かれています", "{key} is written twice", "どちらか一方を消してください", "remove one of them"
    ),
    "E107": Message("入れ子が深すぎます(上限 {limit} 段)", "nesting is too deep (at most {limit} levels)"),
    "E108": Message(
        "使えない文字があります({character})", "there is a character that is not allowed ({character})",
        "この文字を消してください", "delete this character",
    ),
    "E109": Message("ファイルを読めません({problem})", "the file cannot be read ({problem})"),
    "E201": Message(
        "「{key}」というキーはありません", "there is no key {key} here", "使えるキー: {known}", "possible keys: {known}"
    ),
    "E202": Message(
        "「{what}」に「{key}」がありません", "{key} is missing in {what}", "「{key}:」を書いてください", "add {key}:"
    ),
    "E203": Message(
        "「{what}」の書き方が違います。ここには{expected}を書きます", "{what} must be {expected}", "例: {example}", "for example {example}"
    ),
    "E204": Message("「{what}」の値が空です", "{what} is empty", "値を書くか、この行を消してください", "give a value or remove it"),
    "E205": Message(
        "「{key}」はこの版ではまだ使えません", "{key} is not yet available in this version",
        "この設定を外してください。今後の版で使えるようになります", "take it out for now; a later version will have it",
    ),
    "E206": Message(
        "「not」にはリストではなく条件を1つ書きます", "not: takes one mapping, not a list",
        "どれにも当てはまらない、と書くには not: {{any: […]}} とします", "for none of these write not: {{any: […]}}",
    ),
    "E207": Message(
        "条件のないルールは最後にしか置けません。この下のルールは決して使われません",
        "a rule without a condition must be the last: those below it can never show",
        "when: を書くか、このルールを最後に移してください", "add when: or move it to the end",
    ),
    "E208": Message(
        "「{value}」は名前に使えません(特別な意味があります)", "{value} cannot be a name: it has a meaning of its own",
        "別の名前にしてください", "choose another name",
    ),
    "E209": Message(
        "「{key}」の後には「.」と名前が要ります", "{key} needs a dot and a name", "例: {key}.rank", "for example {key}.rank"
    ),
    "E210": Message(
        "「{key}」という事実はありません", "there is no fact {key} that a visitor could have",
        "条件に使う名前か、url・ip・user_agent・location を書きます", "use the names of conditions, or url, ip, user_agent, location",
    ),
    "E221": Message(
        "cooldown には goal(目標)が要ります", "cooldown needs a goal", "何のあとで休むかを書きます。例: goal: purchase",
        "say after what the rule rests: goal: purchase",
    ),
    "E301": Message(
        "「{value}」は数として読めません", "{value} is not a number", "例: 20、5,000円、20-29、{{at_least: 20}}",
        "for example 20, 20-29, {{at_least: 20}}",
    ),
    "E302": Message(
        "「{value}」は期間として読めません", "{value} is not a span of time", "単位を付けて書きます。例: 30日、2時間、1年",
        "write a unit: 30 days, 2 hours, 1 year",
    ),
    "E303": Message(
        "「{value}」は日付として読めません", "{value} is not a date", "例: 2026-12-25、2026/12/25、2026-12-25 10:00",
        "for example 2026-12-25 or 2026-12-25 10:00",
    ),
    "E304": Message(
        "「{value}」は時間帯として読めません", "{value} is not a range of hours", "例: 08:00-22:00、22:00-02:00",
        "for example 08:00-22:00 or 22:00-02:00",
    ),
    "E305": Message(
        "「{value}」は {what} の値ではありません", "{value} is not a value of {what}", "使える値: {known}", "possible values: {known}"
    ),
    "E306": Message(
        "「{value}」はページのパスではありません", "{value} is not the path of a page",
        "「/」で始めます。例: /running/**", "begin with a slash: /running/**",
    ),
    "E307": Message(
        "「{value}」はホストの形ではありません", "{value} is not a host",
        "https:// を付けずに書きます。例: www.example.com/news", "write it without a scheme: www.example.com/news",
    ),
    "E308": Message("「{value}」は「はい」か「いいえ」で書きます", "{value} must be yes or no", "yes か no(はい か いいえ)", "yes or no"),
    "E309": Message("「{what}」は1以上の整数で書きます", "{what} must be a whole number", "例: 3", "for example 3"),
    "E310": Message("「{value}」は距離として読めません", "{value} is not a distance", "例: 5 km、800 m", "for example 5 km, 800 m"),
    "E311": Message("同時には書けません: {names}", "only one of these can stand here: {names}"),
    "E312": Message("範囲が逆です({value})", "the range is upside down ({value})", "小さい数を先に書きます", "the smaller number first"),
    "E313": Message("until が from より前です", "until lies before from", "日付を確かめてください", "look at the dates"),
    "E314": Message(
        "「祝」を使うには site.yaml に holidays が要ります", "holidays are used, but site.yaml names none",
        "例: holidays: [2026-11-23, 2027-01-01]", "for example holidays: [2026-11-23, 2027-01-01]",
    ),
    "E315": Message("版「{value}」は知りません", "version {value} is not known", "version: {known}", "version: {known}"),
    "E316": Message("{value} は緯度・経度の範囲({limit} まで)を超えています", "{value} is beyond {limit} degrees"),
    "E317": Message("「{value}」が2つの同義語グループにあります", "{value} stands in two groups of synonyms"),
    "E318": Message(
        "「{value}」は位置として読めません", "{value} is not a location", '例: "35.6580, 139.7016"(緯度, 経度)',
        'for example "35.6580, 139.7016" (latitude, longitude)',
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
    "E331": Message(
        "until が abandoned_for より短いので、決して当てはまりません", "until is shorter than abandoned_for, so this can never match",
        "例: {{abandoned_for: 1時間, until: 7日}}", "for example {{abandoned_for: 1 hour, until: 7 days}}",
    ),
    "E332": Message(
        "「{value}」はイベントの名前ではありません", "{value} is not the name of an event",
        "文字、数字、_ だけで書きます。例: purchase、demo_request", "use letters, digits and _: purchase, demo_request",
    ),
    "E341": Message(
        "段階の期間が逆です({value})", "the spans of the lifecycle are upside down ({value})",
        "active を lapsing より短くします。例: {{active: 30日, lapsing: 90日}}",
        "active must be shorter than lapsing: {{active: 30 days, lapsing: 90 days}}",
    ),
    "E342": Message(
        "「{value}」はクッキーのドメインではありません", "{value} is not the domain of a cookie",
        "ホスト名だけを書きます。例: example.com", "write a host name alone: example.com",
    ),
    "E343": Message(
        "hosts の「{host}」は、クッキーのドメイン「{value}」の中にありません", "{host}, one of the hosts, is not under the cookie's domain {value}",
        "すべての hosts を含むドメインを書くか、cookie を消してください", "name a domain that all hosts are under, or take cookie out",
    ),
    "E344": Message(
        "「{value}」は browser_events に書けません(サーバーキーの要らないイベントは、書かなくてもブラウザから送れます)",
        "{value} cannot stand in browser_events: browsers may send what does not need the server key anyway",
        "書けるもの: purchase、refund、login", "possible: purchase, refund, login",
    ),
    "E345": Message(
        "allowed_in は機微な項目だけに書きます", "allowed_in is for sensitive attributes only",
        "sensitive: yes を書くか、allowed_in を消してください", "add sensitive: yes, or take allowed_in out",
    ),
    "E346": Message(
        "「{value}」は「キー:値」の形ではありません", "{value} is not of the form KEY:VALUE",
        "同意のクッキーの中で許可を表す部分を書きます。例: C0003:1、preferences:true",
        "write what grants it in the consent manager's cookie: C0003:1, preferences:true",
    ),
    "E347": Message(
        "{value} は Omotenashi 自身のクッキーなので、grants とは一緒に使えません",
        "{value} is Omotenashi's own cookie and cannot stand beside grants",
        "同意管理ツールのクッキーの名前を書きます。例: cookie: OptanonConsent",
        "name the consent manager's cookie: cookie: OptanonConsent",
    ),
    "E401": Message("セグメント「{value}」がありません", "there is no segment {value}", "segments: に書いてください", "define it under segments:"),
    "E402": Message(
        "コンテンツ「{value}」がありません", "there is no content {value}",
        "contents: に書くか、{{file: …}} {{html: …}} original nothing のどれかにします",
        "define it under contents:, or use {{file: …}}, {{html: …}}, original, nothing",
    ),
    "E403": Message(
        "contents/ に「{value}」がありません", "there is no file {value} under contents/", "ファイル名を確かめてください", "look at the file's name"
    ),
    "E404": Message("場所「{value}」が site.yaml にありません", "there is no place {value} in site.yaml", "places: に書いてください", "define it under places:"),
    "E405": Message(
        "会員項目「{value}」が site.yaml にありません", "there is no attribute {value} in site.yaml",
        "attributes: に書いてください", "declare it under attributes:",
    ),
    "E406": Message("セグメントが自分自身を使っています: {value}", "segments use each other in a circle: {value}"),
    "E407": Message("「{block}」に「{value}」というルールはありません", "there is no rule {value} in {block}"),
    "E408": Message("ブロック「{value}」がありません", "there is no block {value}"),
    "E409": Message("「{value}」はすでに使われています", "{value} is already taken", "別の名前か id にしてください", "choose another name or id"),
    "E410": Message(
        "「{value}」は contents/ の外を指しています", "{value} leads out of contents/", "contents/ の中のファイルを書きます", "name a file under contents/"
    ),
    "E421": Message(
        "「{value}」というルールはありません", "there is no rule {value}", "ルールの名前、ブロック/名前、または id を書きます",
        "write the rule's name, block/name or id",
    ),
    "E422": Message(
        "「{value}」という名前のルールが複数あります({names})", "several rules are called {value} ({names})",
        "どれかを「ブロック/名前」か id で書きます", "write block/name or the id of the one you mean",
    ),
    "E423": Message(
        "機微な項目「{value}」は、ブロック「{block}」の条件には使えません",
        "the sensitive attribute {value} cannot decide what {block} shows",
        "使ってよいなら、site.yaml の {value} に allowed_in: [{block}] を書きます",
        "where that is right, add allowed_in: [{block}] to {value} in site.yaml",
    ),
    "E424": Message(
        "「{value}」は site.yaml の sensitive_topics にある話題なので、見たことも買ったことも記憶されません",
        "{value} is one of the sensitive_topics of site.yaml: that somebody looked at it or bought it is never remembered",
        "この条件を外してください。いま見ているページの話題なら page_tag で書けます",
        "take it out; for the topic of the present page there is page_tag",
    ),
    "E110": Message(
        "ルールのファイル(*.yaml)がありません",
        "there are no rule files (*.yaml) here",
        "rules/README.md の例から始めてください",
        "begin with the example in rules/README.md",
    ),
    "W501": Message(
        "サブフォルダーの YAML は読み込まれません",
        "YAML in a subfolder is not read",
        "rules フォルダーの直下に置いてください",
        "move it up, directly into the rules folder",
    ),
    "W502": Message(
        "「{value}」は、よく使われるイベントの名前に似ていますが、違う名前です",
        "{value} is close to the name of a usual event, but is another one",
    ),
    "E319": Message(
        "「{what}」は{limit}までです",
        "{what} can be {limit} at most",
    ),
    "E320": Message(
        "「{value}」はヘッダーやクッキーの名前に使えません",
        "{value} cannot be the name of a header or cookie",
        "英数字と - _ で書きます",
        "use letters, digits, - and _",
    ),
    "E411": Message(
        "セグメント「{value}」は大きすぎます(中の条件は{limit}個まで)",
        "segment {value} is too large (at most {limit} conditions, segments within it included)",
        "セグメントの重ねかたを減らしてください",
        "nest segments less",
    ),
    "N601": Message(
        "consent がないので、この訪問者の履歴は「不明」です", "without consent this visitor's history is unknown",
        "履歴を使うテストには consent: [personalization] を書きます", "add consent: [personalization] for tests with a history",
    ),
    "N602": Message(
        "{key} のあるルールは、同意していない訪問者には表示されません", "rules with a {key} never show to visitors without consent"
    ),
    "N603": Message(
        "goal だけでは、まだ何も変わりません", "a goal alone changes nothing yet", "cooldown と一緒に書くと、目標のあと休みます",
        "with a cooldown the rule rests after it",
    ),
}  # fmt: skip

_RELATED = {
    "first": ("最初はここ", "first here"),
    "from": ("開始はここ", "begins here"),
    "abandoned_for": ("放置の長さはここ", "left for this long here"),
}
_EXPECTED = {
    "mapping": ("「キー: 値」の組", "a mapping (key: value)"),
    "list": ("リスト(- で始まる行か [a, b])", "a list (lines that begin with -, or [a, b])"),
    "text": ("文字", "a text"),
}


def message(diagnostic: Diagnostic, language: str) -> str:
    """Return the sentence for a diagnostic in ja or en."""
    entry = MESSAGES[diagnostic.code]
    return _filled(entry.ja if language == "ja" else entry.en, diagnostic, language)


def hint(diagnostic: Diagnostic, language: str) -> str:
    """Return the remedy, or empty text where there is none to give."""
    meant = diagnostic.values.get("did_you_mean")
    if meant:
        return f"「{meant}」ではありませんか" if language == "ja" else f"did you mean {meant}?"
    entry = MESSAGES[diagnostic.code]
    template = entry.ja_hint if language == "ja" else entry.en_hint
    if any(f"{{{name}}}" in template and not diagnostic.values.get(name) for name in ("known", "example")):
        return ""
    return _filled(template, diagnostic, language)


def related_note(word: str, language: str) -> str:
    """Return what is said about a second place."""
    ja, en = _RELATED[word]
    return ja if language == "ja" else en


def _filled(template: str, diagnostic: Diagnostic, language: str) -> str:
    values = {name: _shown(value, language) for name, value in diagnostic.values.items()}
    return template.format_map(defaultdict(str, values))


def _shown(value: object, language: str) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    if isinstance(value, str) and value in _EXPECTED:
        return _EXPECTED[value][0 if language == "ja" else 1]
    return str(value)
