from markupsafe import Markup

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import in_words, local
from odoo.addons.water_service_desk.base.trust import trusted

from ...complaint.tests.common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestNotice(ComplaintCommon):
    """Formal notices (S3.2.3c): by the desk alone, and evidence once sent."""

    def setUp(self):
        super().setUp()
        self.case = self._complaint_at("handling")
        self.case.resolution = "已更正账单"

    def _send(self, login="agent", **values):
        notices = self._as(login, self.env["water.notice"])
        return notices._send(self._as(login, self.case), self._notice_values(**values))

    def _wizard(self, login="agent", **values):
        wizards = self._as(login, self.env["water.notice.wizard"]).with_context(
            active_model="water.complaint", active_ids=self.case.ids
        )
        return wizards.create(values)

    def test_oral(self):
        """Recipient, speaker and time; delivered by telling."""
        notice = self._send(recording_ref="REC-1")
        self.assertRegex(notice.name, r"^GZ2026-\d{5,}$")
        self.assertRecordValues(
            notice,
            [
                {
                    "mode": "oral",
                    "told_to": "张伟",
                    "recording_ref": "REC-1",
                    "sent_at": fields.Datetime.now(),
                    "sent_by_id": self.users["agent"].id,
                    "delivered_at": fields.Datetime.now(),
                    "email_to": False,
                    "round": 0,
                }
            ],
        )
        self.assertEqual(fields.Date.to_string(notice.appeal_until), "2026-03-26")

    def test_the_same_letter_of_two(self):
        """Sent by one, it is not sent once more a moment later; other words are, and later on."""
        self.case.email_from = "zhang@example.com"
        letter = {"mode": "written", "way": "mail"}
        self._send(**letter)
        with self.assertRefused("has sent this letter at", self.case):
            self._send("agent2", **letter)
        self._send("agent2", **letter, subject="更正")
        self._send("agent2", mode="written", way="post")
        with freeze_time(self._later(minutes=11)):
            self._send("agent2", **letter)
        self.case.email_from = "zhang2@example.com"
        self._send("agent2", **letter)
        self.assertEqual(len(self.case.notice_ids), 5)

    def test_oral_notice_to_no_one(self):
        """A call without an answer is no notice."""
        for nobody in (False, None, "", "  "):
            with self.subTest(nobody), self.assertRaisesRegex(UserError, "who was told"):
                self._send(told_to=nobody)
        values = self._notice_values()
        del values["told_to"]
        with self.assertRaisesRegex(UserError, "who was told"):
            self._as("agent", self.env["water.notice"])._send(self._as("agent", self.case), values)
        self.assertFalse(self.case.notice_ids)
        self.assertEqual(self.case.state, "handling")

    def test_written(self):
        """Mailed to the customer; delivered on opening."""
        self._as("agent", self.case).email_from = "zhang@example.com"
        notice = self._send(mode="written", told_to=False)
        self.assertEqual(notice.email_to, "zhang@example.com")
        self.assertFalse(notice.delivered_at)
        mail = (
            self.env["mail.mail"]
            .sudo()
            .search([("model", "=", "water.notice"), ("res_id", "=", notice.id)])
        )
        self.assertEqual(mail.email_to, "zhang@example.com")
        self.assertIn("已更正账单", mail.body_html)
        self.assertIn(self.case.name, mail.body_html)
        notice._mark_delivered()
        self.assertEqual(notice.delivered_at, fields.Datetime.now())

    def test_missing_values(self):
        """No address, no listener, no text: a message, and no notice."""
        self._as("agent", self.case).email_from = False
        for values, words in (
            ({"mode": "written"}, "has no mail address"),
            ({"mode": "oral", "told_to": ""}, "who was told"),
            ({"mode": "oral", "told_to": "  "}, "who was told"),
            ({"body": False}, "what the customer is told"),
            ({"body": "<p><br></p>"}, "what the customer is told"),
        ):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, words):
                self._send(**values)
        self.assertFalse(self.case.notice_ids)

    def test_only_the_desk(self):
        """Departments, quality, machines and customers do not notify."""
        for login in self.users.keys() - {"agent", "agent2", "supervisor", "manager"}:
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._send(login)
            with self.subTest(login=login), self.assertRaises(AccessError):
                wizard = self._wizard(login, subject="x", body="<p>x</p>", mode="oral")
                wizard.action_send()

    def test_evidence(self):
        """A sent notice is neither made by hand, changed nor deleted."""
        notice = self._send()
        values = {"complaint_id": self.case.id, "subject": "x", "body": "x"}
        for login in (*self.users, "su"):
            mine = self._as(login, notice)
            case = self._as(login, self.case)
            for name, call in (
                ("create", lambda mine=mine: mine.browse().create(values)),
                ("body", lambda mine=mine: mine.write({"body": "x"})),
                ("delivered", lambda mine=mine: mine.write({"delivered_at": False})),
                ("unlink", lambda mine=mine: mine.unlink()),
                ("update", lambda case=case: self._by_command(case, notice)),
                (
                    "add",
                    lambda case=case: case.write({"notice_ids": [Command.create(values)]}),
                ),
            ):
                with self.subTest(login=login, operation=name), self.assertRaises(AccessError):
                    call()
        self.assertEqual(notice.subject, "投诉处理结果")

    def test_the_mail_is_found_by_the_number(self):
        notice = self._send()
        self.assertEqual(notice._mail_subject(), f"{notice.subject} ({self.case.name})")
        named = {"complaint_id": self.case.id, "subject": f"关于 {self.case.name} 的申诉决定"}
        self.assertEqual(notice.new(named)._mail_subject(), named["subject"], "not twice")

    def _by_command(self, case, notice):
        case.write({"notice_ids": [Command.update(notice.id, {"subject": "x"})]})

    def test_dialog(self):
        """The dialog proposes the text, sends it and moves the complaint on."""
        self._finish_lead(self.case)
        self._as("agent", self.case).email_from = "zhang@example.com"
        self.assertEqual(self._wizard().mode, "written")
        self._as("agent", self.case).email_from = False
        wizard = self._wizard()
        self.assertEqual(wizard.mode, "oral")
        self.assertIn(self.case.name, wizard.subject)
        self.assertIn("已更正账单", wizard.body)
        wizard.write({"mode": "oral", "told_to": "张伟"})
        wizard.action_send()
        self.assertEqual(self.case.state, "notified")
        self.assertEqual(self.case.notice_ids.kind, "result")
        self.assertEqual(self._kinds(self.case)[-1], "notified")
        self.assertEqual(self._clock(self.case, "close").state, "met")
        self.assertWhole(self.case)

    def test_wrong_time(self):
        """A notice of the result before there is one does not move the complaint."""
        trusted(self.case).resolution = False
        with self.assertRefused("has not finished its work", self.case):
            self._wizard(subject="x", body="<p>x</p>", mode="oral", told_to="张伟").action_send()
        self.case.invalidate_recordset()
        self.assertEqual(self.case.state, "handling")

    def test_delay_needs_an_extension(self):
        """A letter of delay without a reason is not written; with an extension it names it."""
        wizard = self._wizard(kind="delay", mode="oral", told_to="张伟")
        with self.assertRaisesRegex(UserError, "No extension was granted"):
            wizard.action_send()
        self.assertFalse(self.case.notice_ids)
        asked = self._as("agent", self._clock(self.case, "close"))
        asked = acts.extend(asked, "需开挖路面", 3)
        self._as("supervisor", asked).action_approve()
        wizard = self._wizard(kind="delay", mode="oral", told_to="张伟")
        self.assertIn("需开挖路面", wizard.body)
        wizard.action_send()
        self.assertEqual(self.case.notice_ids.sorted("id")[-1:].pause_id, asked)

    def test_no_letter_promises_a_day_that_has_passed(self):
        """Late work had a promise; today's letter does not mention it, or the next day."""
        promised = "We promise you the result by"
        self.assertIn(promised, self._wizard(kind="acceptance", mode="written").body)
        with freeze_time(local("2026-03-18 17:31")):  # five working days from 11 March
            self._sweep()
            self.assertNotIn(promised, self._wizard(kind="acceptance", mode="written").body)
        case = self._complaint_at("handling")
        with freeze_time(local("2026-03-12 09:00")):
            acts.promise(case, "周四前给结果", local("2026-03-12 17:30"))
            asked = self._as("agent", self._clock(case, "close"))
            asked = acts.extend(asked, "需开挖路面", 3)
            self._as("supervisor", asked).action_approve()
        with freeze_time(local("2026-03-13 09:00")):
            self._sweep()
            texts = self.env["water.notice.text"].with_context(lang="en_US")
            letter = texts._delay(case.with_context(lang="en_US"), asked)
            due = in_words(self._clock(case, "close").due_at)
            self.assertIn(f"We now promise you the result by {due}.", letter)

    def test_other_kinds_do_not_notify(self):
        """A notice of acceptance or delay is no notice of the result."""
        for kind in ("acceptance", "delay"):
            self._send(kind=kind)
        with self.assertRaisesRegex(UserError, "notice of the result|notify the customer"):
            self._as("agent", self.case).write({"state": "notified"})
        self.assertEqual(self.case.state, "handling")

    def test_body_is_clean(self):
        """Agents' text is sanitised before it reaches the customer."""
        notice = self._send(body="<p>结果</p><script>alert(1)</script>")
        self.assertNotIn("script", notice.body)

    def test_opened_before_change(self):
        """No letter goes out with a date, or a result, that holds no longer."""
        case = self.case
        wizard = self._wizard(kind="acceptance", mode="oral", told_to="张伟")
        due = in_words(case.promised_at)
        self.assertIn(due, wizard.body)
        self.env["water.calendar.day"].create({"name": "x", "date": "2026-03-12", "kind": "off"})
        self.env.invalidate_all()
        self.assertNotEqual(in_words(case.promised_at), due)
        wizard.body += Markup("<p>如有疑问请来电。</p>")
        with self.assertRefused("has changed since you opened it", case):
            wizard.action_send()
        self.assertFalse(case.notice_ids)
        self._finish_lead(case)
        result = self._wizard(mode="oral", told_to="张伟")
        result.body += Markup("<p>如有疑问请来电。</p>")
        self.env["water.calendar.day"].create({"name": "x", "date": "2026-03-13", "kind": "off"})
        result.action_send()  # it names no date
        self.assertIn("如有疑问请来电", case.notice_ids.body)

    def test_the_letter_of_a_delay_gives_the_date_of_now(self):
        """Granted, then the calendar changes, then the letter is written."""
        clock = self._clock(self.case, "close")
        asked = acts.extend(self._as("agent", clock), "需开挖路面", 3)
        self._as("supervisor", asked).action_approve()
        granted = in_words(clock.due_at)
        self.env["water.calendar.day"].create({"name": "x", "date": "2026-03-19", "kind": "off"})
        self.env.invalidate_all()
        body = self._wizard(kind="delay", mode="oral", told_to="张伟").body
        self.assertIn(in_words(clock.due_at), body)
        self.assertNotIn(granted, body)
