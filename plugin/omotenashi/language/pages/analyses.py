"""Pages about what the analyses find (E491–E499, W511–W549, N602, N641–N649)."""

from __future__ import annotations

from omotenashi.language.pages.page import Page


def _hero(rules: str, tests: str, before: str = "") -> str:
    """A file with one block: its rules (lines that begin with -) and the tests of the block."""
    indented = "".join(f"      {line}\n" for line in rules.strip().splitlines())
    examples = "".join(f"  {line}\n" for line in tests.strip().splitlines())
    return f"{before}blocks:\n  hero:\n    rules:\n{indented}    otherwise: original\n" + (
        f"tests:\n{examples}" if examples else ""
    )


_CAMPAIGN = "- {name: 冬, when: {campaign: winter}, show: nothing}"
_CAMPAIGN_TEST = "- {name: 冬の広告, visitor: {campaign: winter}, expect: {hero: 冬}}"
_TOKYO = "- {name: 東京, when: {prefecture: 東京都}, show: nothing}"
_TOKYO_TEST = "- {name: 東京の人, visitor: {prefecture: 東京都}, expect: {hero: 東京}}"
_KANTO = "- {name: 関東, when: {area: 関東}, show: original}"
_KANTO_TEST = "- {name: 千葉の人, visitor: {prefecture: 千葉県}, expect: {hero: 関東}}"
_WORD = "- {{name: 靴, when: {{keyword: {word}}}, show: nothing}}"
_WORD_TEST = "- {name: 靴の人, visitor: {keyword: 運動靴}, expect: {hero: 靴}}"
_VISITS = "- {name: 二度目, when: {visits: {at_least: 2}}, show: nothing}"
_VISITS_TEST = "- {name: また来た人, visitor: {visits: 2, consent: personalization}, expect: {hero: 二度目}}"
_SPLIT = """\
- name: 帯
  when: {{consent: personalization}}
  experiment:
    id: winter
    goal: purchase
    split:
      - {{name: 赤, share: 50%, show: {{html: <p>赤</p>}}}}
      - {{name: 緑, share: 50%, show: {{html: <p>{text}</p>}}}}
"""
_SPLIT_TEST = """\
- name: 赤の人
  visitor: {consent: personalization, bucket: {winter: 赤}}
  expect: {hero: {rule: 帯, variant: 赤}}
"""

