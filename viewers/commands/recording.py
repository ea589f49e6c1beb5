"""Recording, as Typer declares the commands."""

from typing import Annotated

import typer

from viewers.commands.app import Json, app
from viewers.entry import recording as plain


@app.command()
def collect(
    once: Annotated[bool, typer.Option("--once", help="Record all there is, then end; without it, go on.")] = False,
    as_json: Json = False,
) -> None:
    """Record what the agents on this machine have written."""
    raise typer.Exit(plain.collect(once=once, as_json=as_json))


@app.command()
def start() -> None:
    """Start a collector that records all the time, whatever becomes of this terminal."""
    raise typer.Exit(plain.start())


@app.command()
def stop() -> None:
    """Stop the collector of this data folder."""
    raise typer.Exit(plain.stop())


@app.command()
def restart() -> None:
    """Stop the collector, and start it again."""
    raise typer.Exit(plain.restart())


@app.command()
def status(as_json: Json = False) -> None:
    """Show whether a collector runs, how far it is, and what troubles it. Exit code 1: none runs."""
    raise typer.Exit(plain.status(as_json=as_json))


@app.command()
def service(
    act: Annotated[str, typer.Argument(metavar="install|uninstall|status", help="What to do.")],
    is_dry: Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")] = False,
) -> None:
    """Let the system start the collector at each login: a systemd user unit, or a launchd agent."""
    raise typer.Exit(plain.service(act=act, is_dry=is_dry))
