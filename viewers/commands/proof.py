"""Where figures come from, and all that they are made of, as Typer declares it."""

from inspect import Parameter
from typing import Annotated, Any

import typer

from viewers.commands.app import app
from viewers.commands.signed import signed
from viewers.entry import proof as plain
from viewers.reports.flags import EXPORT, WHY


def _argument(name: str, metavar: str, help_: str, *, is_needed: bool = False) -> Parameter:
    word = typer.Argument(metavar=metavar, help=help_)
    if is_needed:
        return Parameter(name, Parameter.KEYWORD_ONLY, annotation=Annotated[str, word])
    return Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[str | None, word])


def _why(**chosen: Any) -> None:
    raise typer.Exit(plain.why(**chosen))


def _export(**chosen: Any) -> None:
    raise typer.Exit(plain.export(**chosen))


_ROW = _argument("what", "[ROW]", "A day, week, month, block, model, project, branch, agent or session; else all.")
_ITS_NAME = _argument("name", "[NAME]", "Its name, where ROW is the kind: week 2026-11-16.")
_NAME = _argument("name", "NAME", "A view, as responses, or a report, as daily.", is_needed=True)

app.command("why", help="Open any row of a report into the answers behind it: each with its place and its price.")(
    signed(_why, (_ROW, _ITS_NAME), WHY)
)
app.command("export", help="Write all rows of a view or report as CSV, JSON or Parquet.")(
    signed(_export, (_NAME,), EXPORT)
)
