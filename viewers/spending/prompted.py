"""What each prompt of a session set off, subagents included, and why it was dear. Pure: of answers, prompts, runs."""

from bisect import bisect_right
from collections.abc import Callable, Iterable

from store.light import NamedTuple
from viewers.reports.usage import Used, total
from viewers.screen import format
from viewers.spending.caching import Rates

MAIN = "main"
NOTABLE, MOSTLY = 0.15, 0.4
"""Shares of what a prompt cost: from the first on a cause is named, from the second on it is the cause."""


class Answered(NamedTuple):
    """One answer."""

    session_key: int
    run_key: int
    run_kind: str
    prompt_id: str | None
    at: str | None
    model: str
    price_key: int | None
    used: Used


class Prompt(NamedTuple):
    """What somebody asked."""

    prompt_id: str
    at: str | None
    kind: str
    text: str


class Run(NamedTuple):
    """Who answered: begun by which run, and to answer which prompt, where that is known."""

    run_key: int
    kind: str
    parent_key: int | None
    prompt_id: str | None


class Kinds(NamedTuple):
    """What the kinds of tokens cost at list prices."""

    input: int = 0
    read: int = 0
    write: int = 0
    output: int = 0


class Prompted(NamedTuple):
    """A prompt and all that it set off; without a prompt, what was answered before the first."""

    number: int
    prompt: Prompt | None
    used: Used
    main: Used
    """Without subagents."""
    kinds: Kinds
    longest: int
    """The longest request of the main thread, in tokens."""
    waited_nanos: int = 0
    waited_tokens: int = 0
    """For what a cache was written again that a pause had outlived."""


def prompted(
    answers: list[Answered], prompts: list[Prompt], runs: Iterable[Run], rates: dict[int, Rates]
) -> list[Prompted]:
    """Each prompt that was answered, in the order in which they were asked."""
    belongs = _owners(prompts, {run.run_key: run for run in runs})
    found: dict[int, list[Answered]] = {}
    for answer in answers:
        found.setdefault(belongs(answer), []).append(answer)
    return [
        _prompted(number, prompts[index] if index >= 0 else None, found[index], rates)
        for number, index in enumerate(sorted(found), 0 if -1 in found else 1)
    ]


def _owners(prompts: list[Prompt], runs: dict[int, Run]) -> Callable[[Answered], int]:
    """Gives the index of the prompt that an answer belongs to, -1 for none: the one that it names, or that of the
    call which began its run, or else the last one asked before."""
    places = {prompt.prompt_id: index for index, prompt in enumerate(prompts)}
    times = [prompt.at or "" for prompt in prompts]

    def owner(answer: Answered) -> int:
        if answer.prompt_id in places:
            return places[answer.prompt_id]
        run, seen = runs.get(answer.run_key), set[int]()
        while run is not None and run.run_key not in seen:
            if run.prompt_id in places:
                return places[run.prompt_id]
            seen.add(run.run_key)
            run = runs.get(run.parent_key or 0)
        return bisect_right(times, answer.at or "") - 1

    return owner


def _prompted(number: int, prompt: Prompt | None, answers: list[Answered], rates: dict[int, Rates]) -> Prompted:
    main = [answer.used for answer in answers if answer.run_kind == MAIN]
    longest = max((used.input_tokens + used.cache_read_tokens + used.cache_write_tokens for used in main), default=0)
    kinds = [_kinds(answer.used, rates.get(answer.price_key or 0)) for answer in answers]
    summed = Kinds(*map(sum, zip(*kinds, strict=True)))
    return Prompted(number, prompt, total([answer.used for answer in answers]), total(main), summed, longest)


def _kinds(used: Used, rates: Rates | None) -> Kinds:
    if rates is None:
        return Kinds()
    return Kinds(
        used.input_tokens * rates.input // 1000,
        used.cache_read_tokens * rates.read // 1000,
        (used.cache_write_5m_tokens * rates.write_5m + used.cache_write_1h_tokens * rates.write_1h) // 1000,
        used.output_tokens * rates.output // 1000,
    )


def why(turn: Prompted) -> list[str]:
    """What made most of its cost, the largest first; only what the sums show."""
    whole = sum(turn.kinds)
    if not whole:
        return []
    found: list[str] = []
    has_waited = turn.waited_nanos >= NOTABLE * whole
    if has_waited:
        found.append(f"cache expired, {format.tokens(turn.waited_tokens)} written again")
    used = turn.used
    has_others = used.usd_nanos and used.subagent_usd_nanos >= MOSTLY * used.usd_nanos
    if has_others:
        found.append(f"subagents {used.subagent_usd_nanos / used.usd_nanos:.0%}")
    words = {
        "read": f"{format.things(used.responses, 'answer')} on {format.tokens(turn.longest)} of context",
        "write": f"{format.tokens(used.cache_write_tokens)} written to the cache",
        "output": f"{format.tokens(used.output_tokens)} tokens of output",
        "input": f"{format.tokens(used.input_tokens)} of input in no cache",
    }
    shares = {name: getattr(turn.kinds, name) / whole for name in words}
    for name, share in sorted(shares.items(), key=lambda item: -item[1]):
        is_told = (name == "write" and has_waited) or (name == "read" and has_others)
        if share >= MOSTLY and not is_told:
            found.append(words[name])
    return found[:2]
