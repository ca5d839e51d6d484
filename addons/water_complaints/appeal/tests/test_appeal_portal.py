from datetime import timedelta

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.intake import pictures
from odoo.addons.water_service_desk.intake.tests import upload_samples as samples
from odoo.addons.water_service_desk.portal.tests.common import PortalCase

from ...complaint.tests.common import ComplaintPeople

REASON = "账单还是按估数算的，水表照片可以证明。"


@tagged("post_install", "-at_install")
class TestAppealPortal(ComplaintPeople, PortalCase):
    """The customer's appeal: form, progress, decision; hidden from others."""

    def setUp(self):
        super().setUp()
        self.sign_in()
        self.case = self._complaint_at("notified")
        self.url = f"/my/complaints/{self.case.id}"

    def _appeal(self, files=(), **values):
        return self.post(f"{self.url}/appeal", {"appeal_reason": REASON, **values}, files)

    def _section(self):
        page = self.page(self.get(self.url))
        nodes = page.xpath("//section[@aria-labelledby='water_appeal']")
        return " ".join(nodes[0].text_content().split()) if nodes else ""

    def test_last_day_is_told(self):
        day = self.case.notice_ids.appeal_until
        self.assertIn(f"by {day:%Y-%m-%d}", self._section())
        self.assertIn("Ask for a review", self._section())

    def test_filed_with_a_photo(self):
        answer = self._appeal([("meter.jpg", samples.JPEG)], appeal_demand="退还多收水费")
        self.assertLocation(answer, "?done=appeal")
        appeal = self.case.appeal_ids
        self.assertRecordValues(
            appeal,
            [
                {
                    "reason": REASON,
                    "demand": "退还多收水费",
                    "level": "1",
                    "state": "filed",
                    "channel_id": self._channel("portal").id,
                    "filed_by_id": self.users["portal1"].id,
                }
            ],
        )
        written, _mimetype = pictures.rewrite(samples.JPEG, "image/jpeg")
        self.assertEqual(appeal.evidence_ids.raw, written, "anew, without what it carried along")
        section = self._section()
        for words in (appeal.name, REASON, "退还多收水费", "meter.jpg", "We will decide by"):
            self.assertIn(words, section)
        self.assertNotIn("Ask for a review", section)
        self.assertEqual(appeal._verify_events(), [])

    def test_certificate_in_the_form(self):
        """A certificate needs its document besides number and issuer."""
        named = {"certificate_number": "JL-118", "certificate_issuer": "市计量院"}
        answer = self._appeal(**named)
        self.assertStatus(answer, 422)
        self.assertEqual(list(self.errors(answer)), ["appeal_files"])
        self.assertIn("JL-118", answer.text)
        self.assertFalse(self.case.appeal_ids)
        self._appeal([("检定证书.pdf", samples.PDF)], **named)
        self.assertRecordValues(self.case.appeal_ids, [named])
        self.assertIn("JL-118 · 市计量院", self._section())

    def test_not_asked_meanwhile(self):
        """No question “solved?” while the decision is open, and no waiting on the customer."""
        self._appeal()
        for action in ("confirm", "contest"):
            answer = self.post(f"{self.url}/{action}", {"result": "5", "process": "5"})
            self.assertStatus(answer, 409)
        self.env.invalidate_all()
        self.assertEqual(self.case.state, "notified")
        self.assertNotIn("Read our notice", self.url_open(self.url).text)

    def test_the_right_is_told_of_while_it_lasts(self):
        """The letter no longer offers an appeal after one, or after a rejection."""
        self.assertIn("you can ask for a review by", self._notice())
        self._appeal()
        self.assertNotIn("you can ask for a review by", self._notice())
        self.post(f"{self.url}/unappeal")
        self.post(f"{self.url}/contest", {"reason": "还是不对"})
        self.env.invalidate_all()
        self.assertNotEqual(self.case.state, "notified")
        self.assertNotIn("you can ask for a review by", self._notice())

    def _notice(self):
        self.env.invalidate_all()
        return " ".join(row["appeal"] for row in self.case._portal_notices())

    def test_the_timeline_does_not_ask_meanwhile(self):
        """Page and news say that the result is reviewed; then they ask again."""
        self.assertIn("Please confirm", self._present())
        self._appeal()
        self.assertEqual(self._present(), "We have told you the result. It is being reviewed.")
        news = self.case._proposed_news()
        self.assertIn("It is being reviewed", news)
        self.assertNotIn("Please confirm", news)
        self.post(f"{self.url}/unappeal")
        self.assertIn("Please confirm", self._present())

    def _present(self):
        self.env.invalidate_all()
        (note,) = [step["note"] for step in self.case._portal_timeline() if step["note"]]
        self.assertIn(note, self.page(self.get(self.url)).text_content())
        return note

    def test_decision_is_shown(self):
        self._appeal()
        appeal = self.case.appeal_ids
        reviewer = self._new_user("reviewer", "base.group_user,water_service_desk.group_supervisor")
        self._as("supervisor", appeal).reviewer_id = reviewer
        self._as("supervisor", appeal)._accept()
        self.assertIn("Being reviewed", self._section())
        work = appeal.with_user(reviewer)
        work.write({"decision": "partly", "decision_text": "一期账单已重算。", "review_note": "内"})
        self.assertNotIn("一期账单已重算", self._section())
        work._decide()
        section = self._section()
        self.assertIn("Decision: Appeal upheld in part", section)
        self.assertIn("一期账单已重算。", section)
        self.assertNotIn("内部复核笔记", section)

    def test_taken_back(self):
        self._appeal()
        self.assertLocation(self.post(f"{self.url}/unappeal"), "?done=unappeal")
        self.assertEqual(self.case.appeal_ids.state, "withdrawn")
        self.assertStatus(self.post(f"{self.url}/unappeal"), 409)
        self.assertIn("Ask for a review", self._section())

    def test_bad_input(self):
        """Empty, too long, or a wrong file: an error at the field, nothing saved."""
        for values, files, field in (
            ({"appeal_reason": " "}, (), "appeal_reason"),
            ({"appeal_reason": "长" * 100000}, (), "appeal_reason"),
            ({}, [("virus.pdf", b"MZ\x90\x00")], "appeal_files"),
        ):
            with self.subTest(field=field):
                answer = self._appeal(files, **values)
                self.assertStatus(answer, 422)
                self.assertIn(field, self.errors(answer))
        self.assertFalse(self.case.appeal_ids)

    def test_markup_is_text(self):
        self._appeal(appeal_reason="<script>alert(1)</script>")
        self.assertNotIn("<script>alert(1)</script>", self.get(self.url).text)

    def test_too_late(self):
        """After the last day the form is gone, and its address has no effect."""
        with freeze_time(self.case.notified_at + timedelta(days=17)):
            self.sign_in()
            self.assertEqual(self._section(), "")
            self.assertStatus(self._appeal(), 409)
        self.assertFalse(self.case.appeal_ids)

    def test_complainant_of_merged_case(self):
        """The customer files on their own page; the other's page does not mention it."""
        case = self._complaint("agent2", partner_id=self.customer2.id, address="南湖路1号")
        values = {"duplicate_of_id": self.case.id, "end_reason": "同一件事", "state": "merged"}
        self._as("supervisor", case).write(values)
        other, self.url = self.url, f"/my/complaints/{case.id}"
        self.sign_in("portal2")
        self.assertIn("Ask for a review", self._section())
        self.assertIn("appeal_reason", self.errors(self._appeal(appeal_reason=" ")))
        self.assertLocation(self._appeal(), "?done=appeal")
        self.assertIn(REASON, self._section())
        self.sign_in()
        self.assertNotIn(REASON, self.get(other).text)

    def test_other_customers(self):
        """Another person's complaint looks missing at every address."""
        self._appeal()
        self.sign_in("portal2")
        for action in ("appeal", "unappeal"):
            answer = self.post(f"{self.url}/{action}", {"appeal_reason": "x"})
            self.assertStatus(answer, 404)
        self.assertEqual(self.case.appeal_ids.mapped("state"), ["filed"])
        self.assertStatus(self.get(self.url), 404)

    def test_getting_changes_nothing(self):
        self.assertStatus(self.get(f"{self.url}/appeal"), 303)
        self.assertFalse(self.case.appeal_ids)

    def test_without_a_token(self):
        answer = self.post(f"{self.url}/appeal", {"appeal_reason": "x"}, csrf=False)
        self.assertStatus(answer, 400)
        self.assertFalse(self.case.appeal_ids)

    def test_from_app(self):
        """An app files it once however often it tries, and takes it back."""
        machine, channel = self.users["integration"], self._channel("app")
        machine.water_channel_ids = channel
        api = self.env["water.api"].with_user(machine)
        api.env["water.api.entry"]._keep(self.case, channel, "wx-9")
        self.assertTrue(api.appeals("wx-9")["can_appeal"])
        for _twice in range(2):
            told = api.appeal("wx-9", {"reason": REASON}, step_id="a-1")
        self.assertEqual([row["state"] for row in told["appeals"]], ["filed"])
        self.assertFalse(told["can_appeal"])
        told = api.withdraw_appeal("wx-9")
        self.assertEqual(told["appeals"][0]["state"], "withdrawn")
