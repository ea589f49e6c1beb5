"""What was used: the sums of groups, and of models within them. One calculation, which every report takes its figures
from."""

import sqlite3

from store.light import Any, NamedTuple
from viewers import query
from viewers.reports.scope import Scope

# Where the rows of a question are read: the coarser the faster, and all three give the same sums.
DAYS, QUARTER_HOURS, RESPONSES = "days", "quarter_hours", "responses"
OF_SESSIONS = frozenset({"session", "project"})
"""Groups that only rows which know their session can make."""


KINDS = 5
"""The kinds of tokens, which come first: all of them together are the tokens of an answer."""


class Used(NamedTuple):
    """Sums of one kind each; a lower bound is an answer whose end was never written."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    cache_read_tokens: int = 0
    reasoning_tokens: int = 0
    web_searches: int = 0
    responses: int = 0
    lower_bounds: int = 0
    usd_nanos: int = 0
    unpriced_responses: int = 0
    unpriced_tokens: int = 0
    subagent_tokens: int = 0
    subagent_usd_nanos: int = 0
    telemetry_only_tokens: int = 0

    @property
    def cache_write_tokens(self) -> int:
        return self.cache_write_5m_tokens + self.cache_write_1h_tokens

    @property
    def total_tokens(self) -> int:
        return sum(self[:KINDS])


class Group(NamedTuple):
    """What one row of a report holds; its models from the most used to the least."""

    part: str
    """The project, where each is shown by itself."""
    key: str
    used: Used
    models: dict[str, Used]
    agents: list[str]


def groups(reader: sqlite3.Connection, scope: Scope, by: str, *, is_split: bool = False) -> list[Group]:
    """Every group with usage, by its key; what bears no time comes last, and only where no range is asked for."""
    source = source_of(reader, scope, is_split or by in OF_SESSIONS, by)
    found: dict[tuple[str, Any], list[tuple[str, str, Used]]] = {}
    for part, key, agent, model, *sums in query.grouped(reader, source, **parameters(scope, by, is_split=is_split)):
        found.setdefault((part, key), []).append((agent, model, Used(*sums)))
    return [_group(part, str(key), rows) for (part, key), rows in found.items()]


def source_of(reader: sqlite3.Connection, scope: Scope, needs_sessions: bool, by: str = "") -> str:
    """The coarsest rows that can answer."""
    if scope.branch is not None or by == "branch":
        return RESPONSES
    if needs_sessions or scope.projects is not None or scope.sessions is not None:
        return QUARTER_HOURS
    return QUARTER_HOURS if query.rows(reader, "is_unsettled")[0][0] else DAYS


def parameters(scope: Scope, by: str, *, is_split: bool = False) -> dict[str, Any]:
    """What the query is asked with."""
    return {**scope.parameters(), "by": by, "is_split": is_split}


def total(parts: list[Used]) -> Used:
    """All of them together."""
    return Used(*map(sum, zip(*parts, strict=True))) if len(parts) > 1 else parts[0] if parts else Used()


def by_model(parts: list[tuple[str, Used]]) -> dict[str, Used]:
    """Those of one model together, from the most used to the least."""
    summed = dict(parts)
    if len(summed) < len(parts):
        models: dict[str, list[Used]] = {}
        for model, used in parts:
            models.setdefault(model, []).append(used)
        summed = {model: total(several) for model, several in models.items()}
    if len(summed) < 2:
        return summed
    return dict(sorted(summed.items(), key=lambda item: (-sum(item[1][:KINDS]), item[0])))


def all_models(groups: list[Group]) -> dict[str, Used]:
    """The models of all groups together."""
    return by_model([part for group in groups for part in group.models.items()])


def _group(part: str, key: str, rows: list[tuple[str, str, Used]]) -> Group:
    models = by_model([(model, used) for _, model, used in rows])
    return Group(part, key, total([used for _, _, used in rows]), models, sorted({agent for agent, _, _ in rows}))
