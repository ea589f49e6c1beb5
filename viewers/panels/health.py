"""How the recording is: the collector, what troubles it and what to do, the files that are read, what was refused."""

import os
import sqlite3
from collections.abc import Iterator

from store import archive
from store.archive_pending import Backlog, backlog
from store.database import NAME
from store.errors import FleetmeterError
from store.light import Any, NamedTuple
from viewers import query
from viewers.care import ailments, ailments_recorded
from viewers.care.ailments import BAD, NOTE, OK, WARN, Check, Finding, Patient
from viewers.care.status import NOT_RUNNING, lines
from viewers.panels.gauges import spark
from viewers.panels.ink import Ink, Line, Panel, Row, apart, cell, one
from viewers.panels.search import LATE
from viewers.screen import format
from viewers.screen.secrets import hide
from viewers.screen.text import clean, cut_left, short_path, wrapped
from viewers.trouble import explain

KEEP_S = 2.0
REJECTS = 50
LAGS = 60
MARKS = {OK: ("✓", "ok"), NOTE: ("·", "muted"), WARN: ("◆", "warn"), BAD: ("✗", "bad")}
STATES = {"read": "", "unreadable": "bad", "unreachable": "warn"}

# Those of `doctor` that take no longer than a glance: whether every page is right, it alone looks.
CHECKS: tuple[tuple[str, Check], ...] = (
    ("collector", ailments.collector), ("disk", ailments.disk), ("data folder", ailments.folder),
    ("data folder", ailments.leftovers), ("configuration", ailments.configuration), ("sqlite", ailments.sqlite),
    ("watches", ailments.watches), ("aside", ailments_recorded.aside), ("prices", ailments_recorded.prices),
    ("archive", ailments_recorded.archive), ("backups", ailments_recorded.backup),
)  # fmt: skip


class Health(NamedTuple):
    """The answer."""

    home: str
    status: dict[str, Any]
    lags: tuple[float, ...]
    findings: tuple[tuple[str, str, str, str], ...]
    """Each a name, a state, words and advice; the worst first."""
    sources: tuple[tuple[str, int, int, int, int], ...]
    reasons: tuple[tuple[str, int, int, int], ...]
    rejects: tuple[tuple[Any, ...], ...]
    not_indexed: int
    archive: Backlog | None


class Memory:
    """The last answer, and how far behind the collector was each time that it was asked."""

    def __init__(self) -> None:
        self.read_s = 0.0
        self.found: Health | None = None
        self.lags: list[float] = []


def read(reader: sqlite3.Connection, memory: Memory, now_s: float) -> Health:
    """The collector is asked over its socket, the rest of the database."""
    if memory.found is not None and 0 <= now_s - memory.read_s < KEEP_S:
        return memory.found
    home = os.path.dirname(reader.execute("pragma database_list").fetchone()[2])
    patient = Patient(home, lambda: ())
    if "lagSeconds" in patient.status:
        memory.lags = [*memory.lags, float(patient.status["lagSeconds"])][-LAGS:]
    order = (BAD, WARN, NOTE, OK)
    findings = sorted(_findings(patient), key=lambda one: order.index(one.state))
    ((left,),) = query.rows(reader, "search_left")
    memory.read_s = now_s
    memory.found = Health(
        home, patient.status, tuple(memory.lags),
        tuple((one.name, one.state, one.words, one.advice) for one in findings),
        tuple(query.rows(reader, "source_counts")), tuple(query.rows(reader, "reject_counts")),
        tuple(query.rows(reader, "rejects", limit=REJECTS)), left or 0, _archive(home),
    )  # fmt: skip
    return memory.found


def _archive(home: str) -> Backlog | None:
    try:
        return backlog(home)
    except (FleetmeterError, sqlite3.Error, OSError):
        return None  # told by a check


def _findings(patient: Patient) -> Iterator[Finding]:
    for name, check in CHECKS:
        try:
            yield from check(patient, name)
        except Exception as error:  # noqa: BLE001 - a check that fails is a finding, and the screen stays
            yield Finding(name, BAD, *(explain(error) or (f"{type(error).__name__}: {error}", "")))


def collector(found: Health, columns: int) -> Panel:
    """What the collector says of itself."""
    if not found.status.get("isRunning"):
        words = clean(NOT_RUNNING.format(home=short_path(found.home)))
        parts = enumerate(wrapped(words, columns))
        return Panel("Collector", tuple(one(str(at), (part, "warn")) for at, part in parts), "stopped", "warn")
    rows: list[Row] = []
    if found.lags:
        most = max(found.lags)
        left: Line = (cell("lag", 12, "muted"), (f"{found.lags[-1]:.2f} s, most {most:.2f} s  ", ""))
        rows.append(Row("lags", (apart(left, (spark(found.lags[-max(columns - 40, 1) :]),), columns),)))
    for at, text in enumerate(clean(hide(line)) for line in lines(found.status)):
        for number, part in enumerate(_hung(text, columns)):
            label, words = (" " * 12, part) if number else (part[:12], part[12:])
            rows.append(one(f"{at} {number}", (label, "muted"), (words, "")))
    return Panel("Collector", tuple(rows), str(found.status.get("state", "")), "ok")


