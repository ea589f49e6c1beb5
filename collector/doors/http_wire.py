"""One HTTP/1.1 request out of the bytes that a client sent so far. Pure; whatever is wrong with them has a status."""

import zlib
from typing import NamedTuple

MOST_HEAD = 16 << 10
MOST_BODY = 4 << 20
MOST_CHUNKS, MOST_SIZE_LINE = 1 << 16, 100
METHODS = (b"POST", b"GET", b"HEAD", b"PUT", b"DELETE", b"OPTIONS", b"PATCH")
LOCAL = ("127.0.0.1", "localhost", "[::1]")
REASONS = {
    200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    408: "Request Timeout", 413: "Content Too Large", 415: "Unsupported Media Type",
    431: "Request Header Fields Too Large", 501: "Not Implemented", 503: "Service Unavailable",
}  # fmt: skip
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Refused(Exception):
    """Such a request is not answered with what it asked for, and its connection ends."""

    def __init__(self, status: int) -> None:
        super().__init__(REASONS[status])
        self.status = status


class Request(NamedTuple):
    """A whole one, its body as it was before it was packed."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    is_last: bool


class Reading:
    """What one client sends: requests one after another, each as soon as it is whole."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._head: tuple[str, str, dict[str, str], bool] | None = None
        self._body = bytearray()
        self._chunks = 0
        self.wants_go_ahead = False
        """Whether the client waits to be told that its body is welcome."""

    @property
    def is_empty(self) -> bool:
        return not self._held and self._head is None

    def add(self, part: bytes) -> None:
        self._held += part

    def next(self) -> Request | None:
        """The next whole request, if there is one. Refused says that there will be none."""
        if self._head is None:
            self._head = self._take_head()
        if self._head is None:
            return None
        method, target, headers, is_last = self._head
        coding = headers.get("transfer-encoding", "").lower()
        if coding not in ("", "chunked"):
            raise Refused(501)
        whole = self._take_chunks() if coding else self._take_length(headers)
        if not whole:
            return None
        body = unpacked(bytes(self._body), headers.get("content-encoding", "").lower())
        self._head, self._chunks = None, 0
        self._body.clear()
        return Request(method, target, headers, body, is_last)

    def _take_head(self) -> tuple[str, str, dict[str, str], bool] | None:
        while self._held.startswith(b"\r\n"):
            del self._held[:2]
        end = self._held.find(b"\r\n\r\n", 0, MOST_HEAD)
        if end < 0:
            if len(self._held) >= MOST_HEAD:
                raise Refused(431)
            if len(self._held) > 8 and not self._held.startswith(METHODS):
                raise Refused(400)
            return None
        first, *lines = bytes(self._held[:end]).decode("latin-1").split("\r\n")
        del self._held[: end + 4]
        words = first.split(" ")
        if len(words) != 3 or words[2] not in ("HTTP/1.1", "HTTP/1.0"):
            raise Refused(400)
        headers = _headers(lines)
        self.wants_go_ahead = headers.get("expect", "").lower() == "100-continue"
        asked = headers.get("connection", "").lower()
        return words[0], words[1], headers, asked == "close" or (words[2] == "HTTP/1.0" and asked != "keep-alive")

    def _take_length(self, headers: dict[str, str]) -> bool:
        text = headers.get("content-length", "0")
        if not (text.isascii() and text.isdecimal()):
            raise Refused(400)
        if len(text) > 10 or int(text) > MOST_BODY:
            raise Refused(413)
        if len(self._held) < int(text):
            return False
        self._body[:] = self._held[: int(text)]
        del self._held[: int(text)]
        return True

    def _take_chunks(self) -> bool:
        """Move whole chunks over; True after the last one and what follows it."""
        held = self._held
        while True:
            end = held.find(b"\r\n", 0, MOST_SIZE_LINE)
            if end < 0:
                if len(held) >= MOST_SIZE_LINE:
                    raise Refused(400)
                return False
            size = _size(bytes(held[:end]))
            if size == 0:
                return self._take_trailer(end)
            if len(self._body) + size > MOST_BODY or self._chunks >= MOST_CHUNKS:
                raise Refused(413)
            if len(held) < end + 2 + size + 2:
                return False
            if not held.startswith(b"\r\n", end + 2 + size):
                raise Refused(400)
            self._body += held[end + 2 : end + 2 + size]
            self._chunks += 1
            del held[: end + 4 + size]

    def _take_trailer(self, end: int) -> bool:
        """Nobody needs what stands in it."""
        held = self._held
        if held.startswith(b"\r\n", end + 2):
            del held[: end + 4]
            return True
        found = held.find(b"\r\n\r\n", end + 2)
        if found < 0:
            if len(held) > MOST_HEAD:
                raise Refused(431)
            return False
        del held[: found + 4]
        return True


def unpacked(body: bytes, coding: str) -> bytes:
    """What was packed; a small body that unpacks to an endless one is refused before it does."""
    if coding in ("", "identity"):
        return body
    if coding not in ("gzip", "deflate"):
        raise Refused(415)
    try:
        stream = zlib.decompressobj(47)  # either header
        found = stream.decompress(body, MOST_BODY + 1)
    except zlib.error as error:
        raise Refused(400) from error
    if len(found) > MOST_BODY:
        raise Refused(413)
    if not stream.eof:
        raise Refused(400)
    return found


def answer(status: int, body: bytes = b"", kind: str = "", *, is_last: bool = False) -> bytes:
    """The bytes of an answer. One without a body has no type either."""
    lines = [f"HTTP/1.1 {status} {REASONS[status]}", f"Content-Length: {len(body)}"]
    if kind:
        lines.append(f"Content-Type: {kind}")
    if is_last:
        lines.append("Connection: close")
    return "\r\n".join([*lines, "", ""]).encode() + body


def check_sender(headers: dict[str, str]) -> None:
    """No web page is heard: one names its origin, or calls us by another name (DNS rebinding)."""
    name = headers.get("host", "")
    host = name if name.endswith("]") else name.rpartition(":")[0] or name
    if "origin" in headers or host.lower() not in LOCAL:
        raise Refused(403)


def _headers(lines: list[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise Refused(400)
        key = name.lower()
        # Two lengths, or a length beside chunks, is how requests are smuggled past one another.
        if key in headers and key in ("content-length", "transfer-encoding", "host"):
            raise Refused(400)
        headers[key] = value.strip()
    if "transfer-encoding" in headers and "content-length" in headers:
        raise Refused(400)
    return headers


def _size(line: bytes) -> int:
    digits = line.partition(b";")[0].strip()
    if not digits or len(digits) > 8 or digits.strip(b"0123456789abcdefABCDEF"):
        raise Refused(400)
    return int(digits, 16)
