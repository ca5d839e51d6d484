"""bin/bench phone: Lighthouse opens each public page as a slow phone with an empty cache.

The processor is four times slower, the line has 1.6 Mbit/s and 150 ms. nginx compresses pages as in
production. (!) marks a page above its goal: 1,500 ms, 3,000 ms, 250 KB, 100 ms.
"""

import argparse
import json
import re
import shutil
import statistics
from contextlib import contextmanager

from .. import packages
from ..cluster import free_port
from ..place import Place, end, say
from ..template import TEMPLATE, test_odoo
from .web import serving, wait

NAME = "bench-phone"
#: Column: (audit of Lighthouse, unit that its number is divided by, the most that is asked).
AUDITS = {
    "first render, ms": ("first-contentful-paint", 1, 1500),
    "usable, ms": ("interactive", 1, 3000),
    "KB": ("total-byte-weight", 1024, 250),
    "server, ms": ("server-response-time", 1, 100),
}
#: Rows of the demo data in the addresses below.
NUMBERS = {
    "guide": "SELECT min(id) FROM water_guide WHERE state = 'in_force'",
    "article": "SELECT min(id) FROM water_article WHERE is_published AND customer_text IS NOT NULL",
    "outage": "SELECT min(id) FROM water_incident WHERE state = 'open'",
    "repair": "SELECT id FROM water_category WHERE code = 'WQ01'",
    "inquiry": "SELECT id FROM water_category WHERE code = 'GN'",
    "complaint": "SELECT id FROM water_category WHERE code = 'BL02'",
}
PAGES = (
    "/water",
    "/water/report",
    "/water/report?q=%E6%B0%B4%E5%8F%91%E9%BB%84",
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
    "/web/login",
)
#: nginx with the compression of config/nginx.conf and nothing else.
FRONT = """
daemon off;
pid {folder}/pid;
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
    parser.add_argument("--runs", type=int, default=3, help="times that each page is opened")
    parser.add_argument("command", choices=["phone"], help=argparse.SUPPRESS)
    return parser.parse_args()


@contextmanager
def _front(place, address):
    """Run nginx before Odoo; yields its address."""
    folder, port = place.local / "bench-nginx", free_port()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (types,) = re.findall(r"gzip_types[^;]*;", (place.root / "config" / "nginx.conf").read_text())
    settings, log = folder / "nginx.conf", place.local / "log" / "bench-nginx.log"
    settings.write_text(FRONT.format(folder=folder, port=port, address=address, types=types))
    with log.open("ab") as output:
        nginx = place.start(["nginx", "-e", log, "-c", settings], stdout=output, stderr=output)
    try:
        wait(nginx, port, log)
        yield f"http://localhost:{port}"
    finally:
        end(nginx)


def _visit(place, lighthouse, url):
    out = place.local / "bench-phone.json"
    args = [lighthouse, url, "--quiet", "--output=json", f"--output-path={out}"]
    args += ["--only-categories=performance", "--max-wait-for-load=60000"]
    args += ["--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage"]
    program = place.environment(CHROME_PATH=shutil.which("chromium"))
    place.run(args, log="bench-phone.log", failure=f"Lighthouse did not open {url}", env=program)
    return json.loads(out.read_text())["audits"]


def _row(path, visits):
    cells = [path]
    for audit, unit, most in AUDITS.values():
        value = statistics.median(visit[audit]["numericValue"] for visit in visits) / unit
        cells.append(f"{value:,.0f}{' (!)' if value > most else ''}")
    return cells


def phone():
    """Run the command; prints a table."""
    arguments, place = _arguments(), Place()
    folder = packages.node(place, "lighthouse", place.root / "bin/lib/water/bench")
    lighthouse = folder / "node_modules/.bin/lighthouse"
    say(f"| {' | '.join(['page', *AUDITS])} |\n| --- |{' ---: |' * len(AUDITS)}")
    with test_odoo(place) as odoo:
        odoo.copy(TEMPLATE, NAME)
        numbers = {key: odoo.cluster.sql(query, NAME) for key, query in NUMBERS.items()}
        with serving(odoo, NAME) as address, _front(place, address) as front:
            for path in (page.format(**numbers) for page in PAGES):
                _visit(place, lighthouse, f"{front}{path}")  # both workers build their caches
                visits = range(arguments.runs)
                found = [_visit(place, lighthouse, f"{front}{path}") for _number in visits]
                say(f"| {' | '.join(_row(path, found))} |")
        odoo.drop(NAME)
