"""`limits` for people: the meters, where each went, and with --history its rises and the times it began anew."""

import time
from collections.abc import Iterator
from functools import reduce

from viewers.now.limit_moves import Share, Went, both
from viewers.now.limit_standing import Standing, is_long
from viewers.now.meters import FULL
from viewers.reports.scope import Scope
from viewers.reports.usage_table import drawn, noted, short_names, wrapped
from viewers.reports.zone import Zone
from viewers.screen import format, terminal
from viewers.screen.ids import told_apart
from viewers.screen.money import UNPRICED, dollars
from viewers.screen.table import Column, Row, lines
from viewers.spending.shown import api_value

COLUMNS = (
    Column("Account", least=8),
    Column("Limit", least=6),
    Column("Used", is_number=True),
    Column("", dispensable=3),
    Column("Resets", is_number=True),
    Column("Read", least=8),
    Column("Rate", is_number=True, dispensable=2),
    Column("Outlook", least=8),
)
WENT = (
    Column("Session", least=12, keeps_end=True),
    Column("By", dispensable=2),
    Column("Model", least=8),
    Column("Tokens", is_number=True, dispensable=3),
    Column("API value", is_number=True, dispensable=4),
    Column("By tokens", is_number=True),
    Column("By value", is_number=True),
)
MOVED = (
    Column("Limit", least=14),
    Column("Until", least=11),
    Column("After", least=11, dispensable=1),
    Column("Rose to", is_number=True),
    Column("By", is_number=True),
    Column("Active here, by tokens", least=24, dispensable=2),
)
RESETS = (
    Column("Limit", least=14),
    Column("Last seen", least=11),
    Column("Then", least=11),
    Column("Told for", least=11, dispensable=2),
    Column("Off by", is_number=True, dispensable=1),
    Column("At", is_number=True, dispensable=3),
)
BAR = 12
TOP = 5
NEWEST = 20
ACTIVE = 2
SOURCES = {"status": "status line", "file": "its files", "stream": "stream", "asked": "asked"}
NONE = "no plan limit was read: a status line (`fleetmeter-statusline`) tells of them, and rollouts do"
AT_LEAST = "≥ at least: the last reading is old, and a meter only rises."
BEGUN_ANEW = "unknown: it has begun anew since it was last read."
RATES = "Rate: of the last fifth of the window. Outlook: if it goes on like that."
SHARED = (
    "How a vendor counts is not known: each rise is shared out among what was active here meanwhile, by tokens and by "
    "API value. Not seen here: it rose while nothing was active on this machine."
)


def told(
    found: list[Standing], scope: Scope, asking: list[str], plan: str | None, *, is_history: bool, limit: int | None
) -> Iterator[str]:
    """All of it; nothing where no meter was ever read. asking: how asking vendors goes."""
    if not found:
        terminal.say(NONE, *asking)
        return
    yield from lines(COLUMNS, [_row(own, scope.zone) for own in found], terminal.columns())
    yield from ("", *noted([*_notes(found), *asking]))
    shown = [own for own in found if own.went.points and (is_history or not own.is_over)]
    for own in shown:
        yield from ("", *_went(own, limit or TOP))
    if shown:
        yield from ("", *noted([SHARED, *(api_value(plan))]))
    if is_history:
        yield from _history(found, scope.zone, limit or NEWEST)


def _row(own: Standing, zone: Zone) -> Row:
    last = own.window.last
    bar = "" if own.is_over else drawn(round(min(last.used, FULL) * 10), 1000, BAR)
    cells = (_used(own), bar, _resets(own), f"{ago(own.age_s)}, {SOURCES.get(last.source, last.source)}")
    style = "dim" if own.is_over else "bold" if last.used >= FULL or own.holds is False else ""
    return Row((own.meter.account, own.meter.title, *cells, _rate(own), _outlook(own, zone)), style)


def _used(own: Standing) -> str:
    if own.is_over:
        return "unknown"
    return (format.LOWER_BOUND if own.is_old else "") + percent(own.window.last.used)


def percent(used: float) -> str:
    """Rounded down, as meters are read: 100% is there when all is used."""
    return f"{int(used)}%"


def points(share: float) -> str:
    """A part of a limit."""
    return f"{share:.1f}%" if share >= 0.05 or not share else "<0.1%"


def _resets(own: Standing) -> str:
    if own.window.resets_s is None:
        return format.NONE
    if own.is_over:
        return ago(own.now_s - own.window.resets_s)
    return f"in {span(own.window.resets_s - own.now_s)}"


def span(seconds: float) -> str:
    """How long, in two units: 3d04h, 2h14m, 9m."""
    minutes = int(seconds) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    return f"{days}d{hours:02d}h" if days else f"{hours}h{minutes:02d}m" if hours else f"{minutes}m"


def ago(seconds: float) -> str:
    """How long ago, in one unit."""
    minutes = int(seconds) // 60
    if minutes < 1:
        return "now"
    return (
        f"{minutes}m ago" if minutes < 60 else f"{minutes // 60}h ago" if minutes < 2880 else f"{minutes // 1440}d ago"
    )


def _rate(own: Standing) -> str:
    if own.per_s is None:
        return ""
    return f"{own.per_s * 86_400:.0f}%/d" if is_long(own.meter) else f"{own.per_s * 3600:.0f}%/h"


