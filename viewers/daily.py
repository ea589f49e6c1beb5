"""`daily`: tokens by local day and model."""

from contextlib import closing

from store import home as homes
from store.database import open_reader
from store.errors import NoDatabaseYet
from viewers import format, output, terminal
from viewers.trouble import UsageTrouble, tell
from viewers.usage import Day, Used, by_model, days, total
from viewers.usage_table import Line, short_names, table
from viewers.zone import Zone, chosen

DATE_LENGTH = len("2026-11-20")


def run(*, as_json: bool, since: str | None, until: str | None, timezone: str | None) -> int:
    """Show the days of the range."""
    first, last = date_of(since, "--since"), date_of(until, "--until")
    if first and last and first > last:
        raise UsageTrouble(f"--since {first} is after --until {last}")
    zone = chosen(timezone)
    found: list[Day] = []
    try:
        with closing(open_reader(homes.locate())) as reader:
            found = days(reader, zone, first, last)
    except NoDatabaseYet as nothing:
        tell(nothing)
    else:
        if not found:
            terminal.say("no tokens are recorded" + (" in this range" if first or last else ""))
    if as_json:
        output.print_json(document(found, zone))
    elif found:
        terminal.show(f"Tokens by day in {zone.name}", "", *table(sums(found)))
    return 0


def sums(found: list[Day]) -> list[Line]:
    """A line for each day, below it one for each of its models, and the total."""
    models = by_model([part for day in found for part in day.models.items()])
    names = short_names(list(models))
    sums = [line for day in found for line in _day(day, names)]
    if len(found) > 1:
        sums.append(Line("Total", format.things(len(models), "model"), total([day.used for day in found]), "bold"))
    return sums


def document(found: list[Day], zone: Zone) -> dict[str, object]:
    """The same for programs; fields are only ever added."""
    return {
        "schemaVersion": 1,
        "daily": [
            {
                "date": day.date,
                **kinds(day.used),
                "modelsUsed": sorted(day.models),
                "modelBreakdowns": [{"modelName": model, **kinds(used)} for model, used in day.models.items()],
                "agents": day.agents,
            }
            for day in found
        ],
        "totals": kinds(total([day.used for day in found])),
        "timezone": zone.name,
    }


def kinds(used: Used) -> dict[str, int]:
    """Each sum under its public name."""
    return {
        "inputTokens": used.input_tokens,
        "outputTokens": used.output_tokens,
        "cacheCreationTokens": used.cache_write_tokens,
        "cacheReadTokens": used.cache_read_tokens,
        "cacheWrite5mTokens": used.cache_write_5m_tokens,
        "cacheWrite1hTokens": used.cache_write_1h_tokens,
        "totalTokens": used.total_tokens,
        "responses": used.responses,
        "lowerBounds": used.lower_bounds,
    }


def date_of(text: str | None, option: str) -> str | None:
    """2026-11-20 and 20261120 are the same day."""
    if text is None:
        return None
    from datetime import date

    digits = text.replace("-", "") if len(text) == DATE_LENGTH and text[4] == text[7] == "-" else text
    try:
        if len(digits) != 8 or not (digits.isascii() and digits.isdecimal()):
            raise ValueError
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).isoformat()
    except ValueError:
        raise UsageTrouble(f"{option} {text!r} is not a date", hint="write it as 2026-11-20 or 20261120") from None


def _day(day: Day, names: dict[str, str]) -> list[Line]:
    if len(day.models) == 1:
        (model,) = day.models
        return [Line(day.date, names[model], day.used)]
    models = [Line("", names[model], used) for model, used in day.models.items()]
    return [Line(day.date, f"{len(day.models)} models", day.used, "bold"), *models]
