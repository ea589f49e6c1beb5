"""How the vendor is asked for plan limits, where the user said so: as its own program asks, with what that keeps.

The token is read anew for each question and goes into one header. It is never kept, refreshed, shown or written.
"""

import os

from msgspec import DecodeError, Struct, ValidationError, field
from msgspec.json import Decoder

from collector.sources import Question
from collector.sources.claude_limits import meters

URL = "https://api.anthropic.com/api/oauth/usage"
CREDENTIALS = ".credentials.json"
MOST_BYTES = 1 << 16


class Login(Struct):
    token: str = field(default="", name="accessToken")
    expires_ms: float | None = field(default=None, name="expiresAt")


class Credentials(Struct):
    login: Login | None = field(default=None, name="claudeAiOauth")


_decode = Decoder(Credentials).decode


def question(root: str, now_s: float) -> Question | str:
    """What to ask, or why it cannot be asked."""
    try:
        with open(os.path.join(root, CREDENTIALS), "rb") as file:
            login = _decode(file.read(MOST_BYTES)).login
    except (OSError, DecodeError, ValidationError):
        login = None
    if login is None or not login.token or not (login.token.isascii() and login.token.isprintable()):
        return "credentials missing"
    if login.expires_ms is not None and login.expires_ms <= now_s * 1000:
        return "token expired"
    headers = {
        "Authorization": f"Bearer {login.token}",
        "anthropic-beta": "oauth-2025-04-20",
        "Content-Type": "application/json",
        "User-Agent": "claude-cli/2.1.197 (external, cli)",
    }
    return Question(URL, headers, login.token, is_answer)


def is_answer(body: bytes) -> bool:
    """Errors are answered in the same form."""
    try:
        return bool(meters(body))
    except (DecodeError, ValidationError):
        return False
