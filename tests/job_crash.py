"""Run in ``odoo shell``: kills scheduled actions with SIGKILL at each of their commits.

Each is counted first in a transaction that is undone, then killed before and after its first
commits, and run to its end. Prints one line of JSON: what there is of what was expected, and what
another run added.
"""

import json
import os
import signal
from collections import Counter
from datetime import datetime, timedelta

from freezegun import freeze_time

import odoo.sql_db
from odoo import SUPERUSER_ID, api

IS_LONG = bool(os.environ.get("WATER_LONG"))
#: All that is due for a month, so that there is something to do.
LATER = datetime.now().replace(microsecond=0) + timedelta(days=34)
#: no longer needed
AGES = LATER + timedelta(days=366 * 6)
#: senders have their own scripts
LEFT = {"_cron_send", "_cron_send_beside", "_cron_anchor", "_cron_sweep"}
#: commits in between and finds work in the demo data: the short form
SHORT = {
    ("water.archive", "_cron_seal"),
    ("water.case.mixin", "_cron_end_deputies"),
    ("water.compensation", "_cron_late"),
    ("water.complaint", "_cron_confirm"),
    ("water.incident.notice", "_cron_broadcast"),
}
HANGING = ("mail_message", "mail_mail", "mail_notification", "mail_activity", "ir_attachment")
ADDONS = ("water_service_desk", "water_complaints", "water_compensation")
ADDONS += ("water_quality", "water_quality_compensation")
registry = globals()["env"].registry
Cursor = odoo.sql_db.Cursor
COMMIT = Cursor.commit


def jobs(env):
    """``(model, method)`` of the scheduled actions of the addons."""
    known = env["ir.model.data"].search([("model", "=", "ir.cron"), ("module", "in", ADDONS)])
    crons = env["ir.cron"].with_context(active_test=False).browse(known.mapped("res_id"))
    calls = {
        (cron.model_id.model, cron.code.strip().removeprefix("model.").partition("(")[0])
        for cron in crons
    }
    return sorted(call for call in calls if call[1] not in LEFT)


def rows(cr):
    """How many rows each table of ours has, and those that hang on it."""
    cr.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    names = [name for (name,) in cr.fetchall() if name.startswith("water_") or name in HANGING]
    cr.execute(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in names))
    return Counter(dict(cr.fetchall()))


def changed(after, before):
    """{table: how many rows more, or fewer}, of those that have changed."""
    names = after.keys() | before.keys()
    return {name: after[name] - before[name] for name in names if after[name] != before[name]}


def run(job):
    """The scheduled action to its end, as the scheduler runs it: on a cursor of its own."""
    model, method = job
    with registry.cursor() as cr:
        getattr(api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})[model], method)()
        cr.commit()


def apart(work, job=None):
    """Exit state of a child process, and whether it was killed."""
    moment = AGES if job and job[1] == "_cron_destroy" else LATER
    odoo.sql_db.close_all()
    read, write = os.pipe()
    child = os.fork()
    if not child:
        with freeze_time(moment, tick=True):
            os.write(write, json.dumps(work()).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as answer:
        said = answer.read()
    _pid, status = os.waitpid(child, 0)
    return json.loads(said) if said else None, os.WIFSIGNALED(status)


def expected(job):
    """``(commits, {table: rows})`` of one run, which is rolled back."""
    made = []

    def work():
        Cursor.commit = lambda cr: made.append(cr.flush())
        with registry.cursor() as cr:
            before = rows(cr)
            getattr(api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})[job[0]], job[1])()
            cr.flush()
            return len(made), changed(rows(cr), before)

    return apart(work, job)[0]


def kill(job, number, is_after):
    """Kill it at a commit, before or after the commit is stored."""
    made = []

    def commit(cr):
        made.append(1)
        if len(made) == number:
            if is_after:
                COMMIT(cr)
            os.kill(os.getpid(), signal.SIGKILL)
        COMMIT(cr)

    def work():
        Cursor.commit = commit
        run(job)

    return apart(work, job)[1]


def there():
    with registry.cursor() as cr:
        return rows(cr)


def crash(job):
    commits, wanted = expected(job)
    before = there()
    moments = range(1, min(commits, 6 if IS_LONG else 1) + 2)
    kills = sum(kill(job, number, is_after) for number in moments for is_after in (False, True))
    apart(lambda: run(job), job)
    first = there()
    apart(lambda: run(job), job)
    made, again = changed(first, before), changed(there(), first)
    return {"kills": kills, "wanted": wanted, "made": made, "again": again}


def make_due():
    """Have something sealed; complaints under appeal would be drawn up again each time."""
    run(("water.archive", "_cron_seal"))
    with registry.cursor() as cr:
        appealed = "SELECT complaint_id FROM water_appeal"
        cr.execute(f"UPDATE water_complaint SET retain_until = '2999-1-1' WHERE id IN ({appealed})")
        cr.commit()


def approve():
    """Have two users approve the destruction due by then."""
    run(("water.destruction", "_cron_destroy"))
    with registry.cursor() as cr:
        cr.execute("UPDATE water_destruction SET state = 'approved' WHERE state = 'draft'")
        cr.commit()


with registry.cursor() as opened:
    found = jobs(api.Environment(opened, SUPERUSER_ID, {}))
if IS_LONG:
    apart(make_due)
    apart(approve, ("water.destruction", "_cron_destroy"))
chosen = [job for job in found if IS_LONG or job in SHORT]
print("RESULT " + json.dumps({".".join(job): crash(job) for job in chosen}), flush=True)
os._exit(0)
