"""The commands in their plain form, by area: read without Typer, and each side imported only when it is asked for."""

from collections.abc import Callable, Iterable

from store.light import NamedTuple
from viewers.reports.flags import FLAGS


class Plain(NamedTuple):
    """A command as it may be run without Typer: option → name of the parameter. A test holds it to what Typer says."""

    run: Callable[..., int]
    flags: dict[str, str]
    values: dict[str, tuple[str, Callable[[str], object]]]
    words: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    """Words that may follow these."""


JSON = {"--json": "as_json", "-j": "as_json"}


def whole(text: str) -> int | None:
    """A number of things as most people write it; Typer judges the rest."""
    return int(text) if text.isascii() and text.isdecimal() and 0 < int(text) < 10**9 else None


def amount(text: str) -> float | None:
    """A number of seconds, likewise."""
    number = float(text) if text.isascii() and text.replace(".", "", 1).isdecimal() else 0.0
    return number if 0.1 <= number <= 3_600 else None


def options(names: Iterable[str]) -> tuple[dict[str, str], dict[str, tuple[str, Callable[[str], object]]]]:
    """The flags and the values of these options, as a plain form has them."""
    flags = [FLAGS[name] for name in names]
    return (
        {word: flag.name for flag in flags if not flag.metavar for word in flag.words},
        {word: (flag.name, str) for flag in flags if flag.metavar for word in flag.words},
    )
