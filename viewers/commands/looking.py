"""Looking on, as Typer declares the commands."""

from inspect import Parameter
from typing import Annotated, Any

import typer

from viewers.commands.app import Json, app
from viewers.commands.signed import signed
from viewers.entry import looking as plain
from viewers.reports.flags import SEARCH


@app.command()
def tui(
    session: Annotated[
        str | None, typer.Argument(metavar="[SESSION]", help="Open this session: its id, or how that begins.")
    ] = None,
    is_ascii: Annotated[bool, typer.Option("--ascii", help="Draw with plain signs only.")] = False,
    no_start: Annotated[bool, typer.Option("--no-start", help="Start no collector where none runs.")] = False,
) -> None:
    """Open the terminal app: every agent on this machine, live, and the history behind it."""
    raise typer.Exit(plain.tui(session=session, is_ascii=is_ascii, no_start=no_start))


@app.command()
def web(
    act: Annotated[
        str | None, typer.Argument(metavar="[devices|revoke]", help="List who was let in, or shut one out.")
    ] = None,
    id: Annotated[str | None, typer.Argument(metavar="[ID]", help="Whom to shut out.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Where, or on the next port that is free.")] = plain.PORT,
    host: Annotated[str, typer.Option(help="An address of this machine; with --lan, of its network.")] = plain.HOST,
    is_lan: Annotated[bool, typer.Option("--lan", help="Let phones on your network look on, by a code.")] = False,
    is_tls: Annotated[bool, typer.Option("--tls", help="Seal what is sent by a certificate made here.")] = False,
    is_opened: Annotated[bool, typer.Option("--open", help="Open the browser, also where no screen is seen.")] = False,
    no_open: Annotated[bool, typer.Option("--no-open", help="Only say what to open.")] = False,
    session: Annotated[str | None, typer.Option(metavar="ID", help="Open the page of this session.")] = None,
    no_start: Annotated[bool, typer.Option("--no-start", help="Start no collector where none runs.")] = False,
) -> None:
    """Show the same in a browser: served to this machine alone, and only to a browser that was let in."""
    raise typer.Exit(
        plain.web(
            act=act, id=id, port=port, host=host, is_lan=is_lan, is_tls=is_tls, is_opened=is_opened, no_open=no_open,
            session=session, no_start=no_start,
        )
    )  # fmt: skip


@app.command(name="list")
def list_(
    is_all: Annotated[
        bool, typer.Option("--all", "-a", help="Every session, not only of the last 30 minutes.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List the sessions of the last half hour: state, age, context, cost, model, project, last prompt."""
    raise typer.Exit(plain.list_(is_all=is_all, as_json=as_json))


@app.command()
def watch(
    session: Annotated[str | None, typer.Option(metavar="ID", help="Only this session.")] = None,
    as_json: Json = False,
) -> None:
    """Tell what happens in every session as it is recorded, a line each, until Ctrl+C."""
    raise typer.Exit(plain.watch(session=session, as_json=as_json))


def _search(**chosen: Any) -> None:
    raise typer.Exit(plain.search(**chosen))


_HELP = 'Each as it begins, "in quotes" as it stands; is:prompt, is:reply, is:tool or is:error says of what.'
_words = Parameter(
    "words", Parameter.KEYWORD_ONLY, annotation=Annotated[list[str], typer.Argument(metavar="WORDS...", help=_HELP)]
)
app.command("search", help="Search prompts, replies and tool targets of all sessions.")(
    signed(_search, [_words], SEARCH)
)
