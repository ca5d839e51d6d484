"""Runs in ``odoo shell``: measure a running Odoo; writes JSON to the file ``WATER_FIGURES``.

A customer of the demo data files complaints with a photo on the portal, in this process and through
the same door as a browser's request; then a supervisor approves compensations. The calls of our
addons' functions are counted meanwhile. The last one of each is reported: caches are warm.
"""

import io
import json
import os
import re
import sys
from pathlib import Path
from uuid import uuid4

from PIL import Image
from werkzeug.test import Client

from odoo import http, sql_db
from odoo.service import server

OURS = re.compile(r".*/addons/(water_\w+/.*\.py)$")
MODELS = ("water.complaint", "water.request", "water.inquiry", "water.compensation")
CUSTOMER, SUPERVISOR = "zhangwei", "wangfang"
PEER = {"REMOTE_ADDR": "127.0.0.1"}
NEW = "/my/complaints/new"
#: Different texts, so that no filing counts as a duplicate of another one.
TROUBLES = ("三楼以上没有水压", "水龙头出水发黄", "水表箱盖破损")


class Trace:
    """Count the calls within our addons, and the queries, of a ``with`` block."""

    def __init__(self):
        self.steps, self._names, self.queries = [], {}, 0

    def __enter__(self):
        self.queries = -sql_db.sql_counter
        sys.setprofile(self)
        return self

    def __exit__(self, *_error):
        sys.setprofile(None)
        self.queries += sql_db.sql_counter

    def __call__(self, frame, event, _argument):
        """Note a call."""
        if event == "call":
            path = frame.f_code.co_filename
            if path not in self._names:
                found = OURS.match(path)
                self._names[path] = found and found[1]
            if self._names[path]:
                self.steps.append(self._names[path])

    def figures(self, name):
        """Return calls, distinct files, how often the next call is in another file, and queries."""
        pairs = zip(self.steps, self.steps[1:], strict=False)
        return {
            f"{name}: calls": len(self.steps),
            f"{name}: files": len(set(self.steps)),
            f"{name}: changes of file": sum(one != other for one, other in pairs),
            f"{name}: queries": self.queries,
        }


def photo():
    """Return a small picture as a file of a form."""
    content = io.BytesIO()
    Image.new("RGB", (64, 48), "navy").save(content, "JPEG")
    content.seek(0)
    return content, "photo.jpg"


def word(answer):
    """Return the word against forgery in a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
    if not found:
        raise SystemExit(f"no form: {answer.status} {dict(answer.headers)} {answer.text[-1500:]}")
    return found[1]


def values(env, trouble):
    """Return the form of a customer."""
    partner = env["res.users"].search([("login", "=", CUSTOMER)]).partner_id
    account = env["water.account"].search([("partner_id", "=", partner.id)], limit=1)
    return {
        "category_id": str(env["water.category"].search([("code", "=ilike", "PR01")], limit=1).id),
        "description": trouble,
        "occurred_at": "2026-03-01T08:30",
        "demand": "尽快恢复",
        "account_id": str(account.id),
        "phone": "13812345678",
        "submission_key": str(uuid4()),
        "confirmed": "1",
    }


def filing(env):
    """File complaints; returns the figures of the last request that does it."""
    before = env["water.complaint"].search_count([])
    env.cr.commit()
    server.load_server_wide_modules()
    client = Client(http.root)
    page = client.get("/web/login", environ_base=PEER)
    form = {"login": CUSTOMER, "password": CUSTOMER, "csrf_token": word(page)}
    client.post("/web/login", data=form, environ_base=PEER)
    for trouble in TROUBLES:
        page = client.get(NEW, follow_redirects=True, environ_base=PEER)
        data = values(env, trouble) | {"csrf_token": word(page), "files": photo()}
        with Trace() as trace:
            answer = client.post(NEW, data=data, environ_base=PEER)
    env.cr.rollback()
    if env["water.complaint"].search_count([]) != before + len(TROUBLES):
        raise SystemExit(f"no complaint was filed: {answer.status} {answer.text[-2000:]}")
    return trace.figures("filing with a photo")


def approving(env):
    """Approve the compensations that wait for the last decision; returns the figures of one."""
    user = env["res.users"].search([("login", "=", SUPERVISOR)])
    found = {}
    for row in env["water.compensation"].with_user(user).search([("state", "=", "proposed")]):
        if row.can_decide:
            env.invalidate_all()
            with Trace() as trace:
                row.action_approve()
                env.flush_all()
            if row.state == "approved":
                found = trace.figures("approving a compensation")
    if not found:
        raise SystemExit("no compensation was approved")
    return found


def depths(env):
    """Return how many classes each of ``MODELS`` is made of."""
    return {f"classes of {name}": len(type(env[name]).mro()) for name in MODELS}


found = depths(env) | filing(env) | approving(env)  # noqa: F821
Path(os.environ["WATER_FIGURES"]).write_text(json.dumps(found))
