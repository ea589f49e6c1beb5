"""Care of the database, as Typer declares the commands."""

from typing import Annotated

import typer

from viewers.commands.app import Json, app
from viewers.entry import care as plain


@app.command()
def doctor(
    is_fixing: Annotated[bool, typer.Option("--fix", help="Mend what is safe to mend.")] = False,
    as_json: Json = False,
) -> None:
    """Check everything, and say what to do about it. Exit code 1: something is broken."""
    raise typer.Exit(plain.doctor(is_fixing=is_fixing, as_json=as_json))


@app.command()
def backup(
    to: Annotated[str | None, typer.Option(metavar="FILE", help="Write it there, not into the data folder.")] = None,
    keep: Annotated[int | None, typer.Option(min=1, help="Delete all but the newest so many.")] = None,
    as_json: Json = False,
) -> None:
    """Copy everything that is recorded into one file, proven to hold it all; also while a collector runs."""
    raise typer.Exit(plain.backup(to=to, keep=keep, as_json=as_json))


@app.command("restore-backup")
def restore_backup(
    path: Annotated[str, typer.Argument(metavar="FILE", help="A backup, which is proven first.")],
) -> None:
    """Put a backup in the place of the database, which is put aside whole; then record what is newer."""
    raise typer.Exit(plain.restore_backup(path=path))
