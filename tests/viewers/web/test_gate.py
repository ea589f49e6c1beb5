"""V7, V8, V9: who may ask for what, for every route there is: the table of routes is the table of these tests."""

from pathlib import Path
from typing import Any

import pytest

from tests.viewers.web.site import COOKIE, HOST, Site
from viewers.web import icons
from viewers.web.body import MOST_BODY
from viewers.web.routes import routes
from viewers.web.static import STATIC

PLACES = {"id": "5f3c0000-0000-4000-8000-000000000001", "mark": STATIC.mark, "name": "page.js"}
OURS = (b"origin", f"http://{HOST}".encode())
JSON, MARK = (b"content-type", b"application/json"), (b"x-fleetmeter", b"1")

HOSTS: dict[str, dict[str, Any]] = {
    "another name": {"host": "evil.example"},
    "our name on another port": {"host": "127.0.0.1:8378"},
    "our name without a port": {"host": "127.0.0.1"},
    "a name that ends with ours": {"host": "evil.127.0.0.1:8377"},
    "a name that begins with ours": {"host": "127.0.0.1.evil.example:8377"},
    "a name before an @": {"host": "127.0.0.1:8377@evil.example"},
    "a dot at the end": {"host": "localhost.:8377"},
    "the port alone": {"host": ":8377"},
    "an empty name": {"host": ""},
    "none": {"host": None},
    "two, ours first": {"more": ((b"host", b"evil.example"),)},
    "two, ours twice": {"more": ((b"host", HOST.encode()),)},
    "another address of this machine": {"host": "127.0.0.2:8377"},
}
ORIGINS: dict[str, tuple[bytes, ...]] = {
    "of another page": (b"http://evil.example",),
    "null": (b"null",),
    "of an address": (b"http://192.0.2.7:8377",),
    "of another port here": (b"http://127.0.0.1:3000",),
    "of another scheme": (b"https://127.0.0.1:8377",),
    "of our name at another's": (b"http://127.0.0.1:8377.evil.example",),
    "of an extension": (b"chrome-extension://abcdef",),
    "ours and another": (OURS[1], b"http://evil.example"),
    "empty": (b"",),
}
FETCHED = {
    "an image": ((b"sec-fetch-site", b"cross-site"), (b"sec-fetch-mode", b"no-cors"), (b"sec-fetch-dest", b"image")),
    "a script": ((b"sec-fetch-site", b"same-site"), (b"sec-fetch-mode", b"no-cors"), (b"sec-fetch-dest", b"script")),
    "a frame": ((b"sec-fetch-site", b"cross-site"), (b"sec-fetch-mode", b"navigate"), (b"sec-fetch-dest", b"iframe")),
}


def every(site: Site) -> list[tuple[str, str]]:
    return [(route.method, _filled(route.path)) for route in site.table]


def _filled(path: str) -> str:
    for name, value in PLACES.items():
        path = path.replace("{" + name + "}", value).replace("{" + name + ":path}", value)
    return path


def refused(site: Site, app: Any = None) -> list[tuple[str, str, str]]:
    """What is let through though a stranger is behind it."""
    cases: dict[str, dict[str, Any]] = {f"host: {name}": case for name, case in HOSTS.items()}
    cases |= {f"origin: {n}": {"more": tuple((b"origin", one) for one in each)} for n, each in ORIGINS.items()}
    cases |= {f"fetched as {name}": {"more": headers} for name, headers in FETCHED.items()}
    passed: list[tuple[str, str, str]] = []
    for method, path in every(site):
        for name, case in cases.items():
            own = (JSON, MARK) if method == "POST" and name.startswith("origin") else ()
            if site.ask(method, path, app=app, **{**case, "more": (*case.get("more", ()), *own)}).status != 403:
                passed.append((method, path, name))
    assert len(cases) * len(every(site)) >= 60
    return passed


@pytest.mark.promise("V7")
def test_V7_no_route_answers_a_stranger(site: Site) -> None:
    assert refused(site) == []


@pytest.mark.promise("V7")
@pytest.mark.parametrize("case", [*HOSTS.values(), {"more": ((b"origin", b"null"),)}])
def test_V7_no_web_socket_is_accepted(site: Site, case: dict[str, Any]) -> None:
    assert site.socket("/live", **case) == "websocket.close"
    assert site.socket("/live") == "websocket.close"


