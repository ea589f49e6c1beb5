"""What there are alerts for: one table, from which the configuration, the collector and the README are made."""

from store.light import NamedTuple


class Rule(NamedTuple):
    """One cause of alerts, as it is without a word in the configuration."""

    name: str
    what: str
    """What the level is, for people."""
    unit: str
    threshold: float
    cooldown_minutes: float
    most: float = 1e9
    is_below: bool = False
    """Whether it is too little that there is an alert for, and not too much."""
    outranks: str = ""
    """The milder rule that says nothing new where this one speaks."""
    title: str = ""
    """The first words of a message."""


RULES = (
    Rule("context", "how full the context of a session is, where its window is told", "%", 80, 30, 100,
         title="Context is filling up"),
    Rule("auto_compact", "how near the context is to the size at which the last automatic compactions of the account "
         "happened, or to the whole window where none is recorded", "%", 95, 30, 100, outranks="context",
         title="Context is about to be compacted"),
    Rule("limit", "how much of a plan limit is used", "%", 80, 60, 100, title="Plan limit is near"),
    Rule("limit_full", "the same, when hardly anything is left", "%", 95, 60, 100, outranks="limit",
         title="Plan limit is nearly reached"),
    Rule("budget", "how much of a budget is spent", "%", 80, 360, 1000, title="Budget is nearly spent"),
    Rule("budget_full", "the same, when all of it is spent", "%", 100, 360, 1000, outranks="budget",
         title="Budget is spent"),
    Rule("waiting", "how long a session waits for a permission or an answer of yours", "s", 120, 2,
         title="Waiting for you"),
    Rule("long_turn", "how long a turn took that has ended, while nothing new was asked", "min", 10, 5,
         title="A long turn has ended"),
    Rule("tool_failures", "how many calls of tools failed in a row, in one thread of a session", "calls", 5, 30, 20,
         title="Tools fail in a row"),
    Rule("cost_spike", "what today cost (at least 5 dollars), against the mean of the seven days before", "%", 300, 720,
         title="Today costs more than usual"),
    Rule("lag", "how long what agents wrote waits to be recorded", "s", 30, 30, title="The collector is behind"),
    Rule("rejects", "how many lines were rejected within ten minutes", "lines", 20, 60, title="Lines are rejected"),
    Rule("log_held_up", "how much of the database's log a program that reads it keeps from being emptied", "MB", 64, 60,
         title="The database's log is held up"),
    Rule("stale_process", "for how long a process of an agent has been stale, and not pinned", "min", 1, 720,
         title="A process is stale"),
    Rule("zombie_process", "for how long a process of an agent has ended without being reaped", "min", 5, 720,
         title="A process has ended and is not reaped"),
    Rule("runaway_process", "for how long a process of an agent has used more than it may", "min", 1, 60,
         title="A process uses too much"),
    Rule("disk", "how much room the disk of the data folder has", "MB", 500, 360, is_below=True,
         title="The disk is nearly full"),
)  # fmt: skip
BY_NAME = {rule.name: rule for rule in RULES}
LOUDER = {rule.outranks: rule.name for rule in RULES if rule.outranks}
"""The milder rule of two → the louder one."""


class Setting(NamedTuple):
    """A rule as the user wants it."""

    is_on: bool
    threshold: float
    cooldown_minutes: float


DEFAULTS = {rule.name: Setting(True, rule.threshold, rule.cooldown_minutes) for rule in RULES}


def markdown() -> list[str]:
    """The table of the README."""
    rows = [
        f"| `{rule.name}` | {rule.what} | {'<' if rule.is_below else '≥'} {rule.threshold:g} {rule.unit} | "
        f"{rule.cooldown_minutes:g} min |"
        for rule in RULES
    ]
    return ["| rule | what is measured | `threshold` | `cooldown_minutes` |", "|---|---|---|---|", *rows]
