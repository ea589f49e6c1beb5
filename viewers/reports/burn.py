"""How fast it goes: the days of a stretch of time, and what the rest of it will add. Pure: of days and their sums."""

from datetime import date, timedelta

from store.light import NamedTuple

BURN_DAYS = 7
"""Full days that a rate is made of."""
LEAST_DAYS = 3
"""With usage, of those; with fewer nothing is said."""
SPREAD = 1.28
"""Standard deviations to either side: four of five outcomes lie within, if days go on like the last ones."""


class Rate(NamedTuple):
    """What the last full days came to, days without usage included."""

    days: int
    active: int
    mean: float
    deviation: float
    lowest: int
    highest: int


class Outlook(NamedTuple):
    """What a stretch will have come to at its end."""

    low: int
    likely: int
    high: int


def rate(spent: dict[str, int], today: str, first: str | None) -> Rate | None:
    """Of the last full days before today; None where there are too few. first is the first day ever recorded."""
    if first is None:
        return None
    end = date.fromisoformat(today)
    begins = max(end - timedelta(BURN_DAYS), date.fromisoformat(first))
    days = [(begins + timedelta(number)).isoformat() for number in range((end - begins).days)]
    values = [spent.get(day, 0) for day in days]
    active = sum(day in spent for day in days)
    if len(days) < BURN_DAYS or active < LEAST_DAYS:
        return None
    mean = sum(values) / len(values)
    deviation = (sum((value - mean) ** 2 for value in values) / (len(values) - 1)) ** 0.5
    return Rate(len(values), active, mean, deviation, min(values), max(values))


def outlook(spent: int, of_today: int, burn: Rate, days_left: int) -> Outlook:
    """The range: today comes to as much as a day does, if it is not there already; then as many days as are left.

    Both the days ahead and the mean of so few days may be off.
    """
    rest = max(0.0, burn.mean - of_today)
    likely = spent + rest + burn.mean * days_left
    days = days_left + (1 if rest else 0)
    around = SPREAD * burn.deviation * (days + days**2 / burn.days) ** 0.5
    return Outlook(round(max(spent, likely - around)), round(likely), round(likely + around))


def period_of(per: str, today: str) -> tuple[str, str]:
    """The first and the last day of the day, week or month that today lies in; weeks begin on Monday."""
    day = date.fromisoformat(today)
    if per == "day":
        return today, today
    if per == "week":
        monday = day - timedelta(day.weekday())
        return monday.isoformat(), (monday + timedelta(6)).isoformat()
    first = day.replace(day=1)
    return first.isoformat(), ((first + timedelta(31)).replace(day=1) - timedelta(1)).isoformat()


def crossing(spent: dict[str, int], limit: int, since: str, until: str, today: str, burn: Rate | None) -> str | None:
    """The day on which the limit was crossed, or will be at this rate; None where it will not be, or nobody knows."""
    total = 0
    for day in sorted(day for day in spent if since <= day <= today):
        total += spent[day]
        if total > limit:
            return day
    if burn is None or burn.mean <= 0:
        return None
    day, own = date.fromisoformat(today), spent.get(today, 0)
    total += round(max(0.0, burn.mean - own))
    while total <= limit:
        day += timedelta(1)
        if day.isoformat() > until:
            return None
        total += round(burn.mean)
    return day.isoformat() if day.isoformat() <= until else None
