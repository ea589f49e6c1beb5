"""The application that Typer runs: its help by area, and usage errors as one line."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from viewers import cli
from viewers.trouble import UsageTrouble


class ByArea(TyperGroup):
    """Lists the commands area by area."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [name for area in cli.AREAS.values() for name in area.commands]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        width = max(len(name) for name in self.commands)
        for area in cli.AREAS.values():
            with formatter.section(area.title):
                limit = formatter.width - 6 - width
                rows = [(name.ljust(width), self.commands[name].get_short_help_str(limit)) for name in area.commands]
                formatter.write_dl(rows)


app = typer.Typer(
    name="fleetmeter",
    cls=ByArea,
    help="The flight recorder of coding agents. Without a command: open the terminal app.",
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Json = Annotated[bool, typer.Option("--json", "-j", help="Print JSON.")]


@app.callback(invoke_without_command=True)
def top(
    context: typer.Context,
    is_version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
    no_start: Annotated[bool, typer.Option("--no-start", help="Start no collector where none runs.")] = False,
    is_once: Annotated[bool, typer.Option("--once", help="Print what the terminal app shows, once.")] = False,
    as_json: Annotated[bool, typer.Option("--json", "-j", help="With --once: print JSON.")] = False,
    session: Annotated[
        str | None, typer.Option("--session", metavar="ID", help="With --once: of this session.")
    ] = None,
) -> None:
    if is_version:
        raise typer.Exit(cli.version())
    if is_once and context.invoked_subcommand is None:
        from viewers.entry.looking import once

        raise typer.Exit(once(as_json=as_json, session=session))
    if is_once or as_json or session is not None:
        raise UsageTrouble(
            "--json and --session go here with --once, and no command does", hint="fleetmeter --once --json"
        )
    if context.invoked_subcommand is None:
        raise typer.Exit(cli.bare(no_start=no_start))


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
