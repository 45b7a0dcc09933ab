"""Countries: ISO 3166-1 alpha-2 codes, and the names that Japanese and English editors write most."""

from __future__ import annotations

from omotenashi.model.text import fold

CODES = frozenset(
    (
        "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
        "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO "
        "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE "
        "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO "
        "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW "
        "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM "
        "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW "
    ).split()
)
"""The assigned codes, and XK, by which databases and editors know Kosovo."""
_NAMES = {
    "JP": "日本 日本国 Japan", "US": "アメリカ 米国 アメリカ合衆国 USA", "CN": "中国 China", "TW": "台湾 Taiwan", "KR": "韓国 Korea",
    "HK": "香港", "SG": "シンガポール Singapore", "TH": "タイ Thailand", "VN": "ベトナム Vietnam", "MY": "マレーシア Malaysia",
    "ID": "インドネシア Indonesia", "PH": "フィリピン Philippines", "IN": "インド India", "AU": "オーストラリア Australia",
    "NZ": "ニュージーランド", "GB": "イギリス 英国 UK", "FR": "フランス France", "DE": "ドイツ Germany", "IT": "イタリア Italy",
    "ES": "スペイン Spain", "CA": "カナダ Canada", "BR": "ブラジル Brazil", "MX": "メキシコ Mexico", "RU": "ロシア Russia",
}  # fmt: skip
_BY_NAME = {fold(name): code for code, names in _NAMES.items() for name in names.split()}


def country_code(text: str) -> str | None:
    """Return the ISO code for a code or a name, or None."""
    code = fold(text).upper()
    return code if code in CODES else _BY_NAME.get(fold(text))


def country_names() -> list[str]:
    """Return what may be written, for suggestions."""
    return [*(name for names in _NAMES.values() for name in names.split()), *sorted(CODES)]


def country_name(code: str, language: str) -> str:
    """Return 日本(JP) or Japan (JP), or the code alone where the name in ja or en is not known."""
    names = [name for name in _NAMES.get(code, "").split() if name.isascii() is (language == "en")]
    if not names:
        return code
    return f"{names[0]} ({code})" if language == "en" else f"{names[0]}({code})"
