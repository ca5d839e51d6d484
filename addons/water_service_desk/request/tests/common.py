"""Requests, guides and visits in every state, for the tests that need them."""

from datetime import timedelta

from odoo import fields
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import WaterCommon, local

#: The smallest picture there is, as bytes.
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)

#: A Saturday, when the office is closed until Monday 08:30.
NIGHT = local("2026-03-14 02:00")


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
        case.material_ids.write({"state": "correct"})
        self._as("agent", case).action_accept()
        return case

    def _done(self, make=None, **values):
        """A request whose result is there and waits to be told."""
        case = make or self._repair(**values)
        if case.state in ("registered", "accepted"):
            self._as("agent", case).action_process()
        case.result = "已更换表前阀，复核不漏。"
        if self._at_work(case):
            self._finish_lead(case)
        self._as("agent", case).action_finish()
        return case

    def _plan(self, case, login="agent", hours=24, department=None, user=None):
        begin = fields.Datetime.now() + timedelta(hours=hours)
        visit = acts.plan_visit(
            self._as(login, case), department or self.net, begin, begin + timedelta(hours=2), user
        )
        return visit.with_env(self.env)

    def _mails(self, record):
        domain = [("model", "=", record._name), ("res_id", "=", record.id)]
        return self.env["mail.mail"].sudo().search(domain, order="id")

    def _told(self, login):
        """Subjects of what a member of staff was told, newest first."""
        partner = self.users[login].partner_id
        messages = self.env["mail.message"].sudo()
        found = messages.search([("partner_ids", "in", partner.ids)], order="id desc")
        return [subject or "" for subject in found.mapped("subject")]


class NightEmergencies(RequestCommon):
    """Emergencies at night, and who is notified of them. Mixed into tests of all case types."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.desk = cls.env.ref("water_service_desk.department_csc")
        cls.env["water.department"].search([]).on_call_user_ids = False
        cls.on_call = cls._new_users(
            {
                login: {"groups": "base.group_user,water_service_desk.group_department"}
                for login in ("crew", "station", "deskcall")
            }
        )
        cls.zone = cls.env["water.zone"].create({"name": "城东", "code": "ED"})

    def _called_out(self, case):
        messages = self.env["mail.message"].search(
            [("body", "ilike", case.name), ("date", "=", case.received_at)]
        )
        mails = self.env["mail.mail"].search([("mail_message_id", "in", messages.ids)])
        people = mails.recipient_ids.user_ids.filtered(lambda user: not user.share)
        return sorted(people.mapped("login"))

    def _notices(self, case, minutes):
        """``{login: when first told}`` by the ladder, within so many minutes of the receipt."""
        for minute in range(minutes + 1):
            with freeze_time(fields.Datetime.add(case.received_at, minutes=minute)):
                self._sweep()
        rows = self.env["water.escalation.notice"].search(
            [("deadline_id", "in", case.deadline_ids.ids)], order="at desc"
        )
        return {row.user_id.login: (row.at - case.received_at).total_seconds() / 60 for row in rows}
