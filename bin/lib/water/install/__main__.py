"""bin/install: PostgreSQL, Odoo with the addons, nginx with TLS, services; safe to repeat."""

import argparse
import functools
import os
import re
import secrets
import shutil
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path

from ..place import CHECKOUT, COPIED, Stop, main, say
from . import database, machine
from .machine import BACKUPS, DATA, PROGRAM, SETTINGS, USER

NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
NGINX = Path("/etc/nginx")
BEFORE = NGINX / "nginx.conf.before-water"
CERTIFICATE = ("fullchain.pem", "privkey.pem")
CHECKLIST = """
  https://{name}/   login admin, password in {password}: change it at the first sign-in.

  Then work through Water Service › Configuration › First-run Checklist: it says what is missing,
  leads there, and tries it; the public page is closed until the hotline and the departments stand.
  Certificate: {certificate}
  Backups: every night into {backups}; {key} opens them: copy it elsewhere, twice.
  State of the system: Water Service › Configuration › State of the System; doc/monitoring.md
  Logs: journalctl -u 'water-*'. More: doc/production.md
"""


def _name(text):
    if not NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text} is not the name of a host")
    return text


def _options():
    parser = argparse.ArgumentParser(
        prog="bin/install", description="Installs the system on this machine; again: upgrades it"
    )
    parser.add_argument(
        "--name", type=_name, help="under which browsers know it, such as kf.example.com"
    )
    parser.add_argument(
        "--certificate",
        type=Path,
        metavar="FOLDER",
        help="with fullchain.pem and privkey.pem; without it one is made that no browser trusts",
    )
    return parser.parse_args()


def install():
    """Run the command."""
    options = _options()
    if os.geteuid():
        raise Stop("start it as root")
    _folders()
    name = _name_of_site(options.name)
    with _as_it_was():
        _copy_program()
        _environment()
        port = database.make_cluster()
        settings = database.configure(port, name)
        database.make_role(settings)
        machine.install_units()
        _bring_up_to_date(database.Database(settings), f"https://{name}")
    certificate = _certificate(options.certificate, name)
    _nginx(name)
    _backup_key()
    machine.install_units()
    machine.start()
    say(
        CHECKLIST.format(
            name=name,
            password=database.PASSWORD,
            certificate=certificate,
            backups=BACKUPS,
            key=SETTINGS / "backup.key",
        )
    )


def _name_of_site(wanted):
    path = SETTINGS / "site"
    known = path.read_text().strip() if path.exists() else socket.getfqdn().lower()
    name = wanted or known
    machine.write(path, f"{name}\n")
    return name


def _folders():
    machine.folder(SETTINGS)
    machine.folder(DATA, 0o750, USER)
    machine.folder(BACKUPS, 0o700, USER)
    machine.LOG.touch(mode=0o600)


@contextmanager
def _as_it_was():
    """On failure go back to the previous program with the previous database.

    A killed run left its program there, and a copy of the database that fits.
    """
    is_there = database.STAMP.exists()
    if not database.fits(machine.KEPT):
        machine.keep_program(is_worth_it=CHECKOUT != PROGRAM and database.fits(PROGRAM))
    try:
        yield
    except BaseException:
        if is_there:
            machine.put_program_back()
            machine.start()
        raise
    shutil.rmtree(machine.KEPT, ignore_errors=True)


def _copy_program():
    """Copy the checkout without generated files; the Python environment stays."""
    if CHECKOUT == PROGRAM:
        return
    machine.folder(PROGRAM)
    skip = shutil.ignore_patterns("__pycache__")
    for path in sorted(CHECKOUT.iterdir()):
        target = PROGRAM / path.name
        if path.is_dir() and path.name in (*COPIED, "doc"):
            part = PROGRAM / f".{path.name}.part"
            shutil.rmtree(part, ignore_errors=True)
            shutil.copytree(path, part, ignore=skip)
            shutil.rmtree(target, ignore_errors=True)
            part.rename(target)
        elif path.is_file() and not path.name.startswith("."):
            machine.write(target, path.read_bytes())
    subprocess.run(["chmod", "-R", "u=rwX,go=rX", str(PROGRAM)], check=True)


def _environment():
    """The Python packages, pinned with their hashes; made anew when the pins change."""
    pins = (CHECKOUT / "config/requirements.txt").read_text()
    mark = PROGRAM / "venv/.made-of"
    if mark.exists() and mark.read_text() == pins:
        return
    say("Installing the Python packages ...")
    venv = PROGRAM / "venv"
    make = ["/usr/bin/python3", "-m", "venv", "--clear", "--system-site-packages", venv]
    machine.run(make, "the environment of Python could not be made")
    pip = [venv / "bin/python", "-m", "pip", "install", "-q", "--no-input"]
    pip += ["--disable-pip-version-check", "--require-hashes", "-r"]
    pip.append(CHECKOUT / "config/requirements.txt")
    machine.run(pip, "the Python packages could not be fetched: check the network and start again")
    mark.write_text(pins)


def _bring_up_to_date(site, url):
    part = database.PART
    site.recover(part)
    if site.is_current():
        return
    if site.exists():
        say("Upgrading a copy of the database; meanwhile the system is closed ...")
        machine.stop()
        make = functools.partial(site.upgrade, part)
    else:
        say("Making the database (minutes, once) ...")
        make = functools.partial(site.make, part, url)
    try:
        make()
        site.put_in_place(part)
    except BaseException:
        site.recover(part)
        site.drop(part)
        raise


def _certificate(source, name):
    folder = SETTINGS / "certificates"
    machine.folder(folder, 0o700)
    if source:
        for file in CERTIFICATE:
            machine.write(folder / file, (source / file).read_bytes(), 0o600)
        return f"{folder}, as given"
    script = ["bash", CHECKOUT / "config/docker/certificate", folder]
    machine.run(script, "no certificate could be made", env={**os.environ, "SITE": name})
    return f"{folder}; doc/production.md says how to get one that browsers trust"


def _nginx(name):
    """Install nginx's configuration for this machine; an existing one is kept."""
    text = (CHECKOUT / "config/nginx.conf").read_text()
    text = text.replace("server odoo:", "server 127.0.0.1:")
    text = text.replace("/etc/nginx/certificates/", f"{SETTINGS}/certificates/")
    if not BEFORE.exists() and (NGINX / "nginx.conf").exists():
        shutil.copy2(NGINX / "nginx.conf", BEFORE)
    site = (
        f'map $host $is_known {{ default 0; {name} 1; }}\nmap $host $tls_port {{ default ""; }}\n'
    )
    machine.write(NGINX / "conf.d/site.conf", site)
    machine.write(NGINX / "nginx.conf", f"user www-data;\npid /run/nginx.pid;\n{text}")
    machine.folder(Path("/var/www/acme"))
    machine.run(["nginx", "-t"], "nginx refuses its settings")


def _backup_key():
    """Create the password of the nightly backups if there is none."""
    key = SETTINGS / "backup.key"
    if not key.exists():
        machine.write(key, f"{secrets.token_hex(32)}\n", mode=0o600)


if __name__ == "__main__":
    main(install)
