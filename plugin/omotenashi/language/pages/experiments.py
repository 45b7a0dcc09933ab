"""Pages about experiments (E431–E449)."""

from __future__ import annotations

from omotenashi.language.pages.page import Page

_RULE = """\
blocks:
  notice:
    rules:
      - name: クリスマスの帯
        experiment:
          id: xmas
          split:
            - {name: 赤, share: 50%, show: {html: <p>赤い帯</p>}}
            - {name: 対照, share: 50%, show: original}
    otherwise: original
"""
_TWO_RULES = """\
blocks:
  hero:
    rules:
      - name: 大きな絵
        experiment:
          id: winter
          split:
            - {name: 雪, share: 50%, show: {html: <p>雪</p>}}
            - {name: 対照, share: 50%, show: original}
    otherwise: original
  notice:
    rules:
      - name: 帯
        experiment:
          id: winter-notice
          split:
            - {name: 赤, share: 50%, show: {html: <p>赤い帯</p>}}
            - {name: 対照, share: 50%, show: original}
    otherwise: original
"""
_TESTED = (
    _RULE
    + """\
tests:
  - name: 赤い帯
    visitor: {consent: [personalization], bucket: {xmas: 赤}}
    expect: {notice: {rule: クリスマスの帯, variant: 赤}}
"""
)
_PLAIN = """\
blocks:
  notice:
    rules:
      - name: スマホの人
        when: {device: mobile}
        show: {html: <p>アプリもどうぞ</p>}
    otherwise: original
tests:
  - name: スマホ
    visitor: {device: mobile}
    expect: {notice: {rule: スマホの人}}
"""
_HALVES = "share: 50%, show: {html: <p>赤い帯</p>}}"


def _wrong(right: str, *changes: tuple[str, str]) -> str:
    for written, instead in changes:
        right = right.replace(written, instead)
    return right


EXPERIMENTS: dict[str, Page] = {
    "E431": Page(
        "だれに何を見せるかは、実験の id と訪問者から決まります。2つの実験が同じ id だと、いつも同じ人が同じ側になり、どちらの効果なのか分からなくなります。",
        "The id of the experiment and the visitor decide who sees what. Two experiments with one id would always put the same"
        " people on the same side, so nobody could tell which of the two worked.",
        _wrong(_TWO_RULES, ("winter-notice", "winter")),
        _TWO_RULES,
    ),
    "E432": Page(
        "テストや記録では、名前で呼び分けます。同じ名前が2つあると、どちらを見せたのか分かりません。",
        "Tests and records tell variants by their names. With one name for two, nobody knows which of them was shown.",
        _wrong(_RULE, ("name: 対照", "name: 赤")),
        _RULE,
    ),
    "E433": Page(
        "実験のあるルールが見せるものは、split の1つ1つに書きます。show も書くと、どちらを見せるのか決まりません。",
        "What a rule with an experiment shows stands in each entry of its split. With a show beside it there would be two answers.",
        _wrong(_RULE, ("        experiment:\n", "        show: original\n        experiment:\n")),
        _RULE,
    ),
    "E434": Page(
        "実験は、2つ以上を見比べるものです。いまのまま(もとのまま)と比べるなら、対照を1つ足します。",
        "An experiment compares two or more. To compare with the page as it is, add a control that keeps the original.",
        _wrong(
            _RULE,
            (_HALVES, _HALVES.replace("50%", "100%")),
            ("            - {name: 対照, share: 50%, show: original}\n", ""),
        ),
        _RULE,
    ),
    "E435": Page(
        "割合の合計が 100% に足りないと、残りの人に何を見せるのか決まりません。もとのままの「対照」を足すと、効果を比べられます。"
        "0.5% までの端数はかまいません(33% を3つなど)。",
        "Where the shares are less than 100%, nothing says what the rest of the visitors see. A control that keeps the original"
        " takes them, and shows whether the others work. A difference of up to 0.5% is fine (as in three times 33.3%).",
        _wrong(
            _RULE,
            (_HALVES, "share: 40%, show: {html: <p>赤い帯</p>}}"),
            ("{name: 対照, share: 50%, show: original}", "{name: 緑, share: 40%, show: {html: <p>緑の帯</p>}}"),
        ),
        _wrong(
            _RULE,
            (_HALVES, "share: 40%, show: {html: <p>赤い帯</p>}}"),
            (
                "            - {name: 対照, share: 50%",
                "            - {name: 緑, share: 40%, show: {html: <p>緑の帯</p>}}\n            - {name: 対照, share: 20%",
            ),
        ),
    ),
    "E436": Page(
        "割合を全部足すと、ちょうど 100% になるようにします。0.5% までの端数はかまいません。",
        "All shares together make 100%. A difference of up to 0.5% is fine.",
        _wrong(_RULE, (_HALVES, _HALVES.replace("50%", "60%"))),
        _RULE,
    ),
    "E437": Page(
        "割合は % で書きます。0.5 と書くと、半分なのか 0.5% なのか分からないので、受け付けません。",
        "Shares are written in per cent. 0.5 may mean one half or half a per cent, so it is not accepted.",
        _wrong(_RULE, ("50%", "0.5")),
        _RULE,
    ),
    "E438": Page(
        "割合は、見せる人が100人のうち何人かです。100人より多くも、0人にもできません。",
        "A share is how many of a hundred visitors are shown this: no more than all of them, and not none.",
        _wrong(_RULE, (_HALVES, _HALVES.replace("50%", "150%"))),
        _RULE,
    ),
    "E439": Page(
        "テストの bucket には、実験の id と、その人に当たるものを書きます。id が違うと、テストは何も確かめられません。",
        "The bucket of a test names an experiment by its id, and what its visitor gets. With a wrong id the test checks nothing.",
        _wrong(_TESTED, ("bucket: {xmas:", "bucket: {xmsa:")),
        _TESTED,
    ),
    "E440": Page(
        "その実験の split にない名前です。split に書いた名前のとおりに書きます。",
        "The split of that experiment has no entry of this name. Write the name as it stands there.",
        _wrong(_TESTED, ("bucket: {xmas: 赤}", "bucket: {xmas: 青}")),
        _TESTED,
    ),
    "E441": Page(
        "どれが当たるかは人によって違います。当たるものをテストで決めておかないと、テストが通るかどうかが偶然になります。",
        "Who gets what differs from visitor to visitor. Unless the test says what its visitor gets, it would pass by luck.",
        _wrong(_TESTED, (", bucket: {xmas: 赤}", "")),
        _TESTED,
    ),
    "E442": Page(
        "variant は、実験のあるルールについてだけ書けます。ほかのルールが見せるものは1つだけです。",
        "Only a rule with an experiment has variants. Any other rule shows one thing.",
        _wrong(_PLAIN, ("rule: スマホの人}", "rule: スマホの人, variant: 赤}")),
        _PLAIN,
    ),
}
