"""`session --id`: whose it is, its threads, its dearest prompts and why, its cache, and what waking it would cost."""

import re
from functools import partial
from typing import Any

from store.locate import locate
from viewers.now.context import document_of, past, sentence
from viewers.processes import peaks
from viewers.reports.report import Card, Told
from viewers.reports.report_table import look_of
from viewers.reports.usage import Used, all_models
from viewers.reports.usage_table import API_VALUE, COST, Line, noted, notes_of, short_names, table, wrapped
from viewers.reports.zone import Zone
from viewers.screen import format, terminal
from viewers.screen.money import UNPRICED, amount, dollars, worth
from viewers.screen.table import Column, Row, lines
from viewers.screen.text import short_path
from viewers.spending.cache_use import Kept
from viewers.spending.prompted import Prompted, why
from viewers.spending.spent import Spent, Thread
from viewers.spending.waking import Waking

TOP = 10
WORDS = {"main": "main thread", "subagent": "subagent", "workflow": "workflow agent", "teammate": "teammate"}
KINDS = {"queued": "queued: ", "slash_command": "", "shell": "! ", "notification": "notice: ", "interruption": "stop: "}
MARKS = re.compile(r"</?[a-z-]+>")
"""What agents write around the words of a command."""
TEXT = 200
"""Characters of a prompt that are its first words."""
BEFORE = "(before the first prompt)"
PROMPT_COLUMNS = (
    Column("", is_number=True),
    Column("Prompt", least=16),
    Column("At", dispensable=3),
    Column("Answers", is_number=True, dispensable=2),
    Column("Tokens", is_number=True, dispensable=1),
)


def show(told: Told, spent: Spent) -> None:
    """All of it on stdout."""
    look = look_of(told)
    names = short_names(list(all_models(told.groups)))
    cards = list(told.cards.values())
    shown = [*wrapped([_head(cards[0], told.scope.zone)]), ""]
    unpriced = {
        names[model]: used.unpriced_tokens
        for model, used in all_models(told.groups).items()
        if used.unpriced_tokens
    }  # fmt: skip
    sums = [line for thread in spent.threads for line in _thread(thread, names)]
    if len(sums) > 1:
        sums.append(Line(("Total", ""), told.total, "bold", False))
    first = (Column("Thread", least=12), Column("Model", least=8))
    shown += table(first, sums, look, unpriced, has_notes=False)
    shown += ["", *_prompts(told, spent)]
    facts = [*_context(spent, told.scope.zone), *_processes(cards[0])]
    facts += _facts(told, spent) if look.has_cost else []
    shown += ["", *wrapped(facts)] if facts else []
    notes = notes_of(sums, look, unpriced)
    shown += ["", *noted(notes)] if notes else []
    terminal.show(*shown)


def _head(card: Card, zone: Zone) -> str:
    words = [f"Session {card.session_id}"]
    if card.title:
        words.append(f"“{card.title}”")
    words += [short_path(card.project or "unknown"), card.agent]
    return ", ".join(words) + f", {local(card.first_at, zone)} to {local(card.last_at, zone)} in {zone.name}"


def _thread(thread: Thread, names: dict[str, str]) -> list[Line]:
    title = WORDS.get(thread.kind, thread.kind)
    if thread.kind != "main":
        title = format.things(thread.runs, title)
    return [
        Line((title if number == 0 else "", names.get(model, model)), used)
        for number, (model, used) in enumerate(thread.models.items())
    ]


def _prompts(told: Told, spent: Spent) -> list[str]:
    """The dearest, or in the order that is asked for."""
    has_cost = not told.asked.no_cost
    shown, omitted = chosen(told, spent)
    columns = (*PROMPT_COLUMNS, *([Column(API_VALUE if told.plan else COST, is_number=True)] if has_cost else []))
    if has_cost:
        columns = (*columns, Column("Why", least=12, dispensable=4))
    rows = [Row(_row(turn, told.scope.zone, has_cost)) for turn in shown]
    more = f"{format.things(omitted, 'prompt')} more: --limit, and --order asc for the order they were asked in."
    return [*lines(columns, rows, terminal.columns()), *(["", *noted([more])] if omitted else [])]


