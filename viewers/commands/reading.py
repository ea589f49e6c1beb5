"""What is read, as Typer declares the commands."""

from typing import Annotated

import typer

from viewers.commands.app import Json, app
from viewers.entry import reading as plain


@app.command()
def sources(
    as_json: Json = False,
    is_all: Annotated[bool, typer.Option("--all", help="List every file, not only problems and the newest.")] = False,
) -> None:
    """Show which files are read, and how far."""
    raise typer.Exit(plain.sources(as_json=as_json, is_all=is_all))


@app.command()
def rejects(
    as_json: Json = False,
    limit: Annotated[int | None, typer.Option(min=1, help="List so many lines.", show_default="20")] = None,
) -> None:
    """Show which lines were refused, and why."""
    raise typer.Exit(plain.rejects(as_json=as_json, limit=limit))


@app.command()
def agents(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Tell more of this one.")] = None,
    as_json: Json = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print the tables of the README.")] = False,
) -> None:
    """Show which agents are known, where each was looked for, and what its files can tell."""
    raise typer.Exit(plain.agents(name=name, as_json=as_json, as_markdown=as_markdown))
