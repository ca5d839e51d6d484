"""Run in ``odoo shell``: two workers do the same with the same compensations at the same moment.

The workers are processes, as those of a server are. Then the scheduled action that makes the
entries is killed again and again. Prints one line of JSON: how often each was let through, and
how many entries there are.
"""

import json
import multiprocessing
import os
import signal
import time

import odoo.sql_db
from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.service.model import retrying

from odoo.addons.water_complaints.compensation.models import water_compensation_money as money

ROUNDS = 8
QUEUED = 60
KILLS = 5
PEEK = os.WEXITED | os.WNOHANG | os.WNOWAIT
registry = globals()["env"].registry
workers = multiprocessing.get_context("fork")
money.BATCH = 10  # many commits, many places to be killed at


def alone(work):
    """Do ``work`` with an environment of its own, and commit."""
    with registry.cursor() as cr:
        result = work(api.Environment(cr, SUPERUSER_ID, {}))
        cr.commit()
        return result


def both(work, users=(SUPERUSER_ID, SUPERUSER_ID)):
    """Have two processes do ``work`` as the server does: in transactions that begin together.

    :return: what each of them came to: ``done``, ``refused``, or the name of another error
    """
    barrier, results = workers.Barrier(2), workers.SimpleQueue()

    def run(user):
        with registry.cursor() as cr:
            env = api.Environment(cr, user, {})
            env.cr.execute("SELECT count(*) FROM water_compensation")  # the snapshot is taken
            first = [True]

            def once():
                if first:  # a repetition after a collision waits for nobody
                    first.clear()
                    barrier.wait(30)
                return work(env)

            try:
                retrying(once, env)
                cr.commit()
                results.put("done")
            except UserError:
                results.put("refused")
            except Exception as error:
                results.put(type(error).__name__)
        os._exit(0)

    odoo.sql_db.close_all()  # no worker shares a connection with another
    pair = [workers.Process(target=run, args=(user,)) for user in users]
    for process in pair:
        process.start()
    for process in pair:
        process.join()
    return sorted(results.get() for _process in pair)


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
    return queued()


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
                lambda env, ids=ids: env["water.compensation"].browse(ids).action_approve(), people
            )
        )
        ids = alone(lambda env, number=number: propose(env, 1, f"b{number}"))
        decided += ids
        found["same_user"].append(
            both(lambda env, ids=ids: approve(env, ids), (people[0], people[0]))
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
    found |= crash(people)
    return found


def crash(people):
    """Killed in the midst, and gone on with: nothing is lost, nothing is there twice."""
    ids = alone(lambda env: propose(env, KILLS * 4 * money.BATCH, "k"))
    alone(lambda env: env["water.compensation"].with_user(people[0]).browse(ids).action_approve())
    left = [killed(0.02 * number) for number in range(KILLS)]
    found = {"left": left, "killed": entries(ids)}
    alone(make_all)
    return found | {"gone_on": entries(ids)}


def proposed():
    with registry.cursor() as cr:
        cr.execute("SELECT count(*) FROM water_compensation WHERE origin_key LIKE 'race:c%'")
        return cr.fetchone()[0]


found = race()
found["proposed"] = proposed()
print("RESULT " + json.dumps(found), flush=True)
os._exit(0)
