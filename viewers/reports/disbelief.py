"""What agents reported that is out of all proportion: no report counts it, and each says so."""

import sqlite3

from viewers import query
from viewers.reports.scope import Scope
from viewers.screen import format, terminal
from viewers.screen.money import dollars
from viewers.screen.text import clean

ASKED = ("since", "until", "accounts", "agents", "models", "projects", "sessions")
WORTH = {"auto": "; they are counted at their prices, {}", "display": "; they have no price here"}


def warn(reader: sqlite3.Connection, scope: Scope) -> None:
    """A line for each agent, unless nothing was asked of what agents report."""
    if scope.mode not in WORTH:
        return
    asked = scope.parameters()
    for agent, responses, micros, nanos in query.rows(reader, "disbelieved", **{name: asked[name] for name in ASKED}):
        worth = WORTH[scope.mode].format(dollars(nanos))
        answers = format.things(responses, "response")
        terminal.say(clean(f"not believed: {agent} says that {answers} cost {dollars(micros * 1000)}{worth}"))
