from datetime import date

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.appeal.tests.common import at
from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local, speak_chinese

from .meeting_common import MeetingCommon


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 10:00"))
class TestScenarioMeetingsTexts(MeetingCommon):
    """Messages in odd situations are correct in both languages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        speak_chinese(cls.env, "water_complaints")

    def _mailed(self, case, before=None):
        """The messages to the customer of ``case`` since then, oldest first, as one text."""
        rows = case.sudo().customer_message_ids.sorted("id")
        rows -= before or rows.browse()
        return "\n".join(f"{row.subject} {row.mail_mail_id.body_html}" for row in rows)

    def _both(self, make):
        """``(language, case)`` of a customer who reads Chinese, and of one who reads English."""
        for lang, name in (("zh_CN", "zhang"), ("en_US", "li")):
            with self.subTest(lang):
                self.customer.lang = lang
                yield lang, make(email_from=f"{name}@example.com", address=f"{name} 8")

    # -- why it takes longer ---------------------------------------------------------------------

    def test_an_extension_asked_before_a_pause_and_approved_after_it(self):
        """The letter gives the reason that moves the date, not an old one."""
        for _lang, case in self._both(self._inquiry):
            with at("2026-03-11 10:30"):
                clock = self._clock(case, "close")
                asked = acts.extend(self._as("agent", clock), "等检定", 2)
            self._stop(clock, "2026-03-12 10:00")
            with at("2026-03-12 10:00"):
                self._sweep()
            before = case.sudo().customer_message_ids
            with at("2026-03-12 11:00"):
                self._as("supervisor", asked).action_approve()
            self.env.invalidate_all()
            words = self._mailed(case, before)
            self.assertIn("等检定", words)
            self.assertNotIn("等客户", words)

    # -- dates -----------------------------------------------------------------------------------

    def test_a_date_in_a_year_that_is_not_known_yet(self):
        """Until its holidays are announced the date is said to be provisional."""
        marks = {"zh_CN": "暂定", "en_US": "provisional"}
        with at("2026-12-29 10:00"):
            for lang, case in self._both(self._complaint):
                self.assertTrue(self._clock(case, "close").provisional)
                self.assertIn(marks[lang], self._mailed(case))

    def test_a_company_in_another_zone(self):
        """The time of day is that of its office, wherever the author is."""
        office = self.company.water_calendar_id.copy({"tz": "Europe/Berlin"})
        self.company.water_calendar_id = office
        self.customer.tz = False
        hours = {"zh_CN": "17:30", "en_US": "5:30"}
        for lang, case in self._both(self._complaint):
            self.assertIn(hours[lang], self._mailed(case))

    def test_merged_into_what_is_due_earlier(self):
        """A merged customer reads the earlier date, and not the other number."""
        with at("2026-03-09 10:00"):
            lead = self._complaint(partner_id=self.customer2.id, phone="13700009999")
        days = {"zh_CN": "3月16日", "en_US": "March 16"}
        for lang, case in self._both(self._complaint):
            before = case.sudo().customer_message_ids
            self._merge(case, lead)
            words = self._mailed(case, before)
            self.assertIn(days[lang], words)
            self.assertNotIn(lead.name, words)

    def test_handled_again(self):
        """The date in force is the new one wherever the customer reads it."""
        for _lang, case in self._both(self._complaint):
            for step in ("dispatched", "investigating", "handling", "notified"):
                getattr(self, f"_step_{step}")(case, "agent", self.net)
                self.env.invalidate_all()
            with at("2026-03-16 10:00"):
                acts.contest(self._as("agent", case), "没有解决")
                self.env.invalidate_all()
                self.assertLocal(case.promised_at, "2026-03-23 17:30")
                spoken = case._spoken_promises()
                self.assertIn("23", str(spoken))
            self._as("supervisor", case).write({"end_reason": "不要了", "state": "withdrawn"})

    # -- letters ---------------------------------------------------------------------------------

    def test_the_last_letter_promises_no_review(self):
        """After the final answer there is no internal level any more."""
        case = self._complaint_at("notified", email_from="zhang@example.com")
        notice = case.notice_ids
        self.assertEqual(notice.appeal_until, date(2026, 3, 26))
        self._first(case)
        self._second(case)
        self.env.invalidate_all()
        final = case.notice_ids.sorted("id")[-1:]
        self.assertEqual(final.kind, "final")
        self.assertFalse(final.appeal_until or final._customer_appeal())
        self.assertFalse(acts.appeal_until(case))

    def test_the_letter_of_a_review_gives_the_days_that_are_left(self):
        """Another window begins with the answer to the first appeal."""
        case = self._complaint_at("notified", email_from="zhang@example.com")
        with at("2026-03-20 10:00"):
            self._first(case)
        self.env.invalidate_all()
        letter = case.notice_ids.sorted("id")[-1:]
        self.assertEqual(letter.appeal_until, date(2026, 4, 4))
