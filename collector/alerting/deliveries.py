"""Who is to be told of alerts is told by a thread for each sink, which knows no database: recording never waits.

What was sent is noted when the sink has accepted it. A collector that is killed before that sends it again.
"""

import sqlite3
import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue

from collector.alerting.sinks import Undelivered, send
from collector.lines.when import from_unix_ms
from store import alerts
from store.alert_config import Sink
from store.alerts import Settled, Told
from store.database import transaction

WAITS_S = (5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0, 7200.0)
"""After each try that failed; then it is given up."""

Send = Callable[[Sink, Sequence[Told]], None]


class Deliveries:
    """The threads that send, and what they said of it."""

    def __init__(self, wake: Callable[[], None], send: Send = send) -> None:
        self._wake, self._send = wake, send
        self._said: SimpleQueue[tuple[Sink, list[Told], Undelivered | None]] = SimpleQueue()
        self._busy = set[str]()
        self._due_at: str | None = ""
        self._sinks: tuple[Sink, ...] | None = None

    def look_again(self) -> None:
        """There may be something new to send."""
        self._due_at = ""

    @property
    def is_idle(self) -> bool:
        """Whether everybody who was being told has spoken."""
        return self._said.qsize() >= len(self._busy)

    def tend(self, connection: sqlite3.Connection, sinks: tuple[Sink, ...], now_s: float) -> bool:
        """Note what was sent, and begin what is due; says whether anything was written."""
        settled = self._settled(now_s)
        is_changed = sinks != self._sinks
        if settled or is_changed:
            with transaction(connection):
                alerts.settle(connection, settled)
                alerts.orphan(connection, [sink.name for sink in sinks])
            self._sinks, self._due_at = sinks, ""
        now = _text(now_s)
        if self._due_at is not None and self._due_at <= now:
            for sink in sinks:
                if sink.name not in self._busy and (told := alerts.due(connection, sink.name, now)):
                    self._begin(sink, told)
            # Whoever is being told is asked for when its thread has spoken.
            due = alerts.next_due(connection)
            self._due_at = min((at for name, at in due.items() if name not in self._busy), default=None)
        return bool(settled) or is_changed

    def _begin(self, sink: Sink, told: list[Told]) -> None:
        self._busy.add(sink.name)
        threading.Thread(target=self._run, args=(sink, told), name=f"sink {sink.name}", daemon=True).start()

    def _run(self, sink: Sink, told: list[Told]) -> None:
        trouble: Undelivered | None = None
        try:
            self._send(sink, told)
        except Undelivered as error:
            trouble = error
        except Exception as error:  # noqa: BLE001 - whatever fails outside must not end the thread without a word
            trouble = Undelivered(type(error).__name__)
        self._said.put((sink, told, trouble))
        self._wake()

    def _settled(self, now_s: float) -> list[Settled]:
        found: list[Settled] = []
        while True:
            try:
                sink, told, trouble = self._said.get_nowait()
            except Empty:
                return found
            self._busy.discard(sink.name)
            found += [_settled(one, sink.name, trouble, now_s) for one in told]


def _settled(one: Told, sink: str, trouble: Undelivered | None, now_s: float) -> Settled:
    if trouble is None:
        return Settled(one.alert_id, sink, "sent", _text(now_s), None, one.ended_at is not None)
    if trouble.is_final or one.tries >= len(WAITS_S):
        return Settled(one.alert_id, sink, "dead", _text(now_s), str(trouble))
    return Settled(one.alert_id, sink, "waiting", _text(now_s + WAITS_S[one.tries]), str(trouble))


def _text(at_s: float) -> str:
    return from_unix_ms(at_s * 1000) or ""
