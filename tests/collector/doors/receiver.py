"""Somebody on loopback who takes what is posted, and answers as a test wants: 200, 500, never, or by hanging up."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """What came, and what is answered: a status, `hang` or `close`; the last word of the list stays."""

    def __init__(self, answers: list[int | str]) -> None:
        self.answers = answers
        self.came = list[tuple[str, dict[str, str], bytes]]()
        self.ends = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/hook/T0P-S3CRET?k=v"

    @property
    def ids(self) -> list[int]:
        """The alerts that came, in the order in which they did."""
        return [alert["id"] for _, _, body in self.came for alert in json.loads(body)["alerts"]]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.came.append((self.path, dict(self.headers.items()), body))
                answers = receiver.answers
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                if answer == "hang":
                    receiver.ends.wait(20)
                elif isinstance(answer, int):
                    self.send_response(answer)
                    self.send_header("Location", "http://127.0.0.1:1/")
                    self.end_headers()
                self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler


@contextmanager
def receiving(*answers: int | str) -> Iterator[Receiver]:
    """One that listens while the block runs."""
    receiver = Receiver(list(answers))
    thread = threading.Thread(target=receiver.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.ends.set()
        receiver.server.shutdown()
        receiver.server.server_close()
        thread.join()
