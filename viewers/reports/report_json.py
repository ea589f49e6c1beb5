"""A report for programs: ccusage's keys, ours beside them; viewers/schemas/ says the same as a JSON Schema.

Written as text, a line for each row: the modules json and re take as long to import as all the rest takes to run.
"""

from functools import lru_cache

from store.light import Any
from viewers.reports.report import Card, Report, Told
from viewers.reports.usage import Group, Used, all_models
from viewers.screen import output, terminal
from viewers.screen.output import quoted

SCHEMA_VERSION = 1
TOKENS = (
    '"inputTokens":%d,"outputTokens":%d,"cacheCreationTokens":%d,"cacheReadTokens":%d,"totalTokens":%d,'
    '"cacheWrite5mTokens":%d,"cacheWrite1hTokens":%d,"responses":%d,"lowerBounds":%d,'
    '"telemetryOnlyTokens":%d'
)
MORE = ',"reasoningTokens":%d,"webSearches":%d,"subagentTokens":%d'
UNPRICED = '"unpricedTokens":%d,"unpricedResponses":%d'
BREAKDOWN = '{"modelName":%s,' + TOKENS + ',"cost":%s,"costNanos":%d,' + UNPRICED + "}"
NONE_PRICED = '"costNanos":null,' + UNPRICED
ENTRY = (
    "timestamp", "model", "inputTokens", "outputTokens", "cacheCreationTokens", "cacheReadTokens", "costUSD",
    "reportedCostUSD",
)  # fmt: skip


# Models and agents: few names, each written a thousand times.
name_of = lru_cache(quoted)


def show(told: Told) -> None:
    """One document on stdout."""
    output.utf8()
    terminal.show(document(told))


def document(told: Told) -> str:
    """The whole of it; fields are only ever added."""
    has_cost = not told.asked.no_cost
    parts = {"schemaVersion": str(SCHEMA_VERSION)}
    if told.asked.instances:
        projects: dict[str, list[str]] = {}
        for group in told.groups:
            projects.setdefault(group.part, []).append(row(told.report, group, None, has_cost))
        rows = ",\n".join(f"{quoted(name)}:[\n" + ",\n".join(found) + "\n]" for name, found in projects.items())
        parts["projects"] = "{" + rows + "}"
    else:
        rows = ",\n".join(row(told.report, group, told.cards.get(group.key), has_cost) for group in told.groups)
        parts[told.report.name] = f"[\n{rows}\n]" if rows else "[]"
    parts |= {"totals": "{" + sums(told.total, has_cost=has_cost) + "}", **_told_of(told)}
    if told.asked.id is not None and told.groups:
        parts |= _session(told, has_cost)
    return "{" + ",\n".join(f'"{name}":{text}' for name, text in parts.items()) + "}"


def row(report: Report, group: Group, card: Card | None, has_cost: bool = True) -> str:
    """One row of a report, with its models."""
    name = quoted(card.session_id if card else group.key)
    agents = listed(group.agents)
    text = "".join(f'"{key}":{name},' for key in (*report.keys, "period"))
    if group.part:
        text += f'"project":{quoted(group.part)},'
    agent = quoted(group.agents[0]) if len(group.agents) == 1 and not report.is_dated else '"all"'
    text += f'"agent":{agent},{sums(group.used, has_cost=has_cost)},"modelsUsed":{listed(sorted(group.models))},'
    models = ",".join(_breakdown(model, used, has_cost) for model, used in group.models.items())
    text += f'"modelBreakdowns":[{models}],"agents":{agents},"metadata":{{"agents":{agents}'
    if card:
        last = value(card.last_at)
        text += (
            f',"lastActivity":{last},"reasoningOutputTokens":{group.used.reasoning_tokens}}},"projectPath":{value(card.project)},"account":{quoted(card.account)},'
            f'"title":{value(card.title)},"firstActivity":{value(card.first_at)},"lastActivity":{last}'
        )
    else:
        text += "}"
    return "{" + text + "}"


