"""The rates that are looked up are those that genai-prices itself bills by: over all models, dates, sizes and tiers."""

import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import genai_prices
import pytest
from genai_prices.data import providers
from genai_prices.types import ModelInfo, Provider, Usage

from store import price_table
from store.price_lookup import Rate
from store.price_match import find
from store.price_rates import UNCOUNTED, Row, flatten, words
from tests.store.costing import Answer, cost_of, database

TIERS = ("standard", "standard", "fast", "priority", "flex", "batch", "priority+fast")
SIZES = (0, 1, 999, 31_999, 99_999, 100_000, 127_999, 199_999, 200_000, 255_999, 272_000, 511_999, 900_000)
KINDS = ("input_tokens", "cache_read_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens", "output_tokens")
LONG_FLOATS = Decimal("1e-6")  # a few rates of the table have a seventeenth digit, which costs no micro-dollar


@pytest.fixture(scope="module")
def table() -> price_table.Table:
    return price_table.load("/none")


def moments(model: ModelInfo) -> list[datetime]:
    """Instants around every change of a price."""
    found = [datetime(2024, 5, 1, 9, 30, tzinfo=UTC), datetime(2026, 11, 20, 12, tzinfo=UTC)]
    constraints = [] if not isinstance(model.prices, list) else [price.constraint for price in model.prices]
    for constraint in [*constraints, *(variant.constraint for variant in model.price_variants or ())]:
        start = getattr(constraint, "start_date", None)
        if start is not None:
            midnight = datetime(start.year, start.month, start.day, tzinfo=UTC)
            found += [midnight, midnight - timedelta(microseconds=1), midnight + timedelta(hours=5)]
        for time_of_day in ("start_time", "end_time"):
            at = getattr(constraint, time_of_day, None)
            if at is not None:
                moment = datetime.combine(datetime(2026, 11, 20), at)
                found += [moment, moment - timedelta(microseconds=1)]
    return found


def theirs(provider: Provider, model: ModelInfo, answer: Answer, moment: datetime) -> Decimal:
    """What the library says it costs. Our words for a tier are theirs, under any of their keys."""
    usage = Usage(
        input_tokens=sum(answer[1:5]),
        cache_read_tokens=answer.cache_read_tokens,
        cache_write_tokens=answer.cache_write_5m_tokens + answer.cache_write_1h_tokens,
        cache_write_5m_tokens=answer.cache_write_5m_tokens,
        cache_write_1h_tokens=answer.cache_write_1h_tokens,
        output_tokens=answer.output_tokens,
        web_searches=answer.web_searches,
    )
    said = words(answer.tier)
    context = {"speed": "fast"} if "fast" in said else {}
    rest = [word for word in said if word != "fast"] or said
    context |= {"service_tier": rest[0], "processing": rest[0]} if rest else {}
    return model.calc_price(usage, provider, genai_request_timestamp=moment, price_context=context or None).total_price


def ours(rows: list[Row], answer: Answer, moment: datetime) -> Decimal | None:
    """By the flattened rates, as the SQL chooses them."""
    day, clock, size = f"{moment:%Y-%m-%d}", f"{moment:%H:%M}", sum(answer[1:5])
    fitting = [row for row in rows if row.starts_at <= day and row.from_time <= clock and row.above_tokens < size]
    rates = max(fitting, key=lambda row: row[:3]).rates
    if rates is None:
        return None
    return sum((n * Decimal(rate) for n, rate in zip(answer[1:7], rates, strict=True)), Decimal(0)) / 10**12


def draw(dice: random.Random, name: str, at: str, tier: str) -> Answer:
    counts = [dice.choice(SIZES) + dice.choice((0, 0, 1, 2)) for _ in KINDS]
    tokens = [n * dice.choice((0, 1)) for n in counts]
    return Answer(name, *tokens, dice.choice((0, 0, 3)), at, tier)  # pyright: ignore[reportCallIssue] - five kinds


