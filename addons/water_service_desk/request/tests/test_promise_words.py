"""Promises are named by their act, in order of time, alike in mails and on pages."""

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests.common import local
from .common import RequestCommon


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 10:00"))
class TestPromiseWords(RequestCommon):
    def _filed(self, category="lk03", **values):
        case = self._repair(category_id=self._category(category).id, **values)
        return case.with_context(lang="en_US").sudo()

    def test_promises_stand_in_order_of_time_everywhere(self):
        case = self._filed(email_from="zhang@example.com")
        spoken = case._spoken_promises()
        dues = {clock.due_at: clock.kind for clock in case._open_clocks()}
        acts = {"contact": "contact you by", "on_site": "with you by", "close": "our answer by"}
        order = [acts[dues[due]] for due in sorted(dues) if dues[due] in acts]
        self.assertGreater(len(order), 1)
        for act, sentence in zip(order, spoken, strict=True):
            self.assertIn(act, sentence)
        page = [row for row in case._portal_promises() if row["kind"] in acts]
        for act, row in zip(order, page, strict=True):
            self.assertIn(act, row["text"])

    def test_pages_say_today_and_tomorrow(self):
        case = self._filed()
        clock = case._open_clocks().filtered(lambda row: row.kind == "close")[:1]
        day = clock.due_at.date()
        for moment, words in (
            (f"{day} 07:00", r"our answer by \d\d:\d\d today\."),
            (f"{day.replace(day=day.day - 1)} 23:30", r"our answer by \d\d:\d\d tomorrow\."),
            (f"{day.replace(day=day.day - 2)} 07:00", rf"our answer by {day} \d\d:\d\d\."),
        ):
            with self.subTest(moment), freeze_time(local(moment)):
                texts = " ".join(row["text"] for row in case._portal_promises())
                self.assertRegex(texts, words)
                self.assertNotRegex(" ".join(case._spoken_promises()), "today|tomorrow")

    def test_customer_without_contact_is_promised_no_call(self):
        case = self._filed(is_anonymous=True, phone=False, email_from=False)
        self.assertNotIn("contact you", " ".join(case._spoken_promises()))

    def test_next_steps_follow_the_case(self):
        repair, burst = self._filed(), self._filed(severity="emergency")
        application = self._request().with_context(lang="en_US")
        steps = [case._portal_page()["steps"][0] for case in (repair, burst, application)]
        self.assertEqual(
            steps,
            [
                "We send staff to the place, or agree on a time with you.",
                "We send staff to the place at once.",
                "We explain everything that is needed at the start.",
            ],
        )
