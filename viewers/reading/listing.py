"""`fleetmeter list`: the sessions of the last half hour, or all of them, a line each."""

import time
from contextlib import closing

from store import home as homes
from store.database import open_reader
from store.errors import NoDatabaseYet
from viewers.panels import fleet
from viewers.panels import fleet_read as read
from viewers.panels.documents import one_document
from viewers.panels.ink import Line, cell, cropped, plain
from viewers.panels.moments import instant
from viewers.panels.words import folder, model, money, state
from viewers.screen import format, output, terminal
from viewers.screen.ids import SHORT, told_apart
from viewers.screen.secrets import hide
from viewers.screen.text import clean
from viewers.trouble import tell

HEAD = ("STATE", "AGE", "CONTEXT", "COST", "MODEL", "PROJECT", "SESSION", "LAST PROMPT")
NONE, NONE_NOW = "no session is recorded", "no session in the last 30 minutes; `fleetmeter list --all` lists every one"
EVERY = -1
"""No limit, to SQLite."""
WIDTHS = (11, 7, 9, 11, 18, 18)


def run(*, is_all: bool = False, as_json: bool = False) -> int:
    """Show them, in the order of the terminal app."""
    now_s = time.time()
    try:
        with closing(open_reader(homes.locate())) as reader:
            found = read.fleet(reader, read.Memory(), now_s, is_all=is_all, most=EVERY if is_all else None)
    except NoDatabaseYet as nothing:
        tell(nothing)
        found = read.Fleet((), (), (), ())
    sessions = fleet.arranged(found, fleet.Look(is_all=is_all, sort="age" if is_all else "state"))
    if as_json:
        output.print_json({"schemaVersion": 1, "sessions": [one_document(one) for one in sessions]})
        return 0
    width = terminal.columns()
    short = told_apart([one.now.session_id for one in sessions])
    lines = [line(one, now_s, short) for one in sessions]
    if lines:
        head = tuple(cell(name, columns) for name, columns in zip(HEAD, (*WIDTHS, short + 1, 11), strict=True))
        for shown in (_spaced(head), *map(_spaced, lines)):
            terminal.show(plain(cropped(shown, width) if width else shown).rstrip())
    else:
        terminal.say(NONE if is_all else NONE_NOW)
    return 0


def line(one: read.One, now_s: float, short: int = SHORT) -> Line:
    """A session in columns."""
    card = one.card
    mark, words, _, _ = state(one.now.state)
    last, part = instant(one.now.last_at), fleet.share(card)
    context = "" if card is None or card.context_tokens is None else format.tokens(card.context_tokens)
    cost = money(card.usd, is_least=card.is_least and card.usd is not None) if card and card.responses else format.NONE
    asked = " ".join(hide((card.last_prompt or card.title or "") if card else "").split())
    return (
        cell(f"{mark} {words}", WIDTHS[0]),
        cell(format.lasting(now_s - last) if last is not None else "", WIDTHS[1]),
        cell(f"{part:.0%}" if part is not None else context, WIDTHS[2]),
        cell(cost, WIDTHS[3]),
        cell(model(card.model if card else None) or format.NONE, WIDTHS[4]),
        cell(folder(one.now.project), WIDTHS[5]),
        cell(one.now.session_id[:short], short + 1),
        (clean(asked), ""),
    )


def _spaced(line: Line) -> Line:
    return tuple(ink for part in line for ink in (part, (" ", "")))
