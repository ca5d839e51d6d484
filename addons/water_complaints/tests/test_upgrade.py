from itertools import product
from unittest.mock import patch

from odoo.modules.migration import load_script
from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_path
from odoo.tools.sql import constraint_definition, make_index_name

from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.case.models import water_case_link_mixin

VERSION = "19.0.1.1.0"
FIELDS = ("field_res_company__water_appeal_days", "field_res_config_settings__water_appeal_days")
COLUMNS = ("name", "external_ref")
NUMBERS = {
    "water_service_desk": ("water.inquiry", "water.request"),
    "water_complaints": ("water.complaint",),
}


@tagged("post_install", "-at_install")
class TestUpgrade(TransactionCase):
    """What the scripts of an upgrade make of a database as the first version left it."""

    def _migrate(self, addon):
        self.env.flush_all()
        path = file_path(f"{addon}/migrations/{VERSION}/pre-migrate.py")
        load_script(path, f"{addon}_pre_migrate").migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()

    def _xml_ids(self):
        rows = self.env["ir.model.data"].search([("name", "in", FIELDS)], order="name")
        return [(row.name, row.module, row.res_id) for row in rows]

    def test_days_to_appeal_change_hands(self):
        """Else Odoo would take the field for one that is gone, and its column with it."""
        before = self._xml_ids()
        self.assertEqual(
            [row[:2] for row in before], [(name, "water_complaints") for name in FIELDS]
        )
        old = self.env["ir.model.data"].search([("name", "in", FIELDS)])
        old.module = "water_service_desk"
        self._migrate("water_service_desk")
        self.assertEqual(self._xml_ids(), before)

    def test_days_to_appeal_go_where_nobody_appeals(self):
        """Without complaints nobody needs them: Odoo clears them away by itself."""
        self.env["ir.model.data"].search([("name", "in", FIELDS)]).module = "water_service_desk"
        complaints = self.env["ir.module.module"].search([("name", "=", "water_complaints")])
        complaints.state = "uninstalled"
        self._migrate("water_service_desk")
        self.assertEqual({row[1] for row in self._xml_ids()}, {"water_service_desk"})

    def test_old_extensions_make_room(self):
        """They would not find their place in the new views; the upgrade brings them anew."""
        base = self.env.ref("water_complaints.water_complaint_view_form")
        extension = self.env.ref("water_complaints.water_complaint_view_form_appeal")
        before = base.arch_db
        self._migrate("water_complaints")
        self.assertEqual(extension.arch_db, "<data/>")
        self.assertEqual(base.arch_db, before)

    def test_check_of_one_case_while_the_desk_is_upgraded(self):
        """Complaints are not loaded then: without their column the rows of theirs have no case."""
        events = self.env["water.case.event"]
        place = self.env.cr, events._table, f"{events._table}_one_case"
        before = constraint_definition(*place)
        self.assertIn("complaint_id", before)
        links = ("inquiry_id", "request_id")
        with patch.object(water_case_link_mixin, "table", return_value=links):
            events._sync_case_check()
        self.assertEqual(constraint_definition(*place), before)

    def _index(self, name):
        self.env.cr.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])
        return (self.env.cr.fetchone() or [""])[0]

    def test_indexes_of_numbers_are_made_anew(self):
        """The new ones find parts of a number, and bear the names of the old ones."""
        for addon, models in NUMBERS.items():
            for table, column in product([self.env[name]._table for name in models], COLUMNS):
                index = make_index_name(table, column)
                with self.subTest(index=index):
                    self.env.cr.execute(f'DROP INDEX "{index}"')
                    self.env.cr.execute(f'CREATE INDEX "{index}" ON "{table}" ("{column}")')
                    self._migrate(addon)
                    self.env.registry.check_indexes(self.env.cr, models)
                    self.assertIn("gin_trgm_ops", self._index(index))

    def test_what_did_not_work_is_not_done(self):
        """A corrective action that was opened again stood as done in the version before."""
        about = {"subject": "复核抄表", "due_on": "2026-03-20"}
        about["department_id"] = (
            self.env["water.department"].create({"name": "营业所", "code": "UPG"}).id
        )
        rows = trusted(self.env["water.improvement"].create([about, about]))
        rows.write({"done_at": "2026-03-10 10:00:00"})
        rows[0].state, rows[1].state = "reopened", "done"
        self.env.flush_all()
        path = file_path(f"water_complaints/migrations/{VERSION}/post-migrate.py")
        load_script(path, "post_migrate")._take_back_done(self.env.cr)
        self.env.invalidate_all()
        self.assertEqual([bool(row.done_at) for row in rows], [False, True])
