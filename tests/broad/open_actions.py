"""Run in ``odoo shell``: opens the actions of all menus as an administrator's browser would.

Prints which of them failed and how, as one line of JSON, and how many there are.
"""

import json

from odoo import fields
from odoo.tools.safe_eval import safe_eval

environment = globals()["env"]


def open_actions(env):
    """Open the actions of all menus as the administrator would; returns the messages by record."""
    said = {}
    menus = env["ir.ui.menu"].with_context(**{"ir.ui.menu.full_list": True})
    menus = menus.search([("action", "!=", False)])
    actions = {menu.action for menu in menus if menu.action._name == "ir.actions.act_window"}
    for action in actions:
        name = action.sudo().get_external_id()[action.id] or action.name
        if action.res_model not in env:
            said[name] = "no such model"
            continue
        if not env[action.res_model].has_access("read"):
            continue  # without a menu entry
        try:
            with env.cr.savepoint():
                open_action(env, action)
        except Exception as error:  # pylint: disable=broad-except # whatever a browser would show
            said[name] = f"{type(error).__name__}: {error}"[:300]
    return said, len(actions)


def open_action(env, action):
    """Read views and first rows of an action."""
    values = {"uid": env.uid, "active_id": 1, "active_ids": [1], "context_today": fields.Date.today}
    values["allowed_company_ids"] = env.companies.ids
    context = safe_eval(action.context or "{}", {**values, "context": {}})
    model = env[action.res_model].with_context(**context)
    views = model.get_views(action.views)["views"]
    names = [name for name in views.get("list", {}).get("fields", {}) if name in model._fields]
    domain = safe_eval(action.domain or "[]", {**values, "context": {}})
    model.search_read(domain, names or ["display_name"], limit=5)


broken, count = open_actions(environment(user=environment.ref("base.user_admin")))
environment.cr.rollback()
print("RESULT", json.dumps({"broken": broken, "count": count}))
