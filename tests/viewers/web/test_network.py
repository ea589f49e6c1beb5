"""V10 and V11 for phones on the network: they look on and change nothing, and who is shut out is gone at once."""

import contextlib
import http.client
import json
import signal
import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.viewers.web.conftest import Server
from tests.viewers.web.site import COOKIE, HOST, Site
from tests.viewers.web.test_serving import SLACK_S, listening
from viewers.web import access, tls
from viewers.web import listening as where
from viewers.web.access import Device
from viewers.web.admitted import listed, named
from viewers.web.devices import DeviceFile
from viewers.web.routes import Route, routes

PHONE, LAN = "192.0.2.7", "127.0.0.2"
"""The second stands for an address in the network: it is another one than loopback's, and yet of this machine."""
CHROME = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"


def paired(site: Site) -> str:
    """The token of a phone that was let in."""
    return site.access.enter(site.access.pairing(), "a phone", PHONE, is_near=False) or ""


def acting(site: Site) -> list[tuple[str, str]]:
    """What a phone may change besides leaving, and where a token of the network passes for one of this machine."""
    token = paired(site)
    posts = [route.path for route in site.table if route.method == "POST" and route.path not in ("/enter", "/leave")]
    return [
        (path, client) for path in posts for client in (PHONE, "127.0.0.1")
        if site.post(path, {}, token=token, client=client).status != 403
    ]  # fmt: skip


def with_act(site_home: Path, *, is_near: bool) -> Site:
    """A site with a route that changes something."""
    table = routes(Site(site_home).served)
    leave = next(route for route in table if route.path == "/leave")
    return Site(site_home, (*table, Route("/act", leave.answer, "POST", is_near=is_near)))


@pytest.mark.promise("V10")
def test_V10_a_phone_looks_on_and_acts_on_nothing(site: Site, site_home: Path) -> None:
    assert site.ask("GET", "/", token=paired(site), client=PHONE).status == 200
    assert acting(site) == []
    fenced = with_act(site_home, is_near=True)
    assert acting(fenced) == []
    assert fenced.post("/act", {}).status == 200  # the browser of this machine may


@pytest.mark.mutant("V10")
def test_V10_a_route_that_lets_phones_act_is_seen(site_home: Path) -> None:
    assert ("/act", PHONE) in acting(with_act(site_home, is_near=False))


@pytest.mark.promise("V10")
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "8.8.8.8", "2001:4860:4860::8888", "169.254.1.1", "example.org"])
def test_V10_only_an_address_in_a_private_network_is_taken(fleetmeter: Callable[..., str], host: str) -> None:
    said = fleetmeter("web", "--no-open", "--no-start", "--lan", "--host", host, code=2)
    assert "private network" in said


@pytest.fixture
def lan(recorded: Path, serve: Callable[..., Server]) -> Server:
    server = serve(recorded, "--port", "0", "--lan", "--host", LAN)
    while not any("type" in line for line in server.said):
        line = server.process.stdout and server.process.stdout.readline()
        assert line, server.said
        server.said.append(line)
    return server


def code_of(server: Server) -> str:
    return next(line for line in server.said if " and type " in line).rpartition("type ")[2].strip()


@contextlib.contextmanager
def line(port: int, host: str = LAN):
    connection = http.client.HTTPConnection(host, port, timeout=30)
    try:
        yield connection
    finally:
        connection.close()


def enter(port: int, code: str) -> str:
    with line(port) as connection:
        own = {"Origin": f"http://{LAN}:{port}", "Content-Type": "application/json", "X-Fleetmeter": "1"}
        connection.request("POST", "/enter", json.dumps({"code": code}), {**own, "User-Agent": CHROME})
        reply = connection.getresponse()
        assert reply.status == 200, reply.read()
        return (reply.headers["set-cookie"] or "").partition(";")[0]


@pytest.mark.promise("V10")
@pytest.mark.promise("V11")
@pytest.mark.timed
def test_V11_a_phone_is_let_in_once_listed_and_shut_out_with_its_streams(
    lan: Server, recorded: Path, fleetmeter: Callable[..., str]
) -> None:
    if Path("/proc/net/tcp").exists():
        assert listening(lan.process.pid) == {"0100007F", "0200007F"}
    assert any("every device on your network can now reach" in said for said in lan.said)
    assert any("can be read by others" in said for said in lan.said)
    cookie = enter(lan.port, code_of(lan).replace(" ", ""))
    (phone,) = DeviceFile(str(recorded)).all().values()
    assert (phone.name, phone.is_paired) == ("Chrome on Android", True)
    assert cookie.partition("=")[2] not in (recorded / "web-devices.json").read_text()
    assert {path.stat().st_mode & 0o077 for path in recorded.glob("web-devices*")} == {0}
    assert f"{phone.id}  network" in fleetmeter("web", "devices")
    with socket.create_connection((LAN, lan.port), timeout=30) as stream:
        stream.sendall(f"GET /live?page=fleet HTTP/1.1\r\nHost: {LAN}:{lan.port}\r\nCookie: {cookie}\r\n\r\n".encode())
        said = b""
        while b"event: parts" not in said:
            part = stream.recv(65_536)
            assert part, said
            said += part
        fleetmeter("web", "revoke", phone.id)
        began = time.monotonic()
        while stream.recv(65_536):
            assert time.monotonic() - began < 2 + SLACK_S
    with line(lan.port) as connection:
        connection.request("GET", "/", headers={"Cookie": cookie})
        assert connection.getresponse().status == 401
    assert "no browser has the id" in fleetmeter("web", "revoke", phone.id, code=2)
    assert "no browser was let in" in fleetmeter("web", "devices")


