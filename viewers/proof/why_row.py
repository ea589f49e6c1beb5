"""What `why` is asked of: one row of a report, by the name that the report shows, or by a part of it."""

import difflib
import re
import sqlite3
from collections.abc import Callable
from datetime import date as Date

from store.light import NamedTuple
from viewers.reports.blocks import BLOCK_S, Block, blocks
from viewers.reports.dates import date_of, day_after, seconds_of, utc
from viewers.reports.flags import Asked
from viewers.reports.report import cards_of
from viewers.reports.scope import Scope, narrowed
from viewers.reports.usage import Group, Used, groups, total
from viewers.reports.zone import today
from viewers.trouble import UsageTrouble

UNKNOWN = "unknown"
TOTAL, BLOCK = "total", "block"
REPORTS = {"daily": "day", "weekly": "week", "monthly": "month", "today": "day", "summary": TOTAL}
NAMED = {"agent": "agents", "model": "models", "session": "sessions", "project": "projects", "branch": "branch"}
"""What has a name → where a scope holds it."""
KINDS = (TOTAL, "day", "week", "month", BLOCK, *NAMED)
SHAPES = (
    (re.compile(r"today|yesterday|\d{4}-\d{2}-\d{2}|\d{8}"), "day"),
    (re.compile(r"\d{4}-W\d{1,2}", re.IGNORECASE), "week"),
    (re.compile(r"\d{4}-\d{2}"), "month"),
    (re.compile(r"(gap-)?\d{4}-\d{2}-\d{2}[T ].*|active"), BLOCK),
)
EXAMPLES = "like 2026-11-20, 2026-W47, 2026-11, or the name of a model, project, branch, agent or session"


class Row(NamedTuple):
    """A row, understood: the scope holds nothing else."""

    kind: str
    name: str
    scope: Scope
    is_unknown: bool = False
    """It is of what bears no time, or lies in no project, or on no branch."""
    block: Block | None = None


def row_of(words: list[str], scope: Scope, reader: sqlite3.Connection) -> Row:
    """The row that these words name: its kind and its name, or one of both where that is clear."""
    if not words or words in ([TOTAL], ["summary"]):
        return Row(TOTAL, "", scope)
    if len(words) == 1:
        return _guessed(words[0], scope, reader)
    return _finder(_kind(words[0]))(words[1], scope, reader)


def reported(reader: sqlite3.Connection, row: Row) -> Used:
    """The figure of the row as its report shows it, made of the sums that reports are made of."""
    if row.block is not None:
        return row.block.used
    by = "day" if row.kind == TOTAL else row.kind
    scope = row.scope
    if row.is_unknown and by in NAMED:
        scope = scope._replace(**{NAMED[by]: None})
    found = groups(reader, scope, by)
    return total([group.used for group in found if not row.is_unknown or group.key == UNKNOWN])


def _kind(word: str) -> str:
    known = {**{kind: kind for kind in KINDS}, **{f"{kind}s": kind for kind in KINDS}, "branches": "branch", **REPORTS}
    if word.lower() not in known:
        close = difflib.get_close_matches(word.lower(), known, n=1)
        hint = f"did you mean {close[0]}?" if close else f"the kinds are {', '.join(KINDS)}"
        raise UsageTrouble(f"no report has rows of the kind {word!r}", hint=hint)
    return known[word.lower()]


def _finder(kind: str) -> Callable[[str, Scope, sqlite3.Connection], Row]:
    finders = {"day": _day, "week": _week, "month": _month, BLOCK: _block}
    if kind == TOTAL:
        raise UsageTrouble("the total has no name", hint="`fleetmeter why total`, with --since and --until for a range")
    return finders.get(kind) or (lambda name, scope, reader: _named(kind, name, scope, reader))


def _guessed(word: str, scope: Scope, reader: sqlite3.Connection) -> Row:
    """By its form, or else by what is recorded under that name."""
    for shape, kind in SHAPES:
        if shape.fullmatch(word):
            return _finder(kind)(word, scope, reader)
    if word.lower() == UNKNOWN:
        return _day(UNKNOWN, scope, reader)
    found: list[Row] = []
    hints: list[str] = []
    for kind in NAMED:
        try:
            found.append(_named(kind, word, scope, reader))
        except UsageTrouble as trouble:
            hints.append(trouble.hint)
    exact = [row for row in found if _is_exact(row, word)] or found
    if not exact:
        near = next((hint for hint in hints if hint.startswith(("did you mean", "write more"))), EXAMPLES)
        raise UsageTrouble(f"no row of any report is called {word!r}", hint=near)
    if len(exact) > 1:
        kinds = " and ".join(f"a {row.kind}" for row in exact)
        raise UsageTrouble(f"{word!r} may be {kinds}", hint=f"say which: `fleetmeter why {exact[0].kind} {word}`")
    return exact[0]


def _is_exact(row: Row, word: str) -> bool:
    return word.lower().rstrip("/") in (row.name.lower(), row.name.rstrip("/").rpartition("/")[2].lower())


