from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local

from ...complaint.tests import acts
from ...complaint.tests.common import ComplaintCommon


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 19:20"))
class TestIncidentBulk(ComplaintCommon):
    """Thousands of cases of an incident are told and closed in one go (S-3)."""

    def _incident(self, size):
        zone = self.env["water.zone"].create({"code": f"T-{size}", "name": "东城片区"})
        incident = self._as("supervisor", self.env["water.incident"]).create(
            {
                "subject": "东城路主管爆裂停水",
                "zone_ids": zone.ids,
                "family_ids": self._category("ot").ids,
                "manager_id": self.users["supervisor"].id,
            }
        )
        incident.action_start()
        complaints = self._as("agent", self.env["water.complaint"])
        rows = [
            self._complaint_values(
                subject="停水",
                zone_id=zone.id,
                category_id=self._category("ot03").id,
                partner_id=False,
                contact_name=f"客户{number}",
                phone=f"139{number:08d}",
                email_from=f"caller{number}@example.com",
            )
            for number in range(size)
        ]
        for start in range(0, size, 500):
            complaints.create(rows[start : start + 500])
            self.env.flush_all()
            self.env.invalidate_all()
        return incident.with_env(self.env)

    def _end(self, incident):
        """Restore the supply and let the scheduled action do its work; returns its queries."""
        acts.restore(self._as("supervisor", incident), fields.Datetime.now(), "已恢复供水。")
        self.env.flush_all()
        self.env.invalidate_all()
        queries = self.env.cr.sql_log_count
        with self.enter_registry_test_mode():
            self.env.ref("water_complaints.ir_cron_incidents").method_direct_trigger()
        self.env.invalidate_all()
        states = set(incident.complaint_ids.mapped("state"))
        self.assertEqual(states, {"archived"})
        numbers = incident.complaint_ids.mapped("archive_number")
        self.assertEqual(len(set(numbers)), len(incident.complaint_ids))
        return self.env.cr.sql_log_count - queries

    def test_no_queries_for_each_case(self):
        self._end(self._incident(5))
        few = self._end(self._incident(20))
        many = self._end(self._incident(100))
        self.assertLess(many, few + 80)
