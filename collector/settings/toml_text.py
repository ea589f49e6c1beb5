"""Tables of ours in a settings file of TOML: appended between two lines of comment; nothing else is ever touched."""

import re
import tomllib
from collections.abc import Callable
from typing import Any, NamedTuple

from collector.settings.json_entries import Standing, Taken

BEGIN, END = "# >>> fleetmeter", "# <<< fleetmeter"
NO_END = "the line above had no end"
_TABLE = re.compile(r"^\[", re.MULTILINE)
_COMMAND = re.compile(r"^command *= *(.*)$", re.MULTILINE)


class Block(NamedTuple):
    """What stands between two lines of ours: one for each kind of entries."""

    what: str
    tables: str
    is_ours: Callable[[object], bool]

    @property
    def begin(self) -> str:
        return f"{BEGIN}: written by `fleetmeter {self.what} install`, removed by `fleetmeter {self.what} uninstall`"

    @property
    def top(self) -> str:
        """The name that all our tables are below."""
        return re.split(r"[\].]", self.tables.lstrip("["), maxsplit=1)[0]

    def found(self, text: str, at: int = 0) -> re.Match[str] | None:
        begin = re.escape(f"{BEGIN}: written by `fleetmeter {self.what} install`")
        block = rf"^{begin}[^\n]*\n(?P<inside>.*?)^{END}[^\n]*(?:\n|\Z)"
        return re.compile(block, re.MULTILINE | re.DOTALL).search(text, at)


def checked(text: str) -> dict[str, Any]:
    """What it says; who cannot be read says where."""
    return tomllib.loads(text)


def installed(text: str, block: Block) -> str:
    """The text with our tables at its end."""
    if standing(text, block) == Standing.WHOLE:
        return text
    before = uninstalled(text, block)
    said = checked(before)
    newline = "\r\n" if "\r\n" in before else "\n"
    is_open = before and not before.endswith("\n")
    begin = block.begin + (f"; {NO_END}" if is_open else "")
    lines = "\n".join((begin, block.tables.rstrip("\n"), END, "")).replace("\n", newline)
    after = before + (newline if is_open else "") + lines
    try:
        told = checked(after)
    except tomllib.TOMLDecodeError as error:
        raise Taken(f"what it says of `{block.top}` has a form that nothing can be added to") from error
    if not _holds(told, said):
        raise Taken("adding to it would change what it says already")
    return after


def uninstalled(text: str, block: Block) -> str:
    """The text without our tables. What another program wrote between our two lines stays."""
    found = block.found(text)
    while found is not None:
        head, tail = text[: found.start()], text[found.end() :]
        left = _foreign(found["inside"], block)
        if NO_END in found.group().partition("\n")[0] and not left:
            if not tail:
                head = head.removesuffix("\n").removesuffix("\r")
            elif tail.startswith(BEGIN):  # another kind of ours, which has to know it now
                begin, end = re.split(r"(?=\r?\n)", tail, maxsplit=1)
                tail = f"{begin}; {NO_END}{end}"
        text = head + left + tail
        found = block.found(text, len(head))
    return text


def standing(text: str, block: Block) -> str:
    """Whether our tables are there, as they should be."""
    checked(text)
    found = block.found(text)
    if found is None:
        return Standing.NONE
    inside = found["inside"].replace("\r\n", "\n")
    is_whole = inside.strip() == block.tables.strip() and block.found(text, found.end()) is None
    return Standing.WHOLE if is_whole else Standing.OTHER


def _foreign(inside: str, block: Block) -> str:
    """The tables that are not ours: a head without a command belongs to the table after it."""
    ours = set(block.tables.splitlines())
    starts = [found.start() for found in _TABLE.finditer(inside)]
    parts = [inside[start:end] for start, end in zip(starts, [*starts[1:], len(inside)], strict=True)]
    kept: list[str] = []
    heads: list[str] = []
    for part in parts:
        command = _COMMAND.search(part)
        is_head = part.startswith("[[") and part.strip().count("\n") == 0
        if is_head:
            heads.append(part)
            continue
        is_ours = part.splitlines()[0] in ours if command is None else block.is_ours(_text(command[1]))
        if not is_ours:
            kept += *heads, part
        heads = []
    return "".join((*kept, *heads))


def _text(value: str) -> object:
    try:
        return checked(f"x = {value.strip()}")["x"]
    except tomllib.TOMLDecodeError:
        return None


def _holds(told: Any, said: Any) -> bool:
    """Whether all that was said is still said: lists of tables may have grown."""
    if isinstance(said, dict):
        return isinstance(told, dict) and all(key in told and _holds(told[key], said[key]) for key in said)  # pyright: ignore[reportUnknownVariableType] - foreign
    if isinstance(said, list):
        return isinstance(told, list) and told[: len(said)] == said  # pyright: ignore[reportUnknownArgumentType] - foreign
    return told == said or (told != told and said != said)


def quoted(text: str) -> str:
    """A string, in quotes that need no escapes where that can be."""
    if "'" not in text and text.isprintable():
        return f"'{text}'"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'
