"""The files of the web face: known by name from the start, so that no path from outside ever reaches the disk."""

import hashlib
import os
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from viewers.web import icons

FOLDER = os.path.join(os.path.dirname(__file__), "static")
FETCHED = os.path.join(os.path.dirname(__file__), "fetched")
"""What the build hook brought; there is nothing where npm could not be reached."""
KINDS = {
    ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}  # fmt: skip
OPEN = frozenset({"tokens.css", "app.css", "enter.js", "app.webmanifest", *icons.NAMES})
"""What the page needs that lets a browser in, and a phone that keeps us among its apps."""
FOREVER = "private, max-age=31536000, immutable"


class File(NamedTuple):
    """One of them; without a body it is an icon."""

    body: bytes
    kind: str


class Static:
    """All files of the folders, read once."""

    def __init__(self, *folders: str) -> None:
        self.files: dict[str, File] = {}
        for path in sorted(path for folder in folders if os.path.isdir(folder) for path in _within(folder)):
            kind = KINDS.get(os.path.splitext(path)[1])
            if kind:
                with open(path, "rb") as file:
                    self.files[os.path.basename(path)] = File(file.read(), kind)
        for name in icons.NAMES:
            self.files[name] = File(b"", KINDS[os.path.splitext(name)[1]])
        whole = b"".join(file.body for file in self.files.values()) + icons.svg()
        self.mark = hashlib.blake2s(whole, digest_size=6).hexdigest()
        """Of all of them: modules name one another by their place beside each other."""

    def address(self, name: str) -> str:
        """Where the browser finds it; another content, another address."""
        assert name in self.files
        return f"/static/{self.mark}/{name}"

    def answer(self, request: Request) -> Response:
        file = self.files.get(request.path_params["name"])
        if file is None or self.mark != request.path_params["mark"]:
            return PlainTextResponse("There is no such file.\n", 404)
        body = file.body or icons.drawn(request.path_params["name"])
        return Response(body, media_type=file.kind, headers={"cache-control": FOREVER})


def _within(folder: str) -> list[str]:
    return [os.path.join(folder, name) for name in os.listdir(folder)]


STATIC = Static(FOLDER, FETCHED)
