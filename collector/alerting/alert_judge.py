"""What becomes of alerts: pure, of what is measured, what stands, and the time."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from collector.lines.when import from_unix_ms, seconds
from store.alert_rules import BY_NAME, Setting
from store.alerts import Change, Reading, Standing

RECENT_S = 3600.0
"""What was so for longer when it is first seen is no news: a pause of the collector, a first import."""
WORSE = 1.05
"""An alert that stands is written again when its level is worse by so much."""


class Verdict(NamedTuple):
    """What is to be written, and when there may be more of it though nothing is recorded."""

    changes: list[Change]
    again_s: float | None


def judge(
    readings: Iterable[Reading], standing: Iterable[Standing], rules: Mapping[str, Setting], now_s: float
) -> Verdict:
    """Open, renew, reopen and end; each rule and subject has one alert at most."""
    found = {(reading.rule, reading.subject): reading for reading in readings if rules[reading.rule].is_on}
    beyond = {key: reading for key, reading in found.items() if _is_beyond(reading, rules, now_s)}
    known = {(one.rule, one.subject): one for one in standing}
    changes = [_end(one, rules) for key, one in known.items() if one.is_there and key not in beyond]
    louder = {(BY_NAME[rule].outranks, subject) for rule, subject in beyond}
    for key, reading in beyond.items():
        one = known.get(key)
        if one is not None and one.is_there:
            if _is_worse(reading, one):
                changes.append(Change("renew", one.alert_id, reading))
        elif one is not None and 0 <= now_s - seconds(one.first_at) < rules[reading.rule].cooldown_minutes * 60:
            changes.append(Change("reopen", one.alert_id, reading))
        elif key not in louder and _is_news(reading, now_s):
            changes.append(Change("open", None, reading))
    return Verdict(changes, _again(found.values(), beyond.keys(), rules, now_s))


def _end(one: Standing, rules: Mapping[str, Setting]) -> Change:
    until_s = seconds(one.first_at) + rules[one.rule].cooldown_minutes * 60
    return Change("end", one.alert_id, None, from_unix_ms(until_s * 1000) or "")


def _is_beyond(reading: Reading, rules: Mapping[str, Setting], now_s: float) -> bool:
    if reading.until_s is not None and now_s >= reading.until_s:
        return False
    threshold = rules[reading.rule].threshold
    return reading.level < threshold if BY_NAME[reading.rule].is_below else reading.level >= threshold


def _is_worse(reading: Reading, one: Standing) -> bool:
    if BY_NAME[reading.rule].is_below:
        return reading.level * WORSE < one.level
    return reading.level > one.level * WORSE


def _is_news(reading: Reading, now_s: float) -> bool:
    return now_s - reading.since_s <= RECENT_S


def _again(
    found: Iterable[Reading], beyond: Iterable[tuple[str, str]], rules: Mapping[str, Setting], now_s: float
) -> float | None:
    """Seconds until the first of them crosses its threshold, or is over, by the clock alone."""
    past = set(beyond)
    times: list[float] = []
    for reading in found:
        is_past = (reading.rule, reading.subject) in past
        if is_past and reading.until_s is not None:
            times.append(reading.until_s - now_s)
        if not is_past and reading.grows:
            times.append(rules[reading.rule].threshold - reading.level)
    return max(0.0, min(times)) if times else None
