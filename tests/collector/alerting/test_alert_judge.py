"""What becomes of alerts, rule by rule: they fire, they do not below the threshold, they cool down, they end."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest

from collector.alerting.alert_judge import RECENT_S, judge
from collector.lines.when import from_unix_ms
from store.alert_rules import BY_NAME, DEFAULTS, RULES, Setting
from store.alerts import Change, Reading, Standing

NOW = 1_795_168_800.0
each = pytest.mark.parametrize("rule", [rule.name for rule in RULES])


def text(at_s: float) -> str:
    return from_unix_ms(at_s * 1000) or ""


def reading(rule: str, *, is_beyond: bool = True, since_s: float = NOW, times: float = 1.0) -> Reading:
    """Just as much as it takes, or just not."""
    share = {False: (0.99, 1.0), True: (1.01, 0.99)}[BY_NAME[rule].is_below][is_beyond]
    return Reading(rule, "subject", BY_NAME[rule].threshold * share * times, since_s, "words")


@dataclass
class Book:
    """Alerts as the database keeps them, in little."""

    rules: dict[str, Setting] = field(default_factory=lambda: dict(DEFAULTS))
    known: dict[tuple[str, str], Standing] = field(default_factory=dict[tuple[str, str], Standing])
    opened: int = 0

    def at(self, now_s: float, *readings: Reading) -> list[str]:
        """What is done then."""
        changes = judge(readings, self.known.values(), self.rules, now_s).changes
        for change in changes:
            self._take(change, now_s)
        return [change.act for change in changes]

    def _take(self, change: Change, now_s: float) -> None:
        old = {one.alert_id: key for key, one in self.known.items()}
        if change.act == "open":
            assert change.reading is not None
            self.opened += 1
            key = change.reading.rule, change.reading.subject
            self.known[key] = Standing(self.opened, *key, change.reading.level, text(now_s), 1)
            return
        assert change.alert_id is not None
        one = self.known[old[change.alert_id]]
        level = change.reading.level if change.reading else one.level
        self.known[old[change.alert_id]] = one._replace(is_there=int(change.act != "end"), level=level)


@each
def test_it_fires_at_the_threshold_and_not_before(rule: str) -> None:
    assert Book().at(NOW, reading(rule, is_beyond=False)) == []
    assert Book().at(NOW, reading(rule)) == ["open"]


@each
def test_it_fires_once_and_ends_with_its_cause(rule: str) -> None:
    book = Book()
    assert book.at(NOW, reading(rule)) == ["open"]
    assert book.at(NOW + 1, reading(rule)) == []
    assert book.at(NOW + 2, reading(rule, is_beyond=False)) == ["end"]
    assert book.at(NOW + 3) == []


@each
def test_it_cools_down(rule: str) -> None:
    """What comes back too soon is the same alert, and nobody is told of it again."""
    book, cooldown_s = Book(), DEFAULTS[rule].cooldown_minutes * 60
    found: list[str] = []
    for after in (0, 1, 2, cooldown_s - 1, cooldown_s - 0.5, cooldown_s + 1):
        found += book.at(
            NOW + after, *([reading(rule, since_s=NOW + after)] if after not in (1, cooldown_s - 0.5) else [])
        )
    assert found == ["open", "end", "reopen", "end", "open"]


@each
def test_one_that_is_off_never_fires_and_ends(rule: str) -> None:
    book = Book()
    book.at(NOW, reading(rule))
    book.rules[rule] = book.rules[rule]._replace(is_on=False)
    assert book.at(NOW + 1, reading(rule)) == ["end"]
    assert book.at(NOW + 1e6, reading(rule, since_s=NOW + 1e6)) == []


@each
def test_what_was_so_long_before_is_no_news_but_what_stands_stays(rule: str) -> None:
    old = reading(rule, since_s=NOW - RECENT_S - 1)
    assert Book().at(NOW, old) == []
    book = Book()
    book.at(NOW - RECENT_S, old)
    assert book.at(NOW, old) == []
    assert [one.is_there for one in book.known.values()] == [1]


@pytest.mark.parametrize("rule", [rule.name for rule in RULES if rule.outranks])
def test_the_louder_of_two_is_the_one_that_is_told(rule: str) -> None:
    milder = BY_NAME[rule].outranks
    assert Book().at(NOW, reading(milder), reading(rule)) == ["open"]
    book = Book()
    assert book.at(NOW, reading(milder)) == ["open"]
    assert book.at(NOW + 1, reading(milder), reading(rule)) == ["open"]


def acts(changes: Iterable[Change]) -> list[str]:
    return [change.act for change in changes]


def test_one_that_gets_worse_is_written_again_but_not_for_every_little() -> None:
    book = Book()
    book.at(NOW, reading("waiting"))
    assert book.at(NOW + 1, reading("waiting", times=1.04)) == []
    assert book.at(NOW + 2, reading("waiting", times=1.06)) == ["renew"]
    book = Book()
    assert book.at(NOW, reading("disk")) == ["open"]
    assert book.at(NOW, reading("disk", times=0.97)) == []
    assert book.at(NOW, reading("disk", times=0.9)) == ["renew"]


def test_the_clock_alone_can_make_and_end_an_alert() -> None:
    waits = Reading("waiting", "s", 20.0, NOW - 20, "words", grows=True)
    verdict = judge([waits], [], DEFAULTS, NOW)
    assert (verdict.changes, verdict.again_s) == ([], 100.0)
    full = Reading("limit", "l", 90.0, NOW, "words", until_s=NOW + 50)
    verdict = judge([full], [], DEFAULTS, NOW)
    assert (acts(verdict.changes), verdict.again_s) == (["open"], 50.0)
    (open_,) = [Standing(1, "limit", "l", 90.0, text(NOW), 1)]
    assert acts(judge([full], [open_], DEFAULTS, NOW + 50).changes) == ["end"]
    assert judge([], [], DEFAULTS, NOW).again_s is None


def test_a_clock_that_is_set_back_does_not_silence_anything_for_long() -> None:
    ended = Standing(1, "limit", "subject", 90.0, text(NOW + 1e6), 0)
    assert acts(judge([reading("limit")], [ended], DEFAULTS, NOW).changes) == ["open"]
