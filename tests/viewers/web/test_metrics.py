"""What Prometheus is given: read by the grammar of its text format, version 0.0.4, strictly."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.viewers.ledger import Answer, keep
from tests.viewers.web.site import Site
from viewers.web.api.metrics import labels

NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*"
HELP = re.compile(rf"# HELP ({NAME}) ((?:[^\\\n]|\\\\|\\n)+)")
TYPE = re.compile(rf"# TYPE ({NAME}) (counter|gauge)")
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"({NAME})(\{{{LABEL}(?:,{LABEL})*\}})? ([0-9]+(?:\.[0-9]+)?)")
HOSTILE = ('a"b', "c\\", "d\\n", "e\nf", "g{h}=", "ü\u202e", "\r", "# HELP x y", 'i",j="k')


class Told(NamedTuple):
    """The kind of each metric, and its samples."""

    kinds: dict[str, str]
    samples: dict[str, float]


def read(text: str) -> Told:
    """As the format has it: a metric's help, its type, its samples, and nothing of it anywhere else."""
    assert text.endswith("\n")
    told, own = Told({}, {}), ""
    rows = text[:-1].split("\n")
    for number, row in enumerate(rows):
        if helped := HELP.fullmatch(row):
            own = helped[1]
            assert own not in told.kinds
            typed = TYPE.fullmatch(rows[number + 1])
            assert typed and typed[1] == own, row
            told.kinds[own] = typed[2]
            assert (typed[2] == "counter") == own.endswith("_total")
        elif not TYPE.fullmatch(row):
            sample = SAMPLE.fullmatch(row)
            assert sample and sample[1] == own, row
            series = own + (sample[2] or "")
            assert series not in told.samples
            told.samples[series] = float(sample[3])
    return told


@pytest.mark.parametrize("query", ["", "?by=project"])
def test_prometheus_understands_it_whatever_names_hold(home: Path, query: str) -> None:
    keep(home, [Answer("2026-11-18T10:00:00.000Z", f"model-{name}") for name in HOSTILE])
    site = Site(home)
    reply = site.ask("GET", f"/metrics{query}")
    assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    told = read(reply.text)
    assert set(told.kinds) == {
        "fleetmeter_collector_up", "fleetmeter_sessions", "fleetmeter_limit_used_ratio", "fleetmeter_tokens_total",
        "fleetmeter_cost_usd_total", "fleetmeter_unpriced_tokens_total",
    }  # fmt: skip
    tokens = sum(number for series, number in told.samples.items() if series.startswith("fleetmeter_tokens_total"))
    assert tokens == site.ask("GET", "/api/usage").json()["totals"]["totalTokens"] > 0
    assert ('project="' in reply.text) == bool(query)


def test_names_are_quoted() -> None:
    assert labels({"model": 'a"b\\c\nd'}) == '{model="a\\"b\\\\c\\nd"}'