@pytest.mark.mutant("V7")
def test_V7_a_gate_without_a_check_is_seen(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewers.web.guard.foreign", lambda *_: "")
    assert len(refused(site)) > 60


def answered(site: Site) -> set[str]:
    """The paths that are answered without a token."""
    found: set[str] = set()
    for method, path in every(site):
        for token in (None, "x" * 43, "é"):
            own = (OURS, JSON, MARK) if method == "POST" else ()
            if site.ask(method, path, token=token, more=own, body=b"{}").status != 401:
                found.add(path)
    return found


@pytest.mark.promise("V8")
def test_V8_only_health_and_what_lets_in_answer_without_a_token(site: Site) -> None:
    assert answered(site) == {"/health", "/open", "/enter"}
    files = {name for name in STATIC.files if site.ask("GET", STATIC.address(name), token=None).status == 200}
    assert files == {"tokens.css", "app.css", "enter.js", "app.webmanifest", *icons.NAMES}


@pytest.mark.mutant("V8")
def test_V8_an_open_route_is_seen(site_home: Path) -> None:
    site = Site(site_home)
    careless = tuple(route._replace(is_open=True) if route.path == "/" else route for route in routes(site.served))
    assert "/" in answered(Site(site_home, careless))


def five_and_no_more(site: Site) -> None:
    code = site.access.opening()
    for _ in range(5):
        assert site.post("/enter", {"code": "wrong"}, token=None).status == 403
    assert site.post("/enter", {"code": code}, token=None).status == 429
    assert site.post("/enter", {"code": "wrong"}, token=None, client="127.0.0.2").status == 403
    site.now_s += 61
    reply = site.post("/enter", {"code": code}, token=None)
    assert reply.status == 200
    assert site.post("/enter", {"code": code}, token=None).status == 403


@pytest.mark.promise("V8")
def test_V8_five_wrong_codes_a_minute_and_no_more(site_home: Path) -> None:
    five_and_no_more(Site(site_home))


@pytest.mark.mutant("V8")
def test_V8_a_gate_that_counts_nothing_is_seen(site_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewers.web.access.PER_MINUTE", 10**6)
    with pytest.raises(AssertionError):
        five_and_no_more(Site(site_home))


POSTS: dict[str, tuple[tuple[bytes, bytes], ...]] = {
    "a form": (OURS, (b"content-type", b"application/x-www-form-urlencoded"), MARK),
    "plain text": (OURS, (b"content-type", b"text/plain"), MARK),
    "a beacon": ((b"content-type", b"text/plain;charset=UTF-8"),),
    "no kind": (OURS, MARK),
    "two kinds": (OURS, JSON, (b"content-type", b"text/plain"), MARK),
    "no header of ours": (OURS, JSON),
    "no origin": (JSON, MARK),
    "another origin": ((b"origin", b"http://127.0.0.1:3000"), JSON, MARK),
}


def careless(site: Site) -> list[tuple[str, str]]:
    """What changes something and is let through all the same."""
    posts = [path for method, path in every(site) if method == "POST"]
    assert posts
    passed = [
        (path, name) for path in posts for name, more in POSTS.items() if site.post(path, {}, more=more).status != 403
    ]
    return passed + [(path, "GET") for path in posts if site.ask("GET", path).status != 405]


@pytest.mark.promise("V9")
def test_V9_what_changes_something_needs_all_of_it(site: Site) -> None:
    assert careless(site) == []
    assert all(site.ask(name, "/").status == 405 for name in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"))


@pytest.mark.promise("V9")
def test_V9_the_cookie_goes_to_us_alone(site_home: Path) -> None:
    site = Site(site_home)
    reply = site.post("/enter", {"code": site.access.opening()}, token=None)
    cookie = reply.headers["set-cookie"].lower()
    assert cookie.startswith(f"{COOKIE}=")
    assert {"httponly", "samesite=strict", "path=/"} <= {part.strip() for part in cookie.split(";")}


@pytest.mark.mutant("V9")
def test_V9_a_gate_that_takes_any_post_is_seen(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewers.web.guard._careless", lambda *_: "")
    assert len(careless(site)) > 5


def test_every_answer_bears_the_rules_for_the_browser(site: Site) -> None:
    for method, path in [*every(site), ("GET", "/no/such/page")]:
        headers = site.ask(method, path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-frame-options"] == "DENY"


def test_a_browser_that_follows_a_link_is_let_in(site: Site) -> None:
    visit = ((b"sec-fetch-site", b"cross-site"), (b"sec-fetch-mode", b"navigate"), (b"sec-fetch-dest", b"document"))
    assert site.ask("GET", "/", more=visit).status == 200
    assert site.ask("GET", "/", more=(OURS,)).status == 200


def test_a_body_that_never_ends_is_not_read(site: Site) -> None:
    assert site.post("/enter", {"code": "x" * MOST_BODY}, token=None).status == 400


def test_a_token_of_this_machine_is_worth_nothing_from_another(site: Site) -> None:
    assert site.ask("GET", "/", client="192.0.2.7").status == 401
