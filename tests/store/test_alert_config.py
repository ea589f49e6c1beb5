"""Alerts in the configuration: every key checked, and the error names the file, the key and what may stand there."""

from pathlib import Path

import pytest

from store.alert_config import Sink
from store.alert_rules import DEFAULTS, RULES, Setting
from store.config import load
from store.errors import FleetmeterError

URL = "https://hooks.example.org/T0P-S3CRET"


def configured(home: Path, text: str) -> Path:
    home.mkdir()
    (home / "config.toml").write_text(text + "\n")
    return home


def test_rules_and_sinks_are_read(home: Path) -> None:
    found = load(
        configured(
            home,
            "[alerts.waiting]\nthreshold = 30\n[alerts.disk]\non = false\ncooldown_minutes = 0\n"
            f'[[alerts.sinks]]\nkind = "webhook"\nurl = "{URL}"\nform = "ntfy"\ntoken = "t"\ntext = true\n'
            '[[alerts.sinks]]\nkind = "webhook"\nurl = "http://127.0.0.1:9/x"\nrules = ["waiting", "limit"]\n'
            "ended = true\n"
            '[[alerts.sinks]]\nkind = "desktop"\n[[alerts.sinks]]\nkind = "command"\nname = "mine"\n'
            'command = ["say", "it"]\n',
        )
    ).alerts
    changed = {"waiting": Setting(True, 30, 2), "disk": Setting(False, 500, 0)}
    assert found.rules == {**DEFAULTS, **changed}
    assert found.sinks == (
        Sink("webhook", "webhook", URL, "ntfy", "t", has_text=True),
        Sink("webhook 2", "webhook", "http://127.0.0.1:9/x", rules=("waiting", "limit"), has_end=True),
        Sink("desktop", "desktop"),
        Sink("mine", "command", command=("say", "it")),
    )


def test_the_milder_rule_of_a_pair_has_the_lower_threshold() -> None:
    by_name = {rule.name: rule for rule in RULES}
    pairs = [(rule, by_name[rule.outranks]) for rule in RULES if rule.outranks]
    assert len(pairs) == 3
    assert all(milder.threshold < rule.threshold for rule, milder in pairs)


SINK = "[[alerts.sinks]]\n"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("alerts = 3", "`alerts` should be a table for each rule", "fix"),
        ("[alerts.wating]\non = true", "unknown rule `wating` in `alerts`", "did you mean `waiting`?"),
        ("[alerts]\nwaiting = 3", "`alerts.waiting` should be a table, as `threshold = 120`", "fix"),
        ("[alerts.waiting]\ntreshold = 3", "unknown key `treshold` in `alerts.waiting`", "did you mean `threshold`?"),
        ("[alerts.waiting]\nthreshold = 0", "`alerts.waiting.threshold` should be a number above 0", "fix"),
        ("[alerts.context]\nthreshold = 101", "`alerts.context.threshold` should be a number above 0 to 100", "fix"),
        ("[alerts.waiting]\nthreshold = nan", "`alerts.waiting.threshold` should be a number", "fix"),
        (
            "[alerts.waiting]\ncooldown_minutes = -1",
            "`alerts.waiting.cooldown_minutes` should be a number from 0",
            "fix",
        ),
        ("[alerts.waiting]\non = 1", "`alerts.waiting.on` should be true or false", "fix"),
        ("[alerts]\nsinks = 3", "`alerts.sinks` should be a table for each", "fix"),
        (SINK + 'knd = "desktop"', "unknown key `knd` in `alerts.sinks`", "did you mean `kind`?"),
        (SINK + 'kind = "webhok"', "`alerts.sinks.kind` cannot be 'webhok'", "did you mean `webhook`?"),
        (SINK + 'name = "x"', "`alerts.sinks.kind` is not said", "it may be `webhook`"),
        (SINK + 'kind = "webhook"', "`alerts.sinks.url` should be a web address", "fix"),
        (SINK + f'kind = "desktop"\nurl = "{URL}"', '`alerts.sinks.url` goes not with `kind = "desktop"`', "delete"),
        (
            SINK + 'kind = "webhook"\nurl = "http://h/x"\nform = "slak"',
            "form` cannot be 'slak'",
            "did you mean `slack`?",
        ),
        (SINK + 'kind = "command"\ncommand = "say"', "`alerts.sinks.command` should be a list of texts", "fix"),
        (SINK + 'kind = "desktop"\nrules = ["lmit"]', "unknown rule `lmit` in `alerts.sinks.rules`", "`limit`"),
        (
            SINK + 'kind = "desktop"\nname = "a"\n' + SINK + 'kind = "desktop"\nname = "a"',
            "two sinks are called `a`",
            "name",
        ),
    ],
)
def test_what_is_wrong_is_an_error_that_says_where(text: str, message: str, hint: str, home: Path) -> None:
    with pytest.raises(FleetmeterError) as error:
        load(configured(home, text))
    assert str(home / "config.toml") in str(error.value) and message in str(error.value)
    assert hint in error.value.hint


@pytest.mark.parametrize(
    "url",
    [
        "S3CRET",
        "ftp://h/S3CRET",
        "https:///S3CRET",
        "https://u:S3CRET@h/",
        "http://h/S3CRET\\n",
        "http://h:99999/S3CRET",
    ],
)
def test_a_wrong_address_is_not_quoted(url: str, home: Path) -> None:
    with pytest.raises(FleetmeterError) as error:
        load(configured(home, f'{SINK}kind = "webhook"\nurl = "{url}"'))
    assert "S3CRET" not in str(error.value) + error.value.hint
