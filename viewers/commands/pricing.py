"""Prices, as Typer declares the commands."""

from typing import Annotated

import typer

from viewers.commands.app import Json, app
from viewers.entry import pricing as plain


@app.command()
def prices(
    model: Annotated[str | None, typer.Argument(metavar="[MODEL]", help="Explain this one; or: update.")] = None,
    at: Annotated[str | None, typer.Option(metavar="DATE", help="Of that day: 2026-11-20.")] = None,
    tier: Annotated[str | None, typer.Option(metavar="TIER", help="Under a tier: fast, priority.")] = None,
    as_json: Json = False,
) -> None:
    """Show what models cost, since when, and where that was found; those without a price first.

    `prices update` fetches a newer table; nothing else ever asks the network.
    """
    raise typer.Exit(plain.prices(model=model, at=at, tier=tier, as_json=as_json))


@app.command()
def reprice(
    is_dry: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    as_json: Json = False,
) -> None:
    """Make all costs anew from today's prices, and say what changed."""
    raise typer.Exit(plain.reprice(is_dry=is_dry, as_json=as_json))
