"""What is said about matching keywords (E481–E489)."""

from __future__ import annotations

from omotenashi.language.messages.message import Message

WORDS: dict[str, Message] = {
    "E481": Message(
        "検索語を形態素で照合するには、追加の部品(SudachiPy)が必要ですが、このパソコンにはありません",
        "matching keywords at morphemes needs the extra SudachiPy, which is not installed here",
        'pip install "omotenashi[ja]" を実行するか、site.yaml に keyword_matching: scripts と書いてください',
        'run pip install "omotenashi[ja]", or write keyword_matching: scripts in site.yaml',
    ),
}  # fmt: skip
