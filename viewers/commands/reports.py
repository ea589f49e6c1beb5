"""The reports and what else tells of spending, as Typer declares them: from the tables of their options."""

from collections.abc import Callable
from typing import Any

import typer

from viewers.commands.app import app
from viewers.commands.signed import signed
from viewers.entry import reports as plain
from viewers.reports.flags import REPORTS


def _report(name: str) -> Callable[..., None]:
    def command(**chosen: Any) -> None:
        raise typer.Exit(plain.report(name, **chosen))

    return signed(command, (), REPORTS[name][1])


for _name, (_help, _) in REPORTS.items():
    app.command(_name, help=_help)(_report(_name))
