"""A certificate of our own for `--tls`, made by openssl once and kept: what is sent over the network is sealed, and its
fingerprint tells a phone that it speaks to this machine and to no other."""

import contextlib
import hashlib
import os
import shutil
import ssl
import subprocess
import tempfile
from ipaddress import ip_address
from typing import NamedTuple

from store import home as homes
from store.errors import FleetmeterError

DAYS = 397
"""Browsers take none that is made for longer."""
LEFT_S = 14 * 86_400
TAKES_S = 30.0


class Certificate(NamedTuple):
    """Key and certificate in one file, of mode 0600."""

    path: str
    fingerprint: str


def certificate(home: str, hosts: frozenset[str]) -> Certificate:
    """That of these names; made anew when it ends soon."""
    openssl = shutil.which("openssl")
    if openssl is None:
        hint = "install openssl, or go without --tls: others on the network can then read what is sent"
        raise FleetmeterError("--tls needs the program openssl, which is not here", hint=hint)
    mark = hashlib.sha256("\n".join(sorted(hosts)).encode()).hexdigest()[:12]
    path = os.path.join(home, f"web-tls-{mark}.pem")
    if not os.path.exists(path) or _ends_soon(openssl, path):
        _make(openssl, path, hosts)
    return Certificate(path, fingerprint(path))


def fingerprint(path: str) -> str:
    """As browsers show it: SHA-256, in pairs."""
    with open(path, encoding="ascii") as file:
        told = file.read()
    try:
        body = ssl.PEM_cert_to_DER_cert(told[told.index(BEGIN) :].strip())
    except ValueError as error:
        raise FleetmeterError(f"{path} holds no certificate", hint="delete the file; it is made anew") from error
    return hashlib.sha256(body).digest().hex(":").upper()


BEGIN = "-----BEGIN CERTIFICATE-----"


def _ends_soon(openssl: str, path: str) -> bool:
    command = [openssl, "x509", "-in", path, "-noout", "-checkend", str(LEFT_S)]
    return subprocess.run(command, capture_output=True, timeout=TAKES_S, check=False).returncode != 0


def _make(openssl: str, path: str, hosts: frozenset[str]) -> None:
    """Whole or not at all, and never readable to others."""
    with tempfile.TemporaryDirectory(dir=os.path.dirname(path), prefix="tls-") as folder:
        key, made = os.path.join(folder, "key"), os.path.join(folder, "made")
        command = [
            openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-sha256",
            "-days", str(DAYS), "-subj", "/CN=fleetmeter", "-addext", f"subjectAltName={_named(hosts)}",
            "-addext", "extendedKeyUsage=serverAuth", "-keyout", key, "-out", made,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, timeout=TAKES_S, check=False)
        if done.returncode != 0:
            said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
            raise FleetmeterError(f"openssl made no certificate: {said}", hint="go without --tls, or renew openssl")
        fresh = os.path.join(folder, "whole")
        with open(homes.create_private(fresh), "wb") as whole:
            for part in (key, made):
                with open(part, "rb") as file:
                    whole.write(file.read())
        os.replace(fresh, path)


def _named(hosts: frozenset[str]) -> str:
    return ",".join(f"{_kind(host)}:{host}" for host in sorted(hosts))


def _kind(host: str) -> str:
    with contextlib.suppress(ValueError):
        ip_address(host)
        return "IP"
    return "DNS"
