"""What goes to stdout as JSON: valid, in UTF-8, and harmless on a terminal."""

import sys

from viewers.screen.terminal import show

# What JSON must escape; safe_json escapes what a terminal must not see.
ESCAPES = {'"': '\\"', "\\": "\\\\", **{chr(code): f"\\u{code:04x}" for code in range(32)}}


def safe_json(document: str) -> str:
    """The same JSON, where every character that could steer a terminal or a browser is written as an escape."""
    if document.replace("\n", " ").isprintable():
        return document
    return "".join(
        character if character.isprintable() or character == "\n" else _escape(character) for character in document
    )


def quoted(text: str) -> str:
    """A text as JSON has it, and as safe."""
    if '"' in text or "\\" in text or not text.isprintable():
        text = safe_json("".join(ESCAPES.get(character) or character for character in text))
    return f'"{text}"'


def print_json(value: object) -> None:
    """One document; indented for a person, in one line for a program."""
    import json

    utf8()
    show(safe_json(json.dumps(value, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None)))


def utf8() -> None:
    """JSON and CSV are UTF-8, whatever the locale."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="backslashreplace")


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[index]:02x}{units[index + 1]:02x}" for index in range(0, len(units), 2))
