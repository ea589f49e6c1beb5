"""Every input of the list to try, B1 to B84, is named by the test or the case that tries it."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1]
NAMED = re.compile(r"\bB(\d+)\b|_B(\d+)_")


def named(text: str) -> set[int]:
    return {int(number) for match in NAMED.findall(text) for number in match if number}


TRIED = set[int]().union(*(named(path.read_text("utf-8")) for path in FOLDER.rglob("*.py") if path != Path(__file__)))


@pytest.mark.promise("C9")
@pytest.mark.parametrize("number", range(1, 85), ids="B{}".format)
def test_C9_every_input_of_the_list_is_tried(number: int) -> None:
    assert number in TRIED


def test_a_name_is_seen_wherever_it_stands() -> None:
    assert named('"B1-empty", B22 and B33.') | named("def test_B7_a_newline(): ...") == {1, 22, 33, 7}
    assert named("MOB1 B-2 0xB3 b4") == set()
