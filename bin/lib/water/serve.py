"""bin/serve: from a bare checkout to a running system; Ctrl-C ends everything."""

import argparse
import http.client
import json
import os
import shutil
import signal
import time
from contextlib import ExitStack
from pathlib import Path

from . import packages
from .cluster import Cluster, is_free, remembered_port
from .docs import site
from .odoo import ADDONS, Odoo, announce_build, fingerprint_of_code, fingerprint_of_core
from .place import Place, Stop, end, main, say

DATABASE = "water"
PART = "water-part"
#: Cases of the year that the demonstration looks back on.
YEAR = 6000
LOGINS = (
    ("limin", "李敏", "坐席 agent"),
    ("zhaojun", "赵军", "管网部门 department staff"),
    ("wangfang", "王芳", "主管 supervisor"),
    ("sunli", "孙莉", "质检 quality"),
    ("chenguo", "陈国", "经理 manager"),
    ("zhouhong", "周红", "财务 finance"),
    ("zhangwei", "张伟", "客户门户 portal customer"),
    ("admin", "", "系统管理员 administrator"),
)


def _port(text):
    number = int(text)
    if not 0 < number < 65536:
        raise argparse.ArgumentTypeError(f"{text} is not a port")
    return number


def _options():
    parser = argparse.ArgumentParser(
        prog="bin/serve", description="Serves the addons with demo data on http://localhost:8069"
    )
    parser.add_argument(
        "--port", type=_port, default=os.environ.get("PORT") or "8069", help="8069, or $PORT"
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--reset", action="store_true", help="throw the data away and start over")
    parser.add_argument(
        "--year",
        type=int,
        default=YEAR,
        metavar="CASES",
        help="size of the year that a new database gets; 0 for none (default: %(default)s)",
    )
    parser.add_argument("--verbose", action="store_true", help="show Odoo's log here")
    return parser.parse_args()


def serve():
    """Run the command until it is interrupted."""
    options = _options()
    place = Place()
    try:
        lock = place.lock("serve")
    except BlockingIOError:
        raise Stop(
            "it is already running in this checkout: end that one with Ctrl-C first"
        ) from None
    if not is_free(options.port, options.host):
        raise Stop(
            f"port {options.port} is in use: end the other program, or choose another --port"
        )
    with lock, ExitStack() as stack:
        cluster = Cluster(place, "pg", durable=True)
        stamp = place.local / "serve.json"
        if options.reset:
            _reset(place, cluster, stamp)
        place.need_space(300 if stamp.exists() else 2000)
        python = packages.environment(place, packages.ODOO)
        stack.enter_context(cluster.running())
        mail = _start_mail(place, python, stack)
        manual = _start_manual(place, options, stack)
        odoo = Odoo(place, cluster, python, "data")
        odoo.configure(
            http_interface=options.host,
            http_port=options.port,
            smtp_server="127.0.0.1",
            smtp_port=mail["smtp"],
            dbfilter=f"^{DATABASE}$",
            limit_memory_soft=0,  # it would start itself anew, and without our Python packages
            limit_memory_hard=0,
        )
        _prepare_database(odoo, stamp, options.year)
        _set_address(cluster, options.port, manual)
        _run(place, odoo, options, mail, manual)


def _reset(place, cluster, stamp):
    cluster.remove()
    stamp.unlink(missing_ok=True)
    for name in ("data", "mail"):
        shutil.rmtree(place.local / name, ignore_errors=True)


def _prepare_database(odoo, stamp, year):
    now = {"code": fingerprint_of_code(odoo.place.root), "core": fingerprint_of_core()}
    if DATABASE not in odoo.cluster.databases():
        announce_build()
        odoo.build_base(PART)
        odoo.add_addons(PART)
        if year:
            _add_year(odoo, PART, year)
    else:
        before = json.loads(stamp.read_text()) if stamp.exists() else {}
        if before == now:
            return
        say("The code has changed: upgrading a copy of the database ...")
        odoo.copy(DATABASE, PART)
        odoo.upgrade(PART, ADDONS if before.get("core") == now["core"] else ["base"])
    odoo.rename(PART, DATABASE)
    stamp.write_text(json.dumps(now))


def _add_year(odoo, name, size):
    """Give a new database a year of cases; see ``year/year.py``."""
    begun = time.monotonic()
    say(f"Adding a year of {size:,} cases ...")
    variables = {"WATER_YEAR": str(size), "PYTHONPATH": str(odoo.place.root / "bin" / "lib")}
    with (Path(__file__).parent / "year" / "load.py").open() as script:
        odoo.shell(
            name,
            script,
            failure="the year of the demonstration could not be loaded",
            env=odoo.place.environment(**variables),
        )
    say(f"... in {time.monotonic() - begun:.0f} seconds.")


def _start_manual(place, options, stack):
    """Serve the manual on a port of its own; returns its address, or None without it."""
    try:
        folder = site.build(place)
    except Stop as stop:  # the system is of use without its manual
        say(f"The manual is left out: {stop}")
        return ""
    port = remembered_port(place.local / "manual.port", 8070)
    args = ["/usr/bin/python3", "-m", "http.server", port, "--bind", options.host]
    with (place.local / "log" / "manual-http.log").open("wb") as log:
        process = place.start([*args, "--directory", folder], stdout=log, stderr=log)
    stack.callback(end, process)
    return f"http://localhost:{port}/"


def _set_address(cluster, port, manual):
    values = {"web.base.url": f"http://localhost:{port}", "web.base.url.freeze": "True"}
    for key, value in values.items():
        cluster.sql(
            f"INSERT INTO ir_config_parameter (key, value) VALUES ('{key}', '{value}') "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            DATABASE,
        )
    if not manual:
        return
    # keep an address set by an administrator
    cluster.sql(
        f"UPDATE res_company SET water_manual_url = '{manual}' WHERE water_manual_url IS NULL "
        "OR water_manual_url LIKE 'http://localhost:%'",
        DATABASE,
    )


def _start_mail(place, python, stack):
    ports = {
        "smtp": remembered_port(place.local / "mail-smtp.port", 1025),
        "http": remembered_port(place.local / "mail-http.port", 8025),
    }
    args = [python, place.root / "bin" / "mailsink", "--folder", place.local / "mail"]
    args += ["--smtp-port", ports["smtp"], "--http-port", ports["http"]]
    with (place.local / "log" / "mail.log").open("wb") as log:
        process = place.start(args, stdout=log, stderr=log)
    stack.callback(end, process)
    return ports


def _run(place, odoo, options, mail, manual):
    log = place.local / "log" / "odoo.log"
    with log.open("ab") as output:
        streams = {} if options.verbose else {"stdout": output, "stderr": output}
        # Without us it must not outlive its PostgreSQL, and without that it is slow to end.
        process = place.start(odoo.command("-d", DATABASE), signal.SIGKILL, **streams)
    try:
        _wait_until_up(process, options, log)
        _greet(place, options, mail, manual, log)
        process.wait()
    finally:
        if process.poll() is None:
            say("\nStopping ...")
        end(process)
    raise Stop(f"Odoo ended by itself (details: {log})")


def _wait_until_up(process, options, log):
    host = "127.0.0.1" if options.host in ("0.0.0.0", "::") else options.host
    for _attempt in range(240):
        if process.poll() is not None:
            break
        connection = http.client.HTTPConnection(host, options.port, timeout=60)
        try:
            connection.request("GET", "/web/login")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.5)
    raise Stop(f"Odoo does not start (details: {log})")


def _greet(place, options, mail, manual, log):
    say(f"\n  http://localhost:{options.port}   is ready. The password is the login:\n")
    for login, name, role in LOGINS:
        say(f"    {login:<10}{name}\t{role}")
    say(f"\n  Manual:         {manual or 'not built'}")
    say(f"  Outgoing mail:  http://localhost:{mail['http']}   kept in {place.local / 'mail'}")
    say(f"  Odoo's log:     {log}")
    say("  Ctrl-C stops everything.\n")


if __name__ == "__main__":
    main(serve)
