from unittest.mock import patch

from odoo.tests import TransactionCase, tagged
from odoo.tools.sql import constraint_definition

from odoo.addons.water_service_desk.case.models import water_case_link_mixin


@tagged("post_install", "-at_install")
class TestUpgrade(TransactionCase):
    """An upgrade of the desk alone leaves the tables of complaints as they are."""

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