def chosen(told: Told, spent: Spent) -> tuple[list[Prompted], int]:
    """The prompts to show, and how many are left out."""
    order = told.asked.order or ("tokens" if told.asked.no_cost else "cost")
    prompts = spent.prompts
    if order in ("cost", "tokens"):
        prompts = sorted(
            prompts,
            key=lambda turn: (turn.used.usd_nanos if order == "cost" else 0, turn.used.total_tokens),
            reverse=True,
        )
    elif order == "desc":
        prompts = prompts[::-1]
    limit = int(told.asked.limit or TOP)
    return prompts[:limit], max(0, len(prompts) - limit)


def _row(turn: Prompted, zone: Zone, has_cost: bool) -> tuple[str, ...]:
    used = turn.used
    cells = (
        f"#{turn.number}",
        first_words(turn),
        local(turn.prompt.at, zone)[5:] if turn.prompt and turn.prompt.at else "",
        format.count(used.responses),
        format.at_least(format.tokens(used.total_tokens), used.lower_bounds),
    )
    return (*cells, worth(used), "; ".join(why(turn))) if has_cost else cells


def first_words(turn: Prompted) -> str:
    """How the prompt begins, in one line."""
    if turn.prompt is None:
        return BEFORE
    text = MARKS.sub(" ", turn.prompt.text) if turn.prompt.kind == "slash_command" else turn.prompt.text
    return " ".join((KINDS.get(turn.prompt.kind, "") + text).split())[:TEXT]


def _context(spent: Spent, zone: Zone) -> list[str]:
    own = spent.context
    if own is None:
        return []
    facts = [f"Context    {sentence(own)}"]
    if own.compactions or own.peak_tokens != own.now.used_tokens:
        facts.append(f"           {past(own, partial(local, zone=zone))}")
    return facts


def _processes(card: Card) -> list[str]:
    most = peaks.told(locate(), card.session_id, card.agent)
    return [f"Processes  {most}, as far as they were looked at"] if most else []


def _facts(told: Told, spent: Spent) -> list[str]:
    kept, used = spent.kept, told.total
    sent = used.input_tokens + used.cache_write_tokens + used.cache_read_tokens
    facts: list[str] = []
    if used.subagent_tokens and used.usd_nanos:
        facts.append(f"Subagents  {used.subagent_usd_nanos / used.usd_nanos:.0%} of the money")
    if sent:
        facts.append(f"Cache      {used.cache_read_tokens / sent:.1%} of the input was read from it; {_saved(kept)}")
    if kept.unread_tokens:
        tokens = format.tokens(kept.unread_tokens)
        facts.append(f"           {dollars(kept.unread_nanos)} for {tokens} tokens that were written and never read")
    if kept.pauses:
        pauses, tokens = format.things(kept.pauses, "pause"), format.tokens(kept.waited_tokens)
        money = dollars(kept.waited_nanos)
        facts.append(f"Waiting    {money} for {pauses} that outlived the cache: {tokens} tokens written again")
    if spent.waking:
        facts.append(f"Waking it  {_waking(spent.waking, told.scope.zone)}")
    return facts


def _saved(kept: Kept) -> str:
    if kept.unpriced_tokens and not kept.saved_nanos:
        return f"what that saved is {UNPRICED}"
    mark = format.LOWER_BOUND if kept.unpriced_tokens else ""
    return f"saved {mark}{dollars(kept.saved_nanos - kept.surcharge_nanos)}"


