from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import in_words, local
from odoo.addons.water_service_desk.base.trust import trusted

from ...complaint.tests import acts
from .common import IncidentCommon


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 08:00"))
class TestExpectedEnd(IncidentCommon):
    """A past time is not announced as the expected end (S3.2.1f, S2.1.3)."""

    def _burst(self):
        return self._open(expected_at=local("2026-03-11 12:00"))

    def _asked(self, incident):
        """Activities of the commander about the end."""
        self._broadcast()
        return incident.activity_ids.filtered(lambda row: "expected to end" in row.summary)

    def test_told_as_long_as_it_can_be_kept(self):
        """The minute itself is in time, as with every limit."""
        incident = self._burst()
        for moment in ("2026-03-11 11:59", "2026-03-11 12:00"):
            with self._at(moment):
                self.assertIn("We expect the water back by", incident._spoken_alert())
                self.assertEqual(incident._page_line()[1], "Expected back by 12:00.")
                self.assertEqual(incident._page_card()["until"], "12:00")

    def test_longer_duration_is_announced(self):
        """Callers and the page are told so; drafts of news name no time."""
        incident = self._burst()
        with self._at("2026-03-11 12:01"):
            spoken = incident._spoken_alert()
            self.assertIn("is taking longer; no new time is known yet", spoken)
            self.assertNotIn("We expect", spoken)
            line = incident._page_line()[1]
            self.assertEqual(line, "It was expected to be back by 12:00 and is taking longer.")
            self.assertFalse(incident._page_card()["until"])
            self.assertEqual(incident._words()["until"], "further notice")
            dialog = self._as("supervisor", self.env["water.incident.wizard"]).create(
                {"incident_id": incident.id, "kind": "progress"}
            )
            self.assertFalse(dialog.expected_at)

    def test_late_recipient_gets_no_past_time(self):
        """News that went out in time reach some only after it."""
        self._caller()
        incident = self._burst()
        acts.announce(self._as("supervisor", incident), "正在抢修", incident.expected_at)
        self._broadcast()
        contact = self.env["water.incident.contact"].search(
            [("notice_id.incident_id", "=", incident.id)]
        )
        with self._at("2026-03-11 12:00"):
            self.assertTrue(contact._news_expected())
        with self._at("2026-03-11 12:01"):
            self.assertFalse(contact._news_expected())

    def test_news_with_a_time_that_has_passed_are_refused(self):
        """Refused without messages or changes."""
        incident = self._as("supervisor", self._burst())
        count = len(incident.notice_ids)
        with self._at("2026-03-11 13:00"):
            with self.assertRaisesRegex(UserError, "has passed"):
                acts.announce(incident, "正在抢修", local("2026-03-11 12:30"))
            self.assertEqual(len(incident.notice_ids), count)
            acts.announce(incident, "正在抢修", local("2026-03-11 15:00"))
            self.assertEqual(incident._page_line()[1], "Expected back by 15:00.")

    def test_told_again_is_no_new_contact(self):
        """Recorded once; a rehandled case that waits for contact is met by the news."""
        incident = self._burst()
        case = self._caller(number=1, channel_id=self._channel("web").id)
        told = [self._say(incident, case) for __ in range(2)]
        self.assertEqual(told, [1, 1])
        first = case.first_contact_at
        self.assertEqual(self._clock(case, "contact").state, "met")
        case.sudo()._restart_clocks(("contact",))
        self.assertEqual(self._clock(case, "contact").state, "running")
        with self._at("2026-03-11 10:30"):
            self.assertEqual(self._say(incident, case), 2)
        self.assertEqual(self._clock(case, "contact").met_at, local("2026-03-11 10:30"))
        self.assertEqual(case.first_contact_at, first)

    def _say(self, incident, case):
        """Number of events about news to the customer of ``case``, after other news."""
        acts.announce(self._as("supervisor", incident), "正在抢修")
        self._broadcast()
        self.env.invalidate_all()
        return self._kinds(case).count("incident_told")

    def test_commander_is_asked_once_each_time(self):
        """When the time passes, and again when the next one does; not after the end."""
        incident = self._burst()
        with self._at("2026-03-11 12:00"):
            self.assertFalse(self._asked(incident))
        for moment in ("2026-03-11 12:05", "2026-03-11 12:15"):
            with self._at(moment):
                self.assertEqual(self._asked(incident).user_id, self.users["supervisor"])
                self.assertEqual(len(self._asked(incident)), 1)
        with self._at("2026-03-11 12:20"):
            news = ("progress", "正在抢修", local("2026-03-11 14:00"))
            self._as("supervisor", incident)._announce(*news)
        with self._at("2026-03-11 13:30"):
            self.assertFalse(self._asked(incident))  # all were told
        with self._at("2026-03-11 14:05"):
            self.assertEqual(len(self._asked(incident)), 1)
            acts.restore(self._as("supervisor", incident), local("2026-03-11 14:00"), "已恢复")
            self.assertEqual(incident._page_line()[1], "Expected back by 14:00.")

    def test_planned_work_has_the_announced_end_until_it_has_passed(self):
        """Then the news since; callers hear both that it is late and until when."""
        incident = self._open(
            kind_id=self._kind("planned").id,
            aware_at=local("2026-03-11 09:00"),
            announced_end_at=local("2026-03-11 12:00"),
            expected_at=local("2026-03-11 11:00"),
        )
        with self._at("2026-03-11 11:30"):
            self.assertEqual(incident._page_line()[1], "Expected back by 12:00.")
        with self._at("2026-03-11 12:30"):
            self.assertIn("is taking longer", incident._page_line()[1])
            news = ("progress", "正在施工", local("2026-03-11 15:00"))
            self._as("supervisor", incident)._announce(*news)
            self.assertEqual(incident._page_line()[1], "Expected back by 15:00.")
            spoken = incident._spoken_alert()
            self.assertIn("OT05", spoken)
            self.assertIn("planned to be back by", spoken)

    def test_planned_work_is_told_with_its_times(self):
        """All times in the news, each once."""
        self._account(1)
        values = {
            "kind_id": self._kind("planned").id,
            "aware_at": local("2026-03-13 09:00"),
            "announced_end_at": local("2026-03-13 17:00"),
        }
        incident = self._open(**values)
        supervisor = self._as("supervisor", incident)
        acts.announce(supervisor, "因更换旧管计划停水，请提前储水。")
        acts.announce(supervisor, acts.draft(incident))
        self._broadcast()
        contacts = self.env["water.incident.contact"]
        short, long = (
            contacts.search([("notice_id", "=", notice.id)], limit=1)
            for notice in incident.notice_ids.sorted("id")
        )
        told = short._news_expected()
        for moment in (incident.aware_at, incident.announced_end_at):
            self.assertIn(in_words(moment), told)
        self.assertEqual(long._news_expected(), "", "the news say it")
        self.assertEqual(supervisor.action_dismiss()["name"], "Call the Work Off")
        with self._at("2026-03-13 09:00"):  # it has begun
            supervisor.invalidate_recordset(["can_call_off"])
            with self.assertRaisesRegex(UserError, "taken already"):
                supervisor.action_dismiss()
        supervisor.invalidate_recordset(["can_call_off"])
        acts.dismiss(supervisor, "旧管暂不更换")
        self._broadcast()
        off = contacts.search([("notice_id", "=", incident.notice_ids[:1].id)], limit=1)
        self.assertIn("any questions", off._news_help())

    def test_night_alerts(self):
        """Bad water at any level; of the rest the red or orange ones."""
        self._caller()
        incident = self._burst()
        acts.announce(self._as("supervisor", incident), "正在抢修")
        self._broadcast()
        contact = self.env["water.incident.contact"].search(
            [("notice_id", "in", incident.notice_ids.ids)], limit=1
        )
        for kind, level, urgent in (
            *(("outage", "1", True), ("outage", "2", True), ("outage", "3", False)),
            *(("pressure", "4", False), ("quality", "4", True)),
        ):
            trusted(incident).write({"kind_id": self._kind(kind).id, "level": level})
            self.assertIs(contact._is_urgent_news(), urgent, (kind, level))

    def test_called_off_as_it_was_told(self):
        """People told by others hear of the cancellation; others do not."""
        values = {
            "kind_id": self._kind("planned").id,
            "aware_at": local("2026-03-13 09:00"),
            "announced_end_at": local("2026-03-13 17:00"),
        }
        silent = self._open(**values)
        acts.dismiss(self._as("supervisor", silent), "旧管暂不更换")
        self.assertEqual((silent.state, len(silent.notice_ids)), ("dismissed", 0))
        told = self._open(**values, notice_given_at=local("2026-03-10 09:00"))
        acts.dismiss(self._as("supervisor", told), "旧管暂不更换")
        self.assertEqual((told.state, told.notice_ids.kind), ("dismissed", "restored"))

    def test_steps_after_end(self):
        """No “all clear” request to customers whose own supply is still off."""
        self._caller()
        incident = self._burst()
        supervisor = self._as("supervisor", incident)
        acts.announce(supervisor, "正在抢修")
        acts.restore(supervisor, local("2026-03-11 08:00"), "已恢复供水")
        self._broadcast()
        contacts = self.env["water.incident.contact"]
        for kind, words in (("progress", "need not report"), ("restored", "not so at your place")):
            notice = incident.notice_ids.filtered(lambda row, kind=kind: row.kind == kind)
            contact = contacts.search([("notice_id", "=", notice.id)], limit=1)
            self.assertIn(words, contact._news_help())
