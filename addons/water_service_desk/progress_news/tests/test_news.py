from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import in_words, local
from ...request.tests.common import RequestCommon


@tagged("post_install", "-at_install")
class TestNews(RequestCommon):
    """The customer of a long case hears at intervals how far it is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["water.standard"].search([("case_model", "=", "water.request")]).active = False
        news = {"kind": "news", "amount": 2}
        cls._new_standard("T-NEWS", {"amount": 10}, news, model="water.request")

    def _tell(self, case, **values):
        about = {"active_model": case._name, "active_ids": case.ids}
        wizards = self._as("agent", self.env["water.news.wizard"]).with_context(**about)
        wizard = wizards.create(values)
        wizard.action_tell()
        self.env.invalidate_all()
        return wizard

    def test_a_dialog_does_its_work_once(self):
        """Repeated after an error: told, promised and noted once."""
        case = self._repair()
        about = {"active_model": case._name, "active_ids": case.ids}
        due = local("2026-03-13 16:00")
        for model, act, values, kind in (
            ("water.news.wizard", "action_tell", {}, "news_told"),
            ("water.promise.wizard", "action_keep", {"text": "x", "due_at": due}, "promised"),
            ("water.contact.wizard", "action_log", {"note": "x"}, "contacted"),
        ):
            with self.subTest(model), freeze_time(local("2026-03-13 10:00")):
                dialog = self._as("agent", self.env[model]).with_context(**about).create(values)
                getattr(dialog, act)()
                events = self._kinds(case)
                self.assertIn(kind, events)
                with self.assertRaisesRegex(UserError, "done already"):
                    getattr(dialog, act)()
                self.assertEqual(self._kinds(case), events)

    def test_told_at_intervals(self):
        """A clock of its own: met by telling, started again, ended by the result."""
        case = self._repair()
        first = self._clock(case, "news")
        self.assertLocal(first.due_at, "2026-03-13 17:30")
        self._dispatch(case)
        with freeze_time(local("2026-03-13 10:00")):
            wizard = self._tell(case)
            self.assertEqual(first.state, "met")
            second = self._clock(case, "news")
            self.assertLocal(second.due_at, "2026-03-17 17:30")
            self.assertIn("In progress", wizard.text)
            self.assertIn("You will have our answer by", wizard.text)
            self.assertIn(
                case.name, self._mails(case.env["water.case.news"].search([]))[-1:].subject
            )
            again = self.env["water.news.wizard"].with_context(
                active_model=case._name, active_ids=case.ids
            )
            self.assertNotIn("Since", again.with_user(self.users["agent"]).create({}).text)
            self._done(case)
            acts.tell_result(self._as("agent", case), "phone", "told")
        self.assertEqual((second.state, self._clock(case, "news")), ("met", second))
        page = case.with_user(self.users["portal1"]).sudo()._portal_page()
        self.assertIn("We told you how far it is", str(page["timeline"]))
        self.assertWhole(case)

    def test_handled_again_news_is_owed_again(self):
        case = self._repair()
        self._dispatch(case)
        self._done(case)
        acts.tell_result(self._as("agent", case), "phone", "told")
        first = self._clock(case, "news")
        self.assertEqual(first.state, "met")
        with freeze_time(local("2026-03-12 10:00")):
            case._handle_again(None, "又漏了", ("processing",))
            news = self._clock(case, "news")
            self.assertNotEqual(news, first)
            self.assertLocal(news.due_at, "2026-03-16 17:30")
            case._handle_again(None, "还漏", ())
        running = case.deadline_ids.filtered(lambda row: row.kind == "news" and not row.met_at)
        self.assertEqual(running, news)

    def _said(self, case):
        """The date in the customer's list, which names late ones; in canned answers; in
        messages.
        """
        [row] = case._portal_rows()
        return row["promised"], case._fill_in("{promised}"), case._customer_due()

    def test_no_date_that_has_passed_or_stands_still(self):
        """Only future dates count: late or waiting for the customer, none is given."""
        case = self._repair()  # ten working days: 25 March, 17:30
        with freeze_time(local("2026-03-25 17:29")):
            self.assertIn("answer by Wednesday, March 25", case._customer_promise())
            self.assertIn("You will have our answer by", case._proposed_news())
        with freeze_time(local("2026-03-26 10:00")):
            self._sweep()
            self.assertEqual(case._customer_promise(), "We answer as soon as we can.")
            self.assertNotIn("You will have our answer by", case._proposed_news())
            self.assertEqual(self._said(case), ("2026-03-25 17:30", "{promised}", False))
            acts.promise(case, "结果", local("2026-03-27 17:30"))
            self.assertIn("answer by Friday, March 27", case._customer_promise())
        inquiry = self._inquiry()
        with freeze_time(local("2026-03-11 11:00")):
            clock = self._as("agent", self._clock(inquiry, "close"))
            acts.pause(clock, "等客户提供照片", local("2026-03-13 10:00"))
            self.assertEqual(inquiry._customer_promise(), "We answer as soon as we can.")
            self.assertNotIn("You will have our answer by", inquiry._proposed_news())
            self.assertEqual(self._said(inquiry), ("", "{promised}", False))
            clock.action_resume()
            self.assertIn("We promise you our answer by", inquiry._customer_promise())
            due = inquiry.promised_at
            self.assertEqual(self._said(inquiry)[1:], (in_words(due), due))

    def test_refused(self):
        case = self._repair()
        self._dispatch(case)
        for login, text, words in (
            ("department", "x", "Only the service desk"),
            ("agent", " ", "Write what"),
        ):
            with self.assertRaisesRegex(UserError, words):
                self._as(login, case)._tell_news(text)
