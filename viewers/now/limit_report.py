"""`limits`: how much of each plan limit is used, when it begins anew, how fast it fills, and where it went."""

import sqlite3
from collections.abc import Iterator
from functools import partial
from typing import Any

from store import home as homes
from viewers.now.asked_limits import askings, sentences
from viewers.now.asked_limits import document as asked_document
from viewers.now.limit_moves import Share, Went
from viewers.now.limit_standing import Standing, standings
from viewers.now.limit_table import told
from viewers.now.meters import Movement, Reset
from viewers.reports.dates import utc
from viewers.reports.flags import Asked
from viewers.reports.scope import Scope, number_of
from viewers.screen.csv_text import Value
from viewers.screen.money import amount
from viewers.spending.shown import Shown

NAMES = ("agent", "account", "limit", "state", "used_percent", "resets_at", "read_at", "source", "percent_per_hour",
         "full_at", "moved_percent", "not_seen_percent")  # fmt: skip


def defaults(asked: Asked) -> Asked:
    return asked


def answer(reader: sqlite3.Connection, asked: Asked, scope: Scope) -> Shown:
    """Every meter, in one order; which of its rises are told of depends on whether its history is asked for."""
    limit = number_of(asked.limit, "--limit")
    found = standings(reader, scope, is_history=asked.history)
    asking = askings(homes.locate())
    document: dict[str, Any] = {
        "limits": [_document(own) for own in found], "asked": asked_document(asking), "timezone": scope.zone.name
    }  # fmt: skip
    states = sentences(asking, scope.zone)
    lines = partial(told, found, scope, states, is_history=asked.history, limit=limit)
    return Shown(document, lines, NAMES, _records(found))


def _state(own: Standing) -> str:
    return "unknown" if own.is_over else "old" if own.is_old else "read"


def _document(own: Standing) -> dict[str, Any]:
    meter, window = own.meter, own.window
    return {
        "agent": meter.agent,
        "account": meter.account,
        "device": meter.device,
        "limitId": meter.limit_id,
        "span": meter.span,
        "title": meter.title,
        "plan": window.plan,
        "spentUsd": own.money and own.money[0],
        "mostUsd": own.money and own.money[1],
        "windowMinutes": meter.minutes,
        "state": _state(own),
        "usedPercent": None if own.is_over else window.last.used,
        "lastUsedPercent": window.last.used,
        "resetsAt": _at(window.resets_s),
        "secondsToReset": None if window.resets_s is None or own.is_over else int(window.resets_s - own.now_s),
        "readAt": _at(window.last.until_s),
        "ageSeconds": int(own.age_s),
        "source": window.last.source,
        "percentPerHour": _per_hour(own),
        "fullAt": _at(own.full_s),
        "holds": own.holds,
        "went": _went(own.went),
        "movements": [_movement(*pair) for pair in own.moves],
        "resets": [_reset(reset) for reset in own.seen_resets],
    }


def _at(at_s: float | None) -> str | None:
    return None if at_s is None else utc(at_s)


def _per_hour(own: Standing) -> float | None:
    return None if own.per_s is None else round(own.per_s * 3600, 3)


def _went(went: Went) -> dict[str, Any]:
    return {
        "percent": round(went.points, 3),
        "notSeenPercent": round(went.unseen, 3),
        "notValuedPercent": round(went.unvalued, 3),
        "shares": [_share(key, share) for key, share in went.shares.items()],
    }


def _share(key: tuple[str, str, str], share: Share) -> dict[str, Any]:
    session_id, kind, model = key
    return {
        "sessionId": session_id,
        "project": share.project,
        "runKind": kind,
        "model": model,
        "responses": share.answers,
        "totalTokens": share.tokens,
        "totalCost": None if share.unpriced_tokens == share.tokens else amount(share.usd_nanos),
        "unpricedTokens": share.unpriced_tokens,
        "percentByTokens": round(share.by_tokens, 3),
        "percentByValue": round(share.by_value, 3),
    }


def _movement(move: Movement, went: Went) -> dict[str, Any]:
    times = {"since": _at(move.since_s), "until": _at(move.until_s), "from": move.low, "to": move.high}
    return times | {"shares": [_share(key, share) for key, share in went.shares.items()]}


def _reset(reset: Reset) -> dict[str, Any]:
    return {
        "seenAfter": _at(reset.after_s),
        "seenBy": _at(reset.by_s),
        "toldAt": _at(reset.told_s),
        "driftSeconds": int(reset.drift_s),
        "isEarly": reset.is_early,
        "usedBefore": reset.used_before,
        "usedAfter": reset.used_after,
    }


def _records(found: list[Standing]) -> Iterator[list[Value]]:
    for own in found:
        yield [
            own.meter.agent, own.meter.account, own.meter.title, _state(own),
            None if own.is_over else own.window.last.used, _at(own.window.resets_s), _at(own.window.last.until_s),
            own.window.last.source, _per_hour(own), _at(own.full_s), round(own.went.points, 3),
            round(own.went.unseen, 3),
        ]  # fmt: skip
