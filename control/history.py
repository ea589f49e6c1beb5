"""What processes used: samples of the last minutes, and the most of every hour, by process and session. Bounded."""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from typing import NamedTuple

from control.process import Process
from control.query import moment
from control.scan import NOTHING, Spent, percent, taken
from store.control_file import read_control, writing
from store.database import transaction
from store.home import StrPath
from store.shown_process import Shown

WIDE_S = 600.0
"""So far back samples are kept, and a process watched."""
APART_S = 4.0
"""Samples are no closer."""
DAY_S = 86_400.0

EARLIER = """
select w.pid, w.born, s.at_s, s.cpu_s, s.tree_cpu_s
from watched as w
join sample as s on s.watched_id = w.watched_id
where s.at_s = (select min(o.at_s) from sample as o where o.watched_id = w.watched_id and o.at_s >= :since)
"""
WATCH = """
insert into watched (pid, born, agent, role, account, project, session_id, state, reason, since, seen_at)
values (:pid, :born, :agent, :role, :account, :project, :session_id, :state, :reason, :at, :at)
on conflict (pid, born) do update set
    since = iif(state = excluded.state, since, excluded.since), state = excluded.state, reason = excluded.reason,
    role = excluded.role, account = excluded.account, project = excluded.project, session_id = excluded.session_id,
    seen_at = excluded.seen_at
returning watched_id
"""
SAMPLE = """
insert into sample (watched_id, at_s, cpu_s, tree_cpu_s, memory, tree_memory)
select :watched_id, :at_s, :cpu_s, :tree_cpu_s, :memory, :tree_memory
where not exists (select 1 from sample where watched_id = :watched_id and at_s > :at_s - :apart_s and at_s <= :at_s)
"""
PEAK = """
insert into peak (watched_id, session_id, hour, samples, memory, tree_memory, cpu_percent)
values (:watched_id, :session_id, :hour, 1, :memory, :tree_memory, :cpu_percent)
on conflict (watched_id, session_id, hour) do update set
    samples = samples + 1,
    memory = max(coalesce(memory, excluded.memory), coalesce(excluded.memory, memory)),
    tree_memory = max(coalesce(tree_memory, excluded.tree_memory), coalesce(excluded.tree_memory, tree_memory)),
    cpu_percent = max(coalesce(cpu_percent, excluded.cpu_percent), coalesce(excluded.cpu_percent, cpu_percent))
"""
FORGET = (
    "delete from sample where at_s < :samples_since or at_s > :now_s + 60",
    "delete from peak where hour < :peaks_since",
    "delete from watched where seen_at < :peaks_since"
    " and not exists (select 1 from peak where peak.watched_id = watched.watched_id)",
)


class Earlier(NamedTuple):
    """What a process had used at some moment of the last minutes."""

    at_s: float
    cpu_s: float | None
    tree_cpu_s: float | None


def earlier(home: StrPath, now_s: float) -> dict[tuple[int, str], Earlier]:
    """Of each process the oldest sample that there is of the last minutes."""
    reader = read_control(home)
    if reader is None:
        return {}
    with closing(reader):
        found = reader.execute(EARLIER, {"since": now_s - WIDE_S}).fetchall()
    return {(pid, born): Earlier(*rest) for pid, born, *rest in found}


def wide(process: Process, found: Mapping[tuple[int, str], Earlier], now_s: float) -> Spent:
    """What it used in the last minutes, as far as they were watched."""
    first = found.get(process.key)
    window_s = now_s - first.at_s if first else 0.0
    if first is None or window_s <= 0:
        return NOTHING
    own, tree = process.entry.cpu_s, taken(process.entry, process.children)
    return Spent(
        window_s,
        None if own is None or first.cpu_s is None else percent(own - first.cpu_s, window_s),
        None if tree is None or first.tree_cpu_s is None else percent(tree - first.tree_cpu_s, window_s),
    )


def remember(home: StrPath, seen: Iterable[tuple[Process, Shown]], now_s: float, keep_days: float) -> None:
    """Keep what was seen, and forget what is old."""
    with writing(home, "remembering processes") as writer, transaction(writer):
        for process, shown in seen:
            _keep(writer, process, shown, now_s)
        since = {"samples_since": now_s - WIDE_S, "now_s": now_s, "peaks_since": moment(now_s - keep_days * DAY_S)}
        for statement in FORGET:
            writer.execute(statement, since)


def _keep(writer: sqlite3.Connection, process: Process, shown: Shown, now_s: float) -> None:
    at = moment(now_s)
    session_id = shown.sessions[0][0] if len(shown.sessions) == 1 else None
    values = {
        "pid": shown.pid, "born": shown.born, "agent": shown.agent, "role": shown.role, "account": shown.account,
        "project": shown.project, "state": shown.state, "reason": shown.reason, "at": at,
    }  # fmt: skip
    ((watched_id,),) = writer.execute(WATCH, {**values, "session_id": session_id}).fetchall()
    sizes = {"memory": shown.memory, "tree_memory": shown.tree_memory, "watched_id": watched_id}
    kept = writer.execute(
        SAMPLE,
        {
            **sizes, "at_s": now_s, "cpu_s": process.entry.cpu_s, "apart_s": APART_S,
            "tree_cpu_s": taken(process.entry, process.children),
        },
    )  # fmt: skip
    if kept.rowcount:
        used = [part for part in (shown.cpu_percent, shown.children_cpu_percent) if part is not None]
        writer.execute(
            PEAK,
            {**sizes, "session_id": session_id or "", "hour": at[:13], "cpu_percent": sum(used) if used else None},
        )
