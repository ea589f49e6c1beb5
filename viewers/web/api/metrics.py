"""The totals for Prometheus, read when they are asked for: a restart loses none, and nothing is counted twice.

Names with many values stay out unless they are asked for: ?by=project adds the project."""

from collections.abc import Iterator

from store import lock
from store.lock import COLLECTING
from viewers.panels import fleet_read
from viewers.reports.scope import Scope, one_of
from viewers.reports.usage import groups
from viewers.reports.zone import local
from viewers.web.page import Asked

KIND = "text/plain; version=0.0.4; charset=utf-8"
LABELS = ("project",)
STATES = ("working", "waiting", "your_turn", "idle", "failed", "ended")
TOKENS = ("input_tokens", "output_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens", "cache_read_tokens")
NANOS = 1e9


def metrics(asked: Asked) -> str:
    """All of it."""
    return "\n".join(_lines(asked)) + "\n"


def _lines(asked: Asked) -> Iterator[str]:
    holder = lock.holder(asked.home)
    yield from _head("fleetmeter_collector_up", "gauge", "Whether a collector runs.")
    yield f"fleetmeter_collector_up {int(holder is not None and holder.doing == COLLECTING)}"
    fleet = fleet_read.fleet(asked.reader, fleet_read.Memory(), asked.now_s)
    yield from _head("fleetmeter_sessions", "gauge", "Sessions of the last half hour, by state.")
    for state in STATES:
        number = sum(one.now.state == state for one in fleet.sessions)
        yield f'fleetmeter_sessions{{state="{state}"}} {number}'
    yield from _head("fleetmeter_limit_used_ratio", "gauge", "How full each plan limit is, by its newest reading.")
    for limit in fleet.limits:
        named = {"agent": limit.agent, "account": limit.account, "limit": limit.limit_id, "span": limit.span}
        yield f"fleetmeter_limit_used_ratio{labels(named)} {limit.used_percent / 100:.4f}"
    yield from _used(asked)


def _used(asked: Asked) -> Iterator[str]:
    scope = Scope(local(), asked.now_s)
    is_split = one_of(asked.query.get("by"), LABELS, "by") is not None
    found = [
        ({**({"project": group.part} if is_split else {}), "agent": group.key, "model": model}, used)
        for group in groups(asked.reader, scope, "agent", is_split=is_split)
        for model, used in group.models.items()
    ]
    yield from _head("fleetmeter_tokens_total", "counter", "Tokens, by kind.")
    for named, used in found:
        for kind in TOKENS:
            yield f"fleetmeter_tokens_total{labels({**named, 'kind': kind[:-7]})} {getattr(used, kind)}"
    yield from _head("fleetmeter_cost_usd_total", "counter", "What they cost, where a price is known.")
    for named, used in found:
        if used.usd_nanos or not used.unpriced_tokens:
            yield f"fleetmeter_cost_usd_total{labels(named)} {used.usd_nanos / NANOS:.6f}"
    yield from _head("fleetmeter_unpriced_tokens_total", "counter", "Tokens without a price.")
    for named, used in found:
        yield f"fleetmeter_unpriced_tokens_total{labels(named)} {used.unpriced_tokens}"


def _head(name: str, kind: str, about: str) -> Iterator[str]:
    yield f"# HELP {name} {about}"
    yield f"# TYPE {name} {kind}"


def labels(named: dict[str, str]) -> str:
    """Names as the format wants them, whatever they hold."""
    return "{" + ",".join(f'{name}="{_quoted(value)}"' for name, value in named.items()) + "}"


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
