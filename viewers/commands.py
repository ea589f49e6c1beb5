"""The commands as Typer declares them: the truth for options, help and usage errors. Never imported by a plain form."""

from typing import Annotated

import typer

from viewers import cli
from viewers.trouble import UsageTrouble

app = typer.Typer(
    name="fleetmeter",
    help="The flight recorder of coding agents. Without a command: record what is new, then show today.",
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Json = Annotated[bool, typer.Option("--json", "-j", help="Print JSON.")]


@app.callback(invoke_without_command=True)
def top(
    context: typer.Context,
    is_version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    if is_version:
        raise typer.Exit(cli.version())
    if context.invoked_subcommand is None:
        raise typer.Exit(cli.bare())


@app.command()
def collect(
    once: Annotated[bool, typer.Option("--once", help="Record all there is, then end.")] = False,
    as_json: Json = False,
) -> None:
    """Record what the agents on this machine have written."""
    raise typer.Exit(cli.collect(once=once, as_json=as_json))


@app.command()
def daily(
    as_json: Json = False,
    since: Annotated[str | None, typer.Option("--since", "-s", metavar="DATE", help="First day: 2026-11-20.")] = None,
    until: Annotated[str | None, typer.Option("--until", "-u", metavar="DATE", help="Last day.")] = None,
    timezone: Annotated[
        str | None,
        typer.Option("--timezone", "-z", metavar="ZONE", help="Whose days: Europe/Berlin.", show_default="local"),
    ] = None,
) -> None:
    """Show tokens by day and model."""
    raise typer.Exit(cli.daily(as_json=as_json, since=since, until=until, timezone=timezone))


@app.command()
def sql(
    statement: Annotated[str, typer.Argument(metavar="SELECT", help="One select over the public views.")],
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    rows: Annotated[int, typer.Option(min=1, help="Stop after so many rows.")] = cli.ROWS,
    seconds: Annotated[float, typer.Option(min=0.1, max=3600, help="Stop after so many seconds.")] = cli.SECONDS,
) -> None:
    """Ask the database; nothing can be changed. Exit code 3: cut at the limit of rows or seconds."""
    raise typer.Exit(cli.sql(statement=statement, as_json=as_json, as_csv=as_csv, rows=rows, seconds=seconds))


@app.command()
def sources(
    as_json: Json = False,
    is_all: Annotated[bool, typer.Option("--all", help="List every file, not only problems and the newest.")] = False,
) -> None:
    """Show which files are read, and how far."""
    raise typer.Exit(cli.sources(as_json=as_json, is_all=is_all))


@app.command()
def rejects(
    as_json: Json = False,
    limit: Annotated[int | None, typer.Option(min=1, help="List so many lines.", show_default="20")] = None,
) -> None:
    """Show which lines were refused, and why."""
    raise typer.Exit(cli.rejects(as_json=as_json, limit=limit))


@app.command()
def agents(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Tell more of this one.")] = None,
    as_json: Json = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print the tables of the README.")] = False,
) -> None:
    """Show which agents are known, where each was looked for, and what its files can tell."""
    raise typer.Exit(cli.agents(name=name, as_json=as_json, as_markdown=as_markdown))


def run(words: list[str]) -> int:
    """Run Typer; a usage error becomes one line, with the nearest thing that exists."""
    command = typer.main.get_command(app)
    try:
        code = command.main(args=words, prog_name="fleetmeter", standalone_mode=False)
    except typer.Abort:
        return cli.INTERRUPTED
    except Exception as error:
        # Which classes these are depends on the version of Typer; what they can say does not.
        say = getattr(error, "format_message", None)
        if say is None:
            raise
        raise UsageTrouble(_sentence(error, say()), hint=_see(error)) from error
    return code if isinstance(code, int) else 0


def _sentence(error: Exception, message: str) -> str:
    words = message.partition(" (Possible options")[0].replace(". Did you mean", "; did you mean")
    words = words.rstrip(".")[:1].lower() + words.rstrip(".")[1:]
    nearest = _nearest(getattr(error, "option_name", ""), getattr(error, "possibilities", None) or [])
    return f"{words}; did you mean {nearest}?" if nearest else words


def _nearest(option: str, possible: list[str]) -> str:
    import difflib

    close = difflib.get_close_matches(option, possible, n=1)
    return close[0] if close else ""


def _see(error: Exception) -> str:
    context = getattr(error, "ctx", None)
    return f"`{getattr(context, 'command_path', 'fleetmeter')} --help` shows what there is"
