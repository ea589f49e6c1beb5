"""Alerts, as Typer declares the command."""

from typing import Annotated

import typer

from viewers.commands.app import Json, app
from viewers.entry import alerting as plain


@app.command()
def alerts(
    act: Annotated[str, typer.Argument(metavar="list|test|ack", help="What to do.")] = "list",
    what: Annotated[str | None, typer.Argument(metavar="RULE|ID", help="To test one rule; to acknowledge one.")] = None,
    is_all: Annotated[bool, typer.Option("--all", help="Acknowledge all that are open.")] = False,
    as_json: Json = False,
) -> None:
    """Show what goes on that you should know; test who is told of it; acknowledge it."""
    raise typer.Exit(plain.alerts(act=act, what=what, is_all=is_all, as_json=as_json))
