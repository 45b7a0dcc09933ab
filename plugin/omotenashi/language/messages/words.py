"""What is said about matching keywords (E481–E489)."""

from __future__ import annotations

from omotenashi.language.messages.message import Message

WORDS: dict[str, Message] = {
    "E481": Message(
        "検索語を単語の切れ目で照合するには、追加の辞書(SudachiPy)が必要ですが、入っていません",
        "matching keywords at the borders of words needs the extra SudachiPy, which is not installed",
        'pip install "/path/to/omotenashi[ja]" を実行するか、site.yaml に keyword_matching: scripts と書いてください',
        'run pip install "/path/to/omotenashi[ja]", or write keyword_matching: scripts in site.yaml',
    ),
}  # fmt: skip
