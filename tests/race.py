"""Run in ``odoo shell`` before a script of its own: two workers do something at the same moment.

The workers are processes, as those of a server are.
"""

import multiprocessing
import os

import odoo.sql_db
from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.service import model
from odoo.service.model import retrying

registry = globals()["env"].registry
#: messages of the last race's refusals, in each user's language
words = []
workers = multiprocessing.get_context("fork")
# colliding requests retry after a moment, not after the seconds of a crowd
model.random.uniform = lambda _least, most: most / 50


def alone(work):
    """Do ``work`` with an environment of its own, and commit."""
    with registry.cursor() as cr:
        result = work(api.Environment(cr, SUPERUSER_ID, {}))
        cr.commit()
        return result


def both(work, other=None, users=(SUPERUSER_ID, SUPERUSER_ID), is_overtaken=False):
    """Have two processes work as the server does: in transactions that begin together.

    :param other: what the second one does, the same by default
    :param is_overtaken: whether the second one does it when the first has ended
    :return: what each of them came to: ``done``, ``refused``, or the name of another error
    """
    barrier, results = workers.Barrier(2), workers.SimpleQueue()
    ended = workers.Event()

    def run(user, work, is_late):
        with registry.cursor() as cr:
            env = api.Environment(cr, user, {})
            env = env(context={"lang": env.user.lang})
            env.cr.execute("SELECT count(*) FROM water_compensation")  # the snapshot is taken
            first = [True]

            def once():
                if first:  # retries after a collision do not wait
                    first.clear()
                    barrier.wait(30)
                    ended.wait(30 if is_late else 0)
                return work(env)

            try:
                retrying(once, env)
                cr.commit()
                results.put(("done", ""))
            except UserError as error:
                cr.rollback()  # as a server does: refused requests are rolled back
                results.put(("refused", str(error)))
            except Exception as error:
                results.put((type(error).__name__, str(error)))
        ended.set()
        os._exit(0)

    odoo.sql_db.close_all()  # no worker shares a connection with another
    tasks = zip(users, (work, other or work), (False, is_overtaken), strict=True)
    pair = [workers.Process(target=run, args=task) for task in tasks]
    for process in pair:
        process.start()
    for process in pair:
        process.join()
    told = [results.get() for _process in pair]
    words[:] = [text for answer, text in told if answer == "refused"]
    return sorted(answer for answer, _text in told)
