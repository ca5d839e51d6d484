"""Run in ``odoo shell``: two workers do the same with the same compensations at the same moment.

Prints one line of JSON: how often each was let through, and how many entries there are.
"""

import json
import threading

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.service.model import retrying

ROUNDS = 8
QUEUED = 60
registry = globals()["env"].registry


def alone(work):
    """Do ``work`` with an environment of its own, and commit."""
    with registry.cursor() as cr:
        result = work(api.Environment(cr, SUPERUSER_ID, {}))
        cr.commit()
        return result


def both(work, users=(SUPERUSER_ID, SUPERUSER_ID)):
    """Have two threads do ``work`` as the server does: in transactions that begin together.

    :return: what each of them came to: ``done``, ``refused``, or the name of another error
    """
    barrier, results = threading.Barrier(2), []

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
                results.append("done")
            except UserError:
                results.append("refused")
            except Exception as error:
                results.append(type(error).__name__)

    threads = [threading.Thread(target=run, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


def propose(env, count, tag, amount=50):
    partner = env.ref("water_service_desk.partner_zhangwei")
    values = {"kind": "entitlement", "partner_id": partner.id, "amount": amount, "reason": "x"}
    rows = env["water.compensation"]._propose(
        [{**values, "origin_key": f"race:{tag}:{number}"} for number in range(count)]
    )
    return rows.ids


def approve(env, ids):
    env["water.compensation"].browse(ids).action_approve()


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
    queued = alone(lambda env: propose(env, QUEUED, "q"))
    alone(
        lambda env: env["water.compensation"].with_user(people[0]).browse(queued).action_approve()
    )
    found["before"] = entries(queued)
    found["cron"] = both(lambda env: env["water.compensation"]._cron_entries())
    alone(lambda env: env["water.compensation"]._cron_entries())  # what a collision has left
    found["queued"] = entries(queued)
    return found


def proposed():
    with registry.cursor() as cr:
        cr.execute("SELECT count(*) FROM water_compensation WHERE origin_key LIKE 'race:c%'")
        return cr.fetchone()[0]


found = race()
found["proposed"] = proposed()
print("RESULT " + json.dumps(found))
