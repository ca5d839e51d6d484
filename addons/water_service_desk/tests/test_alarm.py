"""Each alarm of the desk is triggered and goes off; no others do."""

import re
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import file_path

from odoo.addons.mail.tests.common import MockEmail

from ..base.trust import trusted
from ..messaging.tests.common import MessageCommon
from ..monitoring import figures

JOB = "SELECT res_id FROM ir_model_data WHERE name = 'ir_cron_sweep'"
#: its cause, with five late days, in a database with one row of each kind
CAUSES = {
    "SweepStuck": "UPDATE water_deadline SET next_check_at = %(late)s",
    "JobsStuck": f"UPDATE ir_cron SET nextcall = %(late)s WHERE id = ({JOB})",
    "JobFails": f"UPDATE ir_cron SET failure_count = 3 WHERE id = ({JOB})",
    "JobsFar": f"UPDATE ir_cron SET nextcall = '2090-01-01' WHERE id = ({JOB})",
    "JobOff": f"UPDATE ir_cron SET active = false WHERE id = ({JOB})",
    "MailsWait": "UPDATE mail_mail SET state = 'outgoing', create_date = %(late)s",
    "MailsFail": "INSERT INTO mail_mail (mail_message_id, state, write_date) SELECT min(id),"
    " 'exception', %(now)s FROM mail_message, generate_series(1, 21) AS n"
    " GROUP BY n",
    "MessagesWait": "UPDATE water_message SET state = 'queued', next_try_at = %(late)s",
    "MessagesGivenUp": "INSERT INTO water_message (subject, medium, state, address, key, queued_at,"
    " company_id, inquiry_id) SELECT 'x', 'sms', 'given_up', '1', 'k' || n,"
    " %(now)s, company_id, id FROM generate_series(1, 21) AS n,"
    " (SELECT * FROM water_inquiry ORDER BY id DESC LIMIT 1) AS one",
    "WebhooksWait": "UPDATE water_webhook_delivery SET state = 'failed', next_try_at = %(late)s",
    "WebhooksGivenUp": "UPDATE water_webhook_delivery SET state = 'dead'",
    "MailsAside": "UPDATE water_inbound_mail SET outcome = 'aside', received_at = %(late)s",
    "MailboxSilent": "INSERT INTO fetchmail_server (name, active, server_type, state, error_date)"
    " VALUES ('x', true, 'imap', 'draft', %(late)s)",
    "FilesUnscanned": "INSERT INTO ir_attachment (name, type, water_unscanned, create_date)"
    " VALUES ('x', 'binary', true, %(late)s)",
    "AnchorsInside": "INSERT INTO water_anchor (number, sealed_at) SELECT n, %(now)s"
    " FROM generate_series(901, 903) AS n",
    "BackupOld": "INSERT INTO ir_config_parameter (key, value)"
    " VALUES ('water_service_desk.backup_made_at', %(late)s)",
    "DrillOld": "INSERT INTO ir_config_parameter (key, value)"
    " VALUES ('water_service_desk.backup_drilled_at', '2020-01-01 00:00:00')",
}