def _day(name: str, scope: Scope, _: sqlite3.Connection) -> Row:
    if name.lower() == UNKNOWN:
        return Row("day", UNKNOWN, scope, is_unknown=True)
    date = today(scope.zone, scope.now_s)
    if name == "yesterday":
        date = day_after(date, -1)
    elif name != "today":
        date = date_of(name, "day") or ""
    return Row("day", date, _between(scope, date, date))


def _week(name: str, scope: Scope, _: sqlite3.Connection) -> Row:
    """By its number, or by any of its days."""
    if name.lower() == UNKNOWN:
        return Row("week", UNKNOWN, scope, is_unknown=True)
    numbers = re.fullmatch(r"(\d{4})-W(\d{1,2})", name, re.IGNORECASE)
    try:
        day = Date.fromisocalendar(int(numbers[1]), int(numbers[2]), 1) if numbers else None
    except ValueError as error:
        raise UsageTrouble(f"there is no week {name!r}", hint="weeks are numbered from 1 to 52 or 53") from error
    day = day or Date.fromisoformat(date_of(name, "week") or "")
    first = day_after(day.isoformat(), -((day.isoweekday() - scope.week_start) % 7))
    return Row("week", first, _between(scope, first, day_after(first, 6)))


def _month(name: str, scope: Scope, _: sqlite3.Connection) -> Row:
    if name.lower() == UNKNOWN:
        return Row("month", UNKNOWN, scope, is_unknown=True)
    if not re.fullmatch(r"\d{4}-?\d{2}", name):
        raise UsageTrouble(f"month {name!r} is not a month", hint="write it as 2026-11")
    first = f"{name[:4]}-{name[-2:]}"
    date_of(f"{first}-01", "month")
    following = day_after(f"{first}-01", 31)[:8] + "01"
    return Row("month", first, _between(scope, f"{first}-01", day_after(following, -1)))


def _block(name: str, scope: Scope, reader: sqlite3.Connection) -> Row:
    """By its id, by the local time that its table shows, or by any time in it."""
    known = [block for block in blocks(reader, scope, scope.now_s) if not block.is_gap]
    if name == "active":
        found = [block for block in known if block.is_active]
    else:
        at_s = _instant(name, scope)
        found = [block for block in known if block.start_s <= at_s < block.start_s + BLOCK_S]
    if not found:
        last = f"; the last one is {known[-1].id}" if known else ""
        raise UsageTrouble(f"no block is {name!r}", hint=f"`fleetmeter blocks` shows all of them{last}")
    return Row(BLOCK, found[0].id, scope._replace(since=None, until=None), block=found[0])


def _instant(name: str, scope: Scope) -> float:
    text = name.removeprefix("gap-").replace(" ", "T")
    try:
        at_s = seconds_of(text if len(text) > len("2026-11-20T14") else text + ":00")
    except ValueError as error:
        raise UsageTrouble(f"block {name!r} is not a time", hint="write it as 2026-11-20T14:00") from error
    return at_s if text.endswith("Z") else at_s - scope.zone.offset(int(at_s))


def _named(kind: str, name: str, scope: Scope, reader: sqlite3.Connection) -> Row:
    if kind == "project" and name.lower() == UNKNOWN:
        held = (UNKNOWN,) if scope.projects is None else ()
        return Row(kind, UNKNOWN, scope._replace(projects=held), is_unknown=True)
    if kind == "branch":
        return _branch(name, scope, reader)
    field = NAMED[kind]
    bare = Scope(scope.zone, scope.now_s)
    asked = Asked()._replace(**{"id" if kind == "session" else kind: name})
    names: tuple[str, ...] = getattr(narrowed(bare, asked, reader), field)
    held = getattr(scope, field)
    narrow = scope._replace(**{field: names if held is None else tuple(one for one in names if one in held)})
    shown = _ids(names, reader) if kind == "session" else names
    return Row(kind, ", ".join(map(str, shown)), narrow)


def _branch(name: str, scope: Scope, reader: sqlite3.Connection) -> Row:
    """Of all projects that have one of that name, or with --project of one."""
    is_unknown = name.lower() == UNKNOWN
    if not is_unknown:
        narrowed(Scope(scope.zone, scope.now_s), Asked(branch=name), reader)
    if scope.branch not in (None, name):
        scope = scope._replace(sessions=())  # two branches at once: none
    return Row("branch", name, scope._replace(branch=name), is_unknown)


def _ids(keys: tuple[str, ...], reader: sqlite3.Connection) -> list[str]:
    cards = cards_of(reader, [Group("", str(key), Used(), {}, []) for key in keys])
    return list(dict.fromkeys(card.session_id for card in cards.values()))


def _between(scope: Scope, first: str, last: str) -> Scope:
    """Of the range that was asked for, those days."""
    return scope._replace(since=max(first, scope.since or first), until=min(last, scope.until or last))


def quarters(row: Row) -> tuple[str | None, str | None]:
    """From which quarter of an hour to which a block goes, as answers bear them."""
    if row.block is None:
        return None, None
    return utc(row.block.start_s)[:16], utc(row.block.end_s)[:16]
