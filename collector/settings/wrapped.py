"""One command of a shell as the last word of another, in the raw text of a JSON string: each escape stays as it was."""

import json
import re
from collections.abc import Iterator

UNIT = re.compile(r"\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL)
BETWEEN = " -- "
QUOTE, BACKSLASH = "'", "\\"


def wrapped(ours: str, raw: str) -> str:
    """ours, then `--`, then what raw says, quoted."""
    units = (f"'\\\\{unit}'" if said == QUOTE else unit for unit, said in _units(raw))
    return f"{json.dumps(ours, ensure_ascii=False)[1:-1]}{BETWEEN}'{''.join(units)}'"


def unwrapped(raw: str) -> str | None:
    """The raw text that was wrapped; None where nothing was."""
    units = list(_units(raw))
    start = _start("".join(said for _, said in units))
    if start is None:
        return None
    inner, found, at = units[start:-1], list[str](), 0
    while at < len(inner):
        if inner[at][1] == QUOTE:  # '\'' of which the third is what was there
            found += [unit for unit, _ in inner[at + 2 : at + 3]]
            at += 4
        else:
            found.append(inner[at][0])
            at += 1
    return "".join(found)


def _units(raw: str) -> Iterator[tuple[str, str]]:
    """Each character with the way it is written. Half of a pair of escapes is one too."""
    for found in UNIT.finditer(raw):
        unit = found.group()
        yield unit, (json.loads(f'"{unit}"') if unit[0] == BACKSLASH else unit)


def _start(command: str) -> int | None:
    """Where the wrapped command begins: behind the first ` -- '` that is not itself quoted."""
    quote = ""
    for at, character in enumerate(command):
        if quote:
            quote = "" if character == quote else quote
        elif command.startswith(f"{BETWEEN}'", at):
            return at + len(BETWEEN) + 1
        elif character in "'\"":
            quote = character
    return None