def _hung(text: str, columns: int) -> list[str]:
    """A line of a label and words, in as many as it takes."""
    first, *rest = wrapped(text, max(columns, 20))
    more = [part for line in rest for part in wrapped(line, max(columns - 12, 8))]
    return [first, *more]


def findings(found: Health, columns: int) -> Panel:
    """What is not well, and what to do; then what is well."""
    rows: list[Row] = []
    for number, (name, state, words, advice) in enumerate(found.findings):
        mark, style = MARKS[state]
        parts = wrapped(clean(hide(words)), max(columns - 16, 10))
        body: list[Line] = [((f"{mark} ", style), cell(name, 14, "muted" if state == OK else "bold"), (parts[0], ""))]
        body += [((" " * 16, ""), (part, "")) for part in parts[1:]]
        if advice and state != OK:
            body += [((" " * 14, ""), ("→ " if not at else "  ", "accent"), (part, "accent"))
                     for at, part in enumerate(wrapped(clean(advice), max(columns - 16, 10)))]  # fmt: skip
        rows.append(Row(f"{number} {name}", tuple(body)))
    bad, warn = (sum(one[1] == state for one in found.findings) for state in (BAD, WARN))
    fact = f"{format.things(bad, 'trouble')}, {format.things(warn, 'warning')}" if bad or warn else "all is well"
    return Panel("What to do", tuple(rows), fact, "bad" if bad else "warn" if warn else "ok")


def files(found: Health, columns: int) -> Panel:
    """The files by state, and the size of what is kept of them."""
    rows: list[Row] = []
    for state, count, size, records, _ in found.sources:
        inks: tuple[Ink, ...] = (
            cell(state, 14, STATES.get(state, "muted")), cell(format.count(count), 9, is_right=True),
            cell(format.size(size or 0), 9, "muted", is_right=True),
            cell(f"{format.count(records or 0)} records", max(columns - 33, 0), "muted", is_right=True),
        )  # fmt: skip
        rows.append(one(f"state {state}", *inks))
    kept = found.archive
    if kept is not None:
        whole = kept.kept_bytes + kept.bytes
        rows.append(_said("archived", f"{format.size(kept.kept_bytes)}, {format.percent(kept.kept_bytes, whole)}"))
        if kept.files:
            rows.append(_said("waiting", f"{format.things(kept.files, 'file')}, {format.size(kept.bytes)}"))
        if kept.lost_files:
            rows.append(_said("lost", f"{format.things(kept.lost_files, 'file')}, gone before all was archived"))
    for name, file in (("database", NAME), ("its log", f"{NAME}-wal"), ("archive", archive.NAME)):
        path = os.path.join(found.home, file)
        rows.append(_said(name, format.size(os.path.getsize(path) if os.path.exists(path) else 0)))
    if found.not_indexed >= LATE:
        rows.append(_said("search", f"{format.count(found.not_indexed)} entries are not indexed yet"))
    return Panel("Files", tuple(rows), format.things(sum(row[1] for row in found.sources), "file"))


def _said(name: str, words: str) -> Row:
    return one(name, cell(name, 14, "muted"), (words, ""))


def rejects(found: Health, columns: int) -> Panel:
    """Why lines were refused, and the last of them. Nothing is thrown away."""
    rows = [
        one(f"reason {number}", cell(format.count(count), 7, "bold", is_right=True), (f"  {clean(reason)}", "warn"),
            (f"  in {format.things(files_, 'file')}", "muted"))
        for number, (reason, count, files_, _) in enumerate(found.reasons)
    ]  # fmt: skip
    for number, (_, _, path, _, _, at, _, reason, excerpt) in enumerate(found.rejects):
        text = bytes(excerpt).decode("utf-8", "replace") if isinstance(excerpt, bytes) else str(excerpt)
        place = f"{cut_left(clean(os.path.basename(path)), 24)} byte {format.count(at)}"
        rows.append(
            one(
                f"line {number}",
                cell(clean(reason), 26, "warn"),
                cell(f"  {place}", 44, "muted"),
                (hide(clean(text)), ""),
            )
        )
    total = sum(count for _, count, _, _ in found.reasons)
    return Panel("Rejected lines", tuple(rows), f"{format.count(total)} · kept all the same" if total else "",
                 empty="every line was understood")  # fmt: skip
