"""A newer table is fetched when it is asked for, checked before it is used, and the old one stays where that fails."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from store import price_table
from store.database import transaction
from store.errors import FleetmeterError
from store.price_standing import refresh
from store.price_update import check, fetch
from tests.store.costing import Answer, database, nanos, put
from tests.store.price_site import OPUS, Site, serving, with_opus_at


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as server:
        yield server


def files(home: Path) -> list[str]:
    return sorted(name for name in os.listdir(home) if "prices" in name)


def test_a_fetched_table_is_used_from_then_on(home: Path, site: Site) -> None:
    number = price_table.version("/none")
    with database(home) as connection:
        put(connection, Answer(OPUS, 1000), Answer("gpt-5", 1000))
        site.content = with_opus_at(4.5)
        assert fetch(str(home), site.url) > 1000
        (name,) = files(home)
        assert stat.S_IMODE(os.stat(home / name).st_mode) == 0o600
        assert price_table.version(str(home)).startswith(f"{number} + update 20")
        with transaction(connection):
            refresh(connection, {})
        assert nanos(connection) == [4_500_000, 1_250_000]
        put(connection, Answer("claude-opus-5", 1000))
        assert nanos(connection)[2] == 5_000_000
        versions = connection.execute("select distinct version from costs").fetchall()
        assert versions == [(price_table.version(str(home)),)]
        os.unlink(home / name)
        with transaction(connection):
            refresh(connection, {})
        assert nanos(connection) == [5_000_000, 1_250_000, 5_000_000]


def test_a_second_one_takes_the_place_of_the_first(home: Path, site: Site) -> None:
    home.mkdir(mode=0o700)
    (home / "config.toml").touch()
    (home / price_table.update_name("20250101T000000Z")).write_text("[]")
    site.content = with_opus_at(4.5)
    fetch(str(home), site.url)
    assert len(files(home)) == 1


def test_one_fetched_for_another_version_is_not_used(home: Path) -> None:
    home.mkdir()
    (home / "fleetmeter-prices-0.0.1-20250101T000000Z.json").write_text("[]")
    assert price_table.version(str(home)) == price_table.version("/none")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no table of prices"),
        (b"<html>log in here</html>", "no table of prices"),
        (b"{}", "only 0 models"),
        (b"[]", "only 0 models"),
        (b'[{"id": "x", "models": [{"id": "m"}]}]', "no table of prices: KeyError"),
        (b"[3]", "no table of prices"),
        (with_opus_at(-1), "no table of prices: ValueError"),
        (with_opus_at(1e9), "no table of prices: ValueError"),
        (with_opus_at(float("nan")), "no table of prices"),
        (with_opus_at(3)[:-100], "no table of prices"),
        (with_opus_at(3).replace(b'"starts_with"', b'"sounds_like"'), "an unknown rule: sounds_like"),
    ],
    ids=range(11),
)
def test_what_is_no_table_is_refused(home: Path, site: Site, content: bytes, said: str) -> None:
    site.content = content
    with pytest.raises(FleetmeterError, match=said) as raised:
        fetch(str(home), site.url)
    assert "nothing was changed" in raised.value.hint
    assert not home.exists() or files(home) == []


def test_an_address_that_fails_is_named(home: Path, site: Site) -> None:
    site.status = 404
    with pytest.raises(FleetmeterError, match=r"data\.json cannot be fetched: HTTP Error 404"):
        fetch(str(home), site.url)
    with pytest.raises(FleetmeterError, match="cannot be fetched"):
        fetch(str(home), "http://127.0.0.1:1/data.json", 2.0)


def test_the_shipped_table_passes_the_same_check() -> None:
    """No rate of it can overflow a sum."""
    assert check(price_table.load("/none").providers) > 1000
