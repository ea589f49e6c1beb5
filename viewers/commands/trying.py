"""Trying things, as Typer declares the commands."""

from typing import Annotated

import typer

from viewers.commands.app import Json, app
from viewers.entry import trying as plain


@app.command()
def demo(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="COMMAND", help="Run this on the demo, then end.")
    ] = None,
    sessions: Annotated[int, typer.Option(min=1, max=1000, help="So many sessions work at a time.")] = plain.SESSIONS,
    rate: Annotated[float, typer.Option(min=0, max=100_000, help="Lines a second, of all of them.")] = plain.RATE,
    duration: Annotated[str | None, typer.Option("--for", metavar="DURATION", help="End after 30s, 10m, 2h.")] = None,
    seed: Annotated[int, typer.Option(help="Another number, another fleet.")] = plain.SEED,
    home: Annotated[str | None, typer.Option(metavar="DIR", help="Where, instead of a temporary folder.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave it there at the end.")] = False,
    as_json: Json = False,
) -> None:
    """Let imaginary agents work in a temporary home, and record them; nothing of yours is touched.

    `fleetmeter demo -- today` runs a command on the demo that runs now, or else on a new one.
    """
    raise typer.Exit(
        plain.demo(
            words=words, sessions=sessions, rate=rate, duration=duration, seed=seed, home=home, keep=keep,
            as_json=as_json,
        )
    )  # fmt: skip
