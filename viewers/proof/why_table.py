"""The answers behind a figure for people: what each cost, where it is written, which price it has, and the total."""

import time
from collections.abc import Iterator

from store.light import NamedTuple
from viewers.proof.why import Answer, Opened, scope_words, words_of
from viewers.reports.dates import seconds_of
from viewers.reports.scope import Scope
from viewers.reports.usage import Used
from viewers.reports.usage_table import API_VALUE, COST, noted, short_names, telemetry_note, wrapped
from viewers.screen import format, terminal
from viewers.screen.money import NANOS, UNPRICED
from viewers.screen.table import Column, Row, lines
from viewers.screen.text import clean, cut, cut_left, short_path, width

FIRST = (Column("At"), Column("Model", least=12))
WIDE = (
    Column("Input", is_number=True),
    Column("Output", is_number=True),
    Column("Write 5m", is_number=True),
    Column("Write 1h", is_number=True),
    Column("Cache read", is_number=True),
)
COMPACT = (
    Column("Input", is_number=True),
    Column("Output", is_number=True),
    Column("Write", is_number=True),
    Column("Read", is_number=True),
)
PRICE = Column("Pr")
INDENT = "  "
SHORT = len("11-20 14:20")
MILLION = 10**6
AT_PRICE = "its tokens at the price of its model: on its day, under its tier, for the size of its request"


class Price(NamedTuple):
    """What a letter in the table stands for."""

    letter: str
    words: str


def show(answers: Iterator[Answer], opened: Opened) -> None:
    """All of it on stdout; nothing at all where there is nothing."""
    if opened.parts:
        shown = list(answers)
        terminal.show(*wrapped([headline(opened)]), "", *_table(shown, opened), "", *_notes(shown, opened))


def headline(opened: Opened) -> str:
    """What was opened, and what there is in it."""
    row = opened.row
    named = f"{row.kind} {row.name}" if row.name else "all answers"
    used = opened.used
    return (
        f"{named[:1].upper()}{named[1:]}{_days(opened)}: {format.things(opened.parts, 'answer')}, "
        f"{format.at_least(format.tokens(used.total_tokens), used.lower_bounds)} tokens, {worth(used)}"
    )


def worth(used: Used) -> str:
    """The sum, to the billionth of a dollar."""
    if used.unpriced_tokens and not used.usd_nanos:
        return UNPRICED
    return format.at_least(exact(used.usd_nanos), used.lower_bounds or used.unpriced_tokens)


def exact(nanos: int) -> str:
    """Dollars with all the digits there are, and two at least."""
    sign, nanos = ("-", -nanos) if nanos < 0 else ("", nanos)
    digits = f"{nanos % NANOS:09d}".rstrip("0").ljust(2, "0")
    return f"{sign}${nanos // NANOS:,}.{digits}"


def _days(opened: Opened) -> str:
    is_day = opened.row.kind in ("day", "week", "month", "block")
    return f" in {opened.row.scope.zone.name}" if is_day else scope_words(opened.row.scope)


def _table(shown: list[Answer], opened: Opened) -> Iterator[str]:
    """A line of figures for each answer, and one of where they come from."""
    room = terminal.columns()
    is_wide = room is None or room >= terminal.COMPACT_BELOW
    names = short_names(list(dict.fromkeys(answer.model for answer in shown)))
    letters = {price.words: price.letter for price in _prices(shown)}
    rows: list[Row] = []
    for answer in shown:
        cost = UNPRICED if answer.is_unpriced else format.at_least(exact(answer.usd_nanos), answer.is_lower_bound)
        kinds = _wide(answer) if is_wide else _compact(answer)
        letter = letters[_price_words(answer)]
        at = _local(opened.row.scope, answer.at)[: None if is_wide else SHORT]
        rows.append(Row((at, names[answer.model], *kinds, letter, cost)))
    rows += _sums(shown, opened, is_wide)
    money = Column(API_VALUE if opened.plan else COST, is_number=True)
    found = lines((*FIRST, *(WIDE if is_wide else COMPACT), PRICE, money), rows, room)
    yield next(found)
    for answer, line in zip(shown, found, strict=False):
        yield line
        yield terminal.paint(_place(answer, room), "dim")
    yield from found


def _sums(shown: list[Answer], opened: Opened, is_wide: bool) -> list[Row]:
    """What is not shown in one line, and the total."""
    kinds = _wide if is_wide else _compact
    used, rest = opened.used, _rest(opened.used, shown)
    left = opened.parts - len(shown)
    rows = [Row((f"{left:,} more", "", *kinds(rest), "", worth(rest)))] if left else []
    return [*rows, Row(("Total", format.things(opened.parts, "answer"), *kinds(used), "", worth(used)), "bold")]


def _rest(used: Used, shown: list[Answer]) -> Used:
    """All of them without those that are shown."""
    rest = used._asdict()
    for answer in shown:
        for name in (*Used._fields[:7], "usd_nanos"):
            rest[name] -= getattr(answer, name)
        rest["lower_bounds"] -= answer.is_lower_bound and not answer.is_nested
        rest["telemetry_only_tokens"] -= answer.total_tokens * answer.is_telemetry_only
        rest["unpriced_tokens"] -= answer.total_tokens * answer.is_unpriced
    return Used(**rest)


