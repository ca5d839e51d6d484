"""Run in ``odoo shell`` where other apps are: their people find their rows by an ordinary contact.

Prints as JSON what they do not find, by the name of the model and of the condition.
"""

import json

from odoo import Command

environment = globals()["env"]
GROUPS = (
    "account.group_account_invoice",
    "analytic.group_analytic_accounting",
    "event.group_event_user",
    "helpdesk_mgmt.group_helpdesk_user",
    "hr_timesheet.group_timesheet_manager",
    "project.group_project_manager",
    "purchase.group_purchase_user",
    "sales_team.group_sale_salesman_all_leads",
    "stock.group_stock_user",
)
NAME, MAIL = "Nadja Nachbarin", "nadja@example.com"


def rows(env, contact):
    """A row of each app that names the contact."""
    named = {"partner_id": contact.id}
    project = env["project.project"].create({"name": "P", "allow_timesheets": True, **named})
    task = env["project.task"].create({"name": "T", "project_id": project.id, **named})
    worker = env["hr.employee"].sudo().create({"name": "W", "user_id": env.uid})
    time = {"name": "X", "project_id": project.id, "task_id": task.id, "employee_id": worker.id}
    event = env["event.event"].sudo().create({"name": "E", **_days()})
    moved = env["stock.picking.type"].sudo().search([("code", "=", "outgoing")], limit=1)
    return [
        env["account.analytic.account"].create({"name": "A", **_plan(env), **named}),
        project,
        task,
        env["account.analytic.line"].create({**time, "unit_amount": 1}),
        env["crm.lead"].create({"name": "L", "type": "opportunity", **named}),
        env["sale.order"].create(dict(named)),
        env["purchase.order"].create(dict(named)),
        env["account.move"].create({"move_type": "out_invoice", **named}),
        env["event.registration"].sudo().create({"event_id": event.id, **named}),
        env["helpdesk.ticket"].create({"name": "H", "description": "H", **named}),
        env["stock.picking"].create({"picking_type_id": moved.id, **named}),
    ]


def _plan(env):
    return {"plan_id": env["account.analytic.plan"].sudo().create({"name": "P"}).id}


def _days():
    return {"date_begin": "2030-01-01 08:00:00", "date_end": "2030-01-01 09:00:00"}


def conditions(contact):
    """Ways in which people look for rows of a contact."""
    return {
        "name": [("partner_id", "ilike", "nachbarin")],
        "path": [("partner_id.name", "=", NAME)],
        "mail": [("partner_id.email", "=", MAIL)],
        "any": [("partner_id", "any", [("name", "ilike", "nadja")])],
        "below": [("partner_id", "child_of", contact.id)],
    }


def unfound(env):
    """``{model: conditions}`` by which its row is not found, or its name not read."""
    groups = [env.ref(name).id for name in ("base.group_user", *GROUPS)]
    user = {"name": "Broad", "login": "broad-others", "group_ids": [Command.set(groups)]}
    person = env["res.users"].create(user)
    contact = env["res.partner"].create({"name": NAME, "email": MAIL})
    mine, missing = env(user=person), {}
    for row in rows(mine, contact):
        here = [("id", "=", row.id)]
        row.env.flush_all()
        row.env.invalidate_all()
        model = mine[row._name].with_context(show_address=True)
        failed = [n for n, domain in conditions(contact).items() if not model.search(here + domain)]
        shown = model.search_read(here, ["partner_id"])[0]["partner_id"]
        failed += [] if shown and NAME in shown[1] else ["shown"]
        grouped = model.formatted_read_group(here, ["partner_id"], ["__count"])
        failed += [] if NAME in grouped[0]["partner_id"][1] else ["grouped"]
        if failed:
            missing[row._name] = failed
    return missing


found = {"unfound": unfound(environment)}
environment.cr.rollback()
print("RESULT", json.dumps(found))
