"""`alerts`: what goes on that you should know, what of it you have seen, and who could not be told."""

import time
from collections.abc import Callable
from contextlib import closing
from typing import NamedTuple

from store import home as homes
from store import lock
from store.alert_config import Sink
from store.alert_rules import BY_NAME
from store.ask import ask
from store.config import load
from store.database import open_reader, open_writer, transaction
from store.errors import FleetmeterError, NoDatabaseYet
from store.lock import COLLECTING
from store.secrets import hide
from viewers import query
from viewers.collecting.recording import tell_waiting
from viewers.reports.dates import utc
from viewers.reports.scope import nearest
from viewers.screen import format, output, terminal
from viewers.screen.table import Column, Row, lines
from viewers.screen.text import clean
from viewers.trouble import FAILED, UsageTrouble, tell

ACTS = ("list", "test", "ack")
SHOWN, FAILED_SHOWN = 20, 5
ALL = -1  # to SQLite a limit below zero is none
LOCK_WAIT_S = 10.0
NO_SINK = "no sink is configured: add [[alerts.sinks]] to config.toml, as the README says; nothing was sent"
COLUMNS = (
    Column("Id", is_number=True),
    Column("State"),
    Column("Since", least=16),
    Column("Rule", dispensable=1),
    Column("What", least=24),
)
STYLES = {"open": "bold", "acked": "", "ended": "dim"}

Trial = Callable[[Sink, str, float], str]
"""The collector's own way to tell a sink, which a viewer may not import."""


class Alert(NamedTuple):
    alert_id: int
    rule: str
    state: str
    text: str
    detail: str | None
    level: float
    agent: str | None
    account: str | None
    project: str | None
    session_id: str | None
    first_at: str
    last_at: str
    acked_at: str | None
    ended_at: str | None
    sent: int
    unsent: int


def run(trial: Callable[[], Trial], *, act: str, what: str | None, is_all: bool, as_json: bool) -> int:
    """Any of the three."""
    if act not in ACTS:
        raise UsageTrouble(f"alerts cannot {clean(act)!r}", hint=nearest(act, ACTS))
    if is_all and act != "ack":
        raise UsageTrouble("--all goes with `alerts ack`")
    if act == "list":
        if what is not None:
            raise UsageTrouble(f"`alerts list` takes no {clean(what)!r}", hint="`fleetmeter alerts --help` says more")
        return show(as_json=as_json)
    if act == "test":
        return test(trial(), what, as_json=as_json)
    return acknowledge(what, is_all=is_all, as_json=as_json)


def show(*, as_json: bool) -> int:
    """All that goes on, and the last that are over."""
    home, limit = homes.locate(), ALL if as_json else SHOWN
    try:
        with closing(open_reader(home)) as reader:
            found = [Alert(*row) for row in query.rows(reader, "alerts", limit=limit)]
            failed = query.rows(reader, "alerts_undelivered", limit=limit)
    except NoDatabaseYet as nothing:
        tell(nothing)
        found, failed = list[Alert](), []
    if as_json:
        output.print_json({"schemaVersion": 1, "alerts": [_document(one) for one in found],
                           "undelivered": [dict(zip(("id", "sink", "tries", "error"), row, strict=True))
                                           for row in failed]})  # fmt: skip
        return 0
    if not found:
        terminal.show("no alerts")
    else:
        terminal.show(*lines(COLUMNS, [_row(one) for one in found], terminal.columns()))
    for alert_id, sink, tries, error in failed[:FAILED_SHOWN]:
        terminal.say(clean(f"alert {alert_id} could not be told to {sink} (tried {tries} times): {error}"))
    holder = lock.holder(home)
    if found and (holder is None or holder.doing != COLLECTING):
        terminal.say("no collector runs: this is how they stood when one did; `fleetmeter start` starts one")
    return 0


def _document(one: Alert) -> dict[str, object]:
    return {
        "id": one.alert_id, "rule": one.rule, "state": one.state, "text": one.text,
        "detail": None if one.detail is None else hide(one.detail),
        "level": round(one.level, 2), "agent": one.agent, "account": one.account, "project": one.project,
        "sessionId": one.session_id, "firstAt": one.first_at, "lastAt": one.last_at, "ackedAt": one.acked_at,
        "endedAt": one.ended_at, "sent": one.sent, "unsent": one.unsent,
    }  # fmt: skip


def _row(one: Alert) -> Row:
    since = time.strftime("%Y-%m-%d %H:%M", time.localtime(_seconds(one.first_at)))
    text = f"{one.text}: {hide(one.detail)}" if one.detail else one.text
    return Row((str(one.alert_id), one.state, since, one.rule, text), STYLES[one.state])


def _seconds(at: str) -> float:
    from viewers.spending.caching import instant

    return instant(at)


def test(trial: Trial, rule: str | None, *, as_json: bool) -> int:
    """Tell every sink that wants to know of that rule, now; nothing is stored."""
    if rule is not None and rule not in BY_NAME:
        raise UsageTrouble(f"no rule {clean(rule)!r}", hint=nearest(rule, tuple(BY_NAME)))
    sinks = load(homes.locate()).alerts.sinks
    wanted = [sink for sink in sinks if rule is None or not sink.rules or rule in sink.rules]
    if not wanted:
        raise FleetmeterError(NO_SINK if not sinks else f"no sink wants to know of `{rule}`: nothing was sent")
    said = [(sink.name, trial(sink, rule or next(iter(sink.rules or BY_NAME)), time.time())) for sink in wanted]
    if as_json:
        tried = [{"sink": name, "isSent": not trouble, "error": trouble or None} for name, trouble in said]
        output.print_json({"schemaVersion": 1, "sinks": tried})
    else:
        terminal.show(*(clean(f"{name}: {f'not sent: {why}' if why else 'sent'}") for name, why in said))
    return FAILED if any(trouble for _, trouble in said) else 0


def acknowledge(what: str | None, *, is_all: bool, as_json: bool) -> int:
    """Nobody is told any more of one alert, or of all that are open."""
    if is_all == (what is not None):
        raise UsageTrouble("`alerts ack` takes the id of an alert, or --all", hint="`fleetmeter alerts` lists them")
    if what is not None and not (what.isascii() and what.isdecimal() and len(what) < 16):
        raise UsageTrouble(f"{clean(what)!r} is not the id of an alert", hint="`fleetmeter alerts` lists them")
    count = _ack(homes.locate(), None if what is None else int(what))
    if not count and what is not None:
        raise FleetmeterError(f"no alert {what} is open", hint="`fleetmeter alerts` lists them")
    if as_json:
        output.print_json({"schemaVersion": 1, "acked": count})
    else:
        terminal.show(f"{format.things(count, 'alert')} acknowledged" if count else "no alert is open")
    return 0


def _ack(home: str, alert_id: int | None) -> int:
    """Through the collector, or else as the writer for a moment."""
    said = ask(home, "ack" if alert_id is None else f"ack {alert_id}")
    if said is not None and "acked" in said:
        return int(said["acked"])
    if said is not None:
        raise FleetmeterError("the collector could not do that now", hint="try again, or `fleetmeter restart`")
    open_reader(home).close()  # what is not there is not made for this
    with lock.hold(home, "acknowledging an alert", wait_s=LOCK_WAIT_S, waiting=tell_waiting):
        from store.alerts import ack

        with closing(open_writer(home)) as connection, transaction(connection):
            return ack(connection, alert_id, utc(time.time()))
