"""V14: secrets of known shapes are hidden, and little else is."""

import random
import re
import string

import pytest

from store import secrets
from viewers.screen.secrets import HIDDEN, has_secret, hide

LETTERS = string.ascii_letters + string.digits
HEX = "0123456789abcdef"


def made(length: int, signs: str = LETTERS, seed: int = 7) -> str:
    chance = random.Random(seed + length)
    return "".join(chance.choice(signs) for _ in range(length))


# What it is → a text with one; made here, so that no scanner of repositories takes them for real.
KNOWN = {
    "model key": f"sk-ant-api03-{made(80)}",
    "model key of a project": f"sk-proj-{made(48)}",
    "model key, old": f"sk-{made(48)}",
    "router key": f"sk-or-v1-{made(64, HEX)}",
    "cloud key id": "AKIA" + made(16, string.ascii_uppercase + "234567"),
    "cloud key id, for a while": "ASIA" + made(16, string.ascii_uppercase + "234567"),
    "cloud secret": f"AWS_SECRET_ACCESS_KEY={made(40)}",
    "forge token": f"ghp_{made(36)}",
    "forge token of an app": f"ghs_{made(36)}",
    "forge token, fine": f"github_pat_{made(22)}_{made(59)}",
    "lab token": f"glpat-{made(20)}",
    "chat token": f"xoxb-{made(12, string.digits)}-{made(24)}",
    "chat app token": f"xapp-1-{made(11)}-{made(30)}",
    "chat hook": f"https://hooks.slack.com/services/T{made(8)}/B{made(8)}/{made(24)}",
    "maps key": f"AIza{made(35)}",
    "oauth token": f"ya29.{made(60)}",
    "oauth secret": f"GOCSPX-{made(28)}",
    "payment key": f"sk_live_{made(24)}",
    "payment hook": f"whsec_{made(32)}",
    "telephony key": f"SK{made(32, HEX)}",
    "mail key": f"SG.{made(22)}.{made(43)}",
    "mail key of another": f"key-{made(32, HEX)}",
    "registry token": f"npm_{made(36)}",
    "index token": f"pypi-{made(90)}",
    "model hub token": f"hf_{made(34)}",
    "droplet token": f"dop_v1_{made(64, HEX)}",
    "image hub token": f"dckr_pat_{made(27)}",
    "shop token": f"shpat_{made(32, HEX)}",
    "tickets token": f"lin_api_{made(40)}",
    "notes token": f"ntn_{made(46)}",
    "vault token": f"hvs.{made(40)}",
    "graphs token": f"glsa_{made(32)}_{made(8, HEX)}",
    "wiki token": f"ATATT3{made(60)}",
    "web token": f"eyJ{made(20)}.eyJ{made(40)}.{made(43)}",
    "age key": f"AGE-SECRET-KEY-1{made(58, string.ascii_uppercase)}",
    "bot token": f"{made(9, '123456789')}:AA{made(33)}",
    "private key": f"-----BEGIN OPENSSH PRIVATE KEY-----\n{made(70)}\n{made(70)}\n-----END OPENSSH PRIVATE KEY-----",
    "private key, cut": f"-----BEGIN RSA PRIVATE KEY-----\n{made(64)}",
    "header": f"Authorization: Bearer {made(40)}",
    "header, basic": f"authorization: Basic {made(24)}==",
    "header of a key": f"x-api-key: {made(32)}",
    "password in an address": f"postgres://app:{made(16)}@db.internal:5432/app",
    "password in a setting": f'password = "{made(14)}"',
    "secret in JSON": f'{{"client_secret": "{made(32)}"}}',
    "variable": f"export DATABASE_PASSWORD={made(18)}",
    "option": f"deploy --token {made(30)}",
    "user and password": f"curl -u admin:{made(12)} https://example.org",
    "signature in an address": f"https://x.example/blob?sig={made(43)}%3D",
    "storage key": f"AccountKey={made(86)}==",
    "registry line": f"//registry.example/:_authToken={made(36)}",
}
HARMLESS = (
    "token count is 1200, max_tokens: 4096", "the password field is required", "key = value", "api_key: string",
    'password: "********"', "export TOKEN=$TOKEN", "Authorization: Bearer $TOKEN", "--token <token>",
    "sha256:" + made(64, HEX), made(40, HEX), "5f3c0000-0000-4000-8000-000000000001", "toolu_01" + made(22),
    "src/auth/token_store.py", "https://example.org/a/b?page=2&sort=asc", "git@github.com:owner/name.git",
    "msg_01" + made(22), "secret = os.environ['SECRET']", "PRIMARY_KEY = id", "sorted(rows, key=lambda row: row.at)",
    "task-list-item-with-a-long-name", "sk-learn", "http://localhost:8080/path@2x.png",
)  # fmt: skip


def leaks(text: str) -> bool:
    """Whether what was hidden can still be read: any long run of the secret's own letters."""
    shown = hide(text)
    secret = max(re.findall(r"[A-Za-z0-9]{6,}", text.split("-----")[2] if "BEGIN" in text else text), key=_random)
    return secret in shown or HIDDEN not in shown


def _random(run: str) -> int:
    return sum(sign.isdigit() or sign.isupper() for sign in run) * 100 + len(run)


@pytest.mark.promise("V14")
@pytest.mark.parametrize("text", KNOWN.values(), ids=KNOWN)
def test_V14_a_known_secret_is_hidden(text: str) -> None:
    for around in (text, f"before {text} after", f'{{"a": "{text}"}}', f"first\n{text}\nlast"):
        assert not leaks(around) or "BEGIN" in text
        assert HIDDEN in hide(around)


@pytest.mark.promise("V14")
def test_V14_there_are_forty_shapes() -> None:
    assert len(secrets.SHAPED) + len(secrets.NAMED) >= 40
    assert len(KNOWN) >= 40


@pytest.mark.promise("V14")
@pytest.mark.parametrize("text", HARMLESS)
def test_V14_what_is_no_secret_stays(text: str) -> None:
    assert hide(text) == text


@pytest.mark.promise("V14")
def test_V14_few_random_texts_are_hidden() -> None:
    chance = random.Random(1)
    kinds = (
        lambda: "".join(chance.choice(HEX) for _ in range(chance.choice((8, 32, 40, 64)))),
        lambda: "-".join("".join(chance.choice(HEX) for _ in range(n)) for n in (8, 4, 4, 4, 12)),
        lambda: "/".join("".join(chance.choice(LETTERS + "_-") for _ in range(12)) for _ in range(4)),
        lambda: "".join(chance.choice(LETTERS + "+/") for _ in range(chance.randrange(8, 90))),
        lambda: " ".join("".join(chance.choice(string.ascii_lowercase) for _ in range(6)) for _ in range(12)),
        lambda: "".join(chance.choice(string.printable) for _ in range(80)),
    )
    found = [text for number in range(10_000) if has_secret(text := kinds[number % len(kinds)]())]
    assert len(found) < 10, found[:5]


@pytest.mark.mutant("V14")
@pytest.mark.parametrize("text", list(KNOWN.values())[:8])
def test_V14_a_secret_that_stays_is_seen(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "_SHAPED", re.compile("(?!)"))
    monkeypatch.setattr(secrets, "_NAMED", [])
    assert leaks(text)


@pytest.mark.timed
def test_hiding_a_long_text_takes_no_time() -> None:
    import time

    text = ("a" * 200 + " token " + "=" * 50 + "/" * 300 + "-" * 300 + "://" * 100) * 100
    began = time.process_time()
    hide(text)
    hide("A_" * 30_000)
    hide("://" + "a" * 60_000)
    assert time.process_time() - began < 2
