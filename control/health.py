"""How a process is, with the reason in words. Pure: what is not known never makes one stale."""

from typing import NamedTuple

from control.process import Process
from control.recognise import SERVER, SESSION
from control.scan import NOTHING, Spent
from store.process_config import Processes

WORKING, WAITING, IDLE, STALE, STOPPED, ZOMBIE, ORPHANED, RUNAWAY = (
    "working", "waiting", "idle", "stale", "stopped", "zombie", "orphaned", "runaway",
)  # fmt: skip
FRESH_S = 60.0
"""Who wrote a record so lately works."""
LONG_ENOUGH_S = 10.0
"""A shorter window says nothing of a runaway: every program has busy moments."""
LEAST_S = 0.03
"""A system counts in ticks: whoever was seen in one of them, in a short window, need not have worked."""
GB = 1e9


class Doing(NamedTuple):
    """What is recorded of the sessions of a process: what the newest does, and when anything was last told of them."""

    state: str = ""
    """working, waiting, your_turn, idle, failed, ended; "" where nothing is known."""
    what: str | None = None
    last_s: float | None = None


class Health(NamedTuple):
    """One word, and why."""

    state: str
    reason: str


class Seen(NamedTuple):
    """All that is known of a process, and what is asked of it."""

    process: Process
    spent: Spent
    """What it used just now."""
    doing: Doing
    now_s: float
    limits: Processes
    wide: Spent = NOTHING
    """What it used in the last minutes, as far as they were watched."""

    @property
    def silent_s(self) -> float | None:
        """Since when nothing was told of it; one that began later cannot have told anything before."""
        if self.doing.last_s is None:
            return None
        return max(0.0, self.now_s - max(self.doing.last_s, self.process.entry.began_s or 0.0))

    @property
    def patience_s(self) -> float:
        limits, is_interactive = self.limits, _is_interactive(self.process)
        return 3600 * (limits.interactive_hours if is_interactive else limits.background_hours)

    @property
    def windows(self) -> list[Spent]:
        """Just now, and the last minutes where they were watched."""
        return [self.spent, *([self.wide] if self.wide.window_s else [])]

    @property
    def watched_s(self) -> float:
        return max(used.window_s for used in self.windows)


def judge(seen: Seen) -> Health:
    """How it is."""
    entry = seen.process.entry
    if entry.state == "zombie":
        parent = "unknown" if entry.parent is None else f"process {entry.parent}"
        return Health(ZOMBIE, f"it has ended, and its parent ({parent}) has not reaped it: only that can")
    if entry.state == "stopped":
        return Health(STOPPED, f"a signal stopped it: `kill -CONT {entry.pid}` lets it go on")
    return _runaway(seen) or _active(seen) or _silent(seen)


def _runaway(seen: Seen) -> Health | None:
    memory, limits = seen.process.entry.memory, seen.limits
    if memory is not None and memory > limits.memory_gb * GB:
        return Health(RUNAWAY, f"it holds {memory / GB:.1f} GB by itself, more than {limits.memory_gb:g}")
    used = [used.percent for used in seen.windows]
    if seen.watched_s >= LONG_ENOUGH_S and all(
        percent is not None and percent > limits.cpu_percent for percent in used
    ):
        return Health(
            RUNAWAY,
            f"it uses {used[-1] or 0:.0f}% of a core for {lasting(seen.watched_s)}, more than {limits.cpu_percent:g}",
        )
    return None


def _active(seen: Seen) -> Health | None:
    process, doing, silent_s, used = seen.process, seen.doing, seen.silent_s, seen.spent
    if doing.state == "waiting" and not process.terminal.is_gone:
        return Health(WAITING, f"it waits for you{f': {doing.what}' if doing.what else ''}")
    if _works(used.percent, used.window_s, seen.limits):
        return Health(WORKING, f"it uses {used.percent or 0:.0f}% of a core")
    if _works(used.children_percent, used.window_s, seen.limits):
        return Health(WORKING, f"what it started uses {used.children_percent or 0:.0f}% of a core")
    if used.is_running:
        return Health(WORKING, "it, or what it started, runs whenever it is looked at")
    if silent_s is not None and silent_s < FRESH_S and doing.state in ("working", ""):
        return Health(WORKING, f"its last record is {lasting(silent_s)} old")
    if doing.state == "working" and process.children:
        return Health(WORKING, "its session works" + (f": {doing.what}" if doing.what else ", with what it started"))
    if doing.state == "working" and silent_s is not None and silent_s < seen.patience_s:
        return Health(WORKING, f"its session works: last record {lasting(silent_s)} ago")
    return None


def _silent(seen: Seen) -> Health:
    process, silent_s = seen.process, seen.silent_s
    lost = "; its terminal is gone" if process.terminal.is_gone else ""
    does_nothing = all(_does_nothing(process, used, seen.limits) for used in seen.windows)
    if silent_s is not None and silent_s > seen.patience_s and does_nothing and process.role != SERVER:
        return Health(
            STALE, f"no record for {lasting(silent_s)}, no processor used in {_watched(seen.watched_s)}{lost}"
        )
    if lost:
        return Health(ORPHANED, "its terminal is gone, and nobody can reach it")
    if silent_s is None:
        return Health(IDLE, "it uses nothing; which session it is in is not known")
    if seen.doing.state == "your_turn":
        return Health(IDLE, f"your turn since {lasting(silent_s)}")
    return Health(IDLE, f"last record {lasting(silent_s)} ago")


def _works(percent: float | None, window_s: float, limits: Processes) -> bool:
    return percent is not None and percent >= limits.idle_percent and percent / 100 * window_s >= LEAST_S


def _does_nothing(process: Process, used: Spent, limits: Processes) -> bool:
    parts = (used.percent, used.children_percent) if process.children else (used.percent,)
    return all(percent is not None and percent < limits.idle_percent for percent in parts)


def _is_interactive(process: Process) -> bool:
    """Whether somebody may sit before it: a session with a terminal, or of which nobody can tell."""
    return process.role == SESSION and process.terminal.name != "" and not process.terminal.is_gone


def _watched(window_s: float) -> str:
    return f"{window_s:.1f}s" if window_s < LONG_ENOUGH_S else lasting(window_s)


def lasting(seconds: float) -> str:
    """A duration in two parts at most."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02d}s"
    if whole < 86_400:
        return f"{whole // 3600}h{whole % 3600 // 60:02d}m"
    return f"{whole // 86_400}d{whole % 86_400 // 3600}h"
