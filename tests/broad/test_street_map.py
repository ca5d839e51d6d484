"""Outages on a street map: OCA's Leaflet addon and a tile server, which is this machine."""

import base64
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from runs import Runs, faults, settings
from stored_rows import ask

NAME = "water-street-map"
MODULE = "web_leaflet_lib"
CREDIT = "© 市测绘院"
#: A picture of one grey point, which a browser stretches to a tile.
TILE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGO4AgAA5wDm4zlZPwAAAABJRU5ErkJggg=="
)


class Tiles(BaseHTTPRequestHandler):
    """Gives the same tile for each place and remembers which were asked for."""

    asked: list[str] = []

    def do_GET(self):
        """Answer a browser."""
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(TILE)))
        self.end_headers()
        self.wfile.write(TILE)

    def log_message(self, *_args):
        """Do nothing: the request is stored."""


@pytest.fixture
def tiles(tmp_path):
    """The address of a tile server with a certificate of its own."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=localhost", "-keyout", key, "-out", certificate]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Tiles)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"https://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def with_map(stack, copied, serving, tiles, tmp_path):
    """A server whose company has a tile server and Leaflet."""
    addons = stack["neighbours"]
    runs = Runs(stack, settings(stack, tmp_path, [addons]), str(Path(addons).parents[1]))
    with copied(NAME):
        assert faults(runs.install(NAME, MODULE)) == []
        ask(
            NAME,
            "UPDATE res_company SET water_public_open = true,"
            f" water_tile_url = '{tiles}/{{z}}/{{x}}/{{y}}.png', water_tile_credit = '{CREDIT}'",
        )
        with serving([f"--addons-path={runs.addons}"], source=NAME) as server:
            yield server


def test_outages_on_a_street_map(with_map, browser, tmp_path):
    """Tiles load, areas lie on them, the plain drawing is gone, and nothing is blocked."""
    context = browser.new_context(
        base_url=with_map.base_url,
        locale="zh-CN",
        ignore_https_errors=True,
        viewport={"width": 390, "height": 844},
    )
    page = context.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.goto("/water/outages")
    page.wait_for_selector("#water_street_map img.leaflet-tile-loaded")
    assert page.locator("#water_street_map path.leaflet-interactive").count() > 0
    assert page.locator("svg.o_water_map").count() == 0
    assert CREDIT in page.inner_text("#water_street_map")
    page.screenshot(path=str(tmp_path / "street_map.png"))
    page.locator("#water_street_map path.leaflet-interactive").first.click(force=True)
    assert page.inner_text("#water_street_map .leaflet-popup-content").strip()
    assert said == []
    assert all(path.count("/") == 3 and path.endswith(".png") for path in Tiles.asked)
    context.close()
