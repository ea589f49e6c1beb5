"""Tokens by local day and model, in the form that every report starts from."""

import json
import sqlite3
import time
from typing import NamedTuple

from viewers import query
from viewers.zone import Zone, shifts


class Used(NamedTuple):
    """Sums of one kind each; a lower bound is an answer whose end was never written."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    cache_read_tokens: int = 0
    responses: int = 0
    lower_bounds: int = 0

    @property
    def cache_write_tokens(self) -> int:
        return self.cache_write_5m_tokens + self.cache_write_1h_tokens

    @property
    def total_tokens(self) -> int:
        return self.input_tokens + self.output_tokens + self.cache_write_tokens + self.cache_read_tokens


class Day(NamedTuple):
    """One local date, its models from the most used to the least."""

    date: str
    used: Used
    models: dict[str, Used]
    agents: list[str]


def days(reader: sqlite3.Connection, zone: Zone, since: str | None, until: str | None) -> list[Day]:
    """Every local date with usage, in order; what bears no time comes last, and only where no range is asked for."""
    found: dict[str, list[tuple[str, str, Used]]] = {}
    for date, agent, model, *sums in query.rows(reader, "daily", shifts=_shifts(zone), since=since, until=until):
        found.setdefault(date, []).append((agent, model, Used(*sums)))
    return [_day(date, rows) for date, rows in found.items()]


def sessions_on(reader: sqlite3.Connection, zone: Zone, date: str) -> int:
    """How many sessions used tokens on that local date."""
    return query.rows(reader, "sessions_on_day", shifts=_shifts(zone), day=date)[0][0]


def total(parts: list[Used]) -> Used:
    """All of them together."""
    return Used(*map(sum, zip(*parts, strict=True))) if parts else Used()


def by_model(parts: list[tuple[str, Used]]) -> dict[str, Used]:
    """Those of one model together, from the most used to the least."""
    models: dict[str, list[Used]] = {}
    for model, used in parts:
        models.setdefault(model, []).append(used)
    summed = {model: total(several) for model, several in models.items()}
    return dict(sorted(summed.items(), key=lambda item: (-item[1].total_tokens, item[0])))


def _day(date: str, rows: list[tuple[str, str, Used]]) -> Day:
    models = by_model([(model, used) for _, model, used in rows])
    return Day(date, total(list(models.values())), models, sorted({agent for agent, _, _ in rows}))


def _shifts(zone: Zone) -> str:
    return json.dumps(shifts(zone, time.time()))
