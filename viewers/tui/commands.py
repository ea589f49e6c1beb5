"""What the palette of commands knows: every screen, what each does, the sessions of the fleet."""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand

from viewers.panels.fleet_read import Fleet, One
from viewers.panels.words import folder
from viewers.screen.secrets import hide
from viewers.screen.text import clean
from viewers.tui.face import Face

if TYPE_CHECKING:
    from viewers.tui.app import FleetApp

SESSIONS = 60


def commands(app: "FleetApp") -> Iterable[SystemCommand]:
    """All of them, the screens first."""
    for face in app.faces.values():
        yield SystemCommand(f"Go to {face.title}", f"Key {face.number}", partial(app.show, face))
    yield SystemCommand("Needs attention", "Key n", app.action_attention)
    yield SystemCommand("Pause or resume updates", "Key p: the collector goes on", app.action_pause)
    yield SystemCommand("Read again now", "Key r", app.action_reload)
    found: Fleet | None = app.faces["Fleet"].answer
    for one in found.sessions[:SESSIONS] if found else ():
        yield SystemCommand(f"Open session {_name(one)}", "Of the fleet", partial(app.open_session, one.now.key))
    for face in app.faces.values():
        for act in face.acts:
            said = f"Key {act.key} of {face.title}" if act.key else face.title
            yield SystemCommand(f"{face.title}: {act.name}", said, partial(_act, app, face, act.action))
    yield SystemCommand("Toggle light and dark", "Key T", app.action_other_theme)
    yield SystemCommand("Theme…", "Any theme", app.action_change_theme)
    yield SystemCommand("Keys and panels", "Key ?", app.action_help)
    yield SystemCommand("Quit", "Key q: the collector goes on", partial(app.exit, 0))


def _name(one: One) -> str:
    """As people know it."""
    card = one.card
    parts = folder(one.now.project), card.branch if card else None, card.title if card else None, one.now.session_id[:8]
    return clean(hide(" · ".join(filter(None, parts))))


def _act(app: "FleetApp", face: Face, action: str) -> None:
    if app.shown is not face:
        app.show(face)
    app.call_later(app.run_action, action, face)
