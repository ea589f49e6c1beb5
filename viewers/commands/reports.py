"""The reports, as Typer declares them: from the table of their options."""

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Annotated, Any

import typer

from viewers.commands.app import app
from viewers.entry import reports as plain
from viewers.flags import FLAGS, REPORTS


def _report(name: str) -> Callable[..., None]:
    """A report as Typer wants it: a function whose signature has the options of the table."""

    def command(**chosen: Any) -> None:
        raise typer.Exit(plain.report(name, **chosen))

    parameters = [
        Parameter(
            flag.name,
            Parameter.KEYWORD_ONLY,
            default=None if flag.metavar else False,
            annotation=Annotated[
                str | None if flag.metavar else bool,
                typer.Option(*flag.words, help=flag.help, metavar=flag.metavar or None),
            ],
        )
        for flag in (FLAGS[option] for option in REPORTS[name][1])
    ]
    setattr(command, "__signature__", Signature(parameters))  # noqa: B010 - a checker knows no such attribute
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return command


for _name, (_help, _) in REPORTS.items():
    app.command(_name, help=_help)(_report(_name))
