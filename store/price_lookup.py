"""What models cost: asked of a child, which loads the table of prices, answers, and ends. It knows no database."""

import os
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from store.errors import FleetmeterError
from store.price_config import LIKE, Override

# A plain process, which imports from where we do; without `site`, which it needs not, it starts in half the time.
START = "import sys; sys.path[:] = sys.argv[1:]; from store.price_lookup import serve; serve()"

CONFIG = "config"
ALWAYS_ALL = ("", "00:00", -1)
"""Rates that never change, of requests of any size."""

Pair = tuple[str, str]  # a model, and a tier


class Rate(NamedTuple):
    """A row of the table `price`, without its key. Without rates it is unpriced, and the reason says why."""

    version: str
    model: str
    tier: str
    provider: str | None
    matched: str | None
    reason: str
    starts_at: str
    from_time: str
    above_tokens: int
    input_picos: int | None = None
    cache_read_picos: int | None = None
    cache_write_5m_picos: int | None = None
    cache_write_1h_picos: int | None = None
    output_picos: int | None = None
    web_search_picos: int | None = None


class Asked(NamedTuple):
    """What the child is asked."""

    pairs: list[Pair]
    config: dict[str, Override]
    home: str


class LookupFailed(FleetmeterError):
    """The child could not answer."""


def look_up(pairs: Sequence[Pair], config: dict[str, Override], home: str) -> list[Rate]:
    """The rates of these models under these tiers; the data folder may hold a newer table."""
    import subprocess  # it takes as long to import as looking for what is new

    paths = [path for path in sys.path if path]
    command = [sys.executable, "-I", "-S", "-c", START, *paths]
    question = msgspec.json.encode(Asked(list(pairs), config, home))
    try:
        done = subprocess.run(command, input=question, capture_output=True, check=False)
    except OSError as error:
        raise LookupFailed(f"the prices cannot be looked up: {error.strerror}") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = said[-1] if said else f"exit code {done.returncode}"
        raise LookupFailed(f"the prices cannot be looked up: {reason}", hint="reinstall fleetmeter")
    return msgspec.json.decode(done.stdout, type=list[Rate])


def unpriced(pairs: Sequence[Pair], version: str, reason: str) -> list[Rate]:
    """What to say of models whose price nobody knows."""
    return [Rate(version, model, tier, None, None, reason, *ALWAYS_ALL) for model, tier in pairs]


def serve() -> None:
    """The child: a question on standard input, the answer on standard output."""
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=Asked)
    answer = msgspec.json.encode(resolve(asked))
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    os._exit(0)  # nothing is open; taking the table apart would take as long as using it


def resolve(asked: Asked) -> list[Rate]:
    """The rates of every pair."""
    from store.price_table import load

    table = load(asked.home)
    return [rate for pair in asked.pairs for rate in _of(pair, asked.config, table)]


def _of(pair: Pair, config: dict[str, Override], table: Any) -> list[Rate]:
    """Of one: by the user's own table, exactly by name; else by the shipped one."""
    model, tier = pair
    override = config.get(model, {})
    version = f"config {fingerprint(override)}"
    if tier in override and tier != LIKE:
        return [_own(pair, version, override[tier], "by your configuration")]
    if LIKE not in override:
        return _shipped(pair, model, table.version, table, "")
    other = override[LIKE]
    how = f"like `{other}`, by your configuration"
    if tier in config.get(other, {}):
        return [_own(pair, version, config[other][tier], how)]
    return _shipped(pair, other, f"{version}, {table.version}", table, how)


def _shipped(pair: Pair, name: str, version: str, table: Any, how: str) -> list[Rate]:
    from store.price_match import find
    from store.price_rates import flatten

    found = find(table.providers, name)
    if found is None:
        return unpriced([pair], version, ", ".join(filter(None, (how, f"no such model in {table.version}"))))
    how = ", ".join(filter(None, (how, found.how)))
    own = (found.provider, found.model["id"])
    rows = flatten(found.model, pair[1], found.is_own)
    return [Rate(version, *pair, *own, row.reason or how, *row[:3], *(row.rates or ())) for row in rows]


def _own(pair: Pair, version: str, said: dict[str, str], how: str) -> Rate:
    """A kind that the user does not name is billed as the one it is a part of, as in the shipped table."""
    from decimal import Decimal

    from store.price_rates import PICOS, SEARCH_PICOS, Rates

    known = {name: Decimal(rate) for name, rate in said.items()}
    plain = known["input"]
    five = known.get("cache_write_5m", plain)
    hour, searches = known.get("cache_write_1h", five), known.get("web_search", Decimal(0))
    read, output = known.get("cache_read", plain), known["output"]
    plain, read, five, hour, output = (int(rate * PICOS) for rate in (plain, read, five, hour, output))
    rates = Rates(plain, read, five, hour, output, int(searches * SEARCH_PICOS))
    return Rate(version, *pair, CONFIG, pair[0], how, *ALWAYS_ALL, *rates)


def fingerprint(value: object) -> str:
    """Changes when the value does."""
    import zlib

    return f"{zlib.crc32(msgspec.json.encode(value, order='deterministic')):08x}"
