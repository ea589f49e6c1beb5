"""`reprice`: all costs made anew from the tokens and today's prices, in one pass, and what that changed."""

import time
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from store import home as homes
from store.database import open_writer, path_in
from store.errors import NoDatabaseYet
from store.lock import hold
from viewers.collecting.recording import tell_waiting
from viewers.screen import format, output, terminal
from viewers.screen.money import UNPRICED, dollars
from viewers.screen.table import Column, Row, lines
from viewers.trouble import tell

if TYPE_CHECKING:
    from store.costs import Change, Worth

WAIT_S = 10.0
COLUMNS = (
    Column("Model", least=16),
    Column("Answers", is_number=True),
    Column("Before", is_number=True),
    Column("After", is_number=True),
)


def run(*, is_dry: bool, as_json: bool) -> int:
    """Make all costs anew, or only say what that would change."""
    import os

    from store.config import load

    home = homes.locate()
    began = time.monotonic()
    if not os.path.lexists(path_in(home)):
        tell(NoDatabaseYet(f"nothing is recorded yet in {home}", hint="run `fleetmeter collect --once`"))
        changes: Sequence[Change] = ()
    else:
        changes = _reprice(home, load(home).prices, is_dry)
    if as_json:
        output.print_json({"schemaVersion": 1, "isDry": is_dry, "models": [_document(change) for change in changes]})
    else:
        terminal.show(*said(changes, is_dry, time.monotonic() - began))
    return 0


def _reprice(home: str, prices: "dict[str, dict[str, object]]", is_dry: bool) -> "Sequence[Change]":
    from store.costs import reprice
    from store.usage_days import sum_days

    with hold(home, "pricing anew", wait_s=WAIT_S, waiting=tell_waiting), closing(open_writer(home)) as connection:
        connection.execute("begin immediate")
        try:
            changes = reprice(connection, prices)
            sum_days(connection)
            connection.execute("rollback" if is_dry else "commit")
        finally:
            if connection.in_transaction:
                connection.execute("rollback")
    return changes


def said(changes: "Sequence[Change]", is_dry: bool, took_s: float) -> list[str]:
    """What changed, by model, and how much that is in all."""
    changed = [change for change in changes if change.before != change.after]
    answers = format.things(sum(change.after.responses for change in changes), "answer")
    if not changed:
        return [
            f"nothing changes: {answers} {'would be ' if is_dry else ''}priced as before ({format.seconds(took_s)})"
        ]
    rows = [
        Row((change.model, format.count(change.after.responses), amount(change.before), amount(change.after)))
        for change in changed
    ]
    before, after = (
        sum(worth.usd_nanos for worth in side) for side in zip(*[change[1:] for change in changes], strict=True)
    )
    words = "would change" if is_dry else "changed"
    total = (
        f"{answers} priced anew in {format.seconds(took_s)}; in all {dollars(before)} before, {dollars(after)} after"
    )
    return [f"{format.things(len(changed), 'model')} {words}", "", *lines(COLUMNS, rows, terminal.columns()), "", total]


def amount(worth: "Worth") -> str:
    """What answers cost, and how many of them nobody can price."""
    if not worth.unpriced:
        return dollars(worth.usd_nanos)
    if worth.unpriced == worth.responses:
        return UNPRICED
    return f"{dollars(worth.usd_nanos)} + {format.count(worth.unpriced)} unpriced"


def _document(change: "Change") -> dict[str, object]:
    before, after = change.before, change.after
    return {
        "model": change.model,
        "responses": after.responses,
        "costBefore": None if before.unpriced == before.responses else before.usd_nanos / 1e9,
        "costAfter": None if after.unpriced == after.responses else after.usd_nanos / 1e9,
        "unpricedBefore": before.unpriced,
        "unpricedAfter": after.unpriced,
    }
