"""A campaign to begin with: a rule for its period, and a test at each of its ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from omotenashi.language.begin.words import as_yaml
from omotenashi.language.values import Moment

_DAY = 24 * 60


class Campaign(Struct, frozen=True):
    """What is asked for."""

    name: str
    """Also the value of utm_campaign."""
    block: str
    start: Moment | None
    end: Moment | None


def campaign_file(campaign: Campaign, language: str) -> str:
    """Return a file with a block of its own for a campaign, in ja or en."""
    name, block = as_yaml(campaign.name), as_yaml(campaign.block)
    ja = (
        f"# キャンペーン「{_line(campaign.name)}」。URLに ?utm_campaign=… の付いたお知らせから来た人に出ます。\n"
        f"# ページには、ブロック {_line(campaign.block)} の場所を用意してください。\n"
    )
    en = (
        f"# The campaign “{_line(campaign.name)}”: for those who come by a link with ?utm_campaign=…\n"
        f"# The page needs a place for the block {_line(campaign.block)}.\n"
    )
    return (
        (ja if language == "ja" else en)
        + f"blocks:\n  {block}:\n    label: {name}\n    rules:\n{campaign_rule(campaign, language, 6)}    otherwise: original\n\n"
        + f"tests:\n{campaign_tests(campaign, language, 'original')}"
    )


def campaign_rule(campaign: Campaign, language: str, indent: int) -> str:
    """Return the rule, indented by so many spaces."""
    html = "ここにお知らせの文を書きます。" if language == "ja" else "Write the news here."
    lines = [f"- name: {as_yaml(campaign.name)}", f"  when: {{campaign: {as_yaml(campaign.name)}}}"]
    lines += [f"  from: {_written(campaign.start)}"] if campaign.start else []
    lines += [f"  until: {_written(campaign.end)}"] if campaign.end else []
    lines += ["  show:", "    html: |", f"      <p>{html}</p>"]
    return "".join(f"{' ' * indent}{line}\n" for line in lines)


def campaign_tests(campaign: Campaign, language: str, otherwise: str) -> str:
    """Return tests at both ends of the period, as entries of `tests:`; `otherwise` is what is expected outside."""
    name, block = as_yaml(campaign.name), as_yaml(campaign.block)
    lines = []
    for (ja, en), at, won in _moments(campaign, name, as_yaml(otherwise)):
        said = as_yaml(f"{campaign.name}: {ja if language == 'ja' else en}")
        lines += [f"  - name: {said}", f"    visitor: {{campaign: {name}}}"]
        lines += [f"    at: {at:%Y-%m-%d %H:%M}{f':{at.second:02}' if at.second else ''}"] if at else []
        lines.append(f"    expect: {{{block}: {won}}}")
    return "\n".join(lines) + "\n"


def _moments(campaign: Campaign, name: str, otherwise: str) -> Iterator[tuple[tuple[str, str], datetime | None, str]]:
    minute = timedelta(minutes=1)
    first = _time(campaign.start, 0) if campaign.start else None
    last = _time(campaign.end, _DAY - 1) if campaign.end else None
    if first:
        yield ("始まる1分前はまだ出ない", "not yet, a minute before"), first - minute, otherwise
        yield ("始まった", "it begins"), first, name
    if last:
        yield ("最後の1分まで出る", "until the last minute"), last, name
        yield ("終わったら出ない", "no more, once it is over"), last + minute, otherwise
    if not first and not last:
        yield ("お知らせから来た人に出る", "for those who come by its links"), None, name


def _time(moment: Moment, otherwise: int) -> datetime:
    midnight = datetime(moment.day.year, moment.day.month, moment.day.day)  # noqa: DTZ001 written without a zone
    return midnight + timedelta(
        minutes=otherwise if moment.minute is None else moment.minute, seconds=moment.second or 0
    )


def _written(moment: Moment) -> str:
    day = moment.day.isoformat()
    if moment.minute is None:
        return day
    seconds = f":{moment.second:02}" if moment.second is not None else ""
    return f"{day} {moment.minute // 60:02}:{moment.minute % 60:02}{seconds}"


def _line(text: str) -> str:
    return " ".join(text.split())
