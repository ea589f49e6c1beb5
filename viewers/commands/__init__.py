"""The commands as Typer declares them: the truth for options, help and usage errors. Never imported by a plain form."""

from importlib import import_module

from viewers.cli import AREAS
from viewers.commands.app import app as app
from viewers.commands.app import run as run

for _area in AREAS:
    import_module(f"viewers.commands.{_area}")
