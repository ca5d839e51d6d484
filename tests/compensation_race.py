"""Run in ``odoo shell`` after ``race.py``: two workers do the same with the same compensations.

Then the scheduled action that makes the entries is killed again and again. Prints one line of
JSON: how often each was let through, and how many entries there are.
"""

import json
import os
import signal
import time
from datetime import timedelta

import odoo.sql_db
from odoo import fields
from odoo.tests.common import freeze_time

from odoo.addons.water_compensation.compensation.models import water_compensation_paying as money

SMALL = "water_compensation.compensation_band_small"
IS_LONG = bool(os.environ.get("WATER_LONG"))
ROUNDS, QUEUED, KILLS = (8, 60, 5) if IS_LONG else (1, 30, 3)  # more than are made at once
PEEK = os.WEXITED | os.WNOHANG | os.WNOWAIT
registry, alone, both = (globals()[name] for name in ("registry", "alone", "both"))
money.BATCH = 10  # many commits, many places to be killed at


def propose(env, count, tag, amount=50):
    partner = env.ref("water_service_desk.partner_zhangwei")
    values = {"kind": "entitlement", "partner_id": partner.id, "amount": amount, "reason": "x"}
    rows = env["water.compensation"]._propose(
        [{**values, "origin_key": f"race:{tag}:{number}"} for number in range(count)]
    )
    return rows.ids


def approve(env, ids):
    env["water.compensation"].browse(ids).action_approve()


def make_all(env):
    env["water.compensation"]._cron_entries()


def queued():
    """How many wait for their entry."""
    with registry.cursor() as cr:
        cr.execute("SELECT count(*) FROM water_compensation WHERE move_queued")
        return cr.fetchone()[0]


def killed(seconds):
    """Kill the scheduled action so long after its first commit; how many it has left."""
    before = queued()
    odoo.sql_db.close_all()
    child = os.fork()
    if not child:
        alone(make_all)
        os._exit(0)
    while queued() == before and not os.waitid(os.P_PID, child, PEEK):
        pass
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while others_at_work():  # PostgreSQL notices it a little later, and holds its rows till then
        time.sleep(0.05)
    return queued()


def others_at_work():
    with registry.cursor() as cr:
        cr.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
            " AND backend_type = 'client backend'"
        )
        return cr.fetchone()[0]


def entries(ids):
    """{number of entries that are not cancelled: how many compensations have so many}."""
    with registry.cursor() as cr:
        cr.execute(
            "SELECT count(m.id) FROM water_compensation c LEFT JOIN account_move m"
            " ON m.water_compensation_id = c.id AND m.state <> 'cancel'"
            " WHERE c.id IN %s GROUP BY c.id",
            [tuple(ids)],
        )
        found = [count for (count,) in cr.fetchall()]
    return {str(count): found.count(count) for count in set(found)}


def logins(env):
    users = env["res.users"].search([("login", "in", ("wangfang", "chenguo"))])
    return users.ids


def race():
    people = alone(logins)
    found = {"approve": [], "same_user": [], "propose": [], "withdraw": []}
    decided = []
    for number in range(ROUNDS):
        ids = alone(lambda env, number=number: propose(env, 1, f"a{number}"))
        decided += ids
        found["approve"].append(
            both(
                lambda env, ids=ids: env["water.compensation"].browse(ids).action_approve(),
                users=people,
            )
        )
        ids = alone(lambda env, number=number: propose(env, 1, f"b{number}"))
        decided += ids
        found["same_user"].append(
            both(lambda env, ids=ids: approve(env, ids), users=(people[0], people[0]))
        )
        found["propose"].append(both(lambda env, number=number: propose(env, 3, f"c{number}")))
    found["decided"] = entries(decided)
    waiting = alone(lambda env: propose(env, QUEUED, "q"))
    alone(
        lambda env: env["water.compensation"].with_user(people[0]).browse(waiting).action_approve()
    )
    found["before"] = entries(waiting)
    found["cron"] = both(make_all)
    alone(make_all)  # what a collision has left
    found["queued"] = entries(waiting)
    found["joint"] = joint(people[0])
    return found | crash(people) | {"four_eyes": four_eyes(people)}


def crash(people):
    """Killed in the midst, and gone on with: nothing is lost, nothing is there twice."""
    ids = alone(lambda env: propose(env, KILLS * 4 * money.BATCH, "k"))
    alone(lambda env: env["water.compensation"].with_user(people[0]).browse(ids).action_approve())
    left = [killed(0.02 * number) for number in range(KILLS)]
    found = {"left": left, "killed": entries(ids)}
    alone(make_all)
    return found | {"gone_on": entries(ids)}


def four_eyes(people):
    """Two of two approve at the same moment, or one after the other though both have looked before:
    (answers, state, how many are on record).
    """
    found = []
    alone(lambda env: env.ref(SMALL).write({"approvers": 2}))
    for number in range(2 * ROUNDS):
        (row,) = alone(lambda env, number=number: propose(env, 1, f"d{number}"))
        answers = both(
            lambda env, row=row: approve(env, [row]), users=people, is_overtaken=number % 2 == 0
        )
        found.append((answers, *alone(lambda env, row=row: standing(env, row))))
    return found


def drafts(env):
    """Two small ones for one payee, by two agents."""
    agents = env["res.users"].search([("login", "in", ("chenchen", "limin"))], limit=2)
    payee = env["res.partner"].create({"name": "王芳"}).id
    values = {"kind": "goodwill", "partner_id": payee, "amount": 60, "reason": "x"}
    return [
        (user.id, env["water.compensation"].with_user(user).create(values).id) for user in agents
    ]


def joint(head):
    """One is proposed and decided while another one for the same payee, begun before, is not yet
    there: by how much each of them is decided.
    """
    (mine, one), (theirs, other) = alone(drafts)
    first = [True]

    def decided(env):
        env["water.compensation"].browse(one).action_propose()
        env["water.compensation"].with_user(head).browse(one).action_approve()

    def begun_before(env):
        ago = timedelta(minutes=1 if first else 0)
        first.clear()
        with freeze_time(fields.Datetime.now() - ago):
            env["water.compensation"].browse(other).action_propose()

    answers = both(decided, begun_before, users=(mine, theirs), is_overtaken=True)
    return answers, alone(lambda env: env["water.compensation"].browse(other).joint_amount)


def standing(env, number):
    row = env["water.compensation"].browse(number)
    return row.state, len(row.approval_ids)


def proposed():
    with registry.cursor() as cr:
        cr.execute("SELECT count(*) FROM water_compensation WHERE origin_key LIKE 'race:c%'")
        return cr.fetchone()[0]


found = race()
found["proposed"] = proposed()
found["numbers"] = [ROUNDS, QUEUED, KILLS * 4 * money.BATCH]
print("RESULT " + json.dumps(found), flush=True)
os._exit(0)
