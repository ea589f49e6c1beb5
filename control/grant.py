"""From where processes may be ended and pinned: a terminal here; a browser on this machine only if the user says so."""

import ipaddress

from store.process_config import Processes

COMMAND_LINE, TERMINAL_APP, WEB = "command line", "terminal app", "web"
LOCAL = (COMMAND_LINE, TERMINAL_APP)


def refusal(origin: str, limits: Processes, peer: str = "") -> str:
    """Why this is not allowed; "" where it is. peer: the address that a request came from."""
    if origin in LOCAL:
        return ""
    if origin != WEB:
        return f"nobody knows what {origin!r} is"
    if not limits.web:
        return "a browser may not do that, unless `web = true` stands below `[processes]` in config.toml"
    if not _is_loopback(peer):
        return "only a browser on this machine may do that"
    return ""


def _is_loopback(peer: str) -> bool:
    try:
        return ipaddress.ip_address(peer).is_loopback
    except ValueError:
        return False
