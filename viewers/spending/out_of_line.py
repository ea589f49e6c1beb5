"""Which values are out of line with those before them: by median and median deviation, which a few cannot move."""

from store.light import NamedTuple

LEAST = 8
"""Values before it; with fewer nothing is said."""
FAR, SCALE = 3.5, 1.4826
"""Deviations from the median; of a normal distribution, the median deviation times SCALE is the standard one."""
FLOOR = 0.1
"""Of the median: where all values are almost the same, a little more is not out of line."""
TIMES = 2.0


class Line(NamedTuple):
    """What is usual."""

    median: float
    deviation: float
    number: int

    @property
    def limit(self) -> float:
        return max(self.median + FAR * self.deviation, TIMES * self.median)


def line(values: list[int]) -> Line | None:
    """None where there are too few."""
    if len(values) < LEAST:
        return None
    middle = median([float(value) for value in values])
    spread = SCALE * median([abs(value - middle) for value in values])
    return Line(middle, max(spread, FLOOR * middle), len(values))


def median(values: list[float]) -> float:
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
