"""Reports from the field are taken before the investigation is complete, as evidence."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

from odoo import fields
from odoo.tests import tagged

from odoo.addons.water_service_desk.base.tests import acts

from .common import FactCommon, picture


@tagged("post_install", "-at_install")
class TestVisitEvidence(FactCommon):
    def _do(self, stop, kind, files=(), **values):
        acts = self._as("department", self.env["water.field.act"])
        sent = [(name, BytesIO(content)) for name, content in files]
        with self.env.cr.savepoint():
            return acts._do(uuid4().hex, kind, stop, values, sent)

    def _on_site(self, case):
        begin = fields.Datetime.now() + timedelta(hours=1)
        visit = acts.plan_visit(
            self._as("agent", case), self.net, begin, begin + timedelta(hours=2)
        )
        stop = f"visit-{visit.id}"
        self._do(stop, "arrive")
        return visit.with_env(self.env), stop

    def test_report_with_gaps_finishes_the_dispatch(self):
        case = self._complaint_at("investigating")
        visit, stop = self._on_site(case)
        told = self._do(stop, "report", outcome="done", result="表前阀漏水，已更换", is_all="1")
        self.assertEqual((told["state"], visit.state), ("done", "done"))
        lead = self._lead(case)
        self.assertEqual((lead.state, case.state), ("finished", "investigating"))
        self.assertTrue(lead.result.startswith("表前阀漏水，已更换\nArrived: 2026-"))
        self.assertEqual(case.user_id, case.first_responsible_id)
        agent = self.users["agent"].partner_id
        messages = self.env["mail.message"].sudo()
        message = messages.search([("partner_ids", "in", agent.ids)], order="id desc", limit=1)
        self.assertIn("表前阀漏水", message.body)
        self.assertIn("choose the finding", message.body)

    def test_report_without_gaps_moves_the_complaint(self):
        case = self._complaint_at("investigating")
        self._conclude(self._as("department", case))
        _visit, stop = self._on_site(case)
        self._do(stop, "report", outcome="done", result="已更换", is_all="1")
        self.assertEqual((self._lead(case).state, case.state), ("finished", "handling"))

    def test_visit_of_a_complaint_becomes_evidence(self):
        account = self.env["water.account"].create(
            {"code": "FIELD-2", "address": "东城路1号", "partner_id": self.customer.id}
        )
        account.meter_no = "QH-0099"
        case = self._complaint_at("investigating", account_id=account.id)
        _visit, stop = self._on_site(case)
        self._do(stop, "photo", files=[("a.jpg", picture())])
        self._do(stop, "reading", reading="812.5")
        self._do(stop, "report", outcome="done", result="表前阀漏水", is_all="1")
        found = case.evidence_ids.sorted("number")
        self.assertEqual(found.mapped("kind"), ["statement", "photo"])
        self.assertEqual(found.author_id, self.users["department"])
        self.assertIn("Meter reading: 812.5 m³", found[0].note)
        self.assertIn("Photos: 1", self._lead(case).result)
        self.assertEqual(found[0].meter_number, "QH-0099")
        self.assertTrue(found[1].attachment_id)
        self.assertWhole(case)
        self._as("agent", case).basis_evidence_ids = found

    def test_report_of_a_visit_without_photos_is_evidence(self):
        case = self._complaint_at("investigating")
        _visit, stop = self._on_site(case)
        self._do(stop, "reading", reading="812.5")
        self._do(stop, "report", outcome="no_access", result="家中无人")
        self.assertEqual(case.evidence_ids.mapped("kind"), ["statement"])
        self.assertEqual(self._lead(case).state, "accepted")

    def test_arrival_at_a_visit_is_not_asked_again(self):
        case = self._complaint_at("investigating")
        self.assertFalse(self._as("department", case).my_dispatch_arrived)
        self._on_site(case)
        self.env.invalidate_all()
        self.assertTrue(self._as("department", case).my_dispatch_arrived)
        self.assertTrue(self._as("department", self._lead(case)).has_arrived)
