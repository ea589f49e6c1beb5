"""What is held to a time by the clock is tried again; and fails all the same when it is never in time."""

import subprocess
import sys
from pathlib import Path

TESTS = """
import pytest

@pytest.fixture
def fresh(tmp_path):
    assert not list(tmp_path.iterdir())
    (tmp_path / "used").touch()

@pytest.mark.timed
@pytest.mark.parametrize("slow", [0, 2, 3])
def test_one(fresh, slow, seen={}):
    seen[slow] = seen.get(slow, 0) + 1
    assert seen[slow] > slow

@pytest.mark.parametrize("slow", [1])
def test_other(slow, seen={}):
    seen[slow] = seen.get(slow, 0) + 1
    assert seen[slow] > slow
"""
CONFTEST = "from tests.tries import pytest_runtest_protocol, pytest_terminal_summary\n"


def test_what_is_timed_has_three_tries_and_nothing_else_has(tmp_path: Path) -> None:
    (tmp_path / "test_some.py").write_text(TESTS)
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = timed: by the clock\n")
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-n0", str(tmp_path)]
    environ = {"PYTHONPATH": str(Path(__file__).parents[1]), "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, env=environ, cwd=tmp_path)
    assert "2 failed, 2 passed" in done.stdout, done.stdout + done.stderr
    assert "in time at try 3 of 3: test_some.py::test_one[2]" in done.stdout
    assert "in time at try 2" not in done.stdout
    assert all(f"{name} __" in done.stdout for name in ("test_one[3]", "test_other[1]"))
