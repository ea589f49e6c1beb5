"""Between two rounds: is there anything that somebody should know? Asked only when something changed, or is due."""

import os
import sqlite3
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from collector.alerting.alert_judge import judge
from collector.alerting.alert_readings import of_accounts, of_sessions
from collector.alerting.deliveries import Deliveries
from collector.alerting.process_readings import Processes
from collector.daemon.log import told
from collector.daemon.tally import Tally
from collector.lines.when import from_unix_ms
from collector.recording.live import Live
from store import alerts
from store.alerts import Reading
from store.config import Config
from store.database import transaction

REST = 20.0
"""After a look at everything, for so many times as it took, there is none."""
SLOW_S, DISK_S = 15.0, 60.0
REJECTS_S, BROKEN_S = 600.0, 600.0
MEBI = 1 << 20
COLLECTOR = "collector"
LAG = "the collector is {:.0f} s behind"
REJECTS = "{} lines were rejected within ten minutes; `fleetmeter rejects` lists them"
HELD_UP = "a program that reads the database keeps {:.0f} MB of its log from being emptied: end it"
DISK = "the disk of the data folder has {:.0f} MB left"


class AlertWatch:
    """What was found last, and when to look again."""

    def __init__(
        self, home: str, connection: sqlite3.Connection, wake: Callable[[], None], tell: Callable[[str], None]
    ) -> None:
        self._home, self._connection, self._tell = home, connection, tell
        self._deliveries = Deliveries(wake)
        self._seen = -1
        self._config: Config | None = None
        self._rest_until = self._again_at = self._slow_at = self._disk_at = 0.0
        self._slow: list[Reading] = []
        self._processes = Processes(home)
        self._free_mb = float("inf")
        self._rejected: deque[tuple[float, int]] = deque()
        self._own: tuple[object, ...] = ()
        self.open = alerts.open_count(connection)

    def tend(self, config: Config, live: Live, tally: Tally) -> None:
        """Look, if there is reason to; then send what is to be sent."""
        if live.guard.must_stop:
            return
        now, now_s = time.monotonic(), time.time()
        own = self._of_collector(live, tally, now, now_s)
        rules = config.alerts.rules
        # Who is stale tells nothing that could be recorded, and whoever has ended neither.
        running = [one for one in self._processes.look(now, now_s) if _is_beyond(one, rules[one.rule].threshold)]
        beyond = (_is_beyond(one, rules[one.rule].threshold) for one in own)
        standing = live.is_importing, *beyond, *((one.rule, one.subject) for one in running)
        is_due = config is not self._config or standing != self._own or now >= self._again_at
        is_due = is_due or self._connection.total_changes != self._seen
        if is_due and now >= self._rest_until:
            self._config, self._own = config, standing
            self._try(config, own, is_importing=live.is_importing)
            live.guard.wrote(0)
            self._seen = self._connection.total_changes
            self._rest_until = max(self._rest_until, time.monotonic() + REST * (time.monotonic() - now))
        if self._deliveries.tend(self._connection, config.alerts.sinks, now_s):
            live.guard.wrote(0)

    def errand(self, question: str) -> dict[str, Any] | None:
        """Acknowledge one (`ack 7`), or all; None where something else is asked."""
        name, _, text = question.partition(" ")
        if name != "ack" or not (text == "" or text.isdecimal()):
            return None
        with transaction(self._connection):
            count = alerts.ack(self._connection, int(text) if text else None, _text(time.time()))
        self.open = alerts.open_count(self._connection)
        return {"acked": count}

    def document(self) -> dict[str, Any]:
        return {"open": self.open}

    def _try(self, config: Config, own: list[Reading], *, is_importing: bool) -> None:
        """Whatever an agent wrote that we cannot reckon with: no alert is worth a line that is not recorded."""
        try:
            self._look(config, own, is_importing=is_importing)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            self._rest_until = time.monotonic() + BROKEN_S
            self._tell(f"alerts: {told(error)}")

    def _look(self, config: Config, own: list[Reading], *, is_importing: bool) -> None:
        """While history is imported, nothing that it says is taken for news, and nothing for over."""
        now, now_s = time.monotonic(), time.time()
        kept = {one.rule for one in own}
        readings = own
        if not is_importing:
            if now >= self._slow_at or any(one.until_s and one.until_s <= now_s for one in self._slow):
                self._slow_at = now + SLOW_S
                self._slow = of_accounts(self._connection, config.budgets, now_s)
            readings = [*own, *of_sessions(self._connection, now_s), *self._slow, *self._processes.found]
        longest_s = max(rule.cooldown_minutes for rule in config.alerts.rules.values()) * 60
        standing = alerts.standing(self._connection, _text(max(0.0, now_s - longest_s)))
        standing = [one for one in standing if not is_importing or one.rule in kept]
        verdict = judge(readings, standing, config.alerts.rules, now_s)
        self._again_at = now + verdict.again_s if verdict.again_s is not None else float("inf")
        if verdict.changes:
            with transaction(self._connection):
                alerts.apply(self._connection, verdict.changes, config.alerts.sinks, _text(now_s))
            self._deliveries.look_again()
        self.open = alerts.open_count(self._connection)

    def _of_collector(self, live: Live, tally: Tally, now: float, now_s: float) -> list[Reading]:
        """How the recording itself stands."""
        if now >= self._disk_at:
            self._disk_at = now + DISK_S
            self._free_mb = free_mb(self._home)
        _, lag_s = live.lag()
        rejected = self._lately(tally.rejected, now, is_importing=live.is_importing)
        held_mb = live.guard.used / MEBI if live.guard.is_held_up else 0.0
        return [
            Reading("lag", COLLECTOR, lag_s, now_s, LAG.format(lag_s)),
            Reading("rejects", COLLECTOR, rejected, now_s, REJECTS.format(rejected)),
            Reading("log_held_up", COLLECTOR, held_mb, now_s, HELD_UP.format(held_mb)),
            Reading("disk", COLLECTOR, self._free_mb, now_s, DISK.format(self._free_mb)),
        ]

    def _lately(self, rejected: int, now: float, *, is_importing: bool) -> int:
        """How many were rejected within the last minutes; those of an import are old, and count for nothing."""
        if is_importing:
            self._rejected.clear()
        if not self._rejected or self._rejected[-1][1] != rejected:
            self._rejected.append((now, rejected))
        while len(self._rejected) > 1 and self._rejected[1][0] < now - REJECTS_S:
            self._rejected.popleft()
        if len(self._rejected) > 1 and self._rejected[-1][0] < now - REJECTS_S:
            del self._rejected[0]
        return rejected - self._rejected[0][1]


def _is_beyond(reading: Reading, threshold: float) -> bool:
    return reading.level < threshold if reading.rule == "disk" else reading.level >= threshold


def free_mb(home: str) -> float:
    try:
        found = os.statvfs(home)
    except OSError:
        return float("inf")
    return found.f_bavail * found.f_frsize / MEBI


def _text(at_s: float) -> str:
    return from_unix_ms(at_s * 1000) or ""
