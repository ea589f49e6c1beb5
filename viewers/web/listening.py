"""Where the server listens: on this machine alone, or on one address of a private network too; and by which names."""

import errno
import os
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import chain

import psutil

from store.errors import FleetmeterError
from viewers.screen import terminal
from viewers.trouble import UsageTrouble

NEAR = "127.0.0.1"
NEXT = 20
"""So many ports after the one that was asked for are tried."""
BACKLOG = 256
STALLED_S = 30
"""Who takes nothing for so long is dropped."""


def near(host: str) -> str:
    """An address of this machine alone."""
    if host != "localhost" and not _is(host, "is_loopback"):
        hint = "127.0.0.1 is, and so is ::1; for a phone there is --lan"
        raise UsageTrouble(f"--host {host} is not an address of this machine alone", hint=hint)
    return host


def of_network(host: str) -> str:
    """The address for phones: the one that was named, or else the one that most of this machine's traffic has."""
    if host == NEAR:
        return _guessed()
    if not _is(host, "is_private") or _is(host, "is_unspecified") or _is(host, "is_link_local"):
        hint = "name one that this machine has at home or at work, such as 192.168.1.20"
        raise UsageTrouble(f"--host {host} is no address in a private network", hint=hint)
    return host


def _is(host: str, what: str) -> bool:
    found = _address(host)
    return found is not None and bool(getattr(found, what))


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _guessed() -> str:
    up = {name for name, stats in psutil.net_if_stats().items() if stats.isup}
    all_of = chain.from_iterable(addresses for name, addresses in psutil.net_if_addrs().items() if name in up)
    own = [one.address for one in all_of if one.family == socket.AF_INET and _is_home(one.address)]
    if not own:
        raise FleetmeterError(
            "this machine has no address in a private network", hint="connect it to one, or leave out --lan"
        )
    usual = _usual()
    return usual if usual in own else own[0]


def _is_home(host: str) -> bool:
    return _is(host, "is_private") and not _is(host, "is_loopback") and not _is(host, "is_link_local")


def _usual() -> str | None:
    """The address that the way to the rest of the world begins at. To choose it, nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(("192.0.2.1", 9))
        except OSError:
            return None
        return str(asked.getsockname()[0])


def listen(hosts: tuple[str, ...], port: int) -> tuple[list[socket.socket], int]:
    """The port on each of these addresses, or the next that is free on all, which is said."""
    for number in range(port, min(port + NEXT, 65_535) + 1) if port else (0,) * NEXT:
        lines = _all(hosts, number)
        if lines is None:
            continue
        if number != port and port:
            terminal.say(f"port {port} is taken, so this is {number}")
        return lines, lines[0].getsockname()[1]
    raise FleetmeterError(f"the ports {port} to {port + NEXT} are all taken", hint="name another with --port")


def _all(hosts: tuple[str, ...], number: int) -> list[socket.socket] | None:
    """None where another program has it."""
    lines: list[socket.socket] = []
    for host in hosts:
        line = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        lines.append(line)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # what it accepts has the same: the system itself drops who stalled
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STALLED_S * 1000)
        try:
            line.bind((host, number))
            line.listen(BACKLOG)
        except OSError as error:
            for each in lines:
                each.close()
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return None
            reason = os.strerror(error.errno or 0)
            raise FleetmeterError(f"{host} port {number}: {reason}", hint="try another --host or --port") from error
        number = line.getsockname()[1]
    return lines


def names(hosts: tuple[str, ...], port: int, scheme: str) -> frozenset[str]:
    """How browsers name us, with the port where they write it."""
    found = {"localhost", NEAR} if hosts[0] != "::1" else {"localhost"}
    found |= {written(host) for host in hosts}
    is_usual = port == (443 if scheme == "https" else 80)
    return frozenset([f"{name}:{port}" for name in found] + (list(found) if is_usual else []))


def written(host: str) -> str:
    """As in an address."""
    return f"[{host}]" if ":" in host else host
