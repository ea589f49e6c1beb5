"""A door that is open while a test lasts, in a thread of its own."""

import json
import selectors
import socket
import threading
from contextlib import suppress
from pathlib import Path

from collector.doors.door import Door
from store.ask import address
from store.lock import COLLECTING, hold


class Opened:
    """A door in a thread of its own, with nothing behind it but an answer."""

    def __init__(self, home: Path) -> None:
        self.home, self._is_over = home, False
        self.trouble: BaseException | None = None
        self._lock = hold(home, COLLECTING)
        self._lock.__enter__()
        self._selector = selectors.DefaultSelector()
        self.door = Door(str(home), self._selector, lambda asked: {"heard": len(json.dumps(asked))})
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def _work(self) -> None:
        try:
            while not self._is_over:
                for key, _ in self._selector.select(0.01):
                    key.data()
                self.door.sweep()
        except BaseException as error:  # noqa: BLE001 - told to the test
            self.trouble = error

    def close(self) -> None:
        self._is_over = True
        self._thread.join()
        self.door.close()
        self._selector.close()
        self._lock.__exit__(None, None, None)
        assert self.trouble is None

    def line(self) -> socket.socket:
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with address(self.home) as name:
            line.connect(name)
        line.settimeout(5)
        return line

    def say(self, words: bytes) -> bytes:
        """What comes back, until it is closed."""
        with self.line() as line:
            with suppress(BrokenPipeError, ConnectionResetError):
                line.sendall(words)
                line.shutdown(socket.SHUT_WR)
            return rest(line)


def rest(line: socket.socket) -> bytes:
    found = b""
    with suppress(ConnectionResetError):
        while part := line.recv(1 << 16):
            found += part
    return found
