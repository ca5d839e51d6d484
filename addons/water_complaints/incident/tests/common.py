from odoo import fields
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local

from ...complaint.tests.common import ComplaintCommon

NOON = local("2026-03-11 12:00")


class IncidentCommon(ComplaintCommon):
    """A zone, people who call from it, and incidents of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zone = cls.env["water.zone"].create({"code": "T-DC", "name": "东城片区"})
        cls.incidents = cls.env["water.incident"]

    def _of(self, **values):
        """An unsaved draft of a burst main since noon."""
        values = {
            "subject": "爆管",
            "kind_id": self._kind("outage").id,
            "aware_at": NOON,
            "state": "open",
            **values,
        }
        return self.incidents.new({"company_id": self.company.id, **values})

    def _caller(self, login="agent", code="ot03", number=0, **values):
        """A customer of the zone without water."""
        values = {
            "subject": "停水",
            "zone_id": self.zone.id,
            "category_id": self._category(code).id,
            "occurred_at": fields.Datetime.now(),
            "partner_id": False,
            "contact_name": f"客户{number}",
            "phone": f"1390000{number:04d}",
            "email_from": f"caller{number}@example.com",
            **values,
        }
        return self._complaint(login, **values)

    def _account(self, number, **values):
        partner = self.env["res.partner"].create(
            {"name": f"户主{number}", "email": f"holder{number}@example.com", "lang": "zh_CN"}
        )
        return self.env["water.account"].create(
            {
                "code": f"T-{number}",
                "partner_id": partner.id,
                "address": "东城路",
                "zone_id": self.zone.id,
                **values,
            }
        )

    def _open(self, **values):
        """An incident of the zone that has been started."""
        incident = self._as("supervisor", self.incidents).create(
            {
                "subject": "东城路主管爆裂停水",
                "zone_ids": self.zone.ids,
                "family_ids": self._category("ot").ids,
                "plan_id": self.env.ref("water_complaints.plan_emergency").id,
                "manager_id": self.users["supervisor"].id,
                **values,
            }
        )
        incident.action_start()
        return incident.with_env(self.env)

    def _ending(self, incident):
        action = self._as("supervisor", incident).action_restore()
        wizard = self.env["water.incident.wizard"].browse(action["res_id"])
        wizard = self._as("supervisor", wizard)
        lines = {self.env[line.res_model].browse(line.res_id): line for line in wizard.line_ids}
        return wizard, lines

    def _why_open(self, case):
        _wizard, lines = self._ending(case.incident_id)
        return lines[case].reason

    def _broadcast(self):
        cron = self.env.ref("water_complaints.ir_cron_incidents").sudo()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()

    def _messages(self):
        return self.env["water.message"].search([], order="id")

    def _at(self, text):
        return freeze_time(local(text))

    def _incidents_here(self):
        return self.incidents.search([("zone_ids", "in", self.zone.ids)])
