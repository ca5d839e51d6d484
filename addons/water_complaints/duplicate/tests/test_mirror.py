from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.water_service_desk.base.tests import acts

from ...complaint.tests.common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestMirror(ComplaintCommon):
    """A merged customer can follow the progress."""

    def _joined(self, state="dispatched"):
        lead = self._complaint_at(state, partner_id=self.customer2.id, address="南湖路1号")
        case = self._complaint(email_from="dialysis@example.com")
        self._as("supervisor", case).write(
            {"state": "merged", "duplicate_of_id": lead.id, "end_reason": "同一根管"}
        )
        self.env.invalidate_all()
        return case, lead

    def _page(self, case):
        return self._as("portal1", self.env["water.complaint"])._portal_find(case.id)._portal_page()

    def test_page_shows_the_matter_open(self):
        case, lead = self._joined()
        page = self._page(case)
        self.assertTrue(page["is_open"])
        self.assertEqual(page["status"], "With the responsible department")
        [promise] = page["promises"]
        self.assertEqual((promise["kind"], promise["state"]), ("close", "running"))
        self.assertEqual(case.promised_at, lead.promised_at)
        titles = [step["title"] for step in page["timeline"]]
        self.assertIn("Handled together with another complaint", titles)
        kinds = {step["title"]: step["kind"] for step in page["timeline"]}
        self.assertEqual(kinds["With the responsible department"], "present")
        self.assertEqual(kinds["Case closed"], "coming")
        self.assertNotIn(lead.name, str(page))
        self.assertNotIn("南湖路1号", str(page))
        state = case.sudo()._api_state()
        self.assertEqual((state["state"], state["closed_at"]), ("merged", None))
        self.assertTrue(state["promised_at"])

    def test_list_shows_the_matter_open(self):
        case, lead = self._joined()
        mine = self._as("portal1", self.env["water.complaint"])
        [row] = mine._portal_find(case.id)._portal_rows()
        self.assertTrue(row["is_open"])
        self.assertEqual(row["status"], "With the responsible department")
        self.assertTrue(row["promised"])
        acts.pause(self._as("agent", self._clock(lead, "close")), "等图纸", self._later(days=1))
        self.env.invalidate_all()
        self.assertEqual(case._portal_rows()[0]["promised"], "")
        filters = mine._portal_filters()
        self.assertIn(case, case.search(filters["open"][1]))
        self.assertNotIn(case, case.search(filters["closed"][1]))

    def test_page_follows_the_matter(self):
        case, lead = self._joined()
        worker = self._as("department", self._lead(lead))
        worker.action_accept()
        self.assertEqual(self._page(case)["status"], "Looking into it")
        self._step_handling(lead, "agent", self.net)
        self._step_notified(lead, "agent", self.net)
        self.env.invalidate_all()
        self.assertEqual(self._page(case)["status"], "Result given")
        for step in ("confirmed", "callback"):  # through the other customer, and by the call
            getattr(self, f"_step_{step}")(lead, "agent", self.net)
            self.env.invalidate_all()
            page = self._page(case)
            self.assertEqual(lead.state, step)
            self.assertEqual((page["status"], page["is_open"]), ("Result given", True))
            self.assertIn("present", [row["kind"] for row in page["timeline"]])

    def test_finished_with_the_matter(self):
        case, lead = self._joined()
        self._as("department", self._lead(lead)).action_accept()
        for step in ("handling", "notified", "confirmed", "callback", "archived"):
            getattr(self, f"_step_{step}")(lead, "agent", self.net)
            self.env.invalidate_all()
        page = self._page(case)
        self.assertEqual((page["status"], page["is_open"]), ("Finished", False))
        self.assertEqual(page["timeline"][-1]["kind"], "past")

    def test_he_adds_what_he_knows(self):
        case, lead = self._joined()
        mine = self._as("portal1", self.env["water.complaint"])._portal_find(case.id)
        mine._portal_do("message", {"body": "透析机只剩两小时的水"})
        self.assertIn("customer_message", self._kinds(case))

    def test_told_of_the_merging_and_of_a_new_date(self):
        case, lead = self._joined()
        [first] = case.customer_message_ids.filtered(lambda row: "together" in row.subject)
        self.assertEqual(first.address, "dialysis@example.com")
        clock = self._clock(lead, "close")
        extension = acts.extend(self._as("agent", clock), "等待检定结果", 2)
        self._as("supervisor", extension).action_approve()
        self.env.invalidate_all()
        told = case.customer_message_ids.filtered(lambda row: "together" in row.subject)
        self.assertEqual(len(told), 2)
        self.assertEqual(case.promised_at, clock.due_at)

    def test_banner(self):
        case, lead = self._joined()
        seen = self._as("supervisor", case)
        self.assertEqual((seen.lead_state, seen.duplicate_of_id), ("Dispatched", lead))
        self.assertFalse(self._as("supervisor", lead).lead_state)

    def test_all_are_included(self):
        """A matter on which another customer relies is not simply withdrawn."""
        case, lead = self._joined()
        with self.assertRaisesRegex(UserError, f"{case.name} is merged into it"):
            self._as("agent", lead).write({"state": "withdrawn", "end_reason": "客户撤诉"})
        self.assertEqual(lead.state, "dispatched")
        acts.undo(self._as("supervisor", case), "不是一回事")
        self._as("agent", lead).write({"state": "withdrawn", "end_reason": "客户撤诉"})
        self.assertEqual(lead.state, "withdrawn")

    # -- the dialog ----------------------------------------------------------------------------

    def _dialog(self, model, case, **values):
        about = {"active_model": case._name, "active_ids": case.ids}
        return (
            self._as("agent", self.env[model])
            .with_context(**about)
            .new({"case_model": case._name, "case_ids": case.ids, **values})
        )

    def test_dialog_opens_on_nothing(self):
        self._complaint()
        wizard = self._dialog("water.merge.wizard", self._complaint())
        self.assertTrue(wizard.similar_ids)
        self.assertFalse(wizard.how)
        self.assertFalse(wizard.original_id)

    def test_dialog_takes_the_linked_case(self):
        self._complaint()
        linked, case = self._complaint(), self._complaint()
        acts.link(self._as("agent", case), linked)
        for model, field in (
            ("water.merge.wizard", "original_id"),
            ("water.end.wizard", "duplicate_of_id"),
        ):
            with self.subTest(model):
                self.assertEqual(self._dialog(model, case)[field]._origin, linked)
