"""A browser opens the console: its page, its files, and what is there when it was not built."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from payswitch.entry.console.app_files import AppFiles
from payswitch.entry.console.app_pages import app_routes
from payswitch.entry.http.asgi import AsgiApp
from payswitch.entry.http.assemble import make_asgi
from payswitch.kit.clock import ManualClock
from payswitch.kit.ids import SystemIds
from tests.api.support import Web

PAGE = "<!doctype html><title>PaySwitch</title>"
SCRIPT = "console.log('a script that is long enough to be worth packing')\n" * 20


def served(folder: Path) -> AsgiApp:
    return make_asgi(app_routes(AppFiles(folder)), clock=ManualClock(), ids=SystemIds())


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    (folder / "icon.svg").write_text("<svg/>", encoding="utf-8")
    (folder / "assets" / "index-D3C.js").write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "secret.js").write_text("not built", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "path", ["/console", "/console/", "/console/live", "/console/payments/pay_1", "/console/index.html"]
)
async def test_every_address_of_the_console_is_its_one_page_read_anew(built: Path, path: str) -> None:
    heard = await Web(served(built)).get(path)

    assert (heard.status, heard.text) == (200, PAGE)
    assert heard.headers["cache-control"] == "no-cache"
    policy = dict(part.strip().split(" ", 1) for part in heard.headers["content-security-policy"].split(";"))
    assert (policy["default-src"], policy["script-src"], policy["connect-src"]) == ("'none'", "'self'", "'self'")
    assert (policy["frame-ancestors"], heard.headers["x-frame-options"]) == ("'none'", "DENY")


async def test_files_named_by_their_content_are_kept_for_ever_and_sent_packed(built: Path) -> None:
    app = served(built)

    packed = await Web(app).get("/console/assets/index-D3C.js", accept_encoding="gzip, br")
    plain = await Web(app).get("/console/assets/index-D3C.js")

    assert gzip.decompress(packed.body).decode() == plain.text == SCRIPT
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    for heard in (packed, plain):
        assert heard.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert heard.headers["content-type"] == "text/javascript; charset=utf-8"
        assert heard.headers["vary"] == "Accept-Encoding"
    icon = await Web(app).get("/console/icon.svg")
    assert (icon.text, icon.headers["cache-control"]) == ("<svg/>", "public, max-age=86400")


async def test_a_file_that_is_gone_is_never_answered_with_the_page(built: Path) -> None:
    heard = await Web(served(built)).get("/console/assets/index-OLD.js")

    assert (heard.status, heard.json["code"]) == (404, "not_found")


@pytest.mark.parametrize("name", ["../secret.js", "assets/../../secret.js", "%2e%2e/secret.js", "/etc/passwd"])
async def test_nothing_beside_the_built_files_can_be_named(built: Path, name: str) -> None:
    heard = await Web(served(built)).get(f"/console/{name}")

    assert "not built" not in heard.text
    assert "root:" not in heard.text


async def test_without_a_built_front_end_it_says_how_to_build_it(tmp_path: Path) -> None:
    heard = await Web(served(tmp_path / "nothing")).get("/console/")

    assert heard.status == 503
    assert heard.text.count("make web") == 2
    assert "控制台尚未构建" in heard.text
    assert "not built yet" in heard.text
