"""What the tests of the web face share: a site to ask, and real servers where sockets and signals matter."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.viewers.web.site import Site


@pytest.fixture(scope="session")
def site_home(once_recorded: Path) -> Path:
    """A data folder with a little history, which nobody writes to."""
    return once_recorded


@pytest.fixture
def site(site_home: Path) -> Site:
    """The application on it, with nobody let in but us."""
    return Site(site_home)


class Server(NamedTuple):
    """A server as users start it."""

    process: "subprocess.Popen[str]"
    port: int
    code: str
    said: list[str]


@pytest.fixture
def serve(tmp_path: Path, command: list[str]) -> Iterator[Callable[..., Server]]:
    """Starts servers, and ends them with the test."""
    started: list[subprocess.Popen[str]] = []

    def start(home: Path, *words: str) -> Server:
        process = subprocess.Popen(
            [*command, "web", "--no-open", "--no-start", *words], cwd=tmp_path, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, "FLEETMETER_HOME": str(home)},
        )  # fmt: skip
        started.append(process)
        assert process.stdout is not None
        said: list[str] = []
        while not any("/open#" in line for line in said):
            line = process.stdout.readline()
            assert line, said
            said.append(line)
        link = said[-1].rpartition("/open#")
        return Server(process, int(link[0].rpartition(":")[2]), link[2].partition("/")[0], said)

    yield start
    for process in started:
        process.kill()
        process.communicate()
