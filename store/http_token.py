"""Secrets in files: who cannot read our data folder cannot send in an agent's name, nor ask the web face."""

import os
import secrets

from store.errors import FleetmeterError
from store.home import StrPath

NAME = "http.token"
"""In the address of HTTP hooks."""
WEB = "web.token"
"""What programs of this machine show to the web face."""


def token(home: StrPath, name: str = NAME) -> str:
    """That of this data folder; made when it is asked for first."""
    path = os.path.join(home, name)
    try:
        with open(path, encoding="ascii") as file:
            found = file.read().strip()
    except FileNotFoundError:
        found = _make(path)
    except (OSError, UnicodeDecodeError) as error:
        raise FleetmeterError(f"{path}: {error}", hint="delete the file, and install the hooks again") from error
    if len(found) < 16 or not found.isalnum():
        raise FleetmeterError(f"{path} holds no token", hint="delete the file, and install the hooks again")
    return found


def _make(path: str) -> str:
    """Whole or not at all: two may be at it."""
    fresh = f"{path}.{os.getpid()}"
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_hex(16))
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(fresh)
    with open(path, encoding="ascii") as file:
        return file.read().strip()
