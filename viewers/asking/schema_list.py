"""`sql --schema`: the public views, and what their columns mean. VIEWS.md says it; here it is read from there."""

import os
import re
from contextlib import closing

from store import schema
from store.empty import open_empty
from store.light import NamedTuple
from viewers.reports.scope import nearest
from viewers.screen import output, terminal
from viewers.screen.text import clean
from viewers.trouble import UsageTrouble

NAMES = re.compile(r"`([a-z0-9_]+)`")
SAME = re.compile(r"as in (\w+)")
INDENT = "  "


class Column(NamedTuple):
    """A column, and what it says."""

    name: str
    meaning: str


class View(NamedTuple):
    """A view, the question that it answers, and its columns in their order."""

    name: str
    question: str
    columns: list[Column]


def asked(name: str | None, *, as_json: bool, is_alone: bool) -> int:
    """Show all views, or one."""
    if not is_alone:
        raise UsageTrouble("--schema goes with --json alone", hint="`fleetmeter sql --schema responses`")
    found = views()
    if name is not None:
        found = [view for view in found if view.name == name]
        if not found:
            raise UsageTrouble(f"there is no view {name!r}", hint=nearest(name, [view.name for view in views()]))
    if as_json:
        output.print_json({"schemaVersion": 1, "views": [_document(view) for view in found]})
        return 0
    room = terminal.columns() or 120
    for number, view in enumerate(found):
        terminal.show(*([""] if number else []), *_lines(view, room))
    return 0


def views() -> list[View]:
    """All of them, as a new database has them."""
    meanings = read(described())
    found: list[View] = []
    with closing(open_empty()) as empty:
        for view in schema.views():
            names = [row[1] for row in empty.execute(f"pragma table_info({view.name})")]
            question = view.sql.partition("\n")[0].removeprefix("-- ")
            found.append(
                View(view.name, question, [Column(name, _meaning(meanings, view.name, name)) for name in names])
            )
    return found


def _meaning(meanings: dict[str, dict[str, str]], view: str, name: str) -> str:
    """What a column says; where it is said of another view, what is said there."""
    meaning = meanings.get(view, {}).get(name) or meanings.get("", {}).get(name, "")
    elsewhere = SAME.fullmatch(meaning)
    return meanings.get(elsewhere[1], {}).get(name, meaning) if elsewhere else meaning


def read(text: str) -> dict[str, dict[str, str]]:
    """View → column → its meaning; what all views have in common is under no name."""
    found: dict[str, dict[str, str]] = {}
    for part in re.split(r"^## ", text, flags=re.MULTILINE):
        title, _, body = part.partition("\n")
        rows = [line.strip("|").split("|") for line in body.splitlines() if line.startswith("| `")]
        meanings = {name: _plain(meaning) for names, meaning in rows for name in NAMES.findall(names)}
        found["" if title.startswith("# ") else title] = meanings
    return found


def _plain(meaning: str) -> str:
    """Without the marks of Markdown."""
    return meaning.strip().replace("`", "")


def described() -> str:
    with open(os.path.join(schema.FOLDER, "VIEWS.md"), encoding="utf-8") as file:
        return file.read()


def _document(view: View) -> dict[str, object]:
    columns = [{"name": column.name, "meaning": column.meaning} for column in view.columns]
    return {"name": view.name, "question": view.question, "columns": columns}


def _lines(view: View, room: int) -> list[str]:
    """The view, then its columns; those that are described together stand together."""
    import textwrap

    shown = [terminal.paint(view.name, "bold"), *(f"{line}" for line in textwrap.wrap(view.question, room))]
    width = max(len(column.name) for column in view.columns)
    before = ""
    for column in view.columns:
        meaning = '"' if column.meaning == before and before else column.meaning
        before = column.meaning
        told = textwrap.wrap(clean(meaning), max(20, room - width - 4)) or [""]
        shown.append(f"{INDENT}{column.name.ljust(width)}{INDENT}{told[0]}".rstrip())
        shown += [f"{INDENT}{' ' * width}{INDENT}{line}" for line in told[1:]]
    return shown
