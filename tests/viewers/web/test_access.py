"""V11: what opens once, for whom, how long and how often; on a clock that tests turn."""

import re
from collections.abc import Callable

import pytest

from viewers.web.access import ALPHABET, KEPT_S, OPENING_S, PAIRING_S, TRIES, Access


class Clock:
    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def access(clock: Clock) -> Access:
    return Access(clock)


def phone(access: Access, code: str, address: str = "192.0.2.7") -> str | None:
    return access.enter(code, "a phone", address, is_near=False)


def pairs_once(access: Access, clock: Clock) -> None:
    code = access.pairing()
    assert re.fullmatch(f"[{ALPHABET}]{{8}}", code)
    token = phone(access, code)
    assert token is not None
    assert phone(access, code) is None
    device = access.known(token, is_near=False)
    assert device is not None
    assert device.is_paired


def closes_with_time(access: Access, clock: Clock) -> None:
    code = access.pairing()
    clock.now_s += PAIRING_S + 1
    assert phone(access, code) is None


def closes_after_tries(access: Access, clock: Clock) -> None:
    code = access.pairing()
    for number in range(TRIES):
        assert phone(access, "WRONG", f"192.0.2.{number}") is None
    assert phone(access, code, "192.0.2.99") is None


@pytest.mark.promise("V11")
@pytest.mark.parametrize("way", [pairs_once, closes_with_time, closes_after_tries])
def test_V11_a_pairing_code(access: Access, clock: Clock, way: Callable[[Access, Clock], None]) -> None:
    way(access, clock)


class Careless(Access):
    """Its codes stay open whatever happens."""

    def enter(self, text: str, name: str, address: str, *, is_near: bool) -> str | None:
        before = list(self.codes)
        token = super().enter(text, name, address, is_near=is_near)
        self.codes = before
        return token


@pytest.mark.mutant("V11")
@pytest.mark.parametrize("way", [pairs_once, closes_with_time, closes_after_tries])
def test_V11_a_code_that_stays_open_is_seen(
    clock: Clock, way: Callable[[Access, Clock], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewers.web.access.PAIRING_S", 10**6)
    with pytest.raises(AssertionError):
        way(Careless(clock), clock)


@pytest.mark.promise("V11")
def test_V11_the_next_code_closes_the_one_before(access: Access) -> None:
    before, code = access.pairing(), access.pairing()
    assert phone(access, before) is None
    assert phone(access, code) is not None


@pytest.mark.promise("V11")
def test_V11_a_device_that_is_shut_out_is_unknown_at_once(access: Access) -> None:
    shut: list[str] = []
    access.revoked = shut.append
    token = phone(access, access.pairing()) or ""
    device = access.known(token, is_near=False)
    assert device is not None
    assert access.revoke(device.id)
    assert access.known(token, is_near=False) is None
    assert shut == [device.id]
    assert not access.revoke(device.id)


def test_the_code_of_this_machine_opens_from_nowhere_else(access: Access, clock: Clock) -> None:
    code = access.opening()
    assert phone(access, code) is None
    token = access.enter(code, "a browser", "127.0.0.1", is_near=True)
    assert token is not None
    assert access.known(token, is_near=False) is None
    assert access.known(token, is_near=True) is not None
    late = access.opening()
    clock.now_s += OPENING_S + 1
    assert access.enter(late, "a browser", "127.0.0.1", is_near=True) is None


def test_a_wrong_code_does_not_close_that_of_this_machine(access: Access) -> None:
    code = access.opening()
    for number in range(TRIES + 1):
        assert phone(access, "WRONG", f"192.0.2.{number}") is None
    assert access.enter(code, "a browser", "127.0.0.1", is_near=True) is not None


def test_a_device_that_was_long_gone_is_forgotten(access: Access, clock: Clock) -> None:
    token = phone(access, access.pairing()) or ""
    clock.now_s += KEPT_S / 2
    assert access.known(token, is_near=False) is not None  # which counts as being seen
    clock.now_s += KEPT_S / 2 + 1
    assert access.known(token, is_near=False) is not None
    clock.now_s += KEPT_S + 1
    assert access.known(token, is_near=False) is None
    assert len(access.book.all()) == 1
    phone(access, access.pairing())
    assert len(access.book.all()) == 1


def test_of_a_token_only_the_hash_is_kept(access: Access) -> None:
    token = phone(access, access.pairing()) or ""
    assert token not in repr(access.book.all())
    assert len(token) >= 32
