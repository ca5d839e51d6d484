"""A case of a known incident carries the promise of the incident at every door."""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.public_page.tests.common import PublicCase

QUESTIONS = "Only yours?|Only mine|The street\nWho cannot be without water?|No|!A baby|!Dialysis"
CREW, ANSWER = "Our staff will be with you by", "You will have our answer by"


@tagged("post_install", "-at_install")
class TestSharedPromise(PublicCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        now = fields.Datetime.now()
        cls.env["water.incident"].search([]).on_page = False
        cls.zone = cls.env["water.zone"].create({"code": "T-1", "name": "梧桐片区"})
        cls.account.write({"zone_id": cls.zone.id, "address": "梧桐大道8号2单元301"})
        values = {
            "subject": "梧桐大道爆管",
            "zone_ids": cls.zone.ids,
            "aware_at": now - timedelta(hours=1),
            "expected_at": now + timedelta(hours=4),
            "tanker_ids": [
                Command.create({"place": "梧桐广场"}),
                Command.create({"place": "旧址", "ends_at": now - timedelta(minutes=5)}),
            ],
        }
        cls.incident = cls.env["water.incident"].create(values)
        trusted(cls.incident).write({"state": "open", "next_progress_at": now + timedelta(hours=2)})
        family = cls._category("ot")
        family.public_questions = QUESTIONS

    def _reported(self, **values):
        """File a repair at the public page: ``(case, result page, tracking page)`` as texts."""
        values = {
            "category_id": str(self._category("ot01").id),
            "description": "从早上就没有水",
            "address": "梧桐大道9号",
            "answer_0": "1",
            **values,
        }
        case, number, code = self.file("repair", **values)
        done = self.text(self.visit("/water/report/done"))
        self.track(number, code)
        return case.sudo(), done, self.text(self.visit("/water/track/case"))

    def _told(self, text):
        """The promise of the incident, and no other."""
        for words in (
            "梧桐大道爆管",
            "We expect the water back by",
            "梧桐广场",
            "how it stands by",
        ):
            self.assertIn(words, text)
        for words in (CREW, ANSWER, "旧址"):
            self.assertNotIn(words, text)

    def test_case_of_an_incident_hears_one_promise_everywhere(self):
        case, done, tracked = self._reported(answer_1="1")
        self.assertEqual(case.incident_id, self.incident)
        english = case.with_context(lang="en_US")
        self._told(done)
        self._told(tracked)
        self._told("\n".join(english._spoken_promises()))
        self._told(english._customer_promise())
        mail = case.customer_message_ids.mail_mail_id
        self._told(mail.body_html)
        self.assertFalse(case._portal_due())
        self.assertNotIn("Please call us as well", done)

    def test_household_that_needs_water_is_asked_to_call(self):
        for answer, words in (("2", "A baby"), ("3", "Dialysis")):
            case, done, tracked = self._reported(answer_1=answer)
            with self.subTest(words):
                self.assertEqual(case.incident_id, self.incident)
                self.assertIn("Please call us as well", done)
                self.assertIn("96510", done)
                self.assertIn("梧桐广场", done)
                self.assertIn(f"Who cannot be without water? {words}", " ".join(done.split()))
                self.assertIn(f"Who cannot be without water? {words}", " ".join(tracked.split()))

    def test_answers_are_read_in_the_language_of_the_page(self):
        case, _done, _tracked = self._reported(answer_1="3")
        family = self._category("ot").with_context(lang="zh_CN")
        family.public_questions = "只有您家？|只有我家|整条街\n有离不开水的人吗？|没有|!婴儿|!透析"
        given = case.with_context(lang="zh_CN")._answers_given()
        self.assertEqual(given, [("只有您家？", "只有我家"), ("有离不开水的人吗？", "透析")])
        self.assertTrue(case.with_context(lang="zh_CN")._should_call_now())

    def test_unknown_end_is_said(self):
        self.incident.expected_at = False
        case, done, _tracked = self._reported()
        self.assertIn("It is not known yet when it will be over.", done)
        self.assertNotIn(CREW, done)
        self.assertTrue(case._shared_promises())

    def test_claim_keeps_its_own_promise(self):
        case, _done, _tracked = self._reported()
        case.own_claim = True
        spoken = " ".join(case.with_context(lang="en_US")._spoken_promises())
        self.assertIn("We expect the water back by", spoken)
        self.assertIn(ANSWER, spoken)
        self.assertNotIn(CREW, spoken)

    def test_case_without_incident_keeps_its_promises(self):
        case, done, _tracked = self._reported(address="别处路 1 号")
        self.assertFalse(case.incident_id)
        self.assertIn(ANSWER, " ".join(case.with_context(lang="en_US")._spoken_promises()))
        self.assertIn("What happens next", done)
