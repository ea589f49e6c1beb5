"""What `collect` says: a bar while it reads, then one line of what was recorded."""

import os
import sys
import time
from collections.abc import Callable, Mapping
from typing import Protocol

from store import home as homes
from store.lock import Waiting
from viewers.collecting.archiving import Archive, keep
from viewers.screen import format, output, terminal
from viewers.screen.progress import Step, bar
from viewers.screen.text import clean
from viewers.trouble import UsageTrouble


class Summary(Protocol):
    """What the collector tells of one look at everything."""

    @property
    def sources(self) -> int: ...
    @property
    def changed(self) -> int: ...
    @property
    def records(self) -> int: ...
    @property
    def rejected(self) -> int: ...
    @property
    def responses(self) -> int: ...
    @property
    def bytes(self) -> int: ...
    @property
    def looked_in(self) -> tuple[str, ...]: ...
    @property
    def found_in(self) -> tuple[str, ...]: ...
    @property
    def unreadable(self) -> int: ...
    @property
    def mended(self) -> str: ...


# The collector's own function. A viewer may not import it, so the command line hands it in.
Collect = Callable[[str, Mapping[str, str], str, Step | None, Waiting | None], Summary]
Serve = Callable[[str, Mapping[str, str], str, Callable[[], None], Step, Callable[[str], None]], None]


def run(collect: Collect, archive: Callable[[], Archive], *, once: bool, as_json: bool) -> int:
    """Record everything there is, say what was done, and archive behind it."""
    if not once:
        raise UsageTrouble("--json goes with --once", hint="`fleetmeter status --json` tells of a collector that runs")
    began = time.monotonic()
    summary = record(collect)
    took_s = time.monotonic() - began
    if not as_json:
        terminal.show(words(summary, took_s))
        tell_unreadable(summary)
    files, size = keep(archive, is_told=not as_json)
    if as_json:
        output.print_json({**document(summary, took_s), "archivedFiles": files, "archivedBytes": size})
    return 0


def serve(run_daemon: Serve) -> int:
    """Record until a signal ends it, with a bar while a person looks on and much is imported."""
    with bar("importing") as step:
        run_daemon(
            homes.locate(), os.environ, os.path.expanduser("~"), tell_ready, step or (lambda _done, _total: None),
            tell_trouble,
        )  # fmt: skip
    return 0


def tell_trouble(words: str) -> None:
    """What goes wrong is in the log and in `status`; who looks on is told at once."""
    if sys.stderr.isatty():
        terminal.say(clean(words))


def tell_ready() -> None:
    """The collector works, and this terminal is its own."""
    if sys.stderr.isatty():
        terminal.say(f"recording into {clean(homes.locate())} (pid {os.getpid()}); Ctrl+C ends it")


def record(collect: Collect) -> Summary:
    """Record everything there is, with a bar where a person waits."""
    with bar("recording") as step:
        return collect(homes.locate(), os.environ, os.path.expanduser("~"), step, tell_waiting)


def tell_waiting(pid: int, doing: str) -> None:
    """Why nothing happens yet."""
    holder = f"pid {pid}" if pid else "another fleetmeter process"
    terminal.say(f"waiting for {holder}, which is {clean(doing)}…")


def words(summary: Summary, took_s: float) -> str:
    """What was recorded, in one line."""
    if not summary.sources:
        return nowhere(summary)
    took = format.seconds(took_s)
    files = format.things(summary.sources, "file")
    if not summary.records and not summary.rejected:
        return f"nothing new in {files} ({took})"
    if summary.changed < summary.sources:
        files = f"{format.count(summary.changed)} of {files}"
    return (
        f"recorded {format.things(summary.records, 'record')}, {format.count(summary.rejected)} rejected, "
        f"{format.things(summary.responses, 'response')} from {files} ({format.size(summary.bytes)}) in {took}"
    )


def nowhere(summary: Summary) -> str:
    """No agent has written anything on this machine, as far as anyone looked."""
    return f"no agent data on this machine; looked in {', '.join(summary.looked_in)}"


def tell_unreadable(summary: Summary) -> None:
    """What could not be read is said each time, until it can be; and what became of a damaged database."""
    if summary.mended:
        terminal.say(clean(summary.mended))
    if summary.unreadable:
        files = "1 file was" if summary.unreadable == 1 else f"{format.count(summary.unreadable)} files were"
        terminal.say(f"{files} not read; `fleetmeter sources` says why")


def document(summary: Summary, took_s: float) -> dict[str, object]:
    """The same for programs."""
    return {
        "schemaVersion": 1,
        "sources": summary.sources,
        "changed": summary.changed,
        "records": summary.records,
        "rejected": summary.rejected,
        "responses": summary.responses,
        "bytes": summary.bytes,
        "seconds": round(took_s, 3),
        "lookedIn": list(summary.looked_in),
        "foundIn": list(summary.found_in),
        "unreadable": summary.unreadable,
    }
