"""Complaints of people without an account, anonymous ones too (S-4, S2.2.4, S3.2.1d)."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.water_service_desk.intake.tests import upload_samples as samples
from odoo.addons.water_service_desk.public_page.tests.common import OPENED, REPORT, PublicCase

from .common import ComplaintPeople

RATED = {"result": "4", "process": "5"}


@tagged("post_install", "-at_install")
class TestPublicComplaint(ComplaintPeople, PublicCase):
    def form(self, **values):
        """Values for an anonymous complaint."""
        now = fields.Datetime.now() + timedelta(hours=8)
        return {
            "category_id": str(self._category("st01").id),
            "description": "营业厅 3 号窗口工作人员态度生硬。",
            "occurred_at": (now - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"),
            "demand": "希望改进服务",
            "address": "中心营业厅 3 号窗口",
            "is_anonymous": "1",
            **values,
        }

    def _notified(self):
        """An anonymous complaint whose result is told, opened in this browser."""
        case, number, code = self.file("complaint")
        self._dispatch(case, self.net)
        for step in ("investigating", "handling", "notified"):
            getattr(self, f"_step_{step}")(case, "agent", self.net)
            case.invalidate_recordset()
        self.assertEqual(case.state, "notified")
        self.assertLocation(self.track(number, code), OPENED)
        return case

    def test_tiles(self):
        page = self.page(self.visit(REPORT))
        tiles = page.xpath("//a[contains(@class, 'o_water_tile')]/@href")
        paths = [path.removeprefix("/en") for path in tiles]
        complaint, fault, question = (
            f"{REPORT}/{kind}" for kind in ("complaint", "repair", "inquiry")
        )
        # as on customers' own pages
        self.assertEqual(paths, [complaint, fault, "/my/requests/new?type=business", question])

    def test_anonymous(self):
        case, number, code = self.file("complaint", files=[("photo.jpg", samples.JPEG)])
        self.assertRecordValues(
            case,
            [
                {
                    "name": number,
                    "is_anonymous": True,
                    "contact_name": False,
                    "phone": False,
                    "email_from": False,
                    "partner_id": False,
                    "channel_id": self._channel("web").id,
                    "create_uid": self.env.ref("base.public_user").id,
                }
            ],
        )
        self.assertEqual(case._missing_facts(), [])
        self.assertEqual(case._need_readback(), [])
        self.assertFalse(case.customer_message_ids)
        self.assertEqual(self.env["water.complaint"]._find_by_query_code(number, code), case)
        self.assertTrue(self._clock(case, "close"))
        self.assertWhole(case)

    def test_name_is_not_kept_by_accident(self):
        """Data entered before the complaint became anonymous is removed."""
        case, _number, _code = self.file("complaint", contact_name="王秘密")
        self.env.flush_all()
        for table in ("water_complaint", "water_case_event", "mail_message", "water_filing_draft"):
            self.env.cr.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")
            self.assertNotIn("王秘密", self.env.cr.fetchone()[0] or "")
        self.assertTrue(case)

    def test_read_back_by_the_customer(self):
        """The customer confirmed online: no call, and no contact by us."""
        values = {"is_anonymous": "", "contact_name": "王芳", "phone": "13712345678"}
        case, _number, _code = self.file("complaint", **values)
        self.assertTrue(case.readback_at)
        self.assertEqual(case.readback_by_id, self.env.ref("base.public_user"))
        self.assertFalse(case.first_contact_at)
        self.assertNotIn("contacted", self._kinds(case))
        self.assertFalse(self._clock(case, "contact").met_at)
        self.assertEqual(self._kinds(case).count("readback"), 1)
        self.assertEqual(case._need_readback(), [])

    def test_missing_facts(self):
        wrong = {"description": "", "demand": "", "occurred_at": "", "address": ""}
        response = self.check("complaint", **wrong)
        self.assertStatus(response, 422)
        self.assertEqual(set(self.errors(response)), set(wrong))
        response = self.check("complaint", occurred_at="2999-01-01T00:00")
        self.assertEqual(list(self.errors(response)), ["occurred_at"])

    def test_promises_are_on_the_result(self):
        self.send(self.draft_of(self.check("complaint")))
        response = self.visit(f"{REPORT}/done")
        case = self.env["water.complaint"].search([], order="id desc", limit=1)
        due = self._clock(case, "close").due_at + timedelta(hours=8)
        self.assertIn(due.strftime("%Y-%m-%d %H:%M"), response.text)
        self.assertNotIn("First contact with you", self.text(response))  # where to?
        steps = self.page(response).xpath("//section[contains(@class, 'o_water_filed')]//ol/li")
        self.assertEqual(len(steps), 3)

    def test_confirmed_with_scores(self):
        case = self._notified()
        response = self.visit(OPENED)
        self.assertIn("已更正账单", self.text(response))
        self.assertStatus(self.post(f"{OPENED}/confirm", {"result": "4"}), 422)
        self.assertLocation(self.post(f"{OPENED}/confirm", RATED), f"{OPENED}?done=confirm")
        self.env.invalidate_all()
        self.assertEqual((case.state, case.confirm_mode), ("confirmed", "portal"))
        self.assertEqual((case.satisfaction_result, case.satisfaction_process), ("4", "5"))
        self.assertStatus(self.post(f"{OPENED}/confirm", RATED), 409)
        self.assertWhole(case)

    def test_contested(self):
        case = self._notified()
        response = self.post(f"{OPENED}/contest", {"reason": "没有道歉"})
        self.assertLocation(response, f"{OPENED}?done=contest")
        self.env.invalidate_all()
        self.assertEqual(case.state, "dispatched")
        self.assertIn("contested", self._kinds(case))

    def test_no_call_without_phone_number(self):
        case, number, code = self.file("complaint")
        self.track(number, code)
        self.assertNotIn("Shall we call you", self.text(self.visit(OPENED)))
        self.assertStatus(self.post(f"{OPENED}/callback", {"wished_at": "2026-01-01T10:00"}), 409)
        self.assertFalse(case.callback_ids)

    def test_staff_complained_of_reads_no_trace(self):
        """Readers see the public user, without browser and address."""
        case, _number, _code = self.file("complaint")
        mine = self._as("agent", case)
        names = [n for n, f in case._fields.items() if f.store and not f.relational]
        seen = mine.read([n for n in mine.fields_get(names) if n in names] + ["contact_masked"])[0]
        self.assertEqual(seen["contact_masked"], "Anonymous")
        self.assertNotIn("127.0.0.1", str(seen))
        self.assertNotIn("127.0.0.1", str(case.event_ids.mapped("payload")))
