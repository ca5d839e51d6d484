"""Requests, guides and visits in every state, for the tests that need them."""

from datetime import timedelta

from odoo import fields

from ...base.tests.common import WaterCommon

#: The smallest picture there is, as bytes.
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)


class RequestCommon(WaterCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guide = cls.env.ref("water_service_desk.guide_nc01")
        cls.frost = cls.env.ref("water_service_desk.reason_frost")
        cls.eng = cls.env.ref("water_service_desk.department_eng")

    def _request(self, login="agent", **values):
        requests = self._as(login, self.env["water.request"])
        return requests.create(self._request_values(**values)).with_env(self.env)

    def _repair(self, login="agent", **values):
        values = {"category_id": self._category("lk03").id, "subject": "表箱漏水", **values}
        return self._request(login, **values)

    def _accepted(self, **values):
        case = self._request(**values)
        case.material_ids._mark("correct")
        self._as("agent", case).action_accept()
        return case

    def _done(self, make=None, **values):
        """A request whose result is there and waits to be told."""
        case = make or self._repair(**values)
        if case.state in ("registered", "accepted"):
            self._as("agent", case).action_process()
        case.result = "已更换表前阀，复核不漏。"
        if case._open_dispatches():
            self._finish_lead(case)
        self._as("agent", case).action_finish()
        return case

    def _plan(self, case, login="agent", hours=24, department=None, user=None):
        """A visit of two hours that begins in ``hours``."""
        begin = fields.Datetime.now() + timedelta(hours=hours)
        visit = self._as(login, case)._plan_visit(
            department or self.net, begin, begin + timedelta(hours=2), user
        )
        return visit.with_env(self.env)

    def _mails(self, record):
        """Mails about a record, oldest first."""
        domain = [("model", "=", record._name), ("res_id", "=", record.id)]
        return self.env["mail.mail"].sudo().search(domain, order="id")

    def _told(self, login):
        """Subjects of what a member of staff was told, newest first."""
        partner = self.users[login].partner_id
        messages = self.env["mail.message"].sudo()
        found = messages.search([("partner_ids", "in", partner.ids)], order="id desc")
        return [subject or "" for subject in found.mapped("subject")]
