"""Where figures come from, as Typer declares it."""

from inspect import Parameter
from typing import Annotated, Any

import typer

from viewers.commands.app import app
from viewers.commands.reports import signed
from viewers.entry import proof as plain
from viewers.flags import WHY


def _why(**chosen: Any) -> None:
    raise typer.Exit(plain.why(**chosen))


_WORDS = {
    "what": ("[ROW]", "A day, week, month, block, model, project, agent or session; without it, all."),
    "name": ("[NAME]", "Its name, where ROW is the kind: week 2026-11-16."),
}
_ARGUMENTS = [
    Parameter(
        name, Parameter.KEYWORD_ONLY, default=None,
        annotation=Annotated[str | None, typer.Argument(metavar=metavar, help=help_)],
    )
    for name, (metavar, help_) in _WORDS.items()
]  # fmt: skip
app.command("why", help="Open any row of a report into the answers behind it: each with its place and its price.")(
    signed(_why, _ARGUMENTS, WHY)
)