def test_the_browser_of_this_machine_lists_lets_in_and_shuts_out(site: Site, site_home: Path) -> None:
    token = paired(site)
    page = site.ask("GET", "/devices").text
    assert "a phone" in page and "this browser" in page and "--lan" in page
    assert site.post("/devices/invite", {}).status == 409  # nobody could come
    (phone,) = [one.id for one in site.access.book.all().values() if one.is_paired]
    assert site.post("/devices/revoke", {"id": phone, "more": 1}).status == 400
    assert site.post("/devices/revoke", {"id": phone}).json() == {"ok": True}
    assert site.ask("GET", "/", token=token, client=PHONE).status == 401
    assert site.post("/devices/revoke", {"id": phone}).status == 404
    told = Site(site_home, network="http://192.0.2.2:8377").post("/devices/invite", {}).json()
    assert told["address"] == "http://192.0.2.2:8377/open" and len(told["code"]) == 9
    assert told["dark"].count("M") > 200 and told["size"] == 29


@pytest.mark.promise("V10")
def test_V10_a_phone_sees_no_list_of_devices(site: Site) -> None:
    refused = site.ask("GET", "/devices", token=paired(site), client=PHONE, more=((b"accept", b"text/html"),))
    assert (refused.status, "machine itself" in refused.text) == (403, True)
    assert site.ask("GET", "/live?page=devices", token=paired(site), client=PHONE).status == 404
    assert "/devices" not in site.ask("GET", "/", token=paired(site), client=PHONE).text


def test_a_phone_gives_its_code_to_no_other(site: Site) -> None:
    code = site.access.pairing()
    for number in range(access.TRIES):
        assert site.post("/enter", {"code": "WRONG"}, token=None, client=f"192.0.2.{number}").status == 403
    assert site.post("/enter", {"code": code}, token=None, client=PHONE).status == 403


def test_two_processes_do_not_undo_each_other(tmp_path: Path) -> None:
    one, other = DeviceFile(str(tmp_path)), DeviceFile(str(tmp_path))
    one.add(Device("a", "a phone", "0", True, 1.0, 1.0))
    other.add(Device("b", "a desk", "1", False, 1.0, 1.0))
    assert set(one.all()) == set(other.all()) == {"a", "b"}
    assert other.strike("a")
    one.seen("a", 2.0)
    assert set(one.all()) == {"b"}
    assert not one.strike("a")


def test_a_device_is_listed_by_what_people_call_it() -> None:
    assert named(CHROME) == "Chrome on Android"
    assert "\x1b" not in named("curl/8.1\x1b[2J")
    devices = [Device("a", "x", "0", True, 0.0, 0.0), Device("b", "y", "1", False, 0.0, 3000.0)]
    assert listed(devices, 3600.0) == [
        "b  this machine  seen 10m00s ago  y",
        "a  network       seen  1h00m ago  x",
    ]


def test_the_names_of_an_address() -> None:
    assert where.names(("127.0.0.1", "192.0.2.2"), 443, "https") >= {"192.0.2.2", "192.0.2.2:443", "localhost:443"}
    assert where.names(("::1",), 8377, "http") == {"localhost:8377", "[::1]:8377"}
    assert HOST in where.names(("127.0.0.1",), 8377, "http")
    assert COOKIE.endswith("8377")


@pytest.mark.skipif(not tls.shutil.which("openssl"), reason="there is no openssl here")
def test_with_tls_what_is_sent_is_sealed_by_a_certificate_of_that_fingerprint(
    recorded: Path, serve: Callable[..., Server]
) -> None:
    server = serve(recorded, "--port", "0", "--tls")
    (path,) = recorded.glob("web-tls-*.pem")
    assert path.stat().st_mode & 0o077 == 0
    trusting = ssl.create_default_context(cafile=str(path))
    connection = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=30, context=trusting)
    with contextlib.closing(connection):
        own = {"Origin": f"https://127.0.0.1:{server.port}", "Content-Type": "application/json", "X-Fleetmeter": "1"}
        connection.request("POST", "/enter", json.dumps({"code": server.code}), own)
        reply = connection.getresponse()
        assert reply.status == 200
        assert "; secure" in (reply.headers["set-cookie"] or "").lower()
    server.process.send_signal(signal.SIGTERM)
    assert server.process.stdout is not None
    assert tls.fingerprint(str(path)) in server.process.stdout.read()
    before = path.read_bytes()
    assert tls.certificate(str(recorded), frozenset({"localhost", "127.0.0.1"})).path == str(path)
    assert path.read_bytes() == before


def test_without_openssl_it_says_what_is_missing(
    recorded: Path, fleetmeter: Callable[..., str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    said = fleetmeter("web", "--no-open", "--no-start", "--tls", code=1)
    assert "openssl, which is not here" in said
    assert "without --tls" in said
