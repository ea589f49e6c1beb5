"""The server as users start it: its port, its addresses, its end, and where its token never shows."""

import contextlib
import http.client
import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.viewers.web.conftest import Server

Serve = Callable[..., Server]
SLACK_S = 8.0
"""A machine that does other things too may take so much longer; a server that waits for its streams takes for ever."""


@contextlib.contextmanager
def line(port: int, host: str = "127.0.0.1") -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(host, port, timeout=30)
    try:
        yield connection
    finally:
        connection.close()


def enter(server: Server) -> str:
    """Let this test in, as the browser that was opened does; the cookie."""
    with line(server.port) as connection:
        own = {"Origin": f"http://127.0.0.1:{server.port}", "Content-Type": "application/json", "X-Fleetmeter": "1"}
        connection.request("POST", "/enter", json.dumps({"code": server.code}), own)
        reply = connection.getresponse()
        assert reply.status == 200, reply.read()
        return (reply.headers["set-cookie"] or "").partition(";")[0]


def stream(port: int, cookie: str) -> socket.socket:
    """A stream of the fleet that has begun."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    request = f"GET /live?page=fleet HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n"
    connection.sendall(request.encode())
    said, end = b"", time.monotonic() + 30
    while b"event: parts" not in said:
        assert time.monotonic() < end, said
        part = connection.recv(65_536)
        assert part, said
        said += part
    return connection


def ends_in_time(server: Server, cookie: str) -> None:
    with contextlib.closing(stream(server.port, cookie)):
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0
        assert time.monotonic() - began < 2 + SLACK_S
    assert server.process.stdout is not None
    said = server.process.stdout.read()
    assert not any(word in said for word in ("Traceback", "Exception", "Cancel")), said


@pytest.mark.timed
def test_it_ends_at_a_signal_with_sixty_streams_open(recorded: Path, serve: Serve) -> None:
    server = serve(recorded, "--port", "0")
    cookie = enter(server)
    with contextlib.ExitStack() as held:
        for _ in range(59):
            held.enter_context(contextlib.closing(stream(server.port, cookie)))
        ends_in_time(server, cookie)


def test_a_taken_port_goes_to_the_next_and_says_so(recorded: Path, serve: Serve) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = serve(recorded, "--port", str(port))
    assert server.port > port
    assert any(f"port {port} is taken" in said for said in server.said)


def listening(pid: int) -> set[str]:
    """The addresses on which a process listens, as /proc has them."""
    links: set[str] = set()
    for name in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(FileNotFoundError):  # that of the listing itself is closed by now
            links.add(os.readlink(f"/proc/{pid}/fd/{name}"))
    found: set[str] = set()
    for table in ("tcp", "tcp6"):
        for row in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            cells = row.split()
            if cells[3] == "0A" and f"socket:[{cells[9]}]" in links:
                found.add(cells[1].partition(":")[0])
    return found


@pytest.mark.promise("V10")
@pytest.mark.skipif(not os.path.exists("/proc/net/tcp"), reason="there is no /proc here")
def test_V10_it_listens_on_loopback_alone(recorded: Path, serve: Serve) -> None:
    server = serve(recorded, "--port", "0")
    assert listening(server.process.pid) == {"0100007F"}
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.2", server.port), timeout=5)


@pytest.mark.mutant("V10")
@pytest.mark.skipif(not os.path.exists("/proc/net/tcp"), reason="there is no /proc here")
def test_V10_a_server_for_everybody_is_seen() -> None:
    with socket.socket() as wide:
        wide.bind(("0.0.0.0", 0))
        wide.listen()
        assert "00000000" in listening(os.getpid())


@pytest.mark.promise("V10")
@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::", "example.org"])
def test_V10_no_address_of_the_network_is_taken(recorded: Path, fleetmeter: Callable[..., str], host: str) -> None:
    assert "this machine alone" in fleetmeter("web", "--no-open", "--no-start", "--host", host, code=2)


def shown(server: Server, home: Path, token: str) -> list[str]:
    """Where the token can be seen."""
    server.process.send_signal(signal.SIGTERM)
    assert server.process.stdout is not None
    said = "".join(server.said) + server.process.stdout.read()
    files = [path for path in home.rglob("*") if path.is_file() and token.encode() in path.read_bytes()]
    return [*(["output"] if token in said else []), *map(str, files)]


@pytest.mark.promise("V13")
def test_V13_the_token_of_a_browser_is_in_no_output_file_address_or_list(recorded: Path, serve: Serve) -> None:
    server = serve(recorded, "--port", "0")
    cookie = enter(server)
    token = cookie.partition("=")[2]
    words = Path(f"/proc/{server.process.pid}/cmdline").read_bytes()
    variables = Path(f"/proc/{server.process.pid}/environ").read_bytes()
    with line(server.port) as connection:
        for path in ("/", f"/?token={token}", "/session/latest", "/open"):
            connection.request("GET", path, headers={"Cookie": cookie, "Accept": "text/html"})
            reply = connection.getresponse()
            body = reply.read()
            assert reply.status == 200
            assert token not in f"{body!r}{reply.headers}"
            assert reply.headers["referrer-policy"] == "no-referrer"
        connection.request("GET", f"/?token={token}", headers={"Accept": "text/html"})
        assert connection.getresponse().status == 401  # an address lets nobody in
    assert token.encode() not in words + variables
    assert server.code.encode() not in words + variables
    assert shown(server, recorded, token) == []


@pytest.mark.mutant("V13")
def test_V13_a_token_that_is_written_down_is_seen(recorded: Path, serve: Serve) -> None:
    server = serve(recorded, "--port", "0")
    token = enter(server).partition("=")[2]
    (recorded / "log").write_text(f"GET /?token={token}\n")
    assert shown(server, recorded, token) == [str(recorded / "log")]


def test_a_browser_stays_known_over_a_restart(recorded: Path, serve: Serve) -> None:
    first = serve(recorded, "--port", "0")
    cookie = enter(first)
    first.process.send_signal(signal.SIGTERM)
    first.process.wait(30)
    second = serve(recorded, "--port", str(first.port))
    assert second.port == first.port
    with line(second.port) as connection:
        connection.request("GET", "/", headers={"Cookie": cookie})
        assert connection.getresponse().status == 200
    assert (recorded / "web-devices.json").stat().st_mode & 0o077 == 0


@pytest.mark.promise("V11")
@pytest.mark.timed
def test_V11_a_browser_that_is_shut_out_loses_its_stream(recorded: Path, serve: Serve) -> None:
    server = serve(recorded, "--port", "0")
    cookie = enter(server)
    own = {"Origin": f"http://127.0.0.1:{server.port}", "Content-Type": "application/json", "X-Fleetmeter": "1"}
    with contextlib.closing(stream(server.port, cookie)) as begun, line(server.port) as connection:
        connection.request("POST", "/leave", "{}", {**own, "Cookie": cookie})
        assert connection.getresponse().status == 200
        began = time.monotonic()
        while begun.recv(65_536):
            assert time.monotonic() - began < 30
        assert time.monotonic() - began < 2 + SLACK_S