ANALYSES: dict[str, Page] = {
    "E491": Page(
        "when: に並べた条件は、すべて当てはまったときだけ働きます。東京都にいて関西にもいる人はいないので、このルールはだれにも表示されません。",
        "Conditions side by side in when: must all hold. Nobody is in Tokyo and in Kansai, so nobody would ever see this rule.",
        _hero("- {name: 東京と関西, when: {prefecture: 東京都, area: 関西}, show: nothing}", ""),
        _hero(
            "- {name: 東京と関西, when: {any: [{prefecture: 東京都}, {area: 関西}]}, show: nothing}",
            "- {name: 東京の人, visitor: {prefecture: 東京都}, expect: {hero: 東京と関西}}",
        ),
    ),
    "E492": Page(
        "条件や期間、曜日が食い違っていて、このルールが表示されることは一度もありません。東京都は関東にあるので、関東でない東京都の人はいません。",
        "Conditions, period or days rule each other out, so this would never show. Tokyo lies in Kanto: nobody is in Tokyo but not in Kanto.",
        _hero("- {name: 東京, when: {prefecture: 東京都, not: {area: 関東}}, show: nothing}", ""),
        _hero("- {name: 東京, when: {prefecture: 東京都, not: {device: mobile}}, show: nothing}",
              "- {name: 東京のパソコン, visitor: {prefecture: 東京都, device: desktop}, expect: {hero: 東京}}"),
    ),
    "E493": Page(
        "広告から来なかった人の campaign は「空」だとわかっています。「不明」になるのは、地域や端末など、調べてもわからないことがあるものだけです。",
        "Of a visitor who came by no campaign it is known that there is none. Only what cannot always be found out can be unknown.",
        _hero("- {name: 広告以外, when: {campaign: unknown}, show: nothing}", ""),
        _hero(
            "- {name: 広告以外, when: {not: {campaign: winter}}, show: nothing}",
            "- {name: 広告なし, visitor: {}, expect: {hero: 広告以外}}",
        ),
    ),
    "E494": Page(
        "この条件は、だれにも当てはまりません。ログインしている人もしていない人も除くと、残る人はいません。",
        "This condition matches nobody: without those who are logged in and those who are not, no one is left.",
        _hero("- {name: 来ない人, when: {not: {any: [{logged_in: yes}, {logged_in: no}]}}, show: nothing}", ""),
        _hero("- {name: 来る人, when: {not: {logged_in: yes}}, show: nothing}",
              "- {name: ゲスト, visitor: {}, expect: {hero: 来る人}}"),
    ),
    "W511": Page(
        "ルールは上から順に試され、はじめに当てはまったものが使われます。関東のルールが上にあると、東京都の人にはいつもそちらが表示されます。"
        "せまい条件のルールを上に置いてください。",
        "Rules are tried from top to bottom, and the first that matches wins. With Kanto on top, people in Tokyo always get Kanto. Put the narrower rule first.",
        _hero(f"{_KANTO}\n{_TOKYO}", f"{_KANTO_TEST}\n- {{name: 東京, visitor: {{}}, expect: {{hero: 東京}}}}"),
        _hero(f"{_TOKYO}\n{_KANTO}", f"{_TOKYO_TEST}\n{_KANTO_TEST}"),
    ),
    "W512": Page(
        "any: や not: の中の組み合わせが、だれにも当てはまりません。その部分は、あってもなくても同じです。",
        "A combination under any: or not: matches nobody: it makes no difference whether it stands there.",
        _hero(
            "- {name: 東京, when: {any: [{prefecture: 東京都}, {area: 関西, prefecture: 千葉県}]}, show: nothing}", _TOKYO_TEST
        ),
        _hero("- {name: 東京, when: {any: [{prefecture: 東京都}, {prefecture: 千葉県}]}, show: nothing}", _TOKYO_TEST),
    ),
    "W513": Page(
        "条件も表示も同じルールが2つあります。片方を直しても、もう片方が残って、思ったとおりに変わらないことがあります。",
        "Two rules ask for the same and show the same. Who changes one of them will wonder why the other still shows.",
        _hero(
            _CAMPAIGN + "\n- {name: 冬その2, when: {campaign: winter}, show: nothing}",
            _CAMPAIGN_TEST + "\n- {name: 二つ目, visitor: {}, expect: {hero: 冬その2}}",
        ),
        _hero(_CAMPAIGN, _CAMPAIGN_TEST),
    ),
    "W514": Page(
        "any: や not: の中に、だれにも当てはまらない条件があります。その部分は、あってもなくても同じです。",
        "A condition under any: or not: matches nobody: it makes no difference whether its part stands there.",
        _hero(
            "- {name: 東京, when: {any: [{prefecture: 東京都}, {campaign: unknown, device: mobile}]}, show: nothing}", _TOKYO_TEST
        ),
        _hero("- {name: 東京, when: {any: [{prefecture: 東京都}, {device: mobile}]}, show: nothing}", _TOKYO_TEST),
    ),
    "W521": Page(
        "セグメントは、ルールの when: で使われてはじめて働きます。消し忘れか、名前の使い忘れかもしれません。",
        "A segment does something only where a rule names it in when:. It may be left over, or the rule may lack it.",
        _hero(_CAMPAIGN, _CAMPAIGN_TEST, "segments:\n  tokyo: {when: {prefecture: 東京都}}\n"),
        _hero(
            "- {name: 東京, when: {segment: tokyo}, show: nothing}", _TOKYO_TEST, "segments:\n  tokyo: {when: {prefecture: 東京都}}\n"
        ),
    ),
    "W522": Page(
        "コンテンツは、ルールの show: か otherwise: に名前が書かれてはじめて表示されます。",
        "A content shows only where show: or otherwise: names it.",
        _hero(_CAMPAIGN, _CAMPAIGN_TEST, "contents:\n  sale: {html: <p>セール</p>}\n"),
        _hero(
            "- {name: 冬, when: {campaign: winter}, show: sale}", _CAMPAIGN_TEST, "contents:\n  sale: {html: <p>セール</p>}\n"
        ),
    ),
    "W523": Page(
        "テストは、どんな人にどのルールが使われるはずかの例です。例があれば、あとでだれかがルールを変えたときに、思わぬ変化に気づけます。",
        "A test is an example of who should get which rule. With examples, an unwanted change is noticed later on.",
        _hero(f"{_CAMPAIGN}\n{_TOKYO}", _CAMPAIGN_TEST),
        _hero(f"{_CAMPAIGN}\n{_TOKYO}", f"{_CAMPAIGN_TEST}\n{_TOKYO_TEST}"),
    ),
    "W524": Page(
        "閲覧や購入の履歴も、実験の割り振りも、同意した人の分しかありません。同意していない人には、このブロックのルールはどれも働かず、otherwise: が表示されます。",
        "There is a history only of visitors who consented. All others get otherwise: whatever the rules say.",
        _hero(_VISITS, _VISITS_TEST),
        _hero(_VISITS, _VISITS_TEST).replace("    rules:", "    needs_consent: personalization\n    rules:"),
    ),
    "W525": Page(
        "どの割り振りも同じものを表示するので、比べても違いは出ません。",
        "All variants show the same, so there is nothing to compare.",
        _hero(_SPLIT.format(text="赤"), _SPLIT_TEST),
        _hero(_SPLIT.format(text="緑"), _SPLIT_TEST),
    ),
    "W531": Page(
        "キーワードは、語として入っているときだけ当てはまります。1文字だけの語は、ほかの文字に続いているとほとんど見つかりません。",
        "A keyword matches where it stands as a word. A single character is hardly ever found beside others.",
        _hero(_WORD.format(word="[運動靴, く]"), _WORD_TEST),
        _hero(_WORD.format(word="[運動靴, くつ]"), _WORD_TEST),
    ),
    "W532": Page(
        "contains: は、語の途中にあっても当てはまります。1文字では、関係のない検索語にも当てはまってしまいます。",
        "contains: matches within words, too. A single character is in very many queries that have nothing to do with it.",
        _hero(_WORD.format(word="{contains: 靴}"), _WORD_TEST),
        _hero(_WORD.format(word="{contains: 運動靴}"), _WORD_TEST),
    ),
    "W533": Page(
        "「*」が何にでも当てはまるのは、ページと参照元だけです。キャンペーンなどの値は、書いたとおりの文字と比べられます。",
        "Only pages and referrers know * for anything. Campaigns and other values are compared letter by letter.",
        _hero('- {name: 冬, when: {campaign: "winter*"}, show: nothing}', _CAMPAIGN_TEST.replace("winter", '"winter*"')),
        _hero("- {name: 冬, when: {campaign: [winter, winter-line]}, show: nothing}", _CAMPAIGN_TEST),
    ),
    "N602": Page(
        "閲覧や購入の履歴は、同意した人の分しかありません。同意していない人にはそのルールは当てはまらず、次のルールが試されます。",
        "Only visitors who consented have a history or take part in experiments. For others such a rule does not match, and the next one is tried.",
        _hero(f"{_VISITS}\n{_TOKYO}", f"{_VISITS_TEST}\n{_TOKYO_TEST}"),
        _hero(
            f"- {{name: 二度目, when: {{visits: {{at_least: 2}}, consent: personalization}}, show: nothing}}\n{_TOKYO}",
            f"{_VISITS_TEST}\n{_TOKYO_TEST}",
        ),
    ),
    "N641": Page(
        "テストは、どんな人にどのルールが使われるはずかの例です。例を書いておくと、公開する前に omo test で確かめられます。",
        "A test is an example of who should get which rule. omo test tries them before anything is published.",
        _hero(_CAMPAIGN, ""),
        _hero(_CAMPAIGN, _CAMPAIGN_TEST),
    ),
    "N642": Page(
        "until: の日を過ぎたので、このルールはもう表示されません。次の催しに使い回すか、消してください。",
        "The day in until: is over, and the rule shows no more. Use it for what comes next, or remove it.",
        _hero("- {name: 夏, until: 2020-08-31, show: nothing}", "- {name: 夏のうち, visitor: {}, at: 2020-08-01, expect: {hero: 夏}}"),
        _hero("- {name: 夏, until: 2999-08-31, show: nothing}", "- {name: 夏のうち, visitor: {}, expect: {hero: 夏}}"),
    ),
    "N643": Page(
        "「靴」は「革靴」や「靴下」の一部としては見つかりません。どれを対象にしたいかを、語で並べると確実です。",
        "靴 is not found as a part of 革靴 or 靴下. List the words that are meant.",
        _hero(_WORD.format(word="[運動靴, 靴]"), _WORD_TEST),
        _hero(_WORD.format(word="[運動靴, 革靴]"), _WORD_TEST),
    ),
    "N644": Page(
        "漢字1文字は、続く漢字と切り離して読まれるときだけ当たります。「山」は「富士山」には当たり、「登山」には当たりません。どれを対象にしたいかを、語で並べると確実です。",
        "One kanji is found where it is read apart from the kanji beside it: 山 is found in 富士山 and not in 登山. List the words that are meant.",
        _hero(_WORD.format(word="[運動靴, 靴]"), _WORD_TEST),
        _hero(_WORD.format(word="[運動靴, 革靴]"), _WORD_TEST),
        site="version: 1\nname: 試験の店\nlanguage: ja\nkeyword_matching: morphemes\n",
    ),
}  # fmt: skip
