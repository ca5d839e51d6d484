"""Run in ``odoo shell`` after ``race.py``: two do at one moment what of money excludes the other.

Prints one line of JSON: of each race and round what each of them came to, and whether what must
not be there together is.
"""

import json
import os

from odoo import SUPERUSER_ID

from odoo.addons.water_service_desk.base.trust import trusted

ROUNDS = 2 if os.environ.get("WATER_LONG") else 1
alone, both = (globals()[name] for name in ("alone", "both"))
AGENT, FIRST, SECOND, FINANCE, SYSTEM = "chenchen", "wangfang", "chenguo", "zhouhong", "su"
LATE = (SYSTEM, FINANCE)
M = "water.compensation"


def numbers(env):
    logins = (AGENT, FIRST, SECOND, FINANCE)
    return {user.login: user.id for user in env["res.users"].search([("login", "in", logins)])}


PEOPLE = alone(numbers)


def proposed(env):
    """One that a rule has found, to be decided; it is paid to the holder of an account."""
    payee = env["res.partner"].create({"name": "王芳", "email": "wang@race.example"})
    account = {"code": f"money-race-{payee.id}", "partner_id": payee.id, "address": "东城路"}
    account = env["water.account"].create(account)
    values = {"kind": "entitlement", "partner_id": payee.id, "amount": 50, "reason": "x"}
    values |= {"account_id": account.id, "origin_key": f"money-race:{payee.id}"}
    return env[M]._propose([values]).id


def booked(env):
    """It is approved, and its draft entry exists."""
    row = env[M].browse(proposed(env))
    row.with_user(PEOPLE[FIRST]).action_approve()
    assert row.move_id.state == "draft", row.move_error
    return row.id


def posted(env):
    row = env[M].browse(booked(env))
    row.move_id.with_user(PEOPLE[FINANCE]).action_post()
    return row.id


def exempt(env, row):
    code = env.ref("water_compensation.exemption_code_drought").id
    env["water.compensation.exemption"].create(
        {"compensation_id": row, "code_id": code, "note": "旱情"}
    )


def approve(env, row):
    env[M].browse(row).action_approve()


def refuse(env, row):
    env[M].browse(row)._refuse("不符合条件")


def withdraw(env, row):
    env[M].browse(row)._withdraw("弄错了")


def another_payee(env, row):
    payee = env["res.partner"].create({"name": "李娜"})
    trusted(env[M].browse(row)).partner_id = payee


def another_bank(env, row):
    bank = {"partner_id": env[M].browse(row).partner_id.id, "acc_number": f"6222{row:06}"}
    env["res.partner.bank"].create(bank)


def another_contact(env, row):
    env[M].browse(row).partner_id.email = "somebody@race.example"


def another_holder(env, row):
    """By a user of accounting."""
    holder = env["res.partner"].sudo().create({"name": "李娜"})
    env[M].sudo().browse(row).account_id.with_env(env).sudo().partner_id = holder


def post(env, row):
    env[M].browse(row).sudo().move_id.with_env(env).action_post()


def pay(env, row):
    move = env[M].browse(row).sudo().move_id.with_env(env)
    about = {"active_model": "account.move", "active_ids": move.ids}
    env["account.payment.register"].with_context(**about).create({}).action_create_payments()


def is_asked(row):
    return "requested" in row.sudo().exemption_ids.mapped("state")


def is_in_books(row):
    return row.sudo().move_id.state == "posted"


def is_changed(row):
    """Whether holder, bank or contact has changed, so that money waits."""
    about = [("account_id", "=", row.account_id.id), ("is_frozen", "=", True)]
    return row.env["water.account.change"].search_count(about)


def is_paid(row):
    return row.payment_state == "paid"


#: {what is raced: how it begins, what the two do, who they are, what is not there together then}
RACES = {
    "exemption, approved": (
        *(proposed, exempt, approve, (AGENT, FIRST)),
        (is_asked, lambda row: row.state == "approved"),
    ),
    "exemption, posted": (booked, exempt, post, (AGENT, FINANCE), (is_asked, is_in_books)),
    "exemption, paid": (posted, exempt, pay, (AGENT, FINANCE), (is_asked, is_paid)),
    "another payee, posted": (
        *(booked, another_payee, post, (SYSTEM, FINANCE)),
        (lambda row: row.partner_id.name == "李娜", is_in_books),
    ),
    "another bank, posted": (booked, another_bank, post, LATE, (is_changed, is_in_books)),
    "another bank, paid": (posted, another_bank, pay, LATE, (is_changed, is_paid)),
    "another contact, paid": (posted, another_contact, pay, LATE, (is_changed, is_paid)),
    "another holder, posted": (booked, another_holder, post, LATE, (is_changed, is_in_books)),
    "withdrawn, posted": (
        *(booked, withdraw, post, (FIRST, FINANCE)),
        (lambda row: row.state == "withdrawn", is_in_books),
    ),
    "withdrawn, paid": (
        *(posted, withdraw, pay, (FIRST, FINANCE)),
        (lambda row: row.state == "withdrawn", is_paid),
    ),
    "paid, withdrawn": (
        *(posted, pay, withdraw, (FINANCE, FIRST)),
        (lambda row: row.state == "withdrawn", is_paid),
    ),
    "refused, approved": (
        *(proposed, refuse, approve, (FIRST, SECOND)),
        (lambda row: row.state == "refused", lambda row: row.move_id),
    ),
}


def race(begin, first, second, people, apart):
    number = alone(begin)
    users = [PEOPLE.get(login, SUPERUSER_ID) for login in people]
    acts = (lambda env: first(env, number), lambda env: second(env, number))
    answers = both(*acts, users=users, is_overtaken=True)
    row = lambda env: env[M].browse(number)  # noqa: E731
    return answers, alone(lambda env: all(bool(one(row(env))) for one in apart))


found = {name: [race(*row) for _round in range(ROUNDS)] for name, row in RACES.items()}
print("RESULT " + json.dumps(found), flush=True)
os._exit(0)
