"""A phone can keep the page among its apps: what it asks for is there, of the right kind, and drawn by us."""

import json
import re
import struct
import zlib

import pytest

from tests.viewers.web.site import Site
from viewers.web import icons
from viewers.web.static import STATIC


def linked(site: Site, path: str) -> dict[str, str]:
    """What a page names in its head."""
    page = site.ask("GET", path, token=None if path == "/open" else "", more=((b"accept", b"text/html"),)).text
    return dict(re.findall(r'<link rel="(icon|apple-touch-icon|manifest)" href="([^"]+)"', page))


@pytest.mark.parametrize("path", ["/", "/open"])
def test_what_a_phone_needs_is_named_and_answered_without_a_token(site: Site, path: str) -> None:
    links = linked(site, path)
    kinds = {name: site.ask("GET", link, token=None) for name, link in links.items()}
    assert {name: reply.status for name, reply in kinds.items()} == dict.fromkeys(links, 200)
    assert kinds["icon"].headers["content-type"].startswith("image/svg+xml")
    assert kinds["apple-touch-icon"].headers["content-type"] == "image/png"
    assert kinds["manifest"].headers["content-type"] == "application/manifest+json"
    assert "manifest-src 'self'" in kinds["manifest"].headers["content-security-policy"]


def test_the_manifest_names_icons_that_are_there(site: Site) -> None:
    manifest = site.ask("GET", STATIC.address("app.webmanifest")).json()
    assert manifest["start_url"] == manifest["scope"] == manifest["id"] == "/"  # whatever its own address
    for icon in manifest["icons"]:
        reply = site.ask("GET", STATIC.address(icon["src"]))
        assert reply.headers["content-type"].partition(";")[0] == icon["type"]
        if icon["type"] == "image/png":
            assert "{}x{}".format(*struct.unpack(">II", reply.body[16:24])) == icon["sizes"]
    assert json.dumps(manifest).count("maskable") == 1


def test_an_icon_is_drawn() -> None:
    picture = icons.drawn("icon-180.png")
    rows = zlib.decompress(picture[picture.index(b"IDAT") + 4 : -16])
    assert len(rows) == 180 * (1 + 3 * 180)
    pixels = {rows[at : at + 3] for y in range(180) for at in range(y * 541 + 1, y * 541 + 541, 3)}
    assert {bytes.fromhex(colour[1:]) for colour in (icons.GROUND, icons.TRACK, icons.FILL)} < pixels
