"""The reports and their options: one table, which the plain forms and Typer's declarations are both made of."""

from store.light import NamedTuple

MODES = ("auto", "calculate", "display")
ORDERS = ("asc", "desc", "cost", "tokens", "name")
DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
"""By the numbers that SQLite gives them."""


class Flag(NamedTuple):
    """An option: its field in Asked, how it is typed, and what it is for. Without a metavar it takes no value."""

    name: str
    words: tuple[str, ...]
    help: str
    metavar: str = ""


class Asked(NamedTuple):
    """What the command line said, as it said it."""

    as_json: bool = False
    as_csv: bool = False
    since: str | None = None
    until: str | None = None
    last: str | None = None
    timezone: str | None = None
    breakdown: bool = False
    instances: bool = False
    project: str | None = None
    branch: str | None = None
    account: str | None = None
    agent: str | None = None
    model: str | None = None
    order: str | None = None
    limit: str | None = None
    compact: bool = False
    no_cost: bool = False
    no_color: bool = False
    mode: str | None = None
    offline: bool = False
    week_start: str | None = None
    id: str | None = None
    active: bool = False
    recent: bool = False
    token_limit: str | None = None
    by: str | None = None
    history: bool = False
    first: str | None = None
    second: str | None = None
    no_start: bool = False
    format: str | None = None
    output: str | None = None


FLAGS = {
    flag.name: flag
    for flag in (
        Flag("as_json", ("--json", "-j"), "Print JSON."),
        Flag("as_csv", ("--csv",), "Print CSV."),
        Flag("since", ("--since", "-s"), "First day: 2026-11-20 or 20261120.", "DATE"),
        Flag("until", ("--until", "-u"), "Last day.", "DATE"),
        Flag("last", ("--last",), "The last days up to today: 28d, 4w.", "TIME"),
        Flag("timezone", ("--timezone", "-z"), "Whose days: Europe/Berlin; without it, this machine's.", "ZONE"),
        Flag("breakdown", ("--breakdown", "-b"), "A line for each model."),
        Flag("instances", ("--instances", "-i"), "Each project by itself."),
        Flag("project", ("--project", "-p"), "Only this project: its path or a part of its name.", "NAME"),
        Flag("branch", ("--branch",), "Only answers on this git branch.", "NAME"),
        Flag("account", ("--account",), "Only this account.", "NAME"),
        Flag("agent", ("--agent",), "Only this agent.", "NAME"),
        Flag("model", ("--model",), "Only this model, or those with this in their names.", "NAME"),
        Flag("order", ("--order", "-o"), "asc, desc, cost, tokens or name; tools and files have others.", "ORDER"),
        Flag("limit", ("--limit",), "Show so many rows: the newest, or the largest.", "N"),
        Flag("compact", ("--compact",), "Fewer columns, as on a narrow terminal."),
        Flag("no_cost", ("--no-cost",), "Leave money out."),
        Flag("no_color", ("--no-color",), "No colour."),
        Flag(
            "mode",
            ("--mode", "-m"),
            "Whose money. calculate: tokens at the prices of their day. display: what agents reported themselves. "
            "auto: reported where an agent did so for every answer of a session and model in a quarter of an hour, "
            "else calculated.",
            "MODE",
        ),
        Flag("offline", ("--offline", "-O"), "Changes nothing: no report ever asks the network."),
        Flag("week_start", ("--week-start",), "The first day of a week; without it, monday.", "DAY"),
        Flag("id", ("--id",), "Only this session: its id, or how that begins; last is the newest.", "ID"),
        Flag("active", ("--active", "-a"), "Only the block that is still open."),
        Flag("recent", ("--recent", "-r"), "Only blocks of the last three days."),
        Flag("no_start", ("--no-start",), "Start no collector where none runs."),
        Flag(
            "token_limit", ("--token-limit", "-t"), "Compare with so many tokens, or with the largest block: max.", "N"
        ),
        Flag("history", ("--history",), "All windows that were read, not only the open ones."),
        Flag("by", ("--by",), "What a row is: session, project, model or day.", "WHAT"),
        Flag(
            "format",
            ("--format", "-f"),
            "csv, json, ndjson or parquet; else as FILE is named.",
            "FORM",
        ),
        Flag("output", ("--output",), "Write this file, whole or not at all, for its owner alone.", "FILE"),
    )
}

