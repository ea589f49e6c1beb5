"""The web face in a real browser: how soon a line is in the page, what looking costs, how soon a page is drawn."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from live import used
from screen import RATE, append, demo, private

CLIENTS = 60
PAGES = {
    "Fleet": "/", "Session": "/session/", "History": "/history", "Tools": "/tools", "Search": "/search?q=error",
    "Processes": "/processes", "SQL": "/sql", "Health": "/collector",
}  # fmt: skip
SEEN = """
window.seen = {};
new MutationObserver(() => {
  for (const [word] of document.body.textContent.matchAll(/zq\\d+qz/g)) window.seen[word] ??= Date.now();
}).observe(document.body, { childList: true, subtree: true, characterData: true });
"""
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
CARRIED = "performance.getEntries().reduce((sum, one) => sum + (one.transferSize ?? 0), 0)"


@contextmanager
def serving(command: str, environ: dict[str, str]) -> Generator[tuple[int, int, str], None, None]:
    """A server over that history: its pid, its port, and the code that lets one in."""
    words = [command, "web", "--no-open", "--no-start", "--port", "0"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environ)
    try:
        assert process.stdout is not None
        line = next(line for line in process.stdout if "/open#" in line)
        address, _, code = line.strip().rpartition("/open#")
        yield process.pid, int(address.rpartition(":")[2]), code.partition("/")[0]
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def browsing() -> Generator[Any, None, None]:
    """A headless Chromium of this machine."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


def entered(browser: Any, port: int, code: str) -> Any:
    """A page of somebody who was let in."""
    page = browser.new_page(viewport={"width": 1440, "height": 900}, bypass_csp=True)
    page.goto(f"http://127.0.0.1:{port}/open#{code}")
    page.wait_for_selector("main")
    return page


def latencies(page: Any, environ: dict[str, str], port: int, lines: int) -> list[float]:
    """Milliseconds from an appended line until its words are in the page of its session."""
    path = Path(environ["HOME"]) / ".claude" / "projects" / "-bench" / "5f3c0000-0000-4000-8000-0000000000bf.jsonl"
    found: list[float] = []
    append(path, 0, time.time)
    time.sleep(2)
    page.goto(f"http://127.0.0.1:{port}/session/{path.stem}")
    page.get_by_text("zq0qz").first.wait_for()
    page.evaluate(SEEN)
    for number in range(1, lines + 1):
        page.wait_for_timeout(300)
        began = append(path, number, time.time)
        page.wait_for_function(f"window.seen.zq{number}qz", timeout=10_000)
        found.append(page.evaluate(f"window.seen.zq{number}qz") - began * 1000)
    return sorted(found)


def crowd(pid: int, port: int, cookie: str, seconds: float) -> float:
    """Percent of a core that a server takes for sixty streams of the fleet."""
    request = f"GET /live?page=fleet HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n".encode()
    with ExitStack() as stack:
        streams = [stack.enter_context(closing(socket.create_connection(("127.0.0.1", port)))) for _ in range(CLIENTS)]
        for stream in streams:
            stream.sendall(request)
            stream.setblocking(False)
        before, began = used(pid)[0], time.perf_counter()
        while time.perf_counter() - began < seconds:
            time.sleep(0.1)
            for stream in streams:
                try:
                    while stream.recv(1 << 16):
                        pass
                except BlockingIOError:
                    continue
        return (used(pid)[0] - before) / (time.perf_counter() - began) * 100


def paints(page: Any, port: int, session: str, runs: int, say: Callable[[str], None], bar: Callable[..., None]) -> None:
    """The first paint of each page, and the bytes of its first load."""
    for name, path in PAGES.items():
        drawn: list[float] = []
        for _ in range(runs):
            page.goto(f"http://127.0.0.1:{port}{path}{session if name == 'Session' else ''}")
            page.wait_for_function(PAINTED)
            drawn.append(page.evaluate(PAINTED))
        say(f"{name}: {page.evaluate(CARRIED) / 1000:.0f} kB of a later load")
        bar("first paint, s", sorted(drawn)[len(drawn) // 2] / 1000, 0.5)


def newest(port: int, cookie: str) -> str:
    """The session that was heard of last."""
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("GET", "/api/sessions?show=all", headers={"Cookie": cookie})
        return json.loads(connection.getresponse().read())["sessions"][0]["sessionId"]


def cookie_of(page: Any) -> str:
    return "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())


def measure_browser(
    work: Path, command: str, runs: int, home: str | None, say: Callable[[str], None], bar: Callable[..., None]
) -> list[str]:
    """All of it on the demo; with the data folder of a history, the pages of that."""
    if home is not None:
        environ = private(work / f"browser-user-{os.getpid()}", str(Path(home).resolve()))
        with serving(command, environ) as (_, port, code), browsing() as browser:
            page = entered(browser, port, code)
            paints(page, port, newest(port, cookie_of(page)), min(runs, 9), say, bar)
        return []
    with demo(work, command, RATE) as environ, serving(command, environ) as (pid, port, code), browsing() as browser:
        page = entered(browser, port, code)
        found = latencies(page, environ, port, runs)
        say(f"appended line to the page, ms: p50 {found[len(found) // 2]:.0f}, most {found[-1]:.0f}")
        bar("p95", found[int(len(found) * 0.95)], 100)
        cookie = cookie_of(page)
        page.close()
        bar(f"% of a core, {CLIENTS} who look on", crowd(pid, port, cookie, 30), 10)
    return []
