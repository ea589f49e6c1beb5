"""Real Codex homes are counted as they were billed in whatever order their files are found, migrated or not."""

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.collector.published import Tree, needed, tree, trees
from tests.collector.recorded import check_same, record, rows, views
from tests.collector.recording.test_truth import check_bill

HOMES = [one for one in trees() if one.name.startswith("real-clients/codex/")]
MIGRATED = [one for one in HOMES if one.name.endswith("_migrated")]
# As they are made, the other way round (forks before what they were forked from), and shuffled.
ORDERS: dict[str, Callable[[list[Path]], list[Path]]] = {
    "parents-first": sorted,
    "children-first": lambda files: sorted(files, reverse=True),
    "shuffled": lambda files: random.Random(len(files)).sample(sorted(files), len(files)),
}

pytestmark = needed
each_migrated = pytest.mark.parametrize("after", MIGRATED, ids=lambda one: one.name.rpartition("/")[2])


def files_of(one: Tree) -> list[Path]:
    """What a home holds, as paths below it."""
    return [path.relative_to(one.folder) for path in one.folder.rglob("*") if path.is_file()]


def lay(one: Tree, user: Path, files: list[Path]) -> None:
    """Some files of a home, each put in the place of what lies there as a migration does: under another inode."""
    for path in files:
        place = user / path
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_name("fresh")
        shutil.copy(one.folder / path, fresh)
        os.replace(fresh, place)


def before(after: Tree) -> Tree:
    """The home as it was before its migration."""
    return tree(after.name.removesuffix("_migrated"))


def ordered(homes: list[Tree]) -> pytest.MarkDecorator:
    """Each home in each order; one of a single file in the only order there is."""
    found = [(one, order) for one in homes for order in list(ORDERS)[: 3 if len(files_of(one)) > 2 else 1]]
    ids = [f"{one.name.rpartition('/')[2]}-{order}" for one, order in found]
    return pytest.mark.parametrize(("one", "order"), found, ids=ids)


@ordered(HOMES)
def test_a_home_found_file_by_file_is_what_was_billed(
    one: Tree, order: str, home: Path, user: Path, tmp_path: Path
) -> None:
    for path in ORDERS[order](files_of(one)):
        lay(one, user, [path])
        record(home, user)
    check_bill(one, home)
    record(tmp_path / "at_once", user)
    check_same(views(home), views(tmp_path / "at_once"))


@ordered(MIGRATED)
def test_a_home_is_what_was_billed_while_and_after_it_is_migrated(
    one: Tree, order: str, home: Path, user: Path
) -> None:
    after = one
    lay(before(after), user, files_of(before(after)))
    record(home, user)
    check_bill(before(after), home)
    billed = rows(home, "select sum(input_tokens + output_tokens) from responses")[0][0]
    for path in ORDERS[order](files_of(after)):
        lay(after, user, [path])
        record(home, user)
        grown = rows(home, "select sum(input_tokens + output_tokens) from responses")[0][0]
        assert grown >= billed, "what was billed stays counted"
        billed = grown
    check_bill(after, home, is_all_told=True)  # a turn that the migration dropped is known from before


@pytest.mark.parametrize("first", ["before", "after", "together"])
@each_migrated
def test_a_copy_from_before_a_migration_is_not_counted_beside_it(
    after: Tree, first: str, home: Path, user: Path
) -> None:
    """A backup is found in a root of its own: before the migrated home, after it, or in the same look."""
    backup = user / "backup"
    homes = [(before(after), backup), (after, user)]
    for one, place in homes if first != "after" else homes[::-1]:
        lay(one, place, files_of(one))
        if first != "together":
            record(home, user, {"CODEX_HOME": str(backup / ".codex")})
    record(home, user, {"CODEX_HOME": str(backup / ".codex")})
    check_bill(after, home, is_all_told=True)  # a turn that the migration dropped is known from before
