"""`omo privacy`: what a site stores, why, how long and where, as Markdown for its privacy page.

It is made from the site's own rules and settings, so that it says what is so. The last word is the site owner's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from omotenashi.language.condition import facts
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.remote.address import Address
from omotenashi.signals.arrival_cookie import ARRIVAL_COOKIE
from omotenashi.signals.consent import OWN_COOKIE
from omotenashi.signals.gather import MEMBER_COOKIE
from omotenashi.signals.set_cookie import SetCookie
from omotenashi.signals.visitor_id import COOKIE_LIFE, VISITOR_COOKIE
from omotenashi.site import Site

_DAY = 86_400
_CONSENTS = ("personalization", "measurement")
_KINDS: Mapping[str, tuple[str, ...]] = {
    "visits": ("visits", "last_visit", "lifecycle"),
    "views": ("viewed",),
    "orders": ("bought", "cooldown"),
    "cart": ("cart",),
    "events": ("did", "cooldown"),
    "shown": ("shown", "limit"),
    "arrival": (
        "keyword",
        "medium",
        "source",
        "referrer",
        "campaign",
        "campaign_source",
        "campaign_medium",
        "campaign_content",
        "landing",
    ),
    "chosen": ("country", "prefecture", "area", "city", "near"),
    "record": ("member",),
}
"""What is stored, and the fields of conditions that ask for it."""


def notice(site: Site, keep: Keep, store: Path | Address, language: str) -> str:
    """Return the notice in Japanese (ja) or English (en); `store` is where it all lies."""
    words = {**_WORDS[language], **_WORDS_OF_STORES[language][isinstance(store, Address)]}
    place = store if isinstance(store, Address) else store.absolute()
    parts = (
        [f"# {words['title'].format(site=site.facts.name or words['this_site'])}", f"<!-- {words['draft']} -->"],
        [f"## {words['stored']}", words["only_with_consent"], *_stored(site, keep, words), words["not_stored"]],
        _sensitive(site, words),
        [f"## {words['basis']}", *_basis(site, words)],
        [f"## {words['where']}", words["here"], f"<!-- {place} -->", words["external"], words["contents"]],
        [f"## {words['cookies']}", *_cookies(site, words)],
        [f"## {words['identifiers']}", words["ids"], *([words["split_by_id"]] if site.engine.experiments() else [])],
        [f"## {words['rights']}", words["why_page"], words["requests"].format(gone=words["gone"])],
    )
    return "\n\n".join(line for part in parts for line in part)


def _stored(site: Site, keep: Keep, words: Mapping[str, str]) -> Iterator[str]:
    asking = _asking(site)
    rows = [words["stored_head"], "|---|---|---|"]
    for kind in _KINDS:
        blocks = words["comma"].join(asking[kind]) or words["unused"]
        rows.append(f"| {words[kind]} | {_cell(blocks)} | {_life(kind, keep, words)} |")
    yield "\n".join(rows)
    yield words["whole_profile"].format(days=keep.profiles // _DAY)


def _asking(site: Site) -> dict[str, list[str]]:
    """Return, for each kind of what is stored, the labels of the blocks whose rules ask for it."""
    found: dict[str, list[str]] = {}
    blocks = site.engine.program.blocks.values()
    fields = {
        block.name: {fact.field.partition(".")[0] for rule in block.rules for fact in facts(rule.condition)}
        for block in blocks
    }
    for kind, asked in _KINDS.items():
        labels = (block.label or block.name for block in blocks if fields[block.name].intersection(asked))
        found[kind] = list(dict.fromkeys(labels))
    return found


def _life(kind: str, keep: Keep, words: Mapping[str, str]) -> str:
    if kind == "record":
        return words["until_erased"]
    return words["for_days"].format(days=(keep.exposures if kind == "shown" else keep.events) // _DAY)


def _sensitive(site: Site, words: Mapping[str, str]) -> list[str]:
    attributes = [one.label or one.name for one in site.facts.attributes.values() if one.sensitive]
    said = []
    if attributes:
        said.append(words["sensitive_attributes"].format(names=words["comma"].join(attributes)))
    if site.facts.sensitive_topics:
        said.append(words["sensitive_topics"].format(names=words["comma"].join(sorted(site.facts.sensitive_topics))))
    return said


def _basis(site: Site, words: Mapping[str, str]) -> Iterator[str]:
    consent = site.facts.consent
    yield words["asked"].format(header=consent.header, cookie=consent.cookie)
    if consent.grants:
        yield "\n".join(
            f"- {words[category]}: {words['or'].join(f'`{grant.key}:{grant.value}`' for grant in grants)}"
            for category, grants in consent.grants.items()
        )
    if consent.answered:
        yield words["unanswered"].format(sign=f"{consent.answered.key}:{consent.answered.value}".rstrip(":"))
    granted = words["comma"].join(words[category] for category in _CONSENTS if category in consent.default)
    yield words["default_granted"].format(categories=granted) if granted else words["default_denied"]
    yield words["gpc_denies"] if consent.gpc_denies else words["gpc_ignored"]
    yield words["denial"]


def _cookies(site: Site, words: Mapping[str, str]) -> Iterator[str]:
    consent, domain, days = site.facts.consent, site.facts.cookie_domain, COOKIE_LIFE // _DAY
    shared = words["shared"].format(domain=domain) if domain else ""
    year = words["for_days"].format(days=days)
    rows = [
        words["cookies_head"],
        "|---|---|---|",
        f"| {_either(VISITOR_COOKIE, domain, words)} | {year} | {words['visitor_cookie']}{shared} |",
        f"| {_either(ARRIVAL_COOKIE, domain, words)} | {words['minutes']} | {words['arrival_cookie']}{shared} |",
        f"| `{OWN_COOKIE if consent.grants else consent.cookie}` | {year} | {words['consent_cookie']} |",
        f"| `{MEMBER_COOKIE}` | {words['hours']} | {words['member_cookie']} |",
    ]
    if consent.grants:
        rows.insert(-1, f"| `{_cell(consent.cookie)}` | {words['managers']} | {words['manager_cookie']} |")
    yield "\n".join(rows)
    yield words["two_names"]


def _either(cookie: SetCookie, domain: str, words: Mapping[str, str]) -> str:
    """Return the names of a cookie: as this service sets it over HTTPS, and as a CMS does."""
    names = (cookie.name(secure=True, domain=domain), cookie.name(secure=False, domain=domain))
    return words["or"].join(f"`{name}`" for name in names)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


_JA = {
    "title": "{site}の出し分けとプライバシー",
    "this_site": "このサイト",
    "draft": "omo privacy がルールと設定から作った下書きです。公開前に内容を確かめてください。",
    "comma": "、",
    "or": " または ",
    "stored": "保存するものと目的",
    "only_with_consent": "ページの一部を、訪れた方に合わせて変えるために使います。行動の記録は、同意がある場合だけ保存します。",
    "stored_head": "| 保存するもの | 使う場所 | 期間 |",
    "unused": "(現在は使っていません)",
    "visits": "訪問の日時",
    "views": "見たページ(パスとタグ)、商品、カテゴリと日時",
    "orders": "注文と返金(日時、金額、商品、注文番号)",
    "cart": "カートの出し入れ(日時、商品、数量、価格)",
    "events": "その他の行動の名前と日時",
    "shown": "表示した内容と日時",
    "arrival": "今回の訪問のきっかけ(検索語、参照元、広告の名前、最初のページ)",
    "chosen": "ご本人が選んだ地域と、選んだ日時",
    "record": "会員の同意と属性(サイトが登録したもの)",
    "for_days": "{days}日",
    "until_erased": "消すまで",
    "whole_profile": "{days}日のあいだ新しい記録が加わらなければ、すべて消えます。",
    "not_stored": "IPアドレス、そこから推し量った地域、端末、ブラウザの言語は、その場の判断にだけ使い、保存しません。",
    "sensitive_attributes": "次の会員項目は配慮の要る情報なので、保存しません: {names}",
    "sensitive_topics": "次の話題に触れるページや商品は、訪問としてだけ数え、何を見たかは保存しません: {names}",
    "basis": "同意",
    "asked": "同意は、サイトからの連絡、`{header}` ヘッダー、`{cookie}` クッキーの順に確かめます。読めないときは、保存も消去もしません。",
    "unanswered": "同意の画面に答える前(`{sign}` がない間)は、拒否とはみなしません。",
    "personalization": "出し分け(personalization)",
    "measurement": "計測(measurement)",
    "default_denied": "何も示されていないときは、同意がないものとして扱います。",
    "default_granted": "何も示されていないときは、次に同意があるものとして扱います: {categories}",
    "gpc_denies": "ブラウザの Global Privacy Control(`Sec-GPC: 1`)がある間は、同意があっても、行動の記録を保存せず、読まず、消しもしません。",
    "gpc_ignored": "ブラウザの Global Privacy Control(`Sec-GPC: 1`)は考慮しません。",
    "denial": "はっきりした拒否(サイトからの連絡、ヘッダー、クッキーのどれか)が示されると、その端末の記録を消します。",
    "where": "保存する場所と外部送信",
    "external": "**外部送信**: この仕組みが訪問者の情報を外部に送ることはありません(送信先、送信する情報ともになし)。答えはこのサイト(CMS)だけに返します。",
    "contents": "ページに表示する内容に、編集者が外部のタグや画像を入れた場合は、その送信先を別に記してください。",
    "cookies": "クッキー",
    "cookies_head": "| 名前 | 期間 | 目的 |",
    "two_names": "名前が2つあるクッキーは、Omotenashi が HTTPS で設定するときは前の名前、CMS が設定するとき(と HTTPS でないとき)は後の名前です。",
    "visitor_cookie": "同じ端末であることを知るための乱数。同意がある場合だけ。期間は延びません。",
    "arrival_cookie": "今回の訪問のきっかけ(検索語、参照元、広告の名前、最初のページ)。署名付き。同意があり、記録に保存できなかった場合だけ。",
    "minutes": "30分",
    "shared": "`{domain}` とその下のホストで共通です。",
    "consent_cookie": "同意または拒否の記録。`/omo/why` で選んだときに設定します。",
    "manager_cookie": "同意管理ツールの記録。読むだけです。",
    "managers": "同意管理ツールによる",
    "member_cookie": "ログイン中の会員を示す署名付きの札。サイトがログイン時に設定した場合だけ。",
    "hours": "12時間以内",
    "identifiers": "識別子",
    "ids": "訪問者は乱数で、会員は鍵付きのハッシュで区別します。どちらも、そのままの形では保存しません。ログインすると、その端末の記録は会員の記録に移ります。",
    "split_by_id": "いくつかの案を見比べるときは、この識別子から計算して、見せる案を決めます。そのために保存するものはありません。",
    "rights": "ご本人の権利",
    "why_page": "`/omo/why` で、何が何をもとに選ばれているか、何が保存されているかを見て、止める・再び始める・消す・すべて受け取ることができます。",
    "requests": "お問い合わせには、運営者が `omo visitor export ID`、`omo visitor erase ID`、`omo visitor explain ID` で答えられます。{gone}",
}
_EN = {
    "title": "Personalisation and privacy at {site}",
    "this_site": "this site",
    "draft": "A draft that omo privacy made from the rules and settings. Check it before you publish it.",
    "comma": ", ",
    "or": " or ",
    "stored": "What is stored, and for what",
    "only_with_consent": "It is used to suit parts of the pages to those who visit. What somebody does is stored only with consent.",
    "stored_head": "| What | Where it is used | How long |",
    "unused": "(not used at present)",
    "visits": "Dates and times of visits",
    "views": "Pages (path and tags), items and categories looked at, with the time",
    "orders": "Orders and refunds (time, amount, items, order number)",
    "cart": "Changes to the cart (time, item, quantity, price)",
    "events": "Names and times of other actions",
    "shown": "What was shown, with the time",
    "arrival": "How the present visit began (search words, referring page, campaign, first page)",
    "chosen": "The place that somebody chose, and when",
    "record": "A member’s consent and attributes (as the site states them)",
    "for_days": "{days} days",
    "until_erased": "until erased",
    "whole_profile": "After {days} days without anything new, all of it is deleted.",
    "not_stored": "IP address, the place guessed from it, device and browser language are used at the moment only and not stored.",
    "sensitive_attributes": "These attributes of members are sensitive and are not stored: {names}",
    "sensitive_topics": "Pages and items on these topics count as a visit only; what was looked at is not stored: {names}",
    "basis": "Consent",
    "asked": "Consent is read from what the site states, else the header `{header}`, else the cookie `{cookie}`. What cannot be read is neither a consent nor a refusal.",
    "unanswered": "Before the banner was answered (without `{sign}`), nothing counts as a refusal.",
    "personalization": "personalisation",
    "measurement": "measurement",
    "default_denied": "Where nothing is said, there is no consent.",
    "default_granted": "Where nothing is said, consent is taken as given to: {categories}",
    "gpc_denies": "While Global Privacy Control (`Sec-GPC: 1`) is set, what somebody does is not stored, read or erased, whatever the consent.",
    "gpc_ignored": "Global Privacy Control (`Sec-GPC: 1`) is not considered.",
    "denial": "Only a clear refusal (in what the site states, the header or the cookie) deletes what is stored of the device.",
    "where": "Where it is stored, and transmission to third parties",
    "external": "**Transmission to third parties**: none. Answers go to this site (its CMS) only.",
    "contents": "Where editors put tags or images of others into what is shown, name those separately.",
    "cookies": "Cookies",
    "cookies_head": "| Name | Life | Purpose |",
    "two_names": "Of two names, a cookie has the first where Omotenashi sets it over HTTPS, and the second where the CMS sets it (or without HTTPS).",
    "visitor_cookie": "A random number that tells the same device; only with consent. Its life is not prolonged.",
    "arrival_cookie": "How the present visit began (search words, referring page, campaign, first page), signed; only with consent, and where the record could not keep it.",
    "minutes": "30 minutes",
    "shared": " Shared by `{domain}` and the hosts under it.",
    "consent_cookie": "Consent or refusal; set by a choice on `/omo/why`.",
    "manager_cookie": "The consent manager’s record; only read.",
    "managers": "as the consent manager sets it",
    "member_cookie": "A signed token of the member who is logged in, where the site sets it at login.",
    "hours": "12 hours at most",
    "identifiers": "Identifiers",
    "ids": "Visitors are told apart by a random number, members by a keyed hash. Neither is stored as it is. At login, what is stored of the device moves to the member.",
    "split_by_id": "Where several versions are compared, which one is shown is computed from that identifier. Nothing is stored for it.",
    "rights": "Your rights",
    "why_page": "On `/omo/why` you see what is chosen by what and what is stored, and can stop it, start again, erase it or receive all of it.",
    "requests": "The operator answers requests with `omo visitor export ID`, `omo visitor erase ID` and `omo visitor explain ID`. {gone}",
}
_WORDS = {"ja": _JA, "en": _EN}
_WORDS_OF_STORES: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "ja": (
        {
            "here": "このサイトのサーバーにある1つのファイルに保存します。",
            "gone": "消したものは60秒以内にファイルから完全になくなります。",
        },
        {
            "here": "このサイトが運用するデータベースサーバー(Redis または Valkey)に保存します。",
            "gone": "消したものは、データベースサーバーのメモリーと複製からただちになくなります。"
            "サーバーがディスクに書く追記ファイルとスナップショットからは、次の書き直し(BGREWRITEAOF、BGSAVE)でなくなります。",
        },
    ),
    "en": (
        {
            "here": "In one file on this site’s own server.",
            "gone": "What is erased is gone from every file within 60 seconds.",
        },
        {
            "here": "On database servers that this site runs (Redis or Valkey).",
            "gone": "What is erased is gone from the memory of the database servers and their replicas at once, and from the "
            "append-only and snapshot files that they write to disk with the next rewrite (BGREWRITEAOF, BGSAVE).",
        },
    ),
}
"""Where it lies, and when it is gone: in a file, and in Redis or Valkey."""
