"""The table of prices that genai-prices ships, read as the data it is: nested dicts, in the form of its JSON.

Its own classes take six times as long to load as the table, and five times the memory. Only the child that
store/price_lookup.py starts loads it.
"""

import os
import sys
from typing import Any, NamedTuple, TypeGuard, cast

from store.errors import FleetmeterError

PACKAGE, NAME = "genai_prices", "genai-prices"
UPDATE = "fleetmeter-prices-"
"""So begins the file of an update; then comes the version that was installed, and when it was fetched."""
FORM = "fleetmeter_price_table"
"""What its module is called here: the real one may be loaded beside it."""

# All that the table is built of. Each is made with names and values alone, so a dict takes its place.
PARTS = (
    "Provider", "ModelInfo", "ModelPrice", "TieredPrices", "Tier", "ConditionalPrice", "PriceVariant",
    "StartDateConstraint", "TimeOfDateConstraint", "ClauseStartsWith", "ClauseEndsWith", "ClauseContains",
    "ClauseRegex", "ClauseEquals", "ClauseOr", "ClauseAnd", "UsageExtractor", "UsageExtractorMapping", "ArrayMatch",
)  # fmt: skip

Node = dict[str, Any]


class Table(NamedTuple):
    """The providers, each with its models, and the version they are of."""

    version: str
    providers: list[Node]


def version(home: str) -> str:
    """Which table is in use; told by names of files, for importlib.metadata takes as long as a report."""
    number = _installed()[1]
    found = update(home, number)
    return f"{NAME} {number}" + (f" + update {_day(found)}" if found else "")


def updates(home: str) -> list[str]:
    """The files of tables that were fetched, the newest last."""
    try:
        names = sorted(name for name in os.listdir(home) if name.startswith(UPDATE) and name.endswith(".json"))
    except OSError:
        return []
    return [os.path.join(home, name) for name in names]


def update_name(stamp: str) -> str:
    """How to call one that is fetched now, at 20261120T101500Z."""
    return f"{UPDATE}{_installed()[1]}-{stamp}.json"


def update(home: str, number: str) -> str | None:
    """The file of a newer table, fetched while this version was installed. Another version brings its own."""
    start = os.path.join(home, f"{UPDATE}{number}-")
    return next((path for path in reversed(updates(home)) if path.startswith(start)), None)


def load(home: str) -> Table:
    """The table in use."""
    folder, number = _installed()
    found = update(home, number)
    if found is None:
        return Table(version(home), _shipped(folder, number))
    import json
    from decimal import Decimal

    with open(found, encoding="utf-8") as file:
        return Table(version(home), json.load(file, parse_float=Decimal))


def _shipped(folder: str, number: str) -> list[Node]:
    # Only the child comes here; the writer asks for the version alone, at every start.
    from importlib.machinery import SourceFileLoader
    from importlib.util import module_from_spec, spec_from_loader
    from types import ModuleType

    path = os.path.join(folder, PACKAGE, "data.py")
    package, form = ModuleType(FORM), ModuleType(f"{FORM}.types")
    for part in PARTS:
        setattr(form, part, dict)
    sys.modules |= {FORM: package, form.__name__: form}
    spec = spec_from_loader(f"{FORM}.data", SourceFileLoader(f"{FORM}.data", path))
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (NameError, TypeError) as error:
        raise FleetmeterError(
            f"the table of {NAME} {number} has a form that this fleetmeter does not know: {error}",
            hint="upgrade fleetmeter, or reinstall it with the packages of its lock file",
        ) from error
    finally:
        del sys.modules[FORM], sys.modules[form.__name__]
    return module.providers


def _installed() -> tuple[str, str]:
    """The folder that holds it, and its version."""
    for folder in sys.path:
        if os.path.isfile(os.path.join(folder, PACKAGE, "data.py")):
            for name in os.listdir(folder):
                if name.startswith(f"{PACKAGE}-") and name.endswith(".dist-info"):
                    return folder, name[len(PACKAGE) + 1 : -len(".dist-info")]
    raise FleetmeterError(f"{NAME} is not installed", hint="reinstall fleetmeter")


def nodes(value: object) -> list[Node]:
    """The list of nodes that stands there, or none."""
    return cast("list[Node]", value) if isinstance(value, list) else []


def is_node(value: object) -> TypeGuard[Node]:
    return isinstance(value, dict)


def _day(path: str) -> str:
    stamp = os.path.basename(path).rpartition("-")[2]
    return f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}"
