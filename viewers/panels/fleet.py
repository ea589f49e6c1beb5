"""The fleet in lines: every session with what it does and costs, today's money, plan limits, what needs attention."""

from functools import lru_cache

from store.light import NamedTuple
from viewers.panels.fleet_read import LATELY_S, MOST, Call, Card, Fleet, Now, One
from viewers.panels.gauges import context_bar, context_style
from viewers.panels.ink import Ink, Line, Panel, Row, apart, cell, length
from viewers.panels.moments import instant
from viewers.panels.words import folder, model, model_style, money, near, state
from viewers.screen import format
from viewers.screen.secrets import hide
from viewers.screen.text import clean

SORTS = ("state", "cost", "context", "age", "project")
NANOS = 1e9
WHOLE = 68
"""Columns that all of a session's first line takes."""


class Look(NamedTuple):
    """How a person wants to see the fleet."""

    needle: str = ""
    sort: str = "state"
    is_grouped: bool = False
    is_all: bool = False


def panel(fleet: Fleet, look: Look, columns: int, lines: int, now_s: float, order: tuple[int, ...] = ()) -> Panel:
    """The sessions; lines is how many a session may take."""
    found = arranged(fleet, look, order)
    rows: list[Row] = []
    group = None
    for one in found:
        name = folder(one.now.project)
        if look.is_grouped and name != group:
            group = name
            own = [other for other in found if folder(other.now.project) == name]
            rows.append(Row(f"group {name}", (_group(name, own, columns),)))
        rows.append(Row(str(one.now.key), session(one, columns, lines, now_s)))
    title = "All sessions" if look.is_all else "Active sessions"
    if look.is_all and len(fleet.sessions) >= MOST:
        title = f"The newest {format.count(MOST)} sessions"
    return Panel(title, tuple(rows), _fact(look), empty=_empty(look))


def _fact(look: Look) -> str:
    named = {"state": "waiting first, then context", "cost": "dearest first", "context": "fullest first"}
    order = named.get(look.sort, "newest first" if look.sort == "age" else "by project")
    return f"filter “{clean(look.needle)}”" if look.needle else order


def _empty(look: Look) -> str:
    if look.needle:
        return f"Nothing matches “{clean(look.needle)}”. Esc clears the filter."
    if look.is_all:
        return "No sessions yet. Start an agent in any project."
    return "Nothing in the last 30 minutes. Press a for all sessions."


def arranged(fleet: Fleet, look: Look, order: tuple[int, ...] = ()) -> list[One]:
    """Those that the filter names, sorted; order holds them still while somebody moves among them."""
    found = [one for one in fleet.sessions if fits(one, look.needle)]
    found.sort(key=lambda one: one.now.last_at, reverse=True)
    found.sort(key=lambda one: _place(one, look.sort))
    if look.is_grouped:
        first = {folder(one.now.project): index for index, one in reversed(list(enumerate(found)))}
        found.sort(key=lambda one: first[folder(one.now.project)])
    if order:
        places = {key: index for index, key in enumerate(order)}
        found.sort(key=lambda one: places.get(one.now.key, len(places)))
    return found


def _place(one: One, sort: str) -> tuple[object, ...]:
    if sort == "cost":
        return (-(one.card.usd or 0.0) if one.card else 0.0,)
    if sort == "context":
        return (-(share(one.card) or 0.0),)
    if sort == "age":
        return ()
    if sort == "project":
        return (folder(one.now.project).lower(),)
    is_live = one.now.state in ("working", "waiting")
    return (state(one.now.state)[3], -(share(one.card) or 0.0) if is_live else 0.0)


def fits(one: One, needle: str) -> bool:
    """Whether every word stands somewhere in what is shown of it."""
    card = one.card
    shown = (
        one.now.project, one.now.agent, one.now.account, one.now.session_id, one.now.what,
        state(one.now.state)[1], *((card.title, card.branch, card.model) if card else ()),
    )  # fmt: skip
    text = " ".join(word for word in shown if word).lower()
    return all(word in text for word in needle.lower().split())


def share(card: Card | None) -> float | None:
    """How full its context is; None where the size of its window is not known."""
    if card is None or not card.window_tokens or card.context_tokens is None:
        return None
    return card.context_tokens / card.window_tokens


def session(one: One, columns: int, lines: int, now_s: float) -> tuple[Line, ...]:
    """A session in two lines, or in three where there is room."""
    head, right, rest = _still(one, columns, lines)
    doing = doing_of(one, now_s)
    if lines < 3:
        (branch,) = rest
        return head, (*branch, *doing_cut(doing, columns - length(branch)))
    middle = max(columns - length((*head, *right)) - 1, 10)
    return apart((*head, *doing_cut(doing, middle)), right, columns), *rest


