"""A report as CSV: a record for each row, or with --breakdown for each model of each row."""

from collections.abc import Iterator

from viewers.reports.report import Told
from viewers.reports.usage import Group, Used
from viewers.screen import csv_text
from viewers.screen.csv_text import Value
from viewers.screen.money import amount

SUMS = (
    "input_tokens", "output_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens", "cache_read_tokens",
    "total_tokens", "reasoning_tokens", "web_searches", "responses", "lower_bounds", "subagent_tokens",
    "telemetry_only_tokens",
)  # fmt: skip
MONEY = ("usd", "unpriced_tokens")


def show(told: Told) -> None:
    """All of it on stdout; without totals, for whoever reads it adds up."""
    csv_text.show(*records(told))


def records(told: Told) -> tuple[list[str], Iterator[list[Value]]]:
    """The names, and the values under them."""
    names = [*(["project"] if told.is_split else []), told.report.column.lower()]
    if told.cards:
        names += ["agent", "account", "project", "title", "first_at", "last_at"]
    names += ["agents", "model" if told.asked.breakdown else "models"]
    return [*names, *sum_names(not told.asked.no_cost)], _records(told)


def sum_names(has_cost: bool) -> tuple[str, ...]:
    return (*SUMS, *MONEY) if has_cost else SUMS


def sums(used: Used, has_cost: bool) -> list[Value]:
    """The values under those names; the amount is empty where nothing has a price."""
    values: list[Value] = [getattr(used, name) for name in SUMS]
    if has_cost:
        has_amount = used.usd_nanos or not used.unpriced_tokens
        values += [amount(used.usd_nanos) if has_amount else None, used.unpriced_tokens]
    return values


def _records(told: Told) -> Iterator[list[Value]]:
    has_cost = not told.asked.no_cost
    for group in told.groups:
        names: list[Value] = [*([group.part] if told.is_split else []), *_names(told, group)]
        names.append(" ".join(group.agents))
        if told.asked.breakdown:
            for model, used in group.models.items():
                yield [*names, model, *sums(used, has_cost)]
        else:
            yield [*names, " ".join(group.models), *sums(group.used, has_cost)]


def _names(told: Told, group: Group) -> list[Value]:
    card = told.cards.get(group.key)
    if card is None:
        return [group.key]
    return [card.session_id, card.agent, card.account, card.project, card.title, card.first_at, card.last_at]
