"""Looking on, as Typer declares the commands."""

from typing import Annotated

import typer

from viewers.commands.app import app
from viewers.entry import looking as plain


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
