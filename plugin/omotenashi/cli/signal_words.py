"""What `omo signals` says of lines, keys and member tokens that do not count, in Japanese and in English."""

from __future__ import annotations

from omotenashi.cli.common import say
from omotenashi.cli.signal_lines import KEYS, BadLine
from omotenashi.language.report import suggestion

_EXAMPLE = '{"referrer": "https://search.yahoo.co.jp/search?p=靴", "url": "/"}'
WHAT_TO_TYPE = (
    f"1行に1つ、リクエストを JSON で入力してください。例: {_EXAMPLE}(終わるには Ctrl-D)",
    f"Type a request as JSON in each line, such as {_EXAMPLE}; Ctrl-D ends it",
)
_PROBLEMS = {
    "no_json": (
        "JSON として読めません({detail})。1行に1つ、{{…}} の形で書きます",
        "this is no JSON ({detail}); write one request in a line: {{…}}",
    ),
    "no_utf8": ("UTF-8 ではありません。UTF-8 で保存し直してください", "this is not UTF-8; save it again as UTF-8"),
    "no_object": (
        '1つのリクエストを {{"referrer": "…", "url": "…"}} の形で書きます',
        'write one request in the form {{"referrer": "…", "url": "…"}}',
    ),
    "type": (
        '{detail} の値が文字ではありません。"…" の形で書きます(headers は {{"名前": "値"}} か {{"名前": ["値", "値"]}})',
        'the value of {detail} is no text; write "…" (headers: {{"name": "value"}} or {{"name": ["value", "value"]}})',
    ),
    "too_long": ("長すぎます(16 MB まで)", "the line is too long (16 MB at most)"),
}
REFUSALS = {
    "no_key": ("鍵がありません。OMO_MEMBER_KEY に設定します", "there is no key; set OMO_MEMBER_KEY"),
    "unknown_key": ("kid の鍵が OMO_MEMBER_KEY にありません", "OMO_MEMBER_KEY has no key of its kid"),
    "signature": ("署名が鍵に合いません", "the signature does not fit the key"),
    "algorithm": (
        "署名の方式が鍵に合いません(HS256 か EdDSA)",
        "its algorithm is not that of the key (HS256 or EdDSA)",
    ),
    "missing_claim": ("exp・iat・aud のどれかがありません", "exp, iat or aud is missing"),
    "audience": ("aud が omotenashi ではありません", "its aud is not omotenashi"),
    "expired": ("期限が切れています", "it has expired"),
    "not_yet_valid": ("まだ有効ではありません。時計を確かめてください", "it is not valid yet; look at the clocks"),
    "life_too_long": (
        "有効期間が長すぎます(member_token は 5分、クッキー omo_member は 12時間まで)",
        "it lives too long (5 minutes at most as member_token, 12 hours as the cookie omo_member)",
    ),
    "too_long": ("長すぎます(8 KB まで)", "it is too long (8 KB at most)"),
    "malformed": (
        "署名つきトークン(JWT)の形でないか、sub が空です",
        "it has not the form of a signed token (JWT), or its sub is empty",
    ),
}
"""By the reason why a member token does not count."""


def problem(bad: BadLine, language: str) -> str:
    """Return what is wrong with a line, and what to write."""
    return say(language, *_PROBLEMS[bad.kind]).format(detail=bad.detail)


def unknown_key(key: str, language: str) -> str:
    """Return what to say of a key that there is not."""
    meant = suggestion(key, KEYS)
    keys = ", ".join(KEYS)
    ja = f"{meant} ではありませんか" if meant else f"書けるのは {keys} です"
    en = f"did you mean {meant}?" if meant else f"there are {keys}"
    return say(language, f"{key} という項目はありません。{ja}", f"there is no key {key}; {en}")


def uncounted(name: str, count: int, language: str) -> str:
    """Return why a member token does not count, or that attributes do not; `name` as it is counted."""
    reason = name.partition(":")[2]
    if not reason:
        return say(
            language,
            f"会員の属性を {count} 個使いません。site.yaml の attributes に種類どおりに書かれたものだけを使います",
            f"{count} of the member's attributes are not used: those count that site.yaml declares, in their types",
        )
    ja, en = REFUSALS[reason]
    return say(language, f"会員トークンを使いません: {ja}", f"the member token does not count: {en}")
