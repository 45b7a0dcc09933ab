"""What is said about warnings (W5xx) and notes (N6xx)."""

from __future__ import annotations

from omotenashi.language.messages.message import Message

ADVICE: dict[str, Message] = {
    "N601": Message(
        "「{@personalization}」に同意していないので、この訪問者の履歴も実験の割り当ても「不明」です",
        "without consent to {@personalization} this visitor's history and experiments are unknown",
        "同意した人なら「{write}」と書きます", "for somebody who consents write {write}",
    ),
    "N603": Message(
        "「{@goal}」だけでは、まだ何も変わりません", "a {@goal} alone changes nothing yet", "「{@cooldown}: 30日」も書くと、目標のあと休みます",
        "with {@cooldown}: 30 days the rule rests after it",
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
}  # fmt: skip