def _outlook(own: Standing, zone: Zone) -> str:
    if own.is_over:
        return ""
    if own.window.last.used >= FULL:
        return "all used"
    if own.full_s is not None:
        return f"full {clock(own.full_s, zone, own.now_s)}"
    return "holds" if own.holds else ""


def clock(at_s: float, zone: Zone, now_s: float) -> str:
    """The local time, with its date where that is not today."""
    at, now = (time.gmtime(s + zone.offset(int(s))) for s in (at_s, now_s))
    return time.strftime("%H:%M" if at[:3] == now[:3] else "%m-%d %H:%M", at)


def _notes(found: list[Standing]) -> list[str]:
    notes = [AT_LEAST] if any(own.is_old for own in found) else []
    notes += [BEGUN_ANEW] if any(own.is_over for own in found) else []
    notes += [RATES] if any(own.per_s is not None for own in found) else []
    return notes + [_money(own) for own in found if own.money]


def _money(own: Standing) -> str:
    """The vendor says so in dollars; a percentage is all that other limits have."""
    spent, most = own.money or (0.0, None)
    of = f" of ${most:,.2f}" if most is not None else ""
    title = own.meter.title
    return f"{title[:1].upper()}{title[1:]} of {own.meter.account}: ${spent:,.2f}{of} spent."


def _went(own: Standing, limit: int) -> Iterator[str]:
    went = own.went
    yield from wrapped([f"Where {points(went.points)} of the {own.meter.title} limit of {own.meter.account} went"])
    names = short_names(sorted({model for _, _, model in went.shares}))
    ids = short_ids([session_id for session_id, _, _ in went.shares])
    rows = [
        Row((_session(ids[session_id], share), kind, names[model], format.tokens(share.tokens), _value(share),
             points(share.by_tokens), _by_value(share)))
        for (session_id, kind, model), share in list(went.shares.items())[:limit]
    ]  # fmt: skip
    rest = list(went.shares.values())[limit:]
    if rest:
        rows.append(_sum(f"{len(rest)} more", rest))
    if went.unvalued:
        rows.append(Row((UNPRICED, "", "", "", "", "", points(went.unvalued)), "dim"))
    if went.unseen:
        unseen = points(went.unseen)
        rows.append(Row(("not seen on this machine", "", "", "", "", unseen, unseen), "bold"))
    yield from lines(WENT, rows, terminal.columns())


def _sum(title: str, rest: list[Share]) -> Row:
    whole = reduce(both, rest)
    shares = points(whole.by_tokens), points(whole.by_value)
    return Row((title, "", "", format.tokens(whole.tokens), _value(whole), *shares), "dim")


def _value(share: Share) -> str:
    if share.unpriced_tokens == share.tokens:
        return UNPRICED
    return (format.LOWER_BOUND if share.unpriced_tokens else "") + dollars(share.usd_nanos)


def _by_value(share: Share) -> str:
    return format.NONE if share.unpriced_tokens and not share.by_value else points(share.by_value)


def _session(short_id: str, share: Share) -> str:
    project = (share.project or "").rstrip("/").rpartition("/")[2]
    return f"{project} {short_id}".strip()


def short_ids(ids: list[str]) -> dict[str, str]:
    """How each begins, as long as it takes to tell them apart."""
    length = told_apart(ids)
    return {own: own[:length] for own in ids}


def _history(found: list[Standing], zone: Zone, limit: int) -> Iterator[str]:
    def at(at_s: float, own: Standing) -> str:
        return clock(at_s, zone, own.now_s)

    moves = sorted(((*pair, own) for own in found for pair in own.moves), key=lambda row: row[0].until_s)
    ids = short_ids([key[0] for own in found for key in own.went.shares])
    rows = [
        Row((f"{own.meter.account} {own.meter.title}", at(move.until_s, own), at(move.since_s, own),
             percent(move.high), points(move.points), _active(went, ids)))
        for move, went, own in moves[-limit:]
    ]  # fmt: skip
    if rows:
        yield from ("", *lines(MOVED, rows, terminal.columns()))
    if len(moves) > limit:
        yield from noted([f"{format.things(len(moves) - limit, 'rise')} before: --limit"])
    seen = sorted(((reset, own) for own in found for reset in own.seen_resets), key=lambda pair: pair[0].by_s)
    rows = [
        Row((f"{own.meter.account} {own.meter.title}", at(reset.after_s, own), at(reset.by_s, own),
             at(reset.told_s, own) if reset.told_s is not None else "", _off(reset.is_early, reset.drift_s),
             percent(reset.used_before)))
        for reset, own in seen[-limit:]
    ]  # fmt: skip
    if rows:
        yield from ("", "Begun anew", *lines(RESETS, rows, terminal.columns()))


def _active(went: Went, ids: dict[str, str]) -> str:
    """Those who had most of a rise."""
    if not went.shares:
        return "nobody"
    largest = sorted(went.shares.items(), key=lambda item: -item[1].by_tokens)
    named = [
        f"{_session(ids[session_id], share)} {kind} {model} {share.by_tokens / went.points:.0%}"
        for (session_id, kind, model), share in largest[:ACTIVE]
    ]
    return ", ".join(named) + (f", {len(largest) - ACTIVE} more" if len(largest) > ACTIVE else "")


def _off(is_early: bool, drift_s: float) -> str:
    return "early" if is_early else f"{int(drift_s)} s" if drift_s >= 1 else ""