def test_every_model_costs_what_the_library_bills(table: price_table.Table) -> None:
    dice = random.Random(3)
    nodes = {(p["id"], m["id"]): m for p in table.providers for m in p["models"]}
    compared = unpriced = 0
    for provider in providers:
        for model in provider.models:
            node = nodes[provider.id, model.id]
            for tier in dict.fromkeys(TIERS):
                rows = flatten(node, tier, True)
                for moment in moments(model):
                    for _ in range(3 if tier == "standard" else 1):
                        answer = draw(dice, model.id, moment.isoformat(), tier)
                        got = ours(rows, answer, moment)
                        if got is None:
                            unpriced += 1
                            check_unpriced(model, moment, tier)
                        else:
                            expected = theirs(provider, model, answer, moment)
                            assert abs(got - expected) < LONG_FLOATS, (provider.id, model.id, answer)
                            compared += 1
    assert compared > 15_000 and unpriced


def check_unpriced(model: ModelInfo, moment: datetime, tier: str) -> None:
    """Unpriced is only what has no price by token, is billed by what is not counted, or has no price for the tier."""
    prices = model.get_prices(moment)
    no_token_price = prices.input_mtok is None or prices.output_mtok is None
    if no_token_price or any(getattr(prices, kind) is not None for kind in UNCOUNTED):
        return
    known = {
        word
        for variant in model.price_variants or ()
        if variant.constraint is None or variant.constraint.active(moment)
        for key, word in variant.when.items()
        if key in ("speed", "service_tier", "processing")
    }
    assert not set(words(tier)) <= known, (model.id, moment, tier)


def test_answers_in_the_database_cost_what_the_library_bills(home: Path) -> None:
    """The same through the whole engine: the child, the table, the SQL."""
    dice, answers, expected = random.Random(5), list[Answer](), list[int]()
    chosen = [
        (provider, model)
        for provider in providers
        for model in provider.models
        if provider.id in ("anthropic", "openai", "google", "deepseek", "x-ai", "moonshotai")
    ]
    for provider, model in chosen:
        for moment in moments(model):
            answer = draw(
                dice, f"{provider.id}/{model.id}", moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:23] + "Z", "standard"
            )
            answers.append(answer)
            expected.append(round(theirs(provider, model, answer, moment) * 10**9))
    costs = cost_of(home, *answers)
    priced = [(got, want, a) for got, want, a in zip(costs, expected, answers, strict=True) if got is not None]
    assert len(priced) > len(answers) * 0.7
    # Half a billionth goes up here, and to the even one there.
    assert [row for row in priced if abs(row[0] - row[1]) > 1] == []


@pytest.mark.parametrize("provider", providers, ids=lambda provider: provider.id)
def test_an_id_of_the_table_means_that_model(table: price_table.Table, provider: Provider) -> None:
    """And where our stricter matching finds one, it is the one that the library finds."""
    for model in provider.models:
        found = find(table.providers, f"{provider.id}/{model.id}")
        theirs = provider.find_model(model.id, all_providers=providers)
        assert found is None or found.provider != provider.id or theirs is None or found.model["id"] == theirs.id


def test_the_version_is_that_of_the_package(table: price_table.Table) -> None:
    assert table.version == price_table.version("/none") == f"genai-prices {genai_prices.__version__}"


def test_the_library_is_never_loaded_here(home: Path) -> None:
    """Neither it nor what it brings: it is data, and a child reads it."""
    code = "import sys; sys.path[:0] = sys.argv[2:]; from tests.store.costing import *; from pathlib import Path\n"
    code += "print(cost_of(Path(sys.argv[1]), Answer('gpt-5', 1000)), *sys.modules)"
    root = str(Path(__file__).parents[2])
    done = subprocess.run([sys.executable, "-c", code, str(home), root], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("[1250000] ")
    assert not {"genai_prices", "pydantic", "httpx2"} & set(done.stdout.split())


@pytest.mark.timed
def test_the_child_is_quick(home: Path) -> None:
    """It stands in the way of the first answer of a model: no tenth of a second, where the library takes three."""
    with database(home):
        from store.price_lookup import look_up

        took, found = list[float](), list[Rate]()
        for _ in range(5):
            begin = time.perf_counter()
            found = look_up([("gpt-5", "standard")], {}, str(home))
            took.append(time.perf_counter() - begin)
    assert isinstance(found[0], Rate) and found[0].input_picos == 1_250_000
    assert min(took) < 0.5
