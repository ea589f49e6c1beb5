"""Processes, as Typer declares the commands."""

from typing import Annotated

import typer

from viewers.commands.app import Json, app
from viewers.entry import processes as plain

Pid = Annotated[str, typer.Argument(metavar="PID", help="As `fleetmeter ps` shows it.")]


@app.command()
def ps(
    is_all: Annotated[bool, typer.Option("--all", "-a", help="Also launchers and helpers, which do no work.")] = False,
    is_watching: Annotated[bool, typer.Option("--watch", "-w", help="Again every five seconds, until Ctrl+C.")] = False,
    as_json: Json = False,
) -> None:
    """Show which processes of agents run, how each is and why, and which session it is in."""
    raise typer.Exit(plain.ps(is_all=is_all, is_watching=is_watching, as_json=as_json))


@app.command()
def kill(
    pid: Pid,
    force: Annotated[bool, typer.Option("--force", help="End it at once where it does not end by itself.")] = False,
    tree: Annotated[bool, typer.Option("--tree", help="Also what it started.")] = False,
    as_json: Json = False,
) -> None:
    """End a process of an agent, gently first, and say what became of it."""
    raise typer.Exit(plain.kill(pid=pid, force=force, tree=tree, as_json=as_json))


@app.command(name="kill-stale")
def kill_stale(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which, and why.")] = False,
    as_json: Json = False,
) -> None:
    """End the processes of agents that gave no sign of life for hours."""
    raise typer.Exit(plain.kill_stale(dry_run=dry_run, as_json=as_json))


@app.command()
def pin(pid: Pid, as_json: Json = False) -> None:
    """Keep a process from ever being called stale."""
    raise typer.Exit(plain.pin(pid=pid, as_json=as_json))


@app.command()
def unpin(pid: Pid, as_json: Json = False) -> None:
    """Let a process be called stale again."""
    raise typer.Exit(plain.unpin(pid=pid, as_json=as_json))


@app.command()
def sample() -> None:
    """Remember every five seconds what processes use, until the input ends; a collector starts this by itself."""
    raise typer.Exit(plain.sample())
