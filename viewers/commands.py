"""The commands as Typer declares them: the truth for options, help and usage errors. Never imported by a plain form."""

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Annotated, Any

import typer

from viewers import cli
from viewers.flags import FLAGS, REPORTS
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
    once: Annotated[bool, typer.Option("--once", help="Record all there is, then end; without it, go on.")] = False,
    as_json: Json = False,
) -> None:
    """Record what the agents on this machine have written."""
    raise typer.Exit(cli.collect(once=once, as_json=as_json))


def _report(name: str) -> Callable[..., None]:
    """A report as Typer wants it: a function whose signature has the options of the table."""

    def command(**chosen: Any) -> None:
        raise typer.Exit(cli.report(name, **chosen))

    parameters = [
        Parameter(
            flag.name,
            Parameter.KEYWORD_ONLY,
            default=None if flag.metavar else False,
            annotation=Annotated[
                str | None if flag.metavar else bool,
                typer.Option(*flag.words, help=flag.help, metavar=flag.metavar or None),
            ],
        )
        for flag in (FLAGS[option] for option in REPORTS[name][1])
    ]
    setattr(command, "__signature__", Signature(parameters))  # noqa: B010 - a checker knows no such attribute
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return command


for _name, (_help, _) in REPORTS.items():
    app.command(_name, help=_help)(_report(_name))


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


@app.command()
def prices(
    model: Annotated[str | None, typer.Argument(metavar="[MODEL]", help="Explain this one; or: update.")] = None,
    at: Annotated[str | None, typer.Option(metavar="DATE", help="Of that day: 2026-11-20.")] = None,
    tier: Annotated[str | None, typer.Option(metavar="TIER", help="Under a tier: fast, priority.")] = None,
    as_json: Json = False,
) -> None:
    """Show what models cost, since when, and where that was found; those without a price first.

    `prices update` fetches a newer table; nothing else ever asks the network.
    """
    raise typer.Exit(cli.prices(model=model, at=at, tier=tier, as_json=as_json))


@app.command()
def reprice(
    is_dry: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    as_json: Json = False,
) -> None:
    """Make all costs anew from today's prices, and say what changed."""
    raise typer.Exit(cli.reprice(is_dry=is_dry, as_json=as_json))


@app.command()
def start() -> None:
    """Start a collector that records all the time, whatever becomes of this terminal."""
    raise typer.Exit(cli.start())


@app.command()
def stop() -> None:
    """Stop the collector of this data folder."""
    raise typer.Exit(cli.stop())


@app.command()
def restart() -> None:
    """Stop the collector, and start it again."""
    raise typer.Exit(cli.restart())


@app.command()
def status(as_json: Json = False) -> None:
    """Show whether a collector runs, how far it is, and what troubles it. Exit code 1: none runs."""
    raise typer.Exit(cli.status(as_json=as_json))


@app.command()
def service(
    act: Annotated[str, typer.Argument(metavar="install|uninstall|status", help="What to do.")],
    is_dry: Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")] = False,
) -> None:
    """Let the system start the collector at each login: a systemd user unit, or a launchd agent."""
    raise typer.Exit(cli.service(act=act, is_dry=is_dry))


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
