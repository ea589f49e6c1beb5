"""Commands that let agents' programs tell more, as Typer declares them."""

from typing import Annotated

import typer

from viewers.commands.app import Json, app
from viewers.entry import feeds as plain

Act = Annotated[str, typer.Argument(metavar="install|uninstall|status", help="What to do.")]
Agent = Annotated[str | None, typer.Option(metavar="NAME", help="Only this agent.")]
Project = Annotated[str | None, typer.Option(metavar="DIR", help="Only in the settings of this project.")]
Dry = Annotated[bool, typer.Option("--dry-run", help="Only show what would be changed.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@app.command()
def hooks(
    act: Act,
    agent: Agent = None,
    project: Project = None,
    is_http: Annotated[bool, typer.Option("--http", help="Let the agent post instead of starting a program.")] = False,
    is_dry: Dry = False,
    is_agreed: Yes = False,
    as_json: Json = False,
) -> None:
    """Let agents tell what they do while they do it: hooks in their settings, and nothing else in there changes."""
    raise typer.Exit(
        plain.hooks(
            act=act, agent=agent, project=project, is_http=is_http, is_dry=is_dry, is_agreed=is_agreed, as_json=as_json
        )
    )  # fmt: skip


@app.command()
def statusline(
    act: Act, agent: Agent = None, is_dry: Dry = False, is_agreed: Yes = False, as_json: Json = False
) -> None:
    """Put our line below an agent's prompt; one that is there already goes on, and is only listened to."""
    raise typer.Exit(plain.statusline(act=act, agent=agent, is_dry=is_dry, is_agreed=is_agreed, as_json=as_json))


@app.command()
def telemetry(
    act: Act, agent: Agent = None, is_dry: Dry = False, is_agreed: Yes = False, as_json: Json = False
) -> None:
    """Let agents export the calls that they make, also those that stand in none of their files."""
    raise typer.Exit(plain.telemetry(act=act, agent=agent, is_dry=is_dry, is_agreed=is_agreed, as_json=as_json))
