"""Answers about prices that were asked for before. Every new database asks, each time of a process made for it."""

import json
from collections.abc import Sequence

from store import costs, price_lookup
from store.price_config import Override
from store.price_lookup import Pair, Rate
from store.price_table import version

ANSWERS: dict[tuple[object, ...], list[Rate]] = {}
ASK = price_lookup.look_up


def remember() -> None:
    """From now on a question is asked once in this process."""
    costs.look_up = look_up


def look_up(pairs: Sequence[Pair], config: dict[str, Override], home: str) -> list[Rate]:
    """The same answer to the same question of the same table. An update lies in one data folder, and is asked there."""
    table = version(home)
    if "update" in table:
        return ASK(pairs, config, home)
    question = (price_lookup.START, table, *pairs, json.dumps(config, sort_keys=True))
    if question not in ANSWERS:
        ANSWERS[question] = ASK(pairs, config, home)
    return list(ANSWERS[question])
