"""Functions with the signature that Typer reads, made from the table of options."""

from collections.abc import Callable, Iterable
from inspect import Parameter, Signature
from typing import Annotated

import typer

from viewers.reports.flags import FLAGS


def signed(command: Callable[..., None], first: Iterable[Parameter], names: Iterable[str]) -> Callable[..., None]:
    """The function with the signature that Typer reads: these parameters, and the options of these names."""
    options = [
        Parameter(
            flag.name,
            Parameter.KEYWORD_ONLY,
            default=None if flag.metavar else False,
            annotation=Annotated[
                str | None if flag.metavar else bool,
                typer.Option(*flag.words, help=flag.help, metavar=flag.metavar or None),
            ],
        )
        for flag in (FLAGS[option] for option in names)
    ]
    signature = Signature([*first, *options])
    setattr(command, "__signature__", signature)  # noqa: B010 - a checker knows no such attribute
    command.__annotations__ = {name: parameter.annotation for name, parameter in signature.parameters.items()}
    return command
