"""A report for people: a line for each row, its models, the total."""

import os

from store import home as homes
from viewers.reports.report import Told
from viewers.reports.scope import Scope
from viewers.reports.usage import Group, Used, all_models
from viewers.reports.usage_table import API_VALUE, Line, Look, noted, short_names, table, wrapped
from viewers.screen import format, terminal
from viewers.screen.table import Column
from viewers.screen.text import short_path

MODELS = Column("Models", least=10, dispensable=2)
WIDEST_NAME = 24
PROJECT = Column("Project", least=10, keeps_end=True)
WORDS = {
    "daily": "day", "weekly": "week", "monthly": "month", "session": "session", "project": "project",
    "model": "model", "agent": "agent", "branch": "branch",
}  # fmt: skip
INDENT = "\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}"


def show(told: Told) -> None:
    """All of it on stdout; nothing at all where there is nothing."""
    if told.groups:
        terminal.show(*wrapped([headline(told)]), "", *body(told), *budget_lines(told.scope, told.asked.no_cost))


def budget_lines(scope: Scope, has_none: bool = False) -> list[str]:
    """How the budgets of the configuration stand, where it has any."""
    home = homes.locate()
    if has_none or not os.path.exists(os.path.join(home, "config.toml")):
        return []
    from viewers.reports.budgets import sentences  # most machines have no such file

    told = sentences(home, scope)
    return ["", *wrapped(told)] if told else []


def headline(told: Told) -> str:
    """What it shows, and of which days."""
    what = "Tokens" if told.asked.no_cost else f"Tokens and {API_VALUE if told.plan else 'cost'}"
    days = f" since {told.scope.since}" if told.scope.since else ""
    days += f" until {told.scope.until}" if told.scope.until else ""
    return f"{what} by {WORDS[told.report.name]}{days} in {told.scope.zone.name}"


def body(told: Told) -> list[str]:
    """The table and what is to be said of it."""
    models = all_models(told.every)
    names = short_names(list(models))
    has_models = told.report.name != "model"
    sums = [line for group in told.groups for line in _lines(told, group, names, has_models)]
    if len(told.groups) > 1:
        sums.append(_total(told, models, has_models))
    # Below a row each model has a line of its own: its name says more than how often the cache was written.
    widest = max(map(len, names.values()), default=0) + len(INDENT)
    of_models = MODELS._replace(least=min(widest, WIDEST_NAME), dispensable=0) if told.asked.breakdown else MODELS
    first = (*([PROJECT] if told.is_split else []), _name_column(told), *([of_models] if has_models else []))
    unpriced = {names[model]: used.unpriced_tokens for model, used in models.items() if used.unpriced_tokens}
    shown = table(first, sums, look_of(told), unpriced)
    if told.omitted:
        more = f"{format.things(told.omitted, 'row')} more; the total is of all."
        shown += ["", *noted([more])]
    return shown


def look_of(told: Told) -> Look:
    """How the user wants to see it."""
    return Look(told.asked.compact, not told.asked.no_cost, told.plan)


def _name_column(told: Told) -> Column:
    least = {"project": 12, "model": 12, "session": 18}.get(told.report.name, 0)
    return Column(told.report.column, least=least, keeps_end=told.report.name == "project")


def _lines(told: Told, group: Group, names: dict[str, str], has_models: bool) -> list[Line]:
    name = _name(told, group, names)
    parts = (group.part and short_path(group.part),) if told.is_split else ()
    listed = ", ".join(names[model] for model in group.models)
    whole = Line((*parts, name, *([listed] if has_models else [])), group.used)
    if not told.asked.breakdown or not has_models or len(group.models) < 2:
        return [whole]
    return [
        Line((*parts, name, format.things(len(group.models), "model")), group.used),
        *(
            Line((*("" for _ in parts), "", INDENT + names[model]), used, "dim", False)
            for model, used in group.models.items()
        ),
    ]


def _name(told: Told, group: Group, names: dict[str, str]) -> str:
    if told.report.name == "model":
        return names[group.key]
    card = told.cards.get(group.key)
    if card is None:
        return short_path(group.key) if told.report.name == "project" else group.key
    return f"{card.session_id[:8]} {card.title or short_path(card.project or '')}".rstrip()


def _total(told: Told, models: dict[str, Used], has_models: bool) -> Line:
    blank = ("",) * told.is_split
    counted = (format.things(len(models), "model"),) if has_models else ()
    return Line(("Total", *blank, *counted), told.total, "bold", False)
