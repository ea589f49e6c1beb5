"""O3: every promise that is due has a test that bears its id, and a mutant that makes the test fail."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
DUE = (
    "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "C11", "C12", "C13", "C14", "C15", "C16", "C17",
    "C18", "C19", "C20", "C21", "C22",
    "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10", "S11", "S12", "S13", "S14", "S16", "S15",
    "V6", "O4", "K1", "K2", "K3", "K4", "K5", "K10", "K11", "K12", "V13",
    "V1", "V2", "V3", "V4", "V14", "V7", "V8", "V9", "V10", "V11", "V12", "V15",
    "V5",
)  # fmt: skip


def borne(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The kind of mark and the id, for every test that bears one: by itself, for a parameter, or for its module."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr in ("promise", "mutant") and ast.unparse(node.func.value) == "pytest.mark":
            for id_ in node.args:
                assert isinstance(id_, ast.Constant), f"line {node.lineno}: the id of a promise is written out"
                assert isinstance(id_.value, str)
                yield node.func.attr, id_.value


def all_borne() -> set[tuple[str, str]]:
    return {mark for module in TESTS.rglob("test_*.py") for mark in borne(ast.parse(module.read_text("utf-8")))}


def missing(marks: set[tuple[str, str]]) -> list[str]:
    """What is due and is not there."""
    return [f"{id_} has no {kind}" for id_ in DUE for kind in ("promise", "mutant") if (kind, id_) not in marks]


def test_every_promise_has_a_test_and_a_mutant() -> None:
    assert missing(all_borne()) == []


def test_a_missing_test_is_seen() -> None:
    source = "@pytest.mark.mutant('C1')\ndef test_a(): pass\npytestmark = pytest.mark.promise('C2')\n"
    source += "p = pytest.param(1, marks=pytest.mark.promise('C22'))\n"
    found = missing(set(borne(ast.parse(source))))
    assert found[:3] == ["C1 has no promise", "C2 has no mutant", "C3 has no promise"]
    assert "C22 has no promise" not in found
    assert "C22 has no mutant" in found
