"""A site on this machine that answers as the address of a newer table of prices does."""

import datetime
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from store import price_table

OPUS = "claude-opus-4-5"


def shipped() -> Any:
    """The table that came along, as its address would tell it."""

    def plain(value: object) -> object:
        if isinstance(value, dict):
            return {key.rstrip("_"): plain(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [plain(one) for one in value]
        if isinstance(value, Decimal):
            return float(value)
        return str(value) if isinstance(value, datetime.date | datetime.time) else value

    return plain([{**provider, "extractors": None} for provider in price_table.load("/none").providers])


class Site(HTTPServer):
    """Answers every request with the same."""

    status, content = 200, b""
    asked = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/data.json"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        site = self.server
        assert isinstance(site, Site)
        site.asked += 1
        self.send_response(site.status)
        self.send_header("Content-Length", str(len(site.content)))
        self.end_headers()
        self.wfile.write(site.content)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def serving() -> Iterator[Site]:
    """The site, while it answers."""
    with Site(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def with_opus_at(dollars: float) -> bytes:
    table = shipped()
    models = next(provider for provider in table if provider["id"] == "anthropic")["models"]
    next(model for model in models if model["id"] == OPUS)["prices"]["input_mtok"] = dollars
    return json.dumps(table).encode()
