"""The command line. Plain forms run at once; all others, help and errors go to Typer, which takes a while to import."""

import os
import sys
from collections.abc import Callable
from functools import partial

from store.light import Any, NamedTuple
from viewers.flags import FLAGS, REPORTS

ROWS, SECONDS = 1_000, 1.0

BROKEN_PIPE, INTERRUPTED = 141, 130
COMPLETION = "_FLEETMETER_COMPLETE"


def bare() -> int:
    """Record what is new, then show today."""
    from collector.once import collect_once
    from viewers.today import run

    return run(collect_once)


def version() -> int:
    """Say which version this is."""
    from importlib.metadata import PackageNotFoundError, version

    from viewers.terminal import show

    try:
        show(f"fleetmeter {version('fleetmeter')}")
    except PackageNotFoundError:
        show("fleetmeter, not installed: run from its source")
    return 0


def collect(*, once: bool = False, as_json: bool = False) -> int:
    from viewers.recording import run, serve

    if not once and not as_json:
        from collector.daemon import serve as run_daemon

        return serve(run_daemon)
    from collector.once import collect_once

    return run(collect_once, once=once, as_json=as_json)


def report(name: str, **chosen: Any) -> int:
    """Any of the reports; chosen as in flags.Asked."""
    from viewers.report import run

    return run(name, **chosen)


def sql(
    *, statement: str, as_json: bool = False, as_csv: bool = False, rows: int = ROWS, seconds: float = SECONDS
) -> int:
    from viewers.sql import run

    return run(statement, as_json=as_json, as_csv=as_csv, rows=rows, seconds=seconds)


def sources(*, as_json: bool = False, is_all: bool = False) -> int:
    from viewers.sources import run

    return run(as_json=as_json, is_all=is_all)


def rejects(*, as_json: bool = False, limit: int | None = None) -> int:
    from viewers.rejects import run

    return run(as_json=as_json, limit=limit)


def agents(*, name: str | None = None, as_json: bool = False, as_markdown: bool = False) -> int:
    from collector.agents import look
    from viewers.agents import run

    return run(look, name=name, as_json=as_json, as_markdown=as_markdown)


def prices(*, model: str | None = None, at: str | None = None, tier: str | None = None, as_json: bool = False) -> int:
    from viewers.prices import run

    return run(model=model, at=at, tier=tier, as_json=as_json)


def reprice(*, is_dry: bool = False, as_json: bool = False) -> int:
    from viewers.reprice import run

    return run(is_dry=is_dry, as_json=as_json)


def start() -> int:
    from viewers.running import start

    return start()


def stop() -> int:
    from viewers.running import stop

    return stop()


def restart() -> int:
    from viewers.running import restart

    return restart()


def status(*, as_json: bool = False) -> int:
    from viewers.status import run

    return run(as_json=as_json)


def service(*, act: str, is_dry: bool = False) -> int:
    from collector.agents import variables
    from collector.sources import all_sources
    from viewers.service import run

    return run((name for source in all_sources() for name in variables(source)), act=act, is_dry=is_dry)


def whole(text: str) -> int | None:
    """A number of things as most people write it; Typer judges the rest."""
    return int(text) if text.isascii() and text.isdecimal() and 0 < int(text) < 10**9 else None


def amount(text: str) -> float | None:
    """A number of seconds, likewise."""
    number = float(text) if text.isascii() and text.replace(".", "", 1).isdecimal() else 0.0
    return number if 0.1 <= number <= 3_600 else None


class Plain(NamedTuple):
    """A command as it may be run without Typer: option → name of the parameter. A test holds it to what Typer says."""

    run: Callable[..., int]
    flags: dict[str, str]
    values: dict[str, tuple[str, Callable[[str], object]]]
    words: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    """Words that may follow these."""


JSON = {"--json": "as_json", "-j": "as_json"}


def _report(name: str) -> Plain:
    """A report in its plain form, made from the table of its options."""
    flags = [FLAGS[option] for option in REPORTS[name][1]]
    return Plain(
        partial(report, name),
        {word: flag.name for flag in flags if not flag.metavar for word in flag.words},
        {word: (flag.name, str) for flag in flags if flag.metavar for word in flag.words},
    )


PLAIN = {
    "collect": Plain(collect, {"--once": "once", **JSON}, {}),
    **{name: _report(name) for name in REPORTS},
    "sql": Plain(
        sql, {"--csv": "as_csv", **JSON}, {"--rows": ("rows", whole), "--seconds": ("seconds", amount)}, ("statement",)
    ),
    "sources": Plain(sources, {"--all": "is_all", **JSON}, {}),
    "rejects": Plain(rejects, JSON, {"--limit": ("limit", whole)}),
    "agents": Plain(agents, {"--markdown": "as_markdown", **JSON}, {}, more=("name",)),
    "prices": Plain(prices, JSON, {"--at": ("at", str), "--tier": ("tier", str)}, more=("model",)),
    "reprice": Plain(reprice, {"--dry-run": "is_dry", **JSON}, {}),
    "start": Plain(start, {}, {}),
    "stop": Plain(stop, {}, {}),
    "restart": Plain(restart, {}, {}),
    "status": Plain(status, JSON, {}),
    "service": Plain(service, {"--dry-run": "is_dry"}, {}, ("act",)),
}


def plain(words: list[str]) -> tuple[Callable[..., int], dict[str, object]] | None:
    """What to run with which arguments, if the words are in a plain form."""
    if not words:
        return bare, {}
    if words == ["--version"]:
        return version, {}
    command = PLAIN.get(words[0])
    if command is None:
        return None
    arguments: dict[str, object] = {}
    places = [*command.words, *command.more]
    rest = iter(words[1:])
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


def _calm_output() -> None:
    # A locale that cannot write ≥ costs that sign, never the report.
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def _drop_output() -> None:
    # Python flushes once more when it ends, and would complain that nobody reads.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
