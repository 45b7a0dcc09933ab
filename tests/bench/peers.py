"""Other rule engines, each told the same rules in its own words and asked by the call that its own guide recommends.

A block is a flag (a feature, a decision table) with its rules in order. What an engine can parse or compile once, it does
before the clock runs, and so are the visitors made ready in its own form. Where it can leave out counting and events, it
does. An engine that cannot nest gets a row for each conjunction of a rule.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.bench.conditions import (
    AllOf,
    AnyOf,
    Between,
    Condition,
    Has,
    Is,
    Literal,
    Not,
    OneOf,
    Rule,
    Under,
    conjunctions,
    flat,
    not_plain,
)
from tests.bench.guests import Guest
from tests.bench.pools import BLOCKS
from tests.bench.sides import OTHERWISE, Side, by_block


def growthbook(rules: Sequence[Rule]) -> Side:
    """A feature with ordered rules that force a value; one instance, the attributes set for each visitor."""
    from growthbook import GrowthBook  # noqa: PLC0415 only where it is installed

    features = {
        block: {
            "defaultValue": OTHERWISE,
            "rules": [{"condition": _mongo(rule.when), "force": rule.name} for rule in of_block],
        }
        for block, of_block in by_block(rules).items()
    }
    book = GrowthBook(features=features)

    def decide(facts: Any) -> list[str]:
        book.set_attributes(facts)
        return [book.get_feature_value(block, OTHERWISE) for block in BLOCKS]

    return Side("growthbook", Guest.facts, decide, list, version("growthbook"), book.destroy)


def _mongo(condition: Condition) -> dict[str, Any]:
    if isinstance(condition, AllOf):
        return {key: value for part in condition.parts for key, value in _mongo(part).items()}
    if isinstance(condition, AnyOf):
        return {"$or": [_mongo(part) for part in condition.parts]}
    if isinstance(condition, Not):
        return {flat(condition.part.field): {"$not": _mongo(condition.part)[flat(condition.part.field)]}}
    return {flat(condition.field): _mongo_operand(condition)}


def _mongo_operand(one: Literal) -> Any:
    if isinstance(one, OneOf):
        return one.values[0] if len(one.values) == 1 else {"$in": list(one.values)}
    if isinstance(one, Is):
        return one.value
    if isinstance(one, Has):
        return {"$in": list(one.values)}
    if isinstance(one, Under):
        return {"$regex": f"^({'|'.join(one.prefixes)})"}
    if isinstance(one, Between):
        return {"$gte": one.low} if one.high is None else {"$gte": one.low, "$lte": one.high}
    raise not_plain(one)


def launchdarkly(rules: Sequence[Rule]) -> Side:
    """A flag with ordered rules and a variation for each, from a file, without events; a context for each visitor."""
    from ldclient import Config, Context, LDClient  # noqa: PLC0415 only where it is installed
    from ldclient.integrations import Files  # noqa: PLC0415 likewise

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "flags.json"
        flags = {block: _flag(block, of_block) for block, of_block in by_block(rules).items()}
        path.write_text(json.dumps({"flags": flags}))
        source = Files.new_data_source(paths=[str(path)])
        client = LDClient(Config("no-key", update_processor_class=source, send_events=False, diagnostic_opt_out=True))

    def prepare(guest: Guest) -> Any:
        builder = Context.builder(f"visitor-{guest.number}")
        for name, value in guest.facts().items():
            builder.set(name, value)
        return builder.build()

    def decide(context: Any) -> list[str]:
        return [client.variation(block, context, OTHERWISE) for block in BLOCKS]

    return Side("launchdarkly-server-sdk", prepare, decide, list, version("launchdarkly-server-sdk"), client.close)


def _flag(block: str, rules: Sequence[Rule]) -> dict[str, Any]:
    rows = [
        {
            "id": f"{rule.name}/{row}",
            "variation": number,
            "clauses": [clause for one in parts for clause in _clauses(one)],
        }
        for number, rule in enumerate(rules)
        for row, parts in enumerate(conjunctions(rule.when))
    ]
    return {
        "key": block, "version": 1, "on": True, "salt": block, "prerequisites": [], "targets": [], "rules": rows,
        "variations": [*(rule.name for rule in rules), OTHERWISE],
        "fallthrough": {"variation": len(rules)}, "offVariation": len(rules),
    }  # fmt: skip


def _clauses(one: Literal | Not) -> list[dict[str, Any]]:
    negate, literal = (True, one.part) if isinstance(one, Not) else (False, one)
    return [
        {"attribute": flat(literal.field), "op": operator, "values": values, "negate": negate}
        for operator, values in _operators(literal)
    ]


def _operators(one: Literal) -> list[tuple[str, list[Any]]]:
    if isinstance(one, OneOf | Has):
        return [("in", list(one.values))]
    if isinstance(one, Is):
        return [("in", [one.value])]
    if isinstance(one, Under):
        return [("startsWith", list(one.prefixes))]
    if isinstance(one, Between):
        most = [] if one.high is None else [("lessThanOrEqual", [one.high])]
        return [("greaterThanOrEqual", [one.low]), *most]
    raise not_plain(one)


def unleash(rules: Sequence[Rule]) -> Side:
    """A toggle with a strategy for each rule, whose one variant names it. Its contexts hold texts alone, so a list is
    one text of its parts between commas. Asked by the call that counts nothing.
    """
    from yggdrasil_engine.engine import UnleashEngine  # noqa: PLC0415 only where it is installed

    features = [
        {
            "name": block, "type": "release", "enabled": True, "variants": [],
            "strategies": [
                {
                    "name": "default", "parameters": {}, "constraints": [found for one in parts for found in _constraints(one)],
                    "variants": [{"name": rule.name, "weight": 1000, "weightType": "fix", "stickiness": "default"}],
                }
                for rule in of_block for parts in conjunctions(rule.when)
            ],
        }
        for block, of_block in by_block(rules).items()
    ]  # fmt: skip
    engine = UnleashEngine()
    engine.take_state(json.dumps({"version": 2, "features": features}))

    def decide(context: Any) -> list[Any]:
        return [engine.check_variant(block, context).variant for block in BLOCKS]

    def winners(variants: list[Any]) -> list[str]:
        return [variant.name if variant.enabled else OTHERWISE for variant in variants]

    return Side("yggdrasil-engine", _unleash_context, decide, winners, version("yggdrasil-engine"))


def _unleash_context(guest: Guest) -> dict[str, Any]:
    texts = {
        name: f",{','.join(value)},"
        if isinstance(value, list)
        else str(value).lower()
        if isinstance(value, bool)
        else str(value)
        for name, value in guest.facts().items()
    }
    return {"userId": f"visitor-{guest.number}", "properties": texts}


def _constraints(one: Literal | Not) -> list[dict[str, Any]]:
    inverted, literal = (True, one.part) if isinstance(one, Not) else (False, one)
    return [
        {
            "contextName": flat(literal.field),
            "operator": operator,
            "inverted": inverted,
            "caseInsensitive": False,
            **operand,
        }
        for operator, operand in _unleash_operators(literal)
    ]


def _unleash_operators(one: Literal) -> list[tuple[str, dict[str, Any]]]:
    if isinstance(one, OneOf):
        return [("IN", {"values": list(one.values)})]
    if isinstance(one, Is):
        return [("IN", {"values": [str(one.value).lower()]})]
    if isinstance(one, Has):
        return [("STR_CONTAINS", {"values": [f",{value}," for value in one.values]})]
    if isinstance(one, Under):
        return [("STR_STARTS_WITH", {"values": list(one.prefixes)})]
    if isinstance(one, Between):
        most = [] if one.high is None else [("NUM_LTE", {"value": str(one.high)})]
        return [("NUM_GTE", {"value": str(one.low)}), *most]
    raise not_plain(one)


def zen(rules: Sequence[Rule]) -> Side:
    """A graph with a decision table for each block (first hit), compiled once, evaluated once for each visitor."""
    import zen as engine  # noqa: PLC0415 only where it is installed

    tables = [_table(block, of_block) for block, of_block in by_block(rules).items()]
    ends = [
        {"id": kind, "type": f"{kind}Node", "name": kind, "position": {"x": 0, "y": 0}} for kind in ("input", "output")
    ]
    pairs = [pair for block in BLOCKS for pair in (("input", block), (block, "output"))]
    edges = [{"id": f"{a}-{b}", "sourceId": a, "targetId": b, "type": "edge"} for a, b in pairs]
    content = engine.ZenDecisionContent(json.dumps({"nodes": [*ends, *tables], "edges": edges}))
    decision = engine.ZenEngine().create_decision(content)

    def winners(answer: Any) -> list[str]:
        return [answer["result"].get(block, OTHERWISE) for block in BLOCKS]

    return Side("zen-engine", Guest.facts, decision.evaluate, winners, version("zen-engine"))


def _table(block: str, rules: Sequence[Rule]) -> dict[str, Any]:
    rows = [(rule, parts) for rule in rules for parts in conjunctions(rule.when)]
    fields = sorted({flat(_literal(one).field) for _, parts in rows for one in parts})
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": name, "name": name, "field": name} for name in fields],
        "outputs": [{"id": "winner", "name": block, "field": block}],
        "rules": [
            {
                **dict.fromkeys(fields, ""),
                **{flat(_literal(one).field): _cell(one) for one in parts},
                "_id": f"{number}",
                "winner": json.dumps(rule.name),
            }
            for number, (rule, parts) in enumerate(rows)
        ],
    }
    return {"id": block, "type": "decisionTableNode", "name": block, "position": {"x": 0, "y": 0}, "content": content}


def _literal(one: Literal | Not) -> Literal:
    return one.part if isinstance(one, Not) else one


def _cell(one: Literal | Not) -> str:
    if isinstance(one, Not):
        return f"not($ in {_texts(one.part.values if isinstance(one.part, OneOf) else ())})"
    if isinstance(one, OneOf):
        return ", ".join(json.dumps(value, ensure_ascii=False) for value in one.values)
    if isinstance(one, Is):
        return "true" if one.value else "false"
    if isinstance(one, Has):
        return f"some($, # in {_texts(one.values)})"
    if isinstance(one, Under):
        return " or ".join(f"startsWith($, {json.dumps(prefix)})" for prefix in one.prefixes)
    if isinstance(one, Between):
        return f">= {one.low}" if one.high is None else f"[{one.low}..{one.high}]"
    raise not_plain(one)


def _texts(values: Sequence[str]) -> str:
    return json.dumps(list(values), ensure_ascii=False)


def json_logic(rules: Sequence[Rule]) -> Side:
    """An `if` with all rules of a block, as a tree that is interpreted."""
    from json_logic import jsonLogic  # noqa: PLC0415 only where it is installed

    trees: list[Any] = [
        {"if": [*(part for rule in of_block for part in (_logic(rule.when), rule.name)), OTHERWISE]}
        for of_block in by_block(rules).values()
    ]

    def decide(facts: Any) -> list[Any]:
        return [jsonLogic(tree, facts) for tree in trees]

    return Side("panzi-json-logic", Guest.facts, decide, list, version("panzi-json-logic"))


def _logic(condition: Condition) -> dict[str, Any]:
    if isinstance(condition, AllOf | AnyOf):
        operator = "and" if isinstance(condition, AllOf) else "or"
        return {operator: [_logic(part) for part in condition.parts]}
    if isinstance(condition, Not):
        return {"!": [_logic(condition.part)]}
    return _logic_literal(condition, {"var": flat(condition.field)})


def _logic_literal(one: Literal, read: dict[str, str]) -> dict[str, Any]:
    if isinstance(one, OneOf):
        return {"===": [read, one.values[0]]} if len(one.values) == 1 else {"in": [read, list(one.values)]}
    if isinstance(one, Is):
        return {"===": [read, one.value]}
    if isinstance(one, Has):
        return {"or": [{"in": [value, read]} for value in one.values]}
    if isinstance(one, Under):
        return {"or": [{"===": [{"substr": [read, 0, len(prefix)]}, prefix]} for prefix in one.prefixes]}
    if isinstance(one, Between):
        return {">=": [read, one.low]} if one.high is None else {"<=": [one.low, read, one.high]}
    raise not_plain(one)


PEERS: dict[str, Callable[[Sequence[Rule]], Side]] = {
    "growthbook": growthbook,
    "launchdarkly-server-sdk": launchdarkly,
    "yggdrasil-engine": unleash,
    "zen-engine": zen,
    "panzi-json-logic": json_logic,
}
"""By the names under which they install."""
