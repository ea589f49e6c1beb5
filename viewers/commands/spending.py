"""Where the money went, as Typer declares it: from the table of its options."""

from collections.abc import Callable
from inspect import Parameter
from typing import Annotated, Any

import typer

from viewers.commands.app import app
from viewers.commands.signed import signed
from viewers.entry import spending as plain
from viewers.reports.flags import SPENDING, WORDS


def _command(name: str) -> Callable[..., None]:
    def command(**chosen: Any) -> None:
        raise typer.Exit(plain.spending(name, **chosen))

    words = [
        Parameter(word, Parameter.KEYWORD_ONLY, annotation=Annotated[str, typer.Argument(help=WORDS[word])])
        for word in SPENDING[name][2]
    ]
    return signed(command, words, SPENDING[name][1])


for _name, (_help, *_) in SPENDING.items():
    app.command(_name, help=_help)(_command(_name))
