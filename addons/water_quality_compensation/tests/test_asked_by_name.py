from contextlib import suppress

from odoo.exceptions import MissingError, UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.water_service_desk.base.tests.doors import call_kw

#: ways to look up names: typed text, filters, imports
NAMED = (
    ("name_search", ["x"]),
    ("search", [[("display_name", "ilike", "x")]]),
    ("search", [[("display_name", "=", "x")]]),
    ("search", [[("display_name", "in", ["x", False])]]),
    ("search", [[("display_name", "not ilike", "x")]]),
)


@tagged("post_install", "-at_install")
class TestAskedByName(TransactionCase):
    """Every model answers when it is asked by name or grouped, or refuses in words: no faults."""

    def _models(self):
        manager = self.env["res.users"].create(
            {
                "name": "x",
                "login": "water_asks",
                "group_ids": [(4, self.env.ref("water_service_desk.group_manager").id)],
            }
        )
        for name, model in sorted(self.env(user=manager).items()):
            if name.startswith("water.") and not model._abstract and model.has_access("read"):
                yield model

    @mute_logger("odoo.models", "odoo.orm.models", "odoo.sql_db")
    def test_names(self):
        """A row that is called as its case is found by the case's number."""
        asked = 0
        for model in self._models():
            for method, args in NAMED:
                with self.subTest(model=model._name, args=args), suppress(UserError):
                    call_kw(model, method, args, {})
                    asked += 1
        self.assertGreater(asked, 500)

    def test_prints(self):
        """A letter about a record that is not there, or cannot be, is none."""
        reports = self.env["ir.actions.report"].search([("model", "=like", "water.%")])
        self.assertGreater(len(reports), 10)
        for report in reports:
            for number in (10**8, 2**63):
                with self.subTest(report=report.report_name), self.assertRaises(MissingError):
                    report._render_qweb_html(report.report_name, [number])

    @mute_logger("odoo.models", "odoo.orm.models", "odoo.sql_db")
    def test_groups(self):
        """structures are no columns"""
        asked = 0
        for model in self._models():
            for name, field in model.fields_get(attributes=["type", "groupable"]).items():
                if field.get("groupable") or field["type"] == "json":
                    column = f"{name}:month" if field["type"] in ("date", "datetime") else name
                    with self.subTest(model=model._name, name=name), suppress(UserError):
                        call_kw(model, "formatted_read_group", [[], [column], ["__count"]], {})
                        asked += 1
        self.assertGreater(asked, 1000)
