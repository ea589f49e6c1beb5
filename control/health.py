"""How a process is, with the reason in words. Pure: what is not known never makes one stale."""

from typing import NamedTuple

from control.process import Process
from control.recognise import SERVER, SESSION
from control.scan import Spent
from store.process_config import Processes

WORKING, WAITING, IDLE, STALE, STOPPED, ZOMBIE, ORPHANED, RUNAWAY = (
    "working", "waiting", "idle", "stale", "stopped", "zombie", "orphaned", "runaway",
)  # fmt: skip
STATES = (WORKING, WAITING, IDLE, STALE, STOPPED, ZOMBIE, ORPHANED, RUNAWAY)
FRESH_S = 60.0
"""Who wrote a record so lately works."""
LONG_ENOUGH_S = 10.0
"""A shorter window says nothing of a runaway: every program has busy moments."""
LEAST_S = 0.03
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


def judge(process: Process, spent: Spent, doing: Doing, now_s: float, limits: Processes) -> Health:
    """How it is."""
    entry = process.entry
    if entry.state == "zombie":
        return Health(ZOMBIE, f"it has ended, and its parent ({_pid(entry.parent)}) has not reaped it: only that can")
    if entry.state == "stopped":
        return Health(STOPPED, f"a signal stopped it: `kill -CONT {entry.pid}` lets it go on")
    return (
        _runaway(process, spent, limits)
        or _active(process, spent, doing, now_s, limits)
        or _silent(process, spent, doing, now_s, limits)
    )


def _runaway(process: Process, spent: Spent, limits: Processes) -> Health | None:
    memory, percent = process.entry.memory, spent.percent
    if memory is not None and memory > limits.memory_gb * GB:
        return Health(RUNAWAY, f"it holds {memory / GB:.1f} GB by itself, more than {limits.memory_gb:g}")
    if percent is not None and spent.window_s >= LONG_ENOUGH_S and percent > limits.cpu_percent:
        return Health(
            RUNAWAY,
            f"it uses {percent:.0f}% of a core since {lasting(spent.window_s)}, more than {limits.cpu_percent:g}%",
        )
    return None


def _active(process: Process, spent: Spent, doing: Doing, now_s: float, limits: Processes) -> Health | None:
    silent_s = _silent_s(process, doing, now_s)
    if doing.state == "waiting" and not process.terminal.is_gone:
        return Health(WAITING, f"it waits for you{f': {doing.what}' if doing.what else ''}")
    if _works(spent.percent, spent.window_s, limits):
        return Health(WORKING, f"it uses {spent.percent:.0f}% of a core")
    if _works(spent.children_percent, spent.window_s, limits):
        return Health(WORKING, f"what it started uses {spent.children_percent:.0f}% of a core")
    if silent_s is not None and silent_s < FRESH_S and doing.state in ("working", ""):
        return Health(WORKING, f"its last record is {lasting(silent_s)} old")
    if doing.state == "working" and process.children:
        return Health(WORKING, "its session works" + (f": {doing.what}" if doing.what else ", with what it started"))
    if doing.state == "working" and silent_s is not None and silent_s < _patience_s(process, limits):
        return Health(WORKING, f"its session works: last record {lasting(silent_s)} ago")
    return None


def _silent(process: Process, spent: Spent, doing: Doing, now_s: float, limits: Processes) -> Health:
    silent_s = _silent_s(process, doing, now_s)
    lost = "; its terminal is gone" if process.terminal.is_gone else ""
    is_seen = _does_nothing(spent.percent, limits) and (
        not process.children or _does_nothing(spent.children_percent, limits)
    )
    if silent_s is not None and is_seen and silent_s > _patience_s(process, limits) and process.role != SERVER:
        return Health(
            STALE, f"no record for {lasting(silent_s)}, and no processor used in {spent.window_s:.1f} s{lost}"
        )
    if lost:
        return Health(ORPHANED, "its terminal is gone, and nobody can reach it")
    if silent_s is None:
        return Health(IDLE, "it uses nothing; which session it is in is not known")
    if doing.state == "your_turn":
        return Health(IDLE, f"your turn since {lasting(silent_s)}")
    return Health(IDLE, f"last record {lasting(silent_s)} ago")


def is_interactive(process: Process) -> bool:
    """Whether somebody may sit before it: a session with a terminal, or of which nobody can tell."""
    return process.role == SESSION and process.terminal.name != "" and not process.terminal.is_gone


def _patience_s(process: Process, limits: Processes) -> float:
    return 3600 * (limits.interactive_hours if is_interactive(process) else limits.background_hours)


def _silent_s(process: Process, doing: Doing, now_s: float) -> float | None:
    """Since when nothing was told of it; one that began later cannot have told anything before."""
    if doing.last_s is None:
        return None
    return max(0.0, now_s - max(doing.last_s, process.entry.began_s or 0.0))


def _works(percent: float | None, window_s: float, limits: Processes) -> bool:
    # A system counts in ticks: whoever was seen in one of them, in a short window, need not have worked.
    return percent is not None and percent >= limits.idle_percent and percent / 100 * window_s >= LEAST_S


def _does_nothing(percent: float | None, limits: Processes) -> bool:
    return percent is not None and percent < limits.idle_percent


def _pid(pid: int | None) -> str:
    return "unknown" if pid is None else f"process {pid}"


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
