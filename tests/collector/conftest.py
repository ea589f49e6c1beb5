"""A user with a home of their own, whose transcripts the tests write, and a database that only waits for them."""

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.recording.once import collect_once
from tests.collector.clock import Clock


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with nothing recorded, to copy: making one costs more than most of these tests."""
    folder = tmp_path_factory.mktemp("empty")
    collect_once(str(folder / "home"), {}, str(folder / "nobody"))
    return folder / "home"


@pytest.fixture
def home(tmp_path: Path, empty_home: Path) -> Path:
    """The data folder."""
    return Path(shutil.copytree(empty_home, tmp_path / "fleetmeter_home"))


@pytest.fixture
def user(tmp_path: Path) -> Path:
    """The home of a user who has an agent."""
    folder = tmp_path / "user"
    (folder / ".claude" / "projects" / "p").mkdir(parents=True)
    return folder


@pytest.fixture
def project(user: Path) -> Path:
    """The folder of one project's transcripts."""
    return user / ".claude" / "projects" / "p"


@pytest.fixture
def places(tmp_path: Path, empty_home: Path) -> Iterator[Path]:
    """A user and two fresh homes for every example of a property; those of the one before are gone by then."""

    def fresh() -> Iterator[Path]:
        for number in itertools.count():
            folder = tmp_path / f"example{number}"
            shutil.copytree(empty_home, folder / "home")
            shutil.copytree(empty_home, folder / "again")
            (folder / "user" / ".claude" / "projects" / "p").mkdir(parents=True)
            yield folder
            shutil.rmtree(folder)

    return fresh()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """What the program and the database take for the time."""
    clock = Clock(monkeypatch)
    yield clock
    monkeypatch.undo()
    clock.close()
