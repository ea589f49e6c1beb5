"""From what was read to HTML: whatever came from a transcript is cleaned, its secrets hidden, and escaped here."""

import hashlib
import os
import re
import time
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from viewers.panels import gauges, moments, words
from viewers.panels.fleet import LATELY_S, NANOS, share
from viewers.panels.fleet_read import Card
from viewers.reports.usage import Used
from viewers.screen import format
from viewers.screen.secrets import hide
from viewers.screen.text import clean, short_path
from viewers.web.page import Page

FOLDER = os.path.join(os.path.dirname(__file__), "templates")
AGE = re.compile(r'(<time data-age="[^"]*"[^>]*>)[^<]*')
"""An age goes on by itself in the browser: it makes no part different."""


def said(value: Any) -> Any:
    """How any value is written: foreign text never as control or direction, and without its secrets."""
    if isinstance(value, Markup):
        return value
    if value is None:
        return ""
    return clean(hide(value)) if isinstance(value, str) else value


def text(value: str | None) -> Markup:
    """A text of several lines, each as it is."""
    return Markup("\n").join(escape(clean(line)) for line in re.split(r"\r\n|\n|\r", hide(value or "")))


@pass_context
def age(context: Context, at: str | None) -> Markup:
    """How long ago, which the browser counts on."""
    moment = moments.instant(at)
    if moment is None:
        return Markup("")
    return Markup('<time data-age="{}" datetime="{}">{}</time>').format(
        round(moment), at, format.lasting(context["now_s"] - moment)
    )


@pass_context
def when(context: Context, at: str | None) -> str:
    return moments.day(at, context["now_s"])


def lasting_short(seconds: float) -> str:
    """To the minute: a part that counts seconds would be another one each second."""
    minutes = int(max(seconds, 0) // 60)
    return format.lasting(minutes * 60) if minutes >= 60 else f"{minutes}m"


@pass_context
def until(context: Context, at: str | None) -> str:
    """When something comes: at 16:20, or Mon 00:00."""
    moment = moments.instant(at)
    if moment is None:
        return ""
    is_soon = moment - context["now_s"] < 86_400
    return time.strftime("at %H:%M" if is_soon else "%a %H:%M", time.localtime(moment))


def used(of: Used) -> str:
    """What it comes to: a sum, at least a sum, or unpriced."""
    if of.unpriced_tokens and not of.usd_nanos:
        return words.money(None)
    return words.money(of.usd_nanos / NANOS, is_least=bool(of.lower_bounds or of.unpriced_tokens), is_total=True)


def short_day(day: str) -> str:
    """2026-11-05 as 5 Nov."""
    return f"{int(day[8:])} " + time.strftime("%b", time.strptime(day, "%Y-%m-%d"))


def month_name(month: str) -> str:
    """2026-11 as November 2026."""
    return time.strftime("%B %Y", time.strptime(month, "%Y-%m"))


def brief(of: Used) -> str:
    """What a day cost, where there is room for few characters."""
    if of.unpriced_tokens and not of.usd_nanos:
        return "?"
    usd = of.usd_nanos / NANOS
    text = f"${usd / 1000:.1f}k" if usd >= 1000 else f"${usd:.0f}" if usd >= 10 else words.money(usd)
    return format.at_least(text, of.lower_bounds or of.unpriced_tokens)


def span_of(since_s: float, until_s: float) -> str:
    """A few hours of a day."""
    return (
        time.strftime("%a %H:%M", time.localtime(since_s))
        + f" {format.NONE} "
        + time.strftime("%H:%M", time.localtime(until_s))
    )


def date_of(at_s: float) -> str:
    """A day and the time of it."""
    return time.strftime("%-d %b %H:%M", time.localtime(at_s))


def time_of_day(now_s: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(now_s))


def auto(card: Card) -> float | None:
    """Where it is made smaller by itself, in percent of its window."""
    if not card.auto_tokens or not card.window_tokens:
        return None
    return round(card.auto_tokens / card.window_tokens * 100, 1)


def rate(nanos: int) -> str:
    """Dollars a minute, of what came in the last minutes."""
    return words.money(nanos / NANOS / (LATELY_S / 60))


def address(id_: str) -> str:
    """Where the page of a session is."""
    return f"/session/{quote(id_, safe='')}"


FILTERS: dict[str, Any] = {
    "tokens": format.tokens, "window": format.window, "count": format.count, "size": format.size,
    "lasting": format.lasting, "took": format.took, "things": format.things, "money": words.money,
    "folder": words.folder, "nearby": words.near, "model": words.model,
    "text": text, "clock": moments.clock,
    "address": address, "age": age, "when": when, "lasting_short": lasting_short, "until": until,
    "time_of_day": time_of_day, "date_of": date_of, "rate": rate, "auto": auto, "used": used,
    "short_path": short_path, "short_day": short_day, "span_of": span_of, "month_name": month_name, "brief": brief,
}  # fmt: skip
GLOBALS: dict[str, Any] = {
    "share": share, "instant": moments.instant, "NONE": format.NONE,
    "context_style": gauges.context_style, "context_word": gauges.context_word, "limit_style": gauges.limit_style,
}  # fmt: skip


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, finalize=said,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    made.filters |= FILTERS  # pyright: ignore[reportUnknownMemberType] - jinja2 says not what they are
    made.globals |= GLOBALS  # pyright: ignore[reportUnknownMemberType] - jinja2 says not what they are
    return made


ENVIRONMENT = _environment()


class Part(NamedTuple):
    """A part as HTML, and what tells it from the same part with other content."""

    html: str
    mark: str


def parts(page: Page, answer: Mapping[str, Any], now_s: float) -> dict[str, Part]:
    """Each part of a page."""
    found: dict[str, Part] = {}
    for name in page.parts:
        html = template(f"{page.name}/{name}.html", now_s=now_s, **answer).strip()
        found[name] = Part(html, hashlib.blake2s(AGE.sub(r"\1", html).encode(), digest_size=5).hexdigest())
    return found


def template(name: str, **values: Any) -> str:
    return ENVIRONMENT.get_template(name).render(**values)


def framed(found: Mapping[str, Part]) -> Any:
    """What templates put a part into the page with."""

    def part(name: str, classes: str = "", tag: str = "section") -> Markup:
        return Markup('<{0} class="{1}" data-part="{2}" data-mark="{3}">{4}</{0}>').format(
            Markup(tag),
            classes,
            name,
            found[name].mark,
            Markup(found[name].html),
        )

    return part
