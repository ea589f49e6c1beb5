"""The real app on a real database, driven by keys; what is on the screen is read cell by cell."""

import asyncio
import json
import subprocess
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from viewers.tui.app import FleetApp

SIZES = [(80, 24), (120, 40)]


class Eye:
    """Looks at the screen of an app, and presses its keys."""

    def __init__(self, app: FleetApp, pilot: Any) -> None:
        self.app, self.pilot = app, pilot

    def lines(self) -> list[str]:
        """The screen, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip) for strip in strips]

    def text(self) -> str:
        return "\n".join(self.lines())

    async def until(self, words: str, *, seconds: float = 30.0, gone: bool = False) -> str:
        """Wait until the words are there."""
        end = time.monotonic() + seconds
        while (words in self.text()) is gone:
            assert time.monotonic() < end, f"{words!r} {'stays' if gone else 'never came'}:\n{self.text()}"
            await self.pilot.pause(0.02)
        return self.text()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()


@pytest.fixture
def look(home: Path) -> Callable[..., None]:
    """Runs the app at a size, and gives an eye on it to a test."""

    def run(what: Callable[[Eye], Awaitable[None]], size: tuple[int, int] = (120, 40), **more: Any) -> None:
        async def at() -> None:
            app = FleetApp(str(home), **more)
            async with app.run_test(size=size) as pilot:
                await pilot.pause()
                await what(Eye(app, pilot))

        asyncio.run(at())

    return run


@pytest.fixture
def record(home: Path, tmp_path: Path, command: list[str]) -> Callable[[], None]:
    """Record what is new, as a collector would."""

    def collect() -> None:
        subprocess.run([*command, "collect", "--once"], check=True, capture_output=True, cwd=tmp_path)

    return collect


def stamp(back_s: float = 0.0) -> str:
    """A moment of the last minutes, as agents write it."""
    at = datetime.now(UTC) - timedelta(seconds=back_s)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.fixture
def moment() -> Callable[..., str]:
    return stamp


@pytest.fixture
def prompt(transcript: Path) -> Callable[..., dict[str, Any]]:
    """Makes a prompt as the agent writes it."""

    def line(text: str, back_s: float = 0.0, **more: Any) -> dict[str, Any]:
        return {
            "parentUuid": None, "isSidechain": False, "userType": "external", "cwd": "/src/app",
            "sessionId": transcript.stem, "version": "2.1.49", "gitBranch": "main", "type": "user",
            "uuid": f"u-{text[:20]}-{back_s}", "timestamp": stamp(back_s), "message": {"role": "user", "content": text},
            **more,
        }  # fmt: skip

    return line


@pytest.fixture
def append(transcript: Path) -> Callable[..., None]:
    """Write lines at the end of the transcript."""

    def lines(*found: dict[str, Any]) -> None:
        with transcript.open("a") as file:
            file.writelines(json.dumps(line) + "\n" for line in found)

    return lines