def _waking(found: Waking, zone: Zone) -> str:
    tokens = ("about " if found.is_estimate else "") + format.tokens(found.context_tokens)
    if found.cold_nanos is None or found.warm_nanos is None:
        return f"{tokens} tokens of context; {found.model} is {UNPRICED}"
    cold, warm = dollars(found.cold_nanos), dollars(found.warm_nanos)
    if found.life is None:
        return f"{tokens} tokens of context: {cold}, or {warm} while its cache holds; how long, no record tells"
    life = "5-minute" if found.life == "5m" else "1-hour"
    if found.is_warm:
        return f"now {warm} for {tokens} tokens of context; after {local(found.warm_until, zone)} {cold}"
    return f"now {cold} for {tokens} tokens of context: its {life} cache is gone; warm it would be {warm}"


def local(at: str | None, zone: Zone) -> str:
    """The local time, to the minute."""
    if not at:
        return "unknown"
    import time

    from viewers.reports.dates import seconds_of

    instant = seconds_of(at)
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(instant + zone.offset(int(instant))))


def document(told: Told, spent: Spent) -> dict[str, Any]:
    """What the JSON of one session tells besides its answers."""
    has_cost = not told.asked.no_cost
    parts: dict[str, Any] = {
        "threads": [
            {"kind": thread.kind, "runs": thread.runs, "model": model, **_sums(used, has_cost)}
            for thread in spent.threads
            for model, used in thread.models.items()
        ],
        "prompts": [_prompt(turn, has_cost) for turn in spent.prompts],
    }
    parts["context"] = document_of(spent.context, spent.history) if spent.context else None
    card = next(iter(told.cards.values()), None)
    parts["peak"] = peaks.document(peaks.of_session(locate(), card.session_id, card.agent)) if card else None
    if has_cost:
        parts |= {"cache": _cache(spent.kept), "waking": _document(spent.waking) if spent.waking else None}
    return parts


def _prompt(turn: Prompted, has_cost: bool) -> dict[str, Any]:
    own = turn.prompt
    told = {
        "number": turn.number,
        "promptId": own.prompt_id if own else None,
        "timestamp": own.at if own else None,
        "kind": own.kind if own else None,
        "text": first_words(turn) if own else None,
        **_sums(turn.used, has_cost),
        "longestContext": turn.longest,
    }
    if has_cost:
        told |= {"subagentCost": amount(turn.used.subagent_usd_nanos), "why": why(turn)}
    return told


def _sums(used: Used, has_cost: bool) -> dict[str, Any]:
    sums: dict[str, Any] = {
        "responses": used.responses,
        "lowerBounds": used.lower_bounds,
        "telemetryOnlyTokens": used.telemetry_only_tokens,
        "inputTokens": used.input_tokens,
        "outputTokens": used.output_tokens,
        "cacheCreationTokens": used.cache_write_tokens,
        "cacheReadTokens": used.cache_read_tokens,
        "totalTokens": used.total_tokens,
        "subagentTokens": used.subagent_tokens,
    }
    if has_cost:
        has_amount = used.usd_nanos or not used.unpriced_tokens
        sums |= {
            "totalCost": amount(used.usd_nanos) if has_amount else None,
            "costNanos": used.usd_nanos if has_amount else None,
            "unpricedTokens": used.unpriced_tokens,
        }
    return sums


def _cache(kept: Kept) -> dict[str, Any]:
    return {
        "savedCost": amount(kept.saved_nanos),
        "writeSurcharge": amount(kept.surcharge_nanos),
        "neverReadTokens": kept.unread_tokens,
        "neverReadCost": amount(kept.unread_nanos),
        "pauses": kept.pauses,
        "pausesTokens": kept.waited_tokens,
        "pausesCost": amount(kept.waited_nanos),
        "unpricedTokens": kept.unpriced_tokens,
    }


def _document(found: Waking) -> dict[str, Any]:
    return {
        "model": found.model,
        "contextTokens": found.context_tokens,
        "isEstimate": found.is_estimate,
        "coldCost": None if found.cold_nanos is None else amount(found.cold_nanos),
        "warmCost": None if found.warm_nanos is None else amount(found.warm_nanos),
        "cacheLife": found.life,
        "warmUntil": found.warm_until,
        "isWarm": found.is_warm,
    }