class AlarmCommon(MessageCommon):
    """A sound database with one row of each kind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alarms = cls.env["water.alarm"]
        cls.desk = {name for name in cls.alarms._alarms() if not name.startswith("Seal")}

    def setUp(self):
        super().setUp()
        case = self._inquiry()
        hook = {"name": "x", "url": "https://hooks.example.com/", "secret": "s" * 40}
        hook |= {"channel_ids": self._channel("app").ids}
        row = {"webhook_id": self.env["water.webhook"].create(hook).id, "event": "created"}
        row |= {"inquiry_id": case.id, "company_id": self.company.id, "state": "delivered"}
        trusted(self.env["water.webhook.delivery"]).create(row)
        mail = {
            "message_id": "<1@example.com>",
            "outcome": "ignored",
            "company_id": self.company.id,
        }
        trusted(self.env["water.inbound.mail"]).create(mail)
        self.env["mail.mail"].create({"subject": "x", "email_to": "x@example.com", "state": "sent"})
        self._quiet()

    def _quiet(self):
        """A sound database, regardless of the demo data."""
        self.env.flush_all()
        for statement in (
            "UPDATE water_deadline SET next_check_at = NULL",
            "UPDATE ir_cron SET nextcall = %(now)s + interval '1 day',"
            " failure_count = 0, active = true",
            "UPDATE mail_mail SET state = 'sent'",
            "UPDATE water_message SET state = 'sent', next_try_at = NULL",
            "UPDATE water_webhook_delivery SET state = 'delivered', next_try_at = NULL",
            "UPDATE water_inbound_mail SET outcome = 'ignored'",
            "UPDATE water_anchor SET kept_at = sealed_at",
            "UPDATE fetchmail_server SET active = false",
            "UPDATE ir_attachment SET water_unscanned = NULL WHERE water_unscanned",
            "DELETE FROM ir_config_parameter WHERE key LIKE 'water_service_desk.backup_%%'"
            " OR key = 'water_service_desk.scraped_at'",
        ):
            self._make_true(statement)
        self.env.invalidate_all()

    def _make_true(self, statement):
        now = fields.Datetime.now()
        moments = {"now": now, "late": now - timedelta(days=5), "half": now - timedelta(minutes=10)}
        self.env.cr.execute(statement, moments)

    def _firing(self):
        rows = self.alarms._update()
        return set(rows.filtered("is_on").mapped("code")) & self.desk


@tagged("post_install", "-at_install")
class TestAlarm(AlarmCommon):
    """Causes, words, limits."""

    def test_each_goes_off(self):
        self.assertEqual(self._firing(), set())
        self.assertEqual(CAUSES.keys(), self.desk - {"LongTransaction", "DiskFull"})
        for code, statement in CAUSES.items():
            with self.subTest(code):
                self._make_true(statement)
                self.assertEqual(self._firing(), {code})
                self._quiet()
                self.env.cr.execute("DELETE FROM water_anchor WHERE number > 900")
                self.env.cr.execute("DELETE FROM water_message WHERE address = '1'")

    def test_a_transaction_that_lasts(self):
        """This test's fault has lasted some moments: its limit is lowered."""
        at = next(i for i, one in enumerate(figures.FIGURES) if "transaction" in one.name)
        short = figures.FIGURES[at]._replace(alarm=figures.FIGURES[at].alarm._replace(limit=0))
        changed = (*figures.FIGURES[:at], short, *figures.FIGURES[at + 1 :])
        with patch.object(figures, "FIGURES", changed):
            self.assertEqual(self._firing(), {"LongTransaction"})

    def test_a_disk_without_room_or_without_names(self):
        full = {"f_blocks": 100, "f_bfree": 50, "f_bavail": 50, "f_files": 100}
        for free, favail, light in ((9, 9, "alarm"), (15, 15, "look"), (50, 50, "ok")):
            disk = SimpleNamespace(**full, f_ffree=free, f_favail=favail)
            with self.subTest(light), patch("os.statvfs", return_value=disk):
                self.assertEqual(self._firing(), {"DiskFull"} if light == "alarm" else set())
                row = self.alarms.search([("code", "=", "DiskFull")])
                self.assertEqual((row.light, row.reading), (light, f"{100 - free} %"))

    def test_unused_mailbox(self):
        """The action that fetches was switched off, or Odoo asks in vain."""
        box = self.env["fetchmail.server"].create({"name": "x", "server_type": "imap"})
        box.write({"state": "done", "date": fields.Datetime.now()})
        self.assertEqual(self._firing(), set())
        box.date -= timedelta(hours=2)
        self.assertEqual(self._firing(), {"MailboxSilent"})
        box.server_type = "local"  # brings its mails by itself
        self.assertEqual(self._firing(), set())

    def test_mails_that_are_offered_again(self):
        """They wait since they were made, not since the next try; those of a full mailbox do not
        say that the server is away. Each counts as a failure of the day.
        """
        mails = self.env["mail.mail"].create([{"subject": "x", "email_to": "x@example.com"}] * 21)
        self.env.flush_all()

        def offer(count, failure):
            self._make_true(
                "UPDATE mail_mail SET create_date = %(late)s, write_date = %(now)s,"
                " scheduled_date = %(now)s + interval '1 hour',"
                f" failure_type = '{failure}' WHERE id IN {(0, *mails[:count].ids)}"
            )
            return self._firing()

        self._make_true(f"UPDATE mail_mail SET state = 'sent' WHERE id NOT IN {(0, *mails.ids)}")
        self.assertEqual(offer(1, "mail_smtp"), {"MailsWait"})
        self.assertEqual(offer(20, "unknown"), set())
        self.assertEqual(offer(21, "unknown"), {"MailsFail"})

    def test_the_words_of_the_lights(self):
        self._make_true("UPDATE water_deadline SET next_check_at = %(half)s")  # of 15
        rows = {row.code: row for row in self.alarms._update()}
        self.assertEqual(rows["SweepStuck"].light, "look")
        self.assertIn("minutes", rows["SweepStuck"].reading)
        self.assertEqual(rows["MailsWait"].light, "ok")
        self.assertEqual(rows["BackupOld"].light, "none")
        self._make_true(CAUSES["SweepStuck"])
        (row,) = self.alarms._update().filtered("is_on")
        self.assertEqual((row.light, row.reading), ("alarm", "5 days"))
        since = row.since
        self.alarms._update()
        self.assertEqual(row.since, since)

    def test_queries(self):
        """One for each figure, and none that reads rows one by one."""
        self.alarms._update()
        self.env.flush_all()
        with self.assertQueryCount(len([f for f in self.alarms._figures() if f.sql])):
            self.alarms._measure()

    def test_rules_of_prometheus_have_the_same_limits(self):
        """``config/prometheus/alerts.yml``, where the addons stand in their project."""
        root = file_path("water_service_desk/__manifest__.py").split("/addons/water_")[0]
        with open(f"{root}/config/prometheus/alerts.yml") as file:
            rules = dict(re.findall(r"alert: (\w+)\n +expr: (.*)", file.read()))
        with open(f"{root}/doc/monitoring.md") as file:
            runbooks = set(re.findall(r"^### (\w+)$", file.read(), re.MULTILINE))
        self.assertEqual(rules.pop("WaterDown"), 'up{job="water"} == 0')
        ours = {
            figure.alarm.code: f"{figure.name} > {figure.alarm.limit}"
            for figure in self.alarms._figures()
            if figure.alarm
        }
        self.assertEqual(rules, ours)
        self.assertEqual(runbooks, {*ours, "WaterDown"})


