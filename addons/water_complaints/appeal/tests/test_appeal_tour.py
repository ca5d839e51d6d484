"""Letters and appeals in a real browser: the preview in the dialog, the appeal on a phone."""

from odoo.tests import HttpCase, tagged

from ...complaint.tests.common import ComplaintPeople
from ...notice.tests.common import wkhtml


class AppealTour(ComplaintPeople, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_people()
        cls.env["res.lang"]._activate_lang("en_US")  # the tours read English words
        cls.users["agent"].lang = cls.users["portal1"].lang = "en_US"


@tagged("post_install", "-at_install")
class TestLetterTour(AppealTour):
    real_pdf = True

    def test_agent_looks_at_the_letter_and_sends_it(self):
        self.startPatcher(wkhtml("install"))
        self.customer.email = "zhang@example.com"
        case = self._complaint_at("handling", subject="Tour: low pressure")
        dispatch = self._worker(self.net, self._lead(case))
        dispatch.result = "Tour: the valve was replaced"
        dispatch.action_finish()
        url = f"/odoo/water-complaints/{case.id}"
        self.start_tour(url, "water_letter_preview_tour", login="water_agent")
        case.invalidate_recordset()
        self.assertEqual(case.state, "notified")
        notice = case.notice_ids
        self.assertEqual((notice.kind, notice.way), ("result", "mail"))
        self.assertIn("Tour: the valve was replaced", notice.body)


@tagged("post_install", "-at_install")
class TestAppealPhoneTour(AppealTour):
    browser_size = "390x844"
    touch_enabled = True

    def test_customer_appeals_on_a_phone(self):
        case = self._complaint_at("notified")
        url = f"/my/complaints/{case.id}"
        self.start_tour(url, "water_appeal_portal_tour", login="water_portal1")
        self.assertRecordValues(
            case.appeal_ids,
            [
                {
                    "reason": "Tour: the bill is still estimated",
                    "demand": "Tour: bill what the meter shows",
                    "state": "filed",
                }
            ],
        )