@lru_cache(MOST)
def _still(one: One, columns: int, lines: int) -> tuple[Line, Line, tuple[Line, ...]]:
    """What of a session stays as long as nothing is recorded of it: the ends of its first line, and the others."""
    mark, _, style, _ = state(one.now.state)
    card = one.card
    name, gauge_columns = max(16, min(columns // 5, 30)), max(10, min(columns // (5 if lines > 2 else 7), 22))
    bar, percent, left = _context(card, gauge_columns)
    cost, rate = _money(one)
    branch = cell((card.branch if card else None) or "", name, "muted")
    head: Line = ((f"{mark} ", style), cell(folder(one.now.project), name, "bold"), (" ", ""))
    if lines < 3:
        if columns < WHOLE:
            first = apart((*head, *bar, percent), (cost,), columns)
        else:
            first = apart((*head, *bar, percent, ("  ", ""), *left), (cost, ("  ", ""), rate), columns)
        return first, (), ((("  ", ""), branch, (" ", "")),)
    told = ((_detail(one), "muted"),)
    second = apart((("  ", ""), branch, (" ", ""), *told), (*left, ("  ", ""), rate), columns)
    who = f"{clean(one.now.agent)} "
    third: Line = (
        ("  ", ""), (who, "muted"), (model(card.model if card else None), model_style(card.model if card else None)),
        ("  ", ""), (clean((card.title if card else None) or ""), "muted"),
    )  # fmt: skip
    return head, (*bar, percent, ("  ", ""), cost), (second, third)


def _detail(one: One) -> str:
    card, parts = one.card, list[str]()
    if card and card.agents_open and one.now.state in ("working", "waiting"):
        parts.append(format.things(card.agents_open, "subagent"))
    if one.now.state == "waiting" and one.now.what:
        parts.append(hide(one.now.what))
    elif card and card.last_prompt:
        parts.append("» " + hide(card.last_prompt))
    return clean(" · ".join(parts))


def doing_cut(doing: Line, columns: int) -> Line:
    return tuple(cell(text, columns, style) for text, style in doing[:1])


def doing_of(one: One, now_s: float) -> Line:
    """What it does now, and since when."""
    since = instant(one.now.since)
    age = format.lasting(now_s - since) if since is not None else ""
    if one.now.state == "waiting":
        what = f"  {hide(one.now.what)}" if one.now.what else ""
        return ((f"WAITING {age}{what}", "warn"),)
    if one.calls and one.now.state == "working":
        return ((call_words(one.calls[0], now_s, one.card.cwd if one.card else None), ""),)
    if one.now.what and one.now.state == "working":
        return ((f"{hide(one.now.what)} {age}", ""),)
    if one.now.state == "working":
        return ((f"thinking {format.lasting(now_s - thinking_since(one.now))}", state("working")[2]),)
    words = {"your_turn": "your turn since", "idle": "idle since", "failed": "failed, since"}
    word = words.get(one.now.state, "ended, last word" if one.now.pid else "last word")
    return ((f"{word} {age}" + (" ago" if one.now.state == "ended" else ""), state(one.now.state)[2] or "muted"),)


def thinking_since(now: Now) -> float:
    """When the last thing happened in it, for no tool runs: not when the turn began, which did much since then."""
    return max(instant(now.since) or 0.0, instant(now.last_at) or 0.0)


def call_words(call: Call, now_s: float, cwd: str | None = None) -> str:
    """A running tool with its clock."""
    began = instant(call.started_at)
    age = f" {format.lasting(now_s - began)}" if began is not None else ""
    target = " ".join(hide(near(call.target or "", cwd)).split())
    return f"{call.name} {target[:60]}{'…' if len(target) > 60 else ''}{age}"


def _context(card: Card | None, columns: int) -> tuple[Line, Ink, Line]:
    """The gauge, the percent, and what is left until it is made smaller; without a window the tokens alone."""
    part = share(card)
    used = card.context_tokens if card else None
    window = card.window_tokens if card else None
    bar = context_bar(used, window, columns, card.auto_tokens if card else None)
    if card is None or part is None:
        known = f"{format.tokens(used)} used" if used is not None else "no answer yet"
        return bar, ("     ", ""), (cell(known, 13, "muted", is_right=True),)
    room = card.headroom_tokens or 0
    percent = cell(f"{part:.0%}", 5, context_style(part * 100), is_right=True)
    return bar, percent, (cell(f"{format.tokens(room)} left", 13, "muted", is_right=True),)


def _money(one: One) -> tuple[Ink, Ink]:
    card = one.card
    if card is None or not card.responses:
        return cell(format.NONE, 11, "muted", is_right=True), cell(format.NONE, 10, "muted", is_right=True)
    cost = cell(money(card.usd, is_least=card.is_least and card.usd is not None), 11, "bold", is_right=True)
    rate = (card.lately_nanos or 0) / NANOS / (LATELY_S / 60)
    is_live = one.now.state in ("working", "waiting") and rate >= 0.005
    return cost, cell(f"{money(rate)}/min" if is_live else format.NONE, 10, "muted", is_right=True)


def _group(name: str, own: list[One], columns: int) -> Line:
    """The line above the sessions of one project."""
    usd = sum(one.card.usd or 0.0 for one in own if one.card)
    is_least = any(one.card.is_least for one in own if one.card)
    right = (f"{format.things(len(own), 'session')}  {money(usd, is_least=is_least)}", "muted")
    return apart(((f"▾ {name}", "accent"),), (right,), columns)