@tagged("post_install", "-at_install")
class TestAlarmMail(AlarmCommon, MockEmail):
    """Administrators are notified of faults, unless Prometheus asks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls._new_user("root", "base.group_system", email="root@example.com")

    def _told(self):
        with self.mock_mail_gateway():
            self.alarms._cron_alarm()
        return [mail for mail in self._mails if "root@example.com" in str(mail["email_to"])]

    def test_once_an_hour(self):
        self.assertEqual(self._told(), [])
        self._make_true(CAUSES["JobOff"])
        (mail,) = self._told()
        self.assertIn("switched off", mail["body"])
        self.assertEqual(self._told(), [])
        rows = self.alarms.search([("is_on", "=", True)])
        trusted(rows).write({"told_at": fields.Datetime.now() - timedelta(hours=1, minutes=1)})
        self.assertEqual(len(self._told()), 1)

    def test_clock_ahead_does_not_silence_anyone(self):
        """Its own records, of the last mail and of Prometheus, are no reason."""
        self._make_true(CAUSES["JobOff"])
        ahead = fields.Datetime.now() + timedelta(days=400)
        row = self.alarms._update().filtered("is_on")
        trusted(row).told_at = ahead
        settings = self.env["ir.config_parameter"]
        settings.set_param(figures.SCRAPED, fields.Datetime.to_string(ahead))
        self.env.flush_all()
        self.assertEqual(len(self._told()), 1)
        self.alarms._note_scrape()
        self.assertTrue(self.alarms._is_scraped())

    def test_prometheus_is_there(self):
        self._make_true(CAUSES["JobOff"])
        self.alarms._note_scrape()
        self.assertEqual(self._told(), [])
        self.env.cr.execute(
            "UPDATE ir_config_parameter SET value = '2020-01-01 00:00:00' WHERE key = %s",
            (figures.SCRAPED,),
        )
        self.assertEqual(len(self._told()), 1)

    def test_mail_is_switched_off(self):
        self.env["ir.config_parameter"].set_param("water_service_desk.alarm_mail", "False")
        self._make_true(CAUSES["JobOff"])
        self.assertEqual(self._told(), [])
