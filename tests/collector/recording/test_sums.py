"""Answers that rollouts tell only as sums are counted as they were billed, whatever was copied, rewound or migrated."""

import random
from collections import Counter
from pathlib import Path

import pytest

from tests.collector.recorded import check_same, record, rows, views
from tests.collector.sources.rollouts import STYLES, Program

BILL = """
select session_id, model, sum(input_tokens + cache_read_tokens + output_tokens)
from responses
group by 1, 2
"""
SEEDS = [*range(5), *(pytest.param(seed, marks=pytest.mark.full) for seed in range(5, 150))]

each_style = pytest.mark.parametrize("style", STYLES)
each_seed = pytest.mark.parametrize("seed", SEEDS)


def counted(home: Path) -> Counter[tuple[str, str]]:
    return Counter({(session, model): tokens for session, model, tokens in rows(home, BILL)})


@each_seed
@each_style
def test_what_was_billed_is_what_is_counted(home: Path, user: Path, style: str, seed: int) -> None:
    program = Program(seed, style)
    program.work(12)
    program.write(user)
    record(home, user)
    assert counted(home) == program.bill
    assert rows(home, "select reason from rejects") == []


@pytest.mark.promise("C3")
@each_seed
@each_style
def test_C3_in_any_order_of_files(home: Path, user: Path, tmp_path: Path, style: str, seed: int) -> None:
    program = Program(seed, style)
    program.work(10)
    for thread in random.Random(seed).sample(program.threads, len(program.threads)):
        program.write(user, [thread])
        record(home, user)
    assert counted(home) == program.bill
    again = tmp_path / "at-once"
    record(again, user)
    check_same(views(home), views(again))


@each_seed
@each_style
def test_before_and_after_a_migration_are_not_both_counted(home: Path, user: Path, style: str, seed: int) -> None:
    program = Program(seed, style)
    program.work(8)
    program.write(user)
    record(home, user)
    prompts = rows(home, "select count(*) from prompts where kind = 'prompt'")
    dice = random.Random(seed)
    for thread in dice.sample(program.threads, len(program.threads)):
        program.migrate(thread)
        program.write(user, [thread])
        record(home, user)
        assert counted(home) == program.bill  # also what the migration dropped
    assert rows(home, "select count(*) from prompts where kind = 'prompt'") == prompts
    program.turn(dice.choice(program.threads))
    program.write(user)
    record(home, user)
    assert counted(home) == program.bill


@each_seed
@each_style
def test_a_copy_from_before_a_migration_may_be_found_after_it(home: Path, user: Path, style: str, seed: int) -> None:
    program = Program(seed, style)
    program.work(8)
    old = user / "backup"
    program.write(old)
    for thread in program.threads:
        program.migrate(thread)
    program.write(user)
    record(home, user)
    (home / "config.toml").write_text(f'[roots]\ncodex = ["{old / ".codex"}"]\n')
    record(home, user)
    by_model = Counter[str]()
    for (_, model), tokens in program.bill.items():
        by_model[model] += tokens
    found = Counter[str]()
    for (_, model), tokens in counted(home).items():
        found[model] += tokens
    assert found == by_model