OUTPUT = ("as_json", "as_csv")
RANGE = ("since", "until", "last")
FILTERS = ("project", "branch", "account", "agent", "model")
LOOK = ("compact", "no_cost", "no_color", "mode", "offline")
ROWS = (*OUTPUT, *RANGE, "timezone", "breakdown", *FILTERS, "order", "limit", *LOOK)

# Report → what it shows, and its options.
REPORTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "daily": ("Show tokens and money by day.", (*ROWS, "instances")),
    "weekly": ("Show tokens and money by week.", (*ROWS, "instances", "week_start")),
    "monthly": ("Show tokens and money by month.", (*ROWS, "instances")),
    "session": ("Show tokens and money by session.", (*ROWS, "id")),
    "project": ("Show tokens and money by project.", ROWS),
    "model": ("Show tokens and money by model.", ROWS),
    "agent": ("Show tokens and money by agent.", ROWS),
    "branch": ("Show tokens and money by git branch of each project.", ROWS),
    "blocks": (
        "Show windows of five hours: what each held, and where the open one is going.",
        (*OUTPUT, *RANGE, "timezone", *FILTERS, "order", "limit", *LOOK, "active", "recent", "token_limit"),
    ),
    "today": ("Show today by model.", (*OUTPUT, "timezone", *FILTERS, "order", "limit", *LOOK, "no_start")),
    "summary": (
        "Show all in all: totals, the largest of each kind, habits.",
        (*OUTPUT, *RANGE, "timezone", *FILTERS, *LOOK),
    ),
}

WHY = (*OUTPUT, *RANGE, "timezone", "week_start", *FILTERS, "limit", "no_color", "mode", "offline")
"""The options of `why`: those that say which answers a report is made of."""

HAPPENED = (*OUTPUT, *RANGE, "timezone", "project", "account", "agent")
NARROW = (*OUTPUT, *RANGE, "timezone", *FILTERS)
LESS = ("no_color", "offline")

# Where the money went: command → what it shows, its options, and its words.
SPENDING: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "cache": (
        "Show what caches saved, what was written and never read, and what pauses cost that outlived a cache.",
        (*NARROW, "by", "order", "limit", *LESS),
        (),
    ),
    "tools": (
        "Show how often each tool was called, how that ended and how long it took, and which calls of a model failed.",
        (*HAPPENED, "order", "limit", *LESS),
        (),
    ),
    "files": ("Show which files were changed most.", (*HAPPENED, "order", "limit", *LESS), ()),
    "compare": (
        "Compare two ranges, or two sessions, and say what made the difference.",
        (*OUTPUT, "timezone", "week_start", *FILTERS, "mode", *LESS),
        ("first", "second"),
    ),
    "forecast": (
        "Show what this month will have cost at its end, as far as its last days tell.",
        (*OUTPUT, "timezone", *FILTERS, "mode", *LESS),
        (),
    ),
    "anomalies": (
        "Show days and sessions that are out of line with the weeks before, and why.",
        (*OUTPUT, *RANGE, "timezone", *FILTERS, "mode", *LESS),
        (),
    ),
    "budgets": (
        "Show what is spent of each budget of the configuration, and when it will be crossed.",
        (*OUTPUT, "timezone", "mode", *LESS),
        (),
    ),
    "limits": (
        "Show how much of each plan limit is used, when it begins anew, how fast it fills, and where it went.",
        (*OUTPUT, *RANGE, "timezone", "account", "agent", "history", "limit", *LESS),
        (),
    ),
}

WORDS = {
    "first": "A range (last-week, 2026-11, 2026-11-01..2026-11-07) or a session.",
    "second": "Another one, to compare with it.",
}
"""What stands without an option, and what it is for."""

SEARCH = ("as_json", "project", "agent", "since", "until", "limit")
"""The options of `search`."""

EXPORT = (
    "format", "output", *RANGE, "timezone", *FILTERS, "id", "limit", "order", "mode", "week_start", "breakdown",
    "instances",
)  # fmt: skip
"""The options of `export`: what a view or report has no use for, it refuses."""
