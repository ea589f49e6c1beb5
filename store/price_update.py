"""A newer table of prices, fetched by an explicit command, and by nothing else: the one thing that asks the network."""

import json
import os
import re
import time
from decimal import Decimal
from http.client import HTTPException
from typing import Any, cast
from urllib.request import Request, urlopen

from store import home as homes
from store.errors import FleetmeterError
from store.price_config import MOST
from store.price_rates import PICOS, SEARCH_PICOS, flatten
from store.price_table import Node, nodes, update_name, updates

URL = "https://raw.githubusercontent.com/pydantic/genai-prices/refs/heads/main/prices/new_data/v2/data.json"
"""Where genai-prices says that its current table is."""
WAIT_S = 20.0
MOST_BYTES = 64 << 20
FEWEST_MODELS = 300
"""Far fewer than there are: less is no table, or a part of one."""
NEW = "fleetmeter-prices.new"


def fetch(home: str, url: str = URL, wait_s: float = WAIT_S) -> int:
    """Fetch it, check it, keep it in the data folder in place of one fetched before; gives how many models it has."""
    raw = _read(url, wait_s)
    try:
        count = check(json.loads(raw, parse_float=Decimal))
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration, ArithmeticError, re.error) as error:
        raise FleetmeterError(
            f"what {url} answered is no table of prices: {error!r}", hint="nothing was changed; try again later"
        ) from error
    _keep(home, raw)
    return count


def check(table: object) -> int:
    """Whether all of it can be used: every rule compiles, every rate is a sane amount."""
    providers, count = cast("list[Node]", table) if isinstance(table, list) else [], 0
    for provider in providers:
        str(provider["id"]).strip()
        _check_clause(provider.get("model_match"))
        for model in nodes(provider["models"]):
            _check_clause(model["match"])
            for row in flatten(model, "standard", True):
                *tokens, search = row.rates or (0,)
                if not all(0 <= rate <= MOST * PICOS for rate in tokens) or not 0 <= search <= MOST * SEARCH_PICOS:
                    raise ValueError(f"{model['id']}: {row.rates}")
            count += 1
    if count < FEWEST_MODELS:
        raise ValueError(f"only {count} models")
    return count


def _check_clause(clause: Any) -> None:
    if clause is None:
        return
    ((kind, what),) = clause.items()
    if kind in ("or", "and", "or_", "and_"):
        for one in what:
            _check_clause(one)
    elif kind == "regex":
        re.compile(what)
    elif kind not in ("equals", "starts_with", "ends_with", "contains") or not isinstance(what, str):
        raise ValueError(f"an unknown rule: {kind}")


def _read(url: str, wait_s: float) -> bytes:
    try:
        with urlopen(Request(url, headers={"User-Agent": "fleetmeter"}), timeout=wait_s) as answer:
            raw = answer.read(MOST_BYTES + 1)
    except (OSError, HTTPException) as error:
        raise FleetmeterError(
            f"{url} cannot be fetched: {error}", hint="nothing was changed; the table that came along stays in use"
        ) from error
    if len(raw) > MOST_BYTES:
        raise FleetmeterError(f"{url} answered more than {MOST_BYTES >> 20} MiB", hint="nothing was changed")
    return raw


def _keep(home: str, raw: bytes) -> None:
    homes.prepare(home)
    new, old = os.path.join(home, NEW), updates(home)
    if os.path.lexists(new):
        os.unlink(new)
    descriptor = homes.create_private(new)
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(raw)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    final = os.path.join(home, update_name(time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())))
    os.rename(new, final)
    for path in old:
        if path != final:
            os.unlink(path)
    homes.sync_folder(home)
