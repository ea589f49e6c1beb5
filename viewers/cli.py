"""The command line. Plain forms run at once; all others, help and errors go to Typer, which takes a while to import."""

import os
import sys
from collections.abc import Callable

from store.light import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from viewers.entry import Plain

BROKEN_PIPE, INTERRUPTED = 141, 130
COMPLETION = "_FLEETMETER_COMPLETE"


class Area(NamedTuple):
    """Commands that belong together: viewers/entry/ has their plain forms, viewers/commands/ what Typer declares."""

    title: str
    commands: tuple[str, ...]


AREAS = {
    "looking": Area("Looking on", ("tui", "web", "list", "watch", "search")),
    "reports": Area(
        "Reports",
        ("daily", "weekly", "monthly", "session", "project", "model", "agent", "branch", "blocks", "today", "summary"),
    ),
    "spending": Area(
        "Where the money went", ("cache", "tools", "files", "compare", "forecast", "anomalies", "budgets", "limits")
    ),
    "proof": Area("Proof and export", ("why", "export")),
    "asking": Area("Questions", ("sql",)),
    "pricing": Area("Prices", ("prices", "reprice")),
    "alerting": Area("Alerts", ("alerts",)),
    "recording": Area("Recording", ("collect", "start", "stop", "restart", "status", "service")),
    "care": Area("Care of the database", ("doctor", "backup", "restore-backup")),
    "history": Area("History", ("show", "restore", "prune", "verify", "rebuild")),
    "reading": Area("What is read", ("sources", "rejects", "agents")),
    "feeds": Area("What agents tell while they run", ("hooks", "statusline", "telemetry")),
    "processes": Area("Processes", ("ps", "kill", "kill-stale", "pin", "unpin", "sample")),
    "trying": Area("Trying it", ("demo",)),
}


VIEWERS = ("reports", "asking", "pricing", "reading")
"""Areas that show what is recorded: below it they say what is wrong with the recording."""


def bare(*, no_start: bool = False) -> int:
    """On a terminal open the app; elsewhere record what is new, show today, and archive behind it."""
    if _is_watched():
        from viewers.entry.looking import tui

        return tui(no_start=no_start)
    from collector.recording.once import collect_once
    from viewers.collecting.archiving import keep
    from viewers.entry.recording import archive_once
    from viewers.reports.today import run

    code = run(collect_once, no_start=no_start)
    sys.stdout.flush()
    keep(archive_once, is_told=False)
    return code


def _is_watched() -> bool:
    """Whether a person sits at a terminal that an app can draw on."""
    has_face = os.environ.get("TERM", "dumb") != "dumb"
    return has_face and all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def version() -> int:
    """Say which version this is."""
    from importlib.metadata import PackageNotFoundError, version

    from viewers.screen.terminal import show

    try:
        show(f"fleetmeter {version('fleetmeter')}")
    except PackageNotFoundError:
        show("fleetmeter, not installed: run from its source")
    return 0


def forms(area: str) -> "dict[str, Plain]":
    """The plain forms of an area: only that area is imported."""
    return __import__(f"viewers.entry.{area}", fromlist=["PLAIN"]).PLAIN


def form(name: str) -> "Plain | None":
    """The plain form of a command."""
    area = next((area for area, here in AREAS.items() if name in here.commands), None)
    return forms(area)[name] if area else None


def _once() -> "Plain":
    from viewers.entry.looking import ONCE

    return ONCE


def plain(words: list[str]) -> tuple[Callable[..., int], dict[str, object]] | None:
    """What to run with which arguments, if the words are in a plain form."""
    if not words:
        return bare, {}
    if words == ["--version"]:
        return version, {}
    if words == ["--no-start"]:
        return bare, {"no_start": True}
    is_once = words[0] == "--once"
    command = _once() if is_once else form(words[0])
    if command is None:
        return None
    arguments: dict[str, object] = {}
    places = [*command.words, *command.more]
    rest = iter(words if is_once else words[1:])
    for word in rest:
        if word in command.flags:
            arguments[command.flags[word]] = True
            continue
        option, equals, text = word.partition("=")
        if option in command.values and (not equals or option.startswith("--")):
            name, read = command.values[option]
            value = read(text if equals else next(rest, "-"))
            if value is None or (isinstance(value, str) and value.startswith("-")):
                return None
            arguments[name] = value
        elif places and (not word.startswith("-") or " " in word):  # SQL may begin with a comment
            arguments[places.pop(0)] = word
        else:
            return None
    return None if len(places) > len(command.more) else (command.run, arguments)


def main() -> None:
    """The console script."""
    sys.exit(run(sys.argv[1:]))


def run(words: list[str]) -> int:
    """Run a command line and give its exit code; what could be foreseen never becomes a traceback."""
    try:
        _calm_output()
        found = None if COMPLETION in os.environ else plain(words)
        if found is None:
            from viewers.commands import run as run_typer

            code = run_typer(words)
        else:
            command, arguments = found
            code = command(**arguments)
        sys.stdout.flush()
        _tell_what_is_wrong(words)
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return BROKEN_PIPE
    except Exception as error:
        from viewers.trouble import tell

        code = tell(error)
        if code is None:
            raise
        try:
            sys.stdout.flush()
        except OSError:
            _drop_output()
        return code


def _tell_what_is_wrong(words: list[str]) -> None:
    is_viewer = not words or any(words[0] in AREAS[area].commands for area in VIEWERS)
    if is_viewer and sys.stderr.isatty() and not {"--json", "-j", "--csv", "--help", "-h"}.intersection(words):
        from viewers.collecting.notice import tell

        tell()


def _calm_output() -> None:
    # A locale that cannot write ≥ costs that sign, never the report.
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def _drop_output() -> None:
    # Python flushes once more when it ends, and would complain that nobody reads.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
