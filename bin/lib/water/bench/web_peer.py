"""Gets the peer's database ready to be visited by customers with a login; run in odoo shell."""

import os

import timing
import web_photo

from odoo.tests.common import new_test_user

env = globals()["env"]  # given by odoo shell


def main():
    """Fifty customers, a category to choose, and as many tickets as the addons have cases."""
    env["ir.default"].set("res.partner", "lang", "zh_CN")  # pages in the visitors' language
    env.company.helpdesk_mgmt_portal_select_category = True
    category = env["helpdesk.ticket.category"].create({"name": "水费", "show_in_portal": True})
    logins = [f"customer{number}" for number in range(int(os.environ["WATER_BENCH_PEOPLE"]))]
    for login in logins:
        new_test_user(env, login, "base.group_portal", password=login)
    ticket = env["helpdesk.ticket"].create({"name": "bill", "description": "<p>bill</p>"})
    env.cr.commit()
    rows = f"SELECT * FROM generate_series(2, {timing.sizes()[-1]}) n"
    changes = {"number": "'HB' || g.n", "name": "'bill ' || g.n", "access_token": "NULL"}
    timing.clone(env, "helpdesk_ticket", f"id = {ticket.id}", rows, changes)
    timing.vacuum(env, "helpdesk_ticket")
    web_photo.write(os.environ["WATER_BENCH_PHOTO"])
    env.cr.commit()
    timing.report({"category": category.id, "logins": logins})


main()
