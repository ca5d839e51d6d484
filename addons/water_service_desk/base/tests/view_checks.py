"""Checks of the screens that the tests of the addons share."""

import re

from lxml import etree

from odoo import fields
from odoo.tools.safe_eval import datetime, dateutil, safe_eval, time

ROLES = ("agent", "department", "supervisor", "quality", "manager")


class ViewChecks:
    """Checks of window actions and menus, for the models whose names begin with a prefix."""

    def _window_actions(self, module):
        names = self.env["ir.model.data"].search(
            [("module", "=", module), ("model", "=", "ir.actions.act_window")]
        )
        actions = self.env["ir.actions.act_window"].browse(names.mapped("res_id"))
        # a dialog has neither an empty list nor an address
        return actions.filtered(lambda action: action.target != "new")

    def _check_actions(self, module):
        """Every action explains its empty list, has a readable address, and opens."""
        actions = self._window_actions(module)
        self.assertTrue(actions)
        for action in actions:
            with self.subTest(action=action.name):
                self.assertIn("o_view_nocontent_smiling_face", action.help)
                self.assertTrue(action.path)
                self.assertEqual(len(actions.filtered(lambda a, p=action.path: a.path == p)), 1)
                for login in ROLES:
                    self._check_opens(action, login)

    def _check_opens(self, action, login):
        """Readers of a model can open each view and see its rows."""
        model = self._as(login, self.env[action.res_model])
        groups = action.sudo().group_ids
        if groups and not groups & model.env.user.all_group_ids:
            return
        if not model.has_access("read"):
            return
        views = [(False, mode) for mode in action.view_mode.split(",")] + [(False, "search")]
        answer = model.get_views(views, {"toolbar": True})
        self.assertEqual(set(answer["views"]), {mode for __, mode in views})
        if not model._transient:
            model.env.invalidate_all()  # what others may see is not in a user's own request
            domain = safe_eval(action.domain or "[]", {"uid": model.env.uid})
            model.search(domain, limit=5).read(self._shown(answer["views"]))

    def _check_filters(self, module):
        """Each filter of each search finds what it may, and each grouping groups."""
        for model in sorted({action.res_model for action in self._window_actions(module)}):
            rows = self._as("manager", self.env[model])
            if rows._transient or not rows.has_access("read"):
                continue
            arch = etree.fromstring(rows.get_view(view_type="search")["arch"])
            for node in arch.iterfind(".//filter"):
                with self.subTest(model=model, filter=node.get("name")):
                    self._check_filter(rows, node)

    def _check_filter(self, rows, node):
        domain = safe_eval(node.get("domain") or "[]", self._filter_words(rows))
        context = safe_eval(node.get("context") or "{}", self._filter_words(rows))
        groups = [name] if (name := context.get("group_by")) else []
        kind = name and rows._fields[name.split(":")[0]].type
        if kind == "properties":
            return  # the screen asks for one of them by name
        if kind in ("date", "datetime") and ":" not in name:
            groups = [f"{name}:month"]  # so does the screen
        dates = [f"{node.get('date')}:month"] if node.get("date") else []
        rows = rows.with_context(**context)
        rows.search(domain, limit=1)
        rows.formatted_read_group(domain, groups + dates, ["__count"])

    def _filter_words(self, rows):
        return {
            "uid": rows.env.uid,
            "time": time,
            "datetime": datetime,
            "relativedelta": dateutil.relativedelta.relativedelta,
            "context_today": lambda: fields.Date.context_today(rows),
            "current_company_id": rows.env.company.id,
        }

    def _shown(self, views):
        """Names of the fields that the views show of the model itself."""
        return {
            node.get("name")
            for mode, view in views.items()
            for node in etree.fromstring(view["arch"]).xpath("//field[not(ancestor::field)]")
            if mode != "search"
        }

    def _check_open_filter(self, model):
        """“Open” names every state in which something is left to do, and so do its indexes."""
        arch = etree.fromstring(self.env[model].get_view(view_type="search")["arch"])
        states = {key for key, __ in self.env[model]._fields["state"].selection}
        wanted = states - self.env[model]._final_states
        for name in ("open", "overdue"):
            domain = safe_eval(arch.find(f".//filter[@name='{name}']").get("domain"))
            named = next(value for field, __, value in domain if field == "state")
            self.assertEqual(set(named), wanted, name)
        for name in ("open_list_idx", "open_board_idx", "open_due_idx"):
            self.env.cr.execute(
                "SELECT indexdef FROM pg_indexes WHERE indexname = %s",
                [f"{self.env[model]._table}_{name}"],
            )
            __, __, condition = self.env.cr.fetchone()[0].partition(" WHERE ")
            self.assertEqual(set(re.findall(r"'(\w+)'", condition)), wanted, name)

    def _menus(self, login):
        """Names of the leaves a role finds under the root menu, by xml id."""
        menus = self._as(login, self.env["ir.ui.menu"]).load_menus(False)
        root = self.env.ref("water_service_desk.menu_root").id
        found, queue = set(), [root] if root in menus else []
        while queue:
            menu = menus[queue.pop()]
            queue += menu["children"]
            if menu["action_id"]:
                found.add(menu["xmlid"].removeprefix("water_service_desk."))
        return found
