"""Your own questions, as Typer declares them."""

from typing import Annotated

import typer

from viewers.commands.app import Json, app
from viewers.entry import asking as plain


@app.command()
def sql(
    statement: Annotated[
        str | None, typer.Argument(metavar="[SELECT]", help="One select over the public views.", show_default=False)
    ] = None,
    table: Annotated[str | None, typer.Option(metavar="VIEW", help="All of this view.")] = None,
    file: Annotated[str | None, typer.Option(metavar="FILE", help="The select in this file; - reads it here.")] = None,
    is_schema: Annotated[
        bool, typer.Option("--schema", help="Show the views and what their columns mean; with a name, this view.")
    ] = False,
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    rows: Annotated[int, typer.Option(min=1, help="Stop after so many rows.")] = plain.ROWS,
    seconds: Annotated[float, typer.Option(min=0.1, max=3600, help="Stop after so many seconds.")] = plain.SECONDS,
) -> None:
    """Ask the database; nothing can be changed. Exit code 3: cut at the limit of rows or seconds."""
    raise typer.Exit(
        plain.sql(
            statement=statement, table=table, file=file, is_schema=is_schema, as_json=as_json, as_csv=as_csv, rows=rows,
            seconds=seconds,
        )
    )  # fmt: skip
