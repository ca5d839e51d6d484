"""bin/bench phone: every page of customers on a slow telephone that has never been here before."""

import argparse
import json
import re
import shutil
import statistics
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from .. import packages
from ..cluster import free_port
from ..place import Place, end, say
from ..template import TEMPLATE, test_odoo
from .scratch import Scratch
from .web import WebBench, _wait

HERE = Path(__file__).parent
NAME = "bench-phone"
#: Rows asked for to fill the addresses below: what the demo data has of each.
NUMBERS = {
    "guide": "SELECT min(id) FROM water_guide WHERE state = 'in_force'",
    "article": "SELECT min(id) FROM water_article WHERE is_published AND customer_text IS NOT NULL",
    "outage": "SELECT min(id) FROM water_incident WHERE state = 'open'",
    "repair": "SELECT id FROM water_category WHERE code = 'WQ01'",
    "inquiry": "SELECT id FROM water_category WHERE code = 'GN'",
    "complaint": "SELECT id FROM water_category WHERE code = 'BL02'",
    "case": "SELECT min(c.id) FROM water_complaint c JOIN res_users u"
    " ON u.partner_id = c.partner_id WHERE u.login = 'zhangwei'",
}
#: What is asked of public pages: ms, ms, bytes, ms of the server.
GOALS = {"first": 1500, "usable": 3000, "bytes": 250 * 1024, "server": 100}
PUBLIC = (
    "/water",
    "/water/report",
    "/water/report?q=%E6%B0%B4%E5%8F%91%E9%BB%84",
    "/water/report/repair",
    "/water/report/repair?category={repair}",
    "/water/report/inquiry?category={inquiry}",
    "/water/report/complaint?category={complaint}",
    "/water/answers",
    "/water/answers/{article}",
    "/water/guides/{guide}",
    "/water/outages",
    "/water/outages/{outage}",
    "/water/track",
    "/water/privacy",
    "/water/letter",
    "/water/nothing",
)
OWN = ("/my", "/my/water/new", "/my/complaints", "/my/complaints/{case}", "/my/appointments")
#: nginx packs what config/nginx.conf says, and does nothing else here.
FRONT = """
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ }}
http {{
  include /etc/nginx/mime.types;
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  gzip on;
  gzip_proxied any;
  {types}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass {address};
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-For $remote_addr;
    }}
  }}
}}
"""


def _arguments():
    parser = argparse.ArgumentParser(prog="bin/bench phone", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="times that each page is opened")
    parser.add_argument("--out", default="bench-phone.json", help="result file, below .local")
    parser.add_argument("command", choices=["phone"], help=argparse.SUPPRESS)
    return parser.parse_args()


class PhoneBench(Scratch):
    """A server with the demo data, nginx before it, and a browser that is held back."""

    def run(self, browser):
        """Measure; returns everything as one dictionary."""
        place, result = self.odoo.place, self.head()
        self.odoo.copy(TEMPLATE, NAME)
        numbers = {key: self.odoo.cluster.sql(query, NAME) for key, query in NUMBERS.items()}
        pages = {kind: [path.format(**numbers) for path in paths] for kind, paths in _kinds()}
        serving = WebBench(self.odoo, self.arguments, None).serving
        with serving(NAME) as (address, _server), _front(place, address) as front:
            _warm(address, pages["public"])
            told = {"host": front, "runs": self.arguments.runs, "pages": pages, **numbers}
            result["pages"] = self._visit(browser, told)
            for row in result["pages"]:
                if row["kind"] == "public" and row["path"] in pages["public"]:
                    row["server"] = _server_time(address, row["path"])
        self.odoo.drop(NAME)
        return result

    def _visit(self, browser, told):
        place = self.odoo.place
        setup, out = place.local / "bench-setup.json", place.local / "bench-visit.json"
        setup.write_text(
            json.dumps({**told, "out": str(out), "chromium": shutil.which("chromium")})
        )
        script = [browser, HERE / "phone_visit.py", setup]
        place.run(script, log="bench-phone.log", failure="the browser failed")
        return json.loads(out.read_text())


def _kinds():
    return ("public", PUBLIC), ("own", OWN)


@contextmanager
def _front(place, address):
    """nginx before Odoo, as it packs pages in production; yields its address."""
    folder, port = place.local / "bench-nginx", free_port()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (types,) = re.findall(r"gzip_types[^;]*;", (place.root / "config" / "nginx.conf").read_text())
    settings = folder / "nginx.conf"
    settings.write_text(FRONT.format(folder=folder, port=port, address=address, types=types))
    log = place.local / "log" / "bench-nginx.log"
    with log.open("ab") as output:
        serving = place.start(["nginx", "-e", log, "-c", settings], stdout=output, stderr=output)
    try:
        _wait(serving, port, log)
        yield f"http://localhost:{port}"
    finally:
        end(serving)
        subprocess.run(["rm", "-rf", str(folder)], check=True)


def _open(url):
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.read()
    except urllib.error.HTTPError as answer:  # a page that says that there is none
        return answer.read()


def _warm(address, paths):
    """Both workers build their caches once."""
    for _turn in range(4):
        for path in paths:
            _open(address + path)


def _server_time(address, path, times=15):
    """Half of the answers come within so many ms; the network takes none of them."""
    spent = []
    for _turn in range(times):
        began = time.perf_counter()
        _open(address + path)
        spent.append(1000 * (time.perf_counter() - began))
    return statistics.median(spent)


def show(result):
    """Print the rows as Markdown; what misses a goal is marked."""
    say("| page | first render, ms | usable, ms | ready to send, ms | KB | requests | server, ms |")
    say("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for row in result["pages"]:
        cells = [_cell(row, key) for key in ("first", "usable", "ready")]
        cells += [_cell(row, "bytes", 1024), str(row["requests"]), _cell(row, "server")]
        say(f"| {row['path']} | {' | '.join(cells)} |")


def _cell(row, key, unit=1):
    if row.get(key) is None:
        return "–"
    missed = row["kind"] == "public" and row[key] > GOALS.get(key, float("inf"))
    return f"{row[key] / unit:,.0f}{' (!)' if missed else ''}"


def phone():
    """Run the command; prints a table and writes a file."""
    arguments, place = _arguments(), Place()
    browser = packages.environment(place, packages.BROWSER)
    with test_odoo(place) as odoo:
        result = PhoneBench(odoo, arguments).run(browser)
    out = place.local / arguments.out
    out.write_text(json.dumps(result, indent=2))
    show(result)
    say(f"\nFigures: {out}")
