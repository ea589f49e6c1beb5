"""The table of costs as it is shown, written to a file: CSV, or JSON where its name ends so. Secrets stay hidden."""

import json
import os

from store.light import Any
from viewers.asking.outlet import file
from viewers.panels.costs_read import Costs
from viewers.screen.csv_text import line
from viewers.screen.money import amount
from viewers.screen.secrets import hide
from viewers.trouble import UsageTrouble

NAMES = (
    "key", "name", "last_at", "input_tokens", "cache_read_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens",
    "output_tokens", "total_tokens", "usd", "unpriced_tokens", "lower_bounds",
)  # fmt: skip
FORMS = (".csv", ".json")


def proposed(costs: Costs, folder: str) -> str:
    """A name in that folder that nothing has yet."""
    by = "prompt" if costs.ask.session else costs.ask.by
    stem = "-".join(filter(None, ("fleetmeter-costs-by", by, costs.since, costs.until)))
    number = 1
    while os.path.exists(os.path.join(folder, f"{stem}{f'-{number}' if number > 1 else ''}.csv")):
        number += 1
    return os.path.join(folder, f"{stem}{f'-{number}' if number > 1 else ''}.csv")


def records(costs: Costs) -> list[list[Any]]:
    """The rows, exact."""
    rows: list[list[Any]] = []
    for part in costs.parts:
        used = part.used
        is_priced = bool(used.usd_nanos) or not used.unpriced_tokens
        rows.append([
            part.key, hide(part.name or part.key), part.at, used.input_tokens, used.cache_read_tokens,
            used.cache_write_5m_tokens, used.cache_write_1h_tokens, used.output_tokens, used.total_tokens,
            amount(used.usd_nanos) if is_priced else None, used.unpriced_tokens, used.lower_bounds,
        ])  # fmt: skip
    return rows


def export(costs: Costs, path: str) -> str:
    """Write it; gives the whole path."""
    path = os.path.abspath(os.path.expanduser(path))
    if not path.endswith(FORMS):
        raise UsageTrouble("its name must end in .csv or .json")
    rows = records(costs)
    if path.endswith(".json"):
        document = {
            "schemaVersion": 1, "since": costs.since or None, "until": costs.until,
            "by": "prompt" if costs.ask.session else costs.ask.by, "narrowedTo": dict(costs.ask.narrow),
            "rows": [dict(zip(NAMES, row, strict=True)) for row in rows],
        }  # fmt: skip
        text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    else:
        text = "".join(f"{line(values)}\r\n" for values in (NAMES, *rows))
    with file(path) as stream:
        stream.write(text.encode("utf-8", "replace"))
    return path
