"""What is said about experiments (E431–E449)."""

from __future__ import annotations

from omotenashi.language.messages.message import Message

EXPERIMENTS: dict[str, Message] = {
    "E431": Message(
        "実験の id「{value}」はすでに使われています", "the experiment id {value} is already taken",
        "フォルダーの中で、まだ使っていない id にしてください。例: id: {value}-2", "choose an id that no other experiment has, such as id: {value}-2",
    ),
    "E432": Message(
        "同じ実験の中に「{value}」が2つあります", "two variants of this experiment are called {value}",
        "別の名前にしてください。例: {@name}: {value}2", "give one of them another name, such as {@name}: {value}2",
    ),
    "E433": Message(
        "show と experiment は同時には書けません", "show and experiment cannot stand side by side",
        "「{@show}」を消し、見せるものは「{@experiment}」の「{@split}」の1つ1つに書きます", "remove {@show}; what is shown stands in each entry of the experiment's {@split}",
    ),
    "E434": Message(
        "比べる相手がありません(「{value}」だけです)", "there is nothing to compare {value} with",
        "「{@split}」にもう1つ足します。例: 「{value}」を {@share}: 90% にして - {{{@name}: 対照, {@share}: 10%, {@show}: original}}",
        "add another entry to {@split}: give {value} {@share}: 90% and add - {{{@name}: control, {@share}: 10%, {@show}: original}}",
    ),
    "E435": Message(
        "「{@share}」の合計が 100% ではありません({total} です)", "the shares are not 100% together, but {total}",
        "残りをもとのままにするなら、「{@split}」に足します: - {{{@name}: 対照, {@share}: {rest}, {@show}: original}}",
        "to leave the rest as it is, add to {@split}: - {{{@name}: control, {@share}: {rest}, {@show}: original}}",
    ),
    "E436": Message(
        "「{@share}」の合計が 100% ではありません({total} です)", "the shares are not 100% together, but {total}",
        "例: {shares}", "for example {shares}",
    ),
    "E437": Message(
        "「{value}」は割合(%)として読めません", "{value} is not a share in per cent", "例: {@share}: 45%", "for example {@share}: 45%"
    ),
    "E438": Message(
        "「{@share}」は 0% より大きく、100% までです", "a share is more than 0% and at most 100%",
        "例: {@share}: 45%。だれにも見せないものは、「{@split}」から消します", "for example {@share}: 45%; take out what nobody is to see",
    ),
    "E439": Message(
        "「{value}」という id の実験はありません", "there is no experiment with the id {value}",
        "ある実験: {known}", "there are: {known}",
    ),
    "E440": Message(
        "実験「{experiment}」に「{value}」はありません", "the experiment {experiment} has no variant {value}",
        "あるもの: {known}", "there are: {known}",
    ),
    "E441": Message(
        "この訪問者に「{value}」が当たるとは決まっていません", "nothing says that this visitor gets {value}",
        "visitor に書き足します: bucket: {{{experiment}: {value}}}", "add to visitor: bucket: {{{experiment}: {value}}}",
    ),
    "E442": Message(
        "ルール「{value}」に実験はありません", "the rule {value} has no experiment",
        "variant を消してください", "remove variant",
    ),
}  # fmt: skip
