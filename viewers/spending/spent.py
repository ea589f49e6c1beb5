"""Where the money of one session went: its threads, its prompts, its caches, and what waking it would cost."""

import sqlite3
from typing import Any

from store.light import NamedTuple
from store.locate import locate
from viewers import query
from viewers.now.context import Point, Standing, history, standing
from viewers.reports.scope import Scope
from viewers.reports.usage import Used, by_model, total
from viewers.spending.cache_use import Cached, Kept, by_key, cached, whole
from viewers.spending.caching import waited_nanos
from viewers.spending.prompted import Answered, Prompt, Prompted, Run, prompted
from viewers.spending.waking import Waking, waking


class Thread(NamedTuple):
    """One kind of runs, and one model in them."""

    kind: str
    runs: int
    models: dict[str, Used]

    @property
    def used(self) -> Used:
        return total(list(self.models.values()))


class Spent(NamedTuple):
    """All that is told of the spending of a session."""

    threads: list[Thread]
    prompts: list[Prompted]
    kept: Kept
    waking: Waking | None
    context: Standing | None = None
    history: tuple[Point, ...] = ()
    """Of that context."""


ASKED = ("since", "until", "accounts", "agents", "models", "projects", "branch", "mode", "shifts")


def spent(reader: sqlite3.Connection, scope: Scope) -> Spent:
    """Of the sessions of the scope, which are one, or the same one of two accounts."""
    asked = scope.parameters()
    own = {"sessions": asked["sessions"]}
    rows = query.grouped(reader, "responses", "session_answers", **{name: asked[name] for name in ASKED}, **own)
    answers = [_answered(*row) for row in rows]
    found = cached(reader, scope)
    turns = prompted(
        answers,
        [Prompt(*row) for row in query.rows(reader, "session_prompts", **own)],
        [Run(*row) for row in query.rows(reader, "session_runs", **own)],
        found.rates,
    )
    sessions = scope.sessions or ()
    return Spent(
        threads(answers),
        _waited(turns, found),
        whole(by_key(found, lambda _: "").values()),
        waking(reader, sessions[0], scope.now_s) if sessions else None,
        standing(reader, sessions[0], locate()) if sessions else None,
        tuple(history(reader, sessions[0])) if sessions else (),
    )


def _answered(*row: Any) -> Answered:
    session, run, kind, prompt, at, model, price, *sums = row
    return Answered(session, run, kind, prompt, at, model, price, Used(*sums))


def threads(answers: list[Answered]) -> list[Thread]:
    """The main thread first, then who cost most."""
    kinds: dict[str, list[Answered]] = {}
    for answer in answers:
        kinds.setdefault(answer.run_kind, []).append(answer)
    found = [
        Thread(kind, len({answer.run_key for answer in own}), by_model([(answer.model, answer.used) for answer in own]))
        for kind, own in kinds.items()
    ]
    return sorted(found, key=lambda thread: (thread.kind != "main", -thread.used.usd_nanos, thread.kind))


def _waited(turns: list[Prompted], found: Cached) -> list[Prompted]:
    """With what each prompt paid for the pause before it."""
    nanos: dict[Any, int] = {}
    tokens: dict[Any, int] = {}
    for pause in found.pauses:
        rates = found.rates.get(pause.after.price_key or 0)
        key = pause.after.prompt_id
        nanos[key] = nanos.get(key, 0) + (waited_nanos(pause, rates) if rates else 0)
        tokens[key] = tokens.get(key, 0) + pause.tokens_5m + pause.tokens_1h
    return [
        turn._replace(waited_nanos=nanos[turn.prompt.prompt_id], waited_tokens=tokens[turn.prompt.prompt_id])
        if turn.prompt and turn.prompt.prompt_id in nanos
        else turn
        for turn in turns
    ]
