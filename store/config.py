"""config.toml in the data folder: the user's names for accounts and projects, and more roots to look in."""

import os
from collections.abc import Callable, Collection
from typing import Any, NamedTuple, TypeVar, cast

from store.alert_config import Alerts, read_alerts
from store.budget_config import Budget, read_budgets
from store.context_config import Contexts, read_contexts
from store.errors import FleetmeterError
from store.home import StrPath
from store.limit_config import Limits, read_limits
from store.price_config import Override, read_prices
from store.process_config import Processes, read_processes

NAME = "config.toml"

T = TypeVar("T")


class Backups(NamedTuple):
    """Whether the collector makes one each day by itself, and how many are kept."""

    daily: bool = False
    keep: int = 7


class Archiving(NamedTuple):
    """What is kept of the bytes that were read."""

    is_on: bool = True
    max_bytes: int | None = None
    keep_days: float | None = None


class Telemetry(NamedTuple):
    """Where the collector listens on loopback for what agents export; nowhere, unless the user says so."""

    port: int | None = None


class Config(NamedTuple):
    accounts: dict[str, str]
    """Root folder of an agent's files → the name of the account."""
    projects: dict[str, str]
    """Folder, or name of a project → the name it is shown under."""
    roots: dict[str, tuple[str, ...]]
    """Agent → folders to look in besides the usual ones."""
    device_name: str | None
    prices: dict[str, Override] = {}  # noqa: RUF012 - nobody writes to it
    """Model → what it costs, where the user knows better."""
    plan: str | None = None
    """What the user pays for instead of tokens; money is then called API value."""
    backup: Backups = Backups()
    budgets: tuple[Budget, ...] = ()
    """What may be spent, and how much of what."""
    context: Contexts = Contexts()
    """How large contexts are, where the user knows better."""
    limits: Limits = Limits()
    """Whether vendors are asked how much of a plan is used."""
    telemetry: Telemetry = Telemetry()
    alerts: Alerts = Alerts()
    """What there are alerts for, and who is told of them."""
    start: bool = True
    """Whether a viewer that finds no collector starts one."""
    archive: Archiving = Archiving()
    """Whether the lines themselves are kept, and how much of them."""
    processes: Processes = Processes()
    """Which programs of agents are looked at, and when one is not well."""


NOTHING = Config({}, {}, {}, None)