def _place(answer: Answer, room: int | None) -> str:
    """How sure it is, and where it is written."""
    said = f"{INDENT}{', '.join(words_of(answer))}: "
    if answer.path is None:
        return said + "its file is not known"
    place = clean(f"{short_path(answer.path)} at byte {answer.byte_offset}")
    return said + (cut_left(place, room - width(said)) if room else place)


def _notes(shown: list[Answer], opened: Opened) -> Iterator[str]:
    """In words where the total comes from, then the prices."""
    used, room = opened.used, terminal.columns()
    said = [
        f"Every answer is counted once, over all files, and {_how(opened)}. Added up they are what the report "
        f"says, to the billionth of a dollar."
    ]
    if used.lower_bounds:
        said.append(f"At least: of {format.things(used.lower_bounds, 'answer')} the end was never written down.")
    if used.unpriced_responses:
        tokens = format.tokens(used.unpriced_tokens)
        said.append(
            f"Unpriced: {format.things(used.unpriced_responses, 'answer')} ({tokens} tokens), in no sum of money."
        )
    said += telemetry_note(used.telemetry_only_tokens)
    if opened.plan:
        said.append(f"API value is what tokens are worth at API prices. Your plan is {opened.plan}: this is no bill.")
    yield from noted(said)
    yield ""
    yield from wrapped(["Prices, in US dollars for a million tokens:"])
    for price in _prices(shown):
        first, *more = wrapped_at(price.words, (room or 1_000) - 3)
        yield f"{price.letter}  {first}"
        yield from (f"   {line}" for line in more)


def _how(opened: Opened) -> str:
    """What an answer costs."""
    if opened.row.scope.mode == "display":
        return "costs what its agent reported; where that reported nothing, it has no price"
    if not opened.reported_parts:
        return f"costs {AT_PRICE}"
    if opened.reported_parts == opened.parts:
        return "costs what its agent reported"
    return (
        f"costs {AT_PRICE}; but what its agent reported, where that did so for every answer of a quarter of an hour "
        f"({opened.reported_parts:,} of them)"
    )


def wrapped_at(text: str, columns: int) -> list[str]:
    import textwrap

    return textwrap.wrap(clean(text), max(columns, 20)) or [cut(text, columns)]


def _prices(shown: list[Answer]) -> list[Price]:
    """Each price once, by the letter that stands for it."""
    return [Price(_letter(number), words) for number, words in enumerate(dict.fromkeys(map(_price_words, shown)))]


def _letter(number: int) -> str:
    return (_letter(number // 26 - 1) if number >= 26 else "") + "abcdefghijklmnopqrstuvwxyz"[number % 26]


def _price_words(answer: Answer) -> str:
    if answer.is_reported:
        return "none: what the agent itself reported" if not answer.is_unpriced else "none: the agent reported nothing"
    if answer.input_picos is None:
        return f"{UNPRICED}: {answer.model}, {answer.reason or 'not looked up yet'} ({answer.version or 'no table'})"
    name = answer.matched if answer.provider == "config" else f"{answer.matched} of {answer.provider}"
    tier = f", {answer.tier}" if answer.tier != "standard" else ""
    since = f" since {answer.since}" if answer.since else ""
    time_ = f" from {answer.from_time} UTC" if answer.from_time not in (None, "00:00") else ""
    above = f", above {answer.above_tokens:,} tokens" if answer.above_tokens is not None else ""
    rates = (
        ("input", answer.input_picos), ("read", answer.cache_read_picos), ("write 5m", answer.cache_write_5m_picos),
        ("1h", answer.cache_write_1h_picos), ("output", answer.output_picos),
    )  # fmt: skip
    told = ", ".join(f"{word} {(rate or 0) / MILLION:.10g}" for word, rate in rates)
    search = answer.web_search_picos
    told += f", a search {search / MILLION / MILLION:.10g}" if search and answer.web_searches else ""
    return f"{name}{tier}{since}{time_}{above}: {told} ({answer.version}; {answer.reason})"


def _wide(one: Answer | Used) -> tuple[str, ...]:
    tokens = (
        one.input_tokens, one.output_tokens, one.cache_write_5m_tokens, one.cache_write_1h_tokens,
        one.cache_read_tokens,
    )  # fmt: skip
    return tuple(_count(one, each) for each in tokens)


def _compact(one: Answer | Used) -> tuple[str, ...]:
    tokens = (one.input_tokens, one.output_tokens, one.cache_write_tokens, one.cache_read_tokens)
    return tuple(_count(one, each) for each in tokens)


def _count(one: Answer | Used, tokens: int) -> str:
    """Of an answer exact, so that the price can be applied by hand; of many as everywhere."""
    return f"{tokens:,}" if isinstance(one, Answer) or tokens < MILLION else format.tokens(tokens)


def _local(scope: Scope, at: str | None) -> str:
    if at is None:
        return "unknown"
    instant = seconds_of(at)
    return time.strftime("%m-%d %H:%M:%S", time.gmtime(instant + scope.zone.offset(int(instant))))
