"""Your own questions, as Typer declares them."""

from typing import Annotated

import typer

from viewers.commands.app import Json, app
from viewers.entry import asking as plain


@app.command()
def sql(
    statement: Annotated[str, typer.Argument(metavar="SELECT", help="One select over the public views.")],
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    rows: Annotated[int, typer.Option(min=1, help="Stop after so many rows.")] = plain.ROWS,
    seconds: Annotated[float, typer.Option(min=0.1, max=3600, help="Stop after so many seconds.")] = plain.SECONDS,
) -> None:
    """Ask the database; nothing can be changed. Exit code 3: cut at the limit of rows or seconds."""
    raise typer.Exit(plain.sql(statement=statement, as_json=as_json, as_csv=as_csv, rows=rows, seconds=seconds))
