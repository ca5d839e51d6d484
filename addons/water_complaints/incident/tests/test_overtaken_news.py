from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

from ...complaint.tests import acts
from .common import IncidentCommon


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 22:00"))
class TestOvertakenNews(IncidentCommon):
    """In the morning, or when the server is back, one reads how it stands, not how it stood."""

    def _night(self):
        """Two holders, of whom one sleeps; a burst main in their zone."""
        awake, asleep = self._account(1), self._account(2)
        asleep.partner_id.write({"water_quiet_from": 21, "water_quiet_until": 8})
        return self._open(level="4"), awake.partner_id, asleep.partner_id

    def _tell(self, incident, text, moment):
        before = self._messages()
        with self._at(moment):
            acts.announce(self._as("supervisor", incident), text)
            self._broadcast()
        return self._messages() - before

    def _end(self, incident, moment):
        with self._at(moment):
            acts.restore(self._as("supervisor", incident), fields.Datetime.now(), "已恢复供水。")
            self._broadcast()

    def test_sleeping_recipient_gets_newest_only(self):
        incident, awake, asleep = self._night()
        first = self._tell(incident, "正在抢修。", "2026-03-11 23:00")
        second = self._tell(incident, "仍在抢修。", "2026-03-12 01:00")
        self._end(incident, "2026-03-12 03:00")
        of_sleeper = (first | second).filtered(lambda row: row.partner_id == asleep)
        self.assertEqual(of_sleeper.mapped("state"), ["overtaken"] * 2)
        self.assertEqual(set(of_sleeper.mail_mail_id.mapped("state")), {"cancel"})
        self.assertFalse(any(row._has_failed() for row in of_sleeper))
        waiting = self._messages().filtered(
            lambda row: row.partner_id == asleep and row.state == "queued"
        )
        self.assertEqual(waiting.incident_contact_id.notice_id.mapped("kind"), ["restored"])
        # sent news are not called back
        self.assertNotIn(
            "overtaken",
            self._messages()
            .filtered("mail_mail_id")
            .filtered(lambda row: row.partner_id == awake)
            .mapped("state"),
        )

    def test_mail_refused_by_server(self):
        incident, awake, __ = self._night()
        first = self._tell(incident, "正在抢修。", "2026-03-11 23:00")
        his = first.filtered(lambda row: row.partner_id == awake)
        trusted(his)._fail("server")
        self.assertEqual(his.state, "failed")
        self._end(incident, "2026-03-11 23:20")
        self.assertEqual((his.state, his.next_try_at), ("overtaken", False))

    def test_news_of_another_incident_stay(self):
        incident, __, asleep = self._night()
        first = self._tell(incident, "正在抢修。", "2026-03-11 23:00")
        other = self._open(
            level="4", subject="水质发黄", kind_id=self._kind("quality").id, category_ids=[]
        )
        self.assertTrue(self._tell(other, "请勿饮用。", "2026-03-12 01:00"))
        his = first.filtered(lambda row: row.partner_id == asleep)
        self.assertEqual(his.state, "queued")
