"""The schema as it lies on disk: numbered steps and views. Reads files only; knows no database."""

import os
import sqlite3
import zlib
from collections.abc import Iterator

import migrations
from store.errors import FleetmeterError
from store.home import StrPath
from store.light import NamedTuple

# Not importlib.resources: it costs more than the rest of a nothing-new start, and wheels are always unpacked.
FOLDER: str = migrations.__path__[0]
VIEWS = "views"


class Step(NamedTuple):
    number: int
    name: str
    path: str

    def statements(self) -> Iterator[str]:
        """Its statements one by one: run as one script they would commit whatever is open."""
        begun = ""
        for part in _text(self.path).split(";"):
            begun += part + ";"
            if sqlite3.complete_statement(begun):
                yield begun
                begun = ""
        if begun.strip("; \n"):
            yield begun.removesuffix(";")


class View(NamedTuple):
    name: str
    sql: str


def steps(folder: StrPath = FOLDER) -> list[Step]:
    """The migrations in order: NNNN_name.sql, numbered from 1 without a gap."""
    names = sorted(name for name in os.listdir(folder) if name.endswith(".sql"))
    found = [Step(number, name[:-4], os.path.join(folder, name)) for number, name in enumerate(names, 1)]
    for step in found:
        if step.name[:5] != f"{step.number:04d}_":
            raise FleetmeterError(f"{step.path} should have the number {step.number:04d}", hint="reinstall fleetmeter")
    return found


def newest(folder: StrPath = FOLDER) -> int:
    return len(steps(folder))


def views(folder: StrPath = FOLDER) -> list[View]:
    """The views by name; the name of the file is the name of the view."""
    place = os.path.join(folder, VIEWS)
    names = sorted(name for name in os.listdir(place) if name.endswith(".sql")) if os.path.isdir(place) else []
    return [View(name[:-4], _text(os.path.join(place, name))) for name in names]


def fingerprint(found: list[View]) -> str:
    """Changes when any view does. It guards against upgrades, not against people: a checksum will do."""
    return f"{zlib.crc32(repr(found).encode()):08x}"


def _text(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()
