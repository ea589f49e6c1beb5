"""History that survives, as Typer declares the commands."""

from typing import Annotated

import typer

from viewers.commands.app import Json, app
from viewers.entry import history as plain

Session = Annotated[str, typer.Argument(metavar="SESSION", help="Its id, the beginning of one, or `latest`.")]


@app.command()
def show(
    session: Session,
    is_full: Annotated[bool, typer.Option("--full", help="Show the whole of each text.")] = False,
    of_run: Annotated[str | None, typer.Option("--run", metavar="ID", help="Only this run, `main` or another.")] = None,
    as_json: Json = False,
) -> None:
    """Show a conversation as text, whether its files are still there or not."""
    raise typer.Exit(plain.show(session=session, as_json=as_json, is_full=is_full, of_run=of_run))


@app.command()
def restore(
    session: Annotated[
        str | None, typer.Argument(metavar="[SESSION]", help="Its id, the beginning of one, or `latest`.")
    ] = None,
    is_all: Annotated[bool, typer.Option("--all", help="All that was deleted, of every session.")] = False,
    to: Annotated[
        str | None, typer.Option("--to", metavar="DIR", help="Below this folder, not to their places.")
    ] = None,
    is_dry: Annotated[bool, typer.Option("--dry-run", help="Only show what would be written.")] = False,
    as_json: Json = False,
) -> None:
    """Write a deleted session back, byte for byte, with all that lay beside it; never over a file that is there."""
    raise typer.Exit(plain.restore(session=session, is_all=is_all, to=to, is_dry=is_dry, as_json=as_json))


@app.command()
def prune(
    session: Annotated[str | None, typer.Argument(metavar="[SESSION]", help="One session.")] = None,
    project: Annotated[str | None, typer.Option("--project", metavar="NAME", help="The sessions of a project.")] = None,
    days: Annotated[
        int | None, typer.Option("--older-than", metavar="DAYS", min=1, help="Those without a line for so long.")
    ] = None,
    is_sure: Annotated[bool, typer.Option("--yes", help="Do it; without, only say what would be deleted.")] = False,
    as_json: Json = False,
) -> None:
    """Delete sessions for good: their facts, their records, what is archived of them. Their files are left alone."""
    code = plain.prune(session=session, project=project, days=days, is_sure=is_sure, as_json=as_json)
    raise typer.Exit(code)


@app.command()
def verify(
    is_full: Annotated[bool, typer.Option("--full", help="Make every fact anew in a copy, and compare.")] = False,
    as_json: Json = False,
) -> None:
    """Prove what is stored: both databases, every byte that was read, the archive, the files. Exit code 1: a fault."""
    raise typer.Exit(plain.verify(is_full=is_full, as_json=as_json))


@app.command()
def rebuild(
    agent: Annotated[str | None, typer.Option("--agent", metavar="NAME", help="Only this agent's.")] = None,
    as_json: Json = False,
) -> None:
    """Make facts anew from the archive and the files that are there. What is not there any more stays as it is."""
    raise typer.Exit(plain.rebuild(agent=agent, as_json=as_json))