def sums(used: Used, *, has_cost: bool = True) -> str:
    """Each sum under its public name."""
    text = _tokens(used) + MORE % (used.reasoning_tokens, used.web_searches, used.subagent_tokens)
    if not has_cost:
        return text
    has_none = used.subagent_tokens and used.unpriced_tokens and not used.subagent_usd_nanos
    subagents = "null" if has_none else amount(used.subagent_usd_nanos)
    return f'{text},{money(used, "totalCost")},"subagentCost":{subagents}'


def money(used: Used, name: str) -> str:
    """What it comes to. Where nothing has a price there is no amount, and no zero."""
    nanos, unpriced = used.usd_nanos, used.unpriced_tokens
    if unpriced and not nanos:
        return f'"{name}":null,' + NONE_PRICED % (unpriced, used.unpriced_responses)
    return f'"{name}":{amount(nanos)},"costNanos":{nanos},' + UNPRICED % (unpriced, used.unpriced_responses)


def amount(nanos: int) -> str:
    """Dollars, rounded to the millionth."""
    return f"{nanos / 1e9:.6f}".rstrip("0").rstrip(".") or "0"


def value(text: str | None) -> str:
    return "null" if text is None else quoted(text)


def listed(texts: list[str]) -> str:
    return "[" + ",".join(map(name_of, texts)) + "]"


def _breakdown(model: str, used: Used, has_cost: bool) -> str:
    if has_cost and not used.unpriced_tokens:
        # Most of a long history is this, a thousand times: all in one step.
        read_in, out, write_5m, write_1h, read, _, _, responses, lower_bounds, nanos, unpriced, _, _, _, unseen = used
        write = write_5m + write_1h
        return BREAKDOWN % (
            name_of(model), read_in, out, write, read, read_in + out + write + read, write_5m, write_1h, responses,
            lower_bounds, unseen, amount(nanos), nanos, 0, unpriced,
        )  # fmt: skip
    text = f'{{"modelName":{quoted(model)},{_tokens(used)}'
    return f"{text},{money(used, 'cost')}}}" if has_cost else text + "}"


def _tokens(used: Used) -> str:
    return TOKENS % (
        used.input_tokens, used.output_tokens, used.cache_write_tokens, used.cache_read_tokens, used.total_tokens,
        used.cache_write_5m_tokens, used.cache_write_1h_tokens, used.responses, used.lower_bounds,
        used.telemetry_only_tokens,
    )  # fmt: skip


def _told_of(told: Told) -> dict[str, str]:
    """What the sums are of."""
    scope = told.scope
    unpriced = ",".join(
        f'{{"modelName":{quoted(model)},"tokens":{used.unpriced_tokens},"responses":{used.unpriced_responses}}}'
        for model, used in all_models([group for group in told.every if group.used.unpriced_tokens]).items()
        if used.unpriced_tokens
    )
    return {
        "timezone": quoted(scope.zone.name),
        "since": value(scope.since),
        "until": value(scope.until),
        "mode": quoted(scope.mode),
        "omittedRows": str(told.omitted),
        "unpricedModels": f"[{unpriced}]",
    }


def _session(told: Told, has_cost: bool) -> dict[str, str]:
    """What `session --id` tells besides: each answer, and where its money went."""
    card = next(iter(told.cards.values()))
    shown = {"sessionId": quoted(card.session_id), "totalTokens": str(told.total.total_tokens)}
    if has_cost:
        shown["totalCost"] = money(told.total, "totalCost").partition(":")[2].partition(",")[0]
    shown["entries"] = "[" + ",\n".join(_entry(*entry, has_cost=has_cost) for entry in told.entries) + "]"
    if told.spent is not None:
        import json

        from viewers.spending.session_report import document

        for name, found in document(told, told.spent).items():
            shown[name] = output.safe_json(json.dumps(found, ensure_ascii=False))
    return shown


def _entry(at: str | None, model: str, *rest: Any, has_cost: bool) -> str:
    nanos, micros = rest[4:]
    money = ("null" if nanos is None else amount(nanos), "null" if micros is None else amount(micros * 1000))
    values = (value(at), quoted(model), *map(str, rest[:4]), *(money if has_cost else ()))
    return "{" + ",".join(f'"{name}":{text}' for name, text in zip(ENTRY, values, strict=False)) + "}"
