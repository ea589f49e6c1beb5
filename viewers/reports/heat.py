"""When money is spent: what each hour of the week came to, and in which of five steps that is drawn."""

import sqlite3
import time

from store.light import NamedTuple
from viewers import query
from viewers.reports.dates import seconds_of
from viewers.reports.scope import Scope
from viewers.reports.usage import QUARTER_HOURS, RESPONSES, Used, parameters

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HOURS = 24
STEPS = 4


class Heat(NamedTuple):
    """Billionths of a dollar, by day of the week and hour."""

    cells: tuple[tuple[int, ...], ...]

    @property
    def days(self) -> tuple[str, ...]:
        return DAYS

    @property
    def most(self) -> int:
        return max(map(max, self.cells))

    @property
    def steps(self) -> list[list[int]]:
        """Nothing is 0, whatever cost something is at least 1."""
        most = self.most or 1
        return [[min(1 + int(nanos / most * STEPS), STEPS) if nanos else 0 for nanos in row] for row in self.cells]


def heat(reader: sqlite3.Connection, scope: Scope) -> Heat:
    """By the clocks of the zone that is asked for."""
    source = RESPONSES if scope.branch is not None else QUARTER_HOURS
    cells = [[0] * HOURS for _ in DAYS]
    for at, _, *sums, _ in query.grouped(reader, source, "used_by_quarter", **parameters(scope, "")):
        instant = int(seconds_of(at))
        then = time.gmtime(instant + scope.zone.offset(instant))
        cells[then.tm_wday][then.tm_hour] += Used(*sums).usd_nanos
    return Heat(tuple(map(tuple, cells)))