def load(home: StrPath, agents: Collection[str] | None = None) -> Config:
    """What the file says, every key checked; without a file, the defaults. agents are the names that roots may have,
    where the caller knows them."""
    path = os.path.join(home, NAME)
    if not os.path.exists(path):
        return NOTHING
    import tomllib  # only now: most machines have no such file

    try:
        with open(path, "rb") as file:
            document = tomllib.load(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise FleetmeterError(f"{path}: {error}", hint="fix the line, or delete the file") from error
    for key in document:
        if key not in Config._fields:
            raise FleetmeterError(f"{path}: unknown key `{key}`", hint=_nearest(key, Config._fields))
    roots = _table(path, "roots", document, _folders)
    for agent in roots:
        if agents is not None and agent not in agents:
            raise FleetmeterError(f"{path}: unknown agent `{agent}` in `roots`", hint=_nearest(agent, agents))
    return Config(
        accounts=_names(path, "accounts", document),
        projects=_names(path, "projects", document),
        roots=roots,
        device_name=_text(path, "device_name", document["device_name"]) if "device_name" in document else None,
        prices=read_prices(path, document.get("prices", {})),
        plan=_text(path, "plan", document["plan"]) if "plan" in document else None,
        backup=_backups(path, document),
        budgets=read_budgets(path, document.get("budgets", {})),
        context=read_contexts(path, document.get("context", {})),
        limits=read_limits(path, document.get("limits", {})),
        telemetry=_telemetry(path, document),
        alerts=read_alerts(path, document.get("alerts", {})),
        start=_switch(path, "start", document.get("start", True)),
        archive=_archiving(path, document["archive"]) if "archive" in document else Archiving(),
        processes=read_processes(path, document.get("processes", {})),
    )


def stamp_of(home: StrPath) -> object:
    """What changes with the file."""
    try:
        found = os.stat(os.path.join(home, NAME))
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _archiving(path: str, value: object) -> Archiving:
    """`archive = "off"`, or a table with limits."""
    if not isinstance(value, dict):
        return Archiving(is_on=_is_on(path, "archive", value))
    table = cast("dict[str, object]", value)
    for key in table:
        if key not in ("keep", "max_gb", "keep_days"):
            raise FleetmeterError(
                f"{path}: unknown key `{key}` in `archive`", hint=_nearest(key, ("keep", "max_gb", "keep_days"))
            )
    most = _amount(path, "archive.max_gb", table["max_gb"]) if "max_gb" in table else None
    return Archiving(
        _is_on(path, "archive.keep", table.get("keep", "full")),
        None if most is None else int(most * 1e9),
        _amount(path, "archive.keep_days", table["keep_days"]) if "keep_days" in table else None,
    )


def _is_on(path: str, key: str, value: object) -> bool:
    if value not in ("full", "off"):
        raise _wrong(path, key, '"full" or "off"')
    return value == "full"


def _amount(path: str, key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise _wrong(path, key, "a number above 0")
    return value


def _names(path: str, key: str, document: dict[str, Any]) -> dict[str, str]:
    return {os.path.expanduser(name): alias for name, alias in _table(path, key, document, _text).items()}


def _table(path: str, key: str, document: dict[str, Any], read: Callable[[str, str, object], T]) -> dict[str, T]:
    table: object = document.get(key, {})
    if not isinstance(table, dict):
        raise _wrong(path, key, "a table")
    return {name: read(path, f"{key}.{name}", value) for name, value in cast("dict[str, object]", table).items()}


def _text(path: str, key: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise _wrong(path, key, "a text")
    return value


def _backups(path: str, document: dict[str, Any]) -> Backups:
    table: object = document.get("backup", {})
    if not isinstance(table, dict):
        raise _wrong(path, "backup", "a table")
    known = Backups()
    for key, value in cast("dict[str, object]", table).items():
        if key == "daily":
            known = known._replace(daily=_switch(path, "backup.daily", value))
        elif key == "keep" and isinstance(value, int) and not isinstance(value, bool) and value > 0:
            known = known._replace(keep=value)
        elif key == "keep":
            raise _wrong(path, "backup.keep", "a number of backups, 1 or more")
        else:
            raise FleetmeterError(f"{path}: unknown key `{key}` in `backup`", hint=_nearest(key, Backups._fields))
    return known


def _telemetry(path: str, document: dict[str, Any]) -> Telemetry:
    table: object = document.get("telemetry", {})
    if not isinstance(table, dict):
        raise _wrong(path, "telemetry", "a table")
    for key in cast("dict[str, object]", table):
        if key not in Telemetry._fields:
            raise FleetmeterError(f"{path}: unknown key `{key}` in `telemetry`", hint=_nearest(key, Telemetry._fields))
    port: object = cast("dict[str, object]", table).get("port")
    if port is not None and (not isinstance(port, int) or isinstance(port, bool) or not 1024 <= port < 65_536):
        raise _wrong(path, "telemetry.port", "the number of a port, 1024 to 65535")
    return Telemetry(port)


def _switch(path: str, key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise _wrong(path, key, "true or false")
    return value


def _folders(path: str, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _wrong(path, key, "a list of folders")
    folders = tuple(os.path.expanduser(_text(path, key, folder)) for folder in cast("list[object]", value))
    for folder in folders:
        if not os.path.isabs(folder):  # it would be another folder wherever fleetmeter is started
            raise _wrong(path, key, f"a list of folders that begin with / or ~/, not `{folder}`")
    return folders


def _wrong(path: str, key: str, expected: str) -> FleetmeterError:
    return FleetmeterError(f"{path}: `{key}` should be {expected}", hint="fix the line, or delete it")


def _nearest(key: str, names: Collection[str]) -> str:
    import difflib

    close = difflib.get_close_matches(key, names, n=1)
    return f"did you mean `{close[0]}`?" if close else f"it may be {', '.join(f'`{name}`' for name in names)}"
