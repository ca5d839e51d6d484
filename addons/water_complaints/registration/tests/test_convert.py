from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

from ...complaint.tests import acts
from ...complaint.tests.common import ComplaintCommon

MORE = {"demand": "今天给我答复", "address": "东城路8号", "emotion": "agitated"}


@tagged("post_install", "-at_install")
class TestConvert(ComplaintCommon):
    """An inquiry in which the customer is not satisfied becomes a complaint (S3.2.1e)."""

    def _asked(self, **values):
        values = {"verbatim": "我问了三次了!", "category_id": self._category("bl02").id, **values}
        with freeze_time("2026-03-10 02:30:00"):
            case = self._inquiry("agent2", **values)
        files = self.env["ir.attachment"]
        shown, inner = files.create(
            [
                {"name": name, "raw": b"x", "res_model": case._name, "res_id": case.id}
                for name in ("shown.txt", "inner.txt")
            ]
        )
        self._as("agent2", case).published_attachment_ids = shown
        return case

    def _values(self, **values):
        return {
            **MORE,
            "category_id": self._category("bl02").id,
            "occurred_at": local("2026-03-09 09:00"),
            **values,
        }

    def _convert(self, case, login="agent", **values):
        mine = self._as(login, case)
        return acts.convert(mine, self._values(**values), "说没人回电").with_env(self.env)

    def test_the_customer_reads_what_became_of_it(self):
        """Found by the machine: list and page of the inquiry failed."""
        case = self._asked(partner_id=self.customer.id)
        self._convert(case)
        mine = self._as("portal1", case)._portal_find(case.id).sudo()
        page = mine._portal_page()
        self.assertEqual((page["status"], page["is_open"]), ("Taken up as a complaint", False))
        new = case.complaint_id
        words = f"The case continues under the number {new.name}."
        self.assertEqual(page["goes_on"], {"text": words, "url": f"/my/complaints/{new.id}"})
        by_code = mine.with_context(water_page="/water/case/page")._portal_page()
        self.assertEqual(by_code["goes_on"], {"text": words, "url": ""})
        trusted(new).write({"partner_id": self.env["res.partner"].create({"name": "别人"}).id})
        self.assertEqual(mine._portal_page()["goes_on"], {})
        self.assertEqual(mine._portal_rows()[0]["status"], page["status"])
        for name in ("water.inquiry", "water.request", "water.complaint"):
            states = {key for key, __ in self.env[name]._fields["state"].selection}
            self.assertLessEqual(states, self.env[name]._portal_titles().keys(), name)

    @freeze_time("2026-03-10 02:20:00")
    def test_came_in_at_a_machine_whose_clock_is_ahead(self):
        """The complaint was received with the inquiry."""
        case = self._asked()
        complaint = self._convert(case, occurred_at=case.received_at)
        self.assertEqual(complaint.received_at, case.received_at)

    def test_a_promise_is_kept(self):
        """The agent's promise on the inquiry applies to the complaint."""
        case = self._asked()
        promise = acts.promise(self._as("agent2", case), "周四答复", local("2026-03-12 17:00"))
        complaint = self._convert(case)
        self.assertEqual(promise.state, "void")
        self.assertLocal(complaint.promised_at, "2026-03-12 17:00")
        self.assertEqual(self._clock(complaint, "promise").label, "周四答复")

    def test_everything_is_kept(self):
        """Time of receipt, words, contact, files, first responsible person, clocks' start."""
        case = self._asked()
        complaint = self._convert(case)
        self.assertEqual(complaint.received_at, case.received_at)
        self.assertEqual(complaint.verbatim, "我问了三次了!")
        for name in ("partner_id", "contact_name", "phone", "account_id", "channel_id", "subject"):
            self.assertEqual(complaint[name], case[name], name)
        self.assertEqual(complaint.first_responsible_id, self.users["agent2"])
        self.assertEqual(complaint.original_responsible_id, self.users["agent2"])
        self.assertEqual(set(complaint.deadline_ids.mapped("started_at")), {case.received_at})
        self.assertLocal(self._clock(complaint, "close").due_at, "2026-03-17 17:30")
        self.assertEqual(complaint.published_attachment_ids.mapped("name"), ["shown.txt"])
        files = self.env["ir.attachment"].search(
            [("res_model", "=", complaint._name), ("res_id", "=", complaint.id)]
        )
        self.assertEqual(sorted(files.mapped("name")), ["inner.txt", "shown.txt"])
        self.assertEqual((case.state, case.complaint_id), ("converted", complaint))
        self.assertEqual(set(case.deadline_ids.mapped("state")), {"void"})
        self.assertEqual(self._kinds(case)[-1], "converted")
        self.assertIn("converted_from", self._kinds(complaint))
        self.assertWhole(case)
        self.assertWhole(complaint)

    def test_order_goes_along(self):
        """An order of 12345 keeps its limit and is answered through the complaint."""
        due = self._later(days=5)
        case = self._asked(
            channel_id=self._channel("hotline12345").id,
            external_source="12345",
            external_ref="12345-77",
            external_due_at=due,
        )
        complaint = self._convert(case)
        self.assertEqual((complaint.external_ref, complaint.external_due_at), ("12345-77", due))
        self.assertEqual((case.external_state, complaint.external_state), (False, "open"))
        self.assertEqual(self._clock(complaint, "external").state, "running")
        self.assertEqual(self._clock(case, "external").state, "void")

    def test_promised_call_goes_along(self):
        case = self._asked()
        wished = self._later(hours=5)
        acts.call_back(self._as("agent2", case), wished, "问水费")
        complaint = self._convert(case)
        self.assertEqual(case.callback_ids.state, "void")
        call = complaint.callback_ids
        self.assertEqual((call.wished_at, call.state, call.note), (wished, "open", "问水费"))

    def test_refused(self):
        """Without reason, fact or right: refused as a whole."""
        case = self._asked()
        before = self.env["water.complaint"].search_count([])
        with self.assertRaisesRegex(UserError, "not satisfied"):
            acts.convert(self._as("agent", case), self._values(), "  ")
        for login in ("department", "quality"):
            with (
                self.subTest(login=login),
                self.assertRefused("not allowed to create .Make It a Complaint", case),
            ):
                self._convert(case, login)
        with self.assertRaisesRegex(UserError, "Demand"), self.env.cr.savepoint():
            self._convert(case, demand=" ")
        self.assertEqual(self.env["water.complaint"].search_count([]), before)
        self._convert(case)
        with self.assertRaisesRegex(UserError, "it can no longer be added to"):
            self._convert(case)

    def test_state_alone_is_no_door(self):
        """The state is reached with the complaint only."""
        case = self._asked()
        for login in ("agent", "manager", "su"):
            with (
                self.subTest(login=login),
                self.assertRefused("there is no step|use the button", case),
            ):
                self._as(login, case).state = "converted"
        with self.assertRefused("kept by the system", case):
            self._as("manager", case).complaint_id = self._complaint()

    def test_dialog(self):
        case = self._asked()
        values = {**MORE, "reason": "语气激动"}
        wizard = acts.dialog(self._as("agent", case), "action_convert", **values)
        self.assertEqual(wizard.category_id, case.category_id)
        self.assertEqual(wizard.occurred_at, case.received_at)
        action = wizard.action_convert()
        self.assertEqual(action["res_id"], case.complaint_id.id)
        self.assertEqual(case.complaint_id.emotion, "agitated")
        self.assertTrue(case.complaint_id.can_readback)
