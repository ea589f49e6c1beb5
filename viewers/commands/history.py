"""History that survives, as Typer declares the commands."""

import typer

from viewers.commands.app import Json, app
from viewers.entry import history as plain


@app.command()
def verify(as_json: Json = False) -> None:
    """Prove what is stored: both databases, every byte that was read, the archive, the files. Exit code 1: a fault."""
    raise typer.Exit(plain.verify(as_json=as_json))
