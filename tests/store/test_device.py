"""This machine has one id, made once."""

import threading
from pathlib import Path

import pytest

from store import home as homes
from store.device import SHAPE, device_id
from store.errors import FleetmeterError


@pytest.fixture(autouse=True)
def _home_made(home: Path) -> None:
    homes.prepare(home)


def test_the_id_is_made_once(home: Path) -> None:
    first = device_id(home)
    assert SHAPE.fullmatch(first)
    assert device_id(home) == first
    assert (home / "device").read_text() == f"{first}\n"


def test_all_who_ask_at_once_get_the_same(home: Path) -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(device_id(home))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_a_crash_while_making_it_is_forgotten(home: Path) -> None:
    (home / "device.new").write_text("half")
    device_id(home)
    assert not (home / "device.new").exists()


@pytest.mark.parametrize("content", ["", "not an id", "\x00" * 36])
def test_a_damaged_id_is_never_replaced_in_silence(home: Path, content: str) -> None:
    (home / "device").write_text(content)
    with pytest.raises(FleetmeterError, match="does not hold the id"):
        device_id(home)
    assert (home / "device").read_text() == content
