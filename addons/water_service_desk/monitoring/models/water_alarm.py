from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import str2bool

from ...base import windows
from ...base.trust import trusted
from .. import figures

MAILED = "water_service_desk.alarm_mail"
#: An alarm that stays is told once an hour.
AGAIN = timedelta(hours=1)
#: Units of time, the largest first.
UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


class WaterAlarm(models.Model):
    """An alarm of the running system, and whether it is on.

    Prometheus reads the figures (``/water/metrics``) and has rules of its own; administrators read
    them here, and get mails while no Prometheus asks.
    """

    _name = "water.alarm"
    _inherit = ["water.readonly.mixin", "water.mixin"]
    _description = "System Status"
    _order = "is_on desc, id"
    _rec_name = "code"

    code = fields.Char(string="Alarm", required=True, readonly=True)
    is_on = fields.Boolean(string="Is an Alarm", readonly=True)
    since = fields.Datetime(string="Alarm since", readonly=True)
    told_at = fields.Datetime(string="Last Mailed", readonly=True)
    value = fields.Float(readonly=True)
    is_known = fields.Boolean(readonly=True, help="Whether there was anything to measure.")
    measured_at = fields.Datetime(readonly=True)
    title = fields.Char(string="What Is Measured", compute="_compute_words")
    reading = fields.Char(string="Now", compute="_compute_words")
    todo = fields.Char(string="What to Do", compute="_compute_words")
    light = fields.Selection(
        [
            ("ok", "In order"),
            ("look", "Worth a look"),
            ("alarm", "Something is wrong"),
            ("none", "Not measured yet"),
        ],
        string="State",
        compute="_compute_words",
    )

    _code_uniq = models.Constraint("UNIQUE (code)", "There is such an alarm.")

    @api.model
    def _readonly_message(self):
        return self.env._("The state of the system is measured, not entered.")

    @api.model
    def _figures(self):
        """Hook: return the figures; rooms add theirs."""
        return figures.FIGURES

    @api.model
    def _alarms(self):
        return {figure.alarm.code: figure.alarm for figure in self._figures() if figure.alarm}

    @api.depends("value", "is_on", "is_known")
    @api.depends_context("lang")
    def _compute_words(self):
        known, lang = self._alarms(), self.env.lang or "en_US"
        for row in self:
            alarm = known.get(row.code)
            row.title = alarm and alarm.title._translate(lang)
            row.todo = alarm and alarm.todo._translate(lang)
            row.reading = alarm and row.is_known and row._in_words(alarm)
            row.light = row._light(alarm)

    def _light(self, alarm):
        if not alarm or not self.is_known:
            return "none"
        if self.is_on:
            return "alarm"
        return "look" if self.value > (alarm.look or alarm.limit / 2) else "ok"

    def _in_words(self, alarm):
        if alarm.unit == "count":
            return str(round(self.value))
        if alarm.unit == "percent":
            return f"{round(self.value)} %"
        number = next((unit for unit in UNITS if self.value >= 2 * unit[1]), UNITS[-1])
        words = {
            "day": self.env._("%s days"),
            "hour": self.env._("%s hours"),
            "minute": self.env._("%s minutes"),
            "second": self.env._("%s seconds"),
        }
        return words[number[0]] % int(self.value // number[1])

    # -- measuring ----------------------------------------------------------------------------

    @api.model
    def _measure(self):
        self.env.flush_all()
        now, found = fields.Datetime.now(), []
        for figure in self._figures():
            if figure.sql:
                self.env.cr.execute(figure.sql, {"now": now})
            rows = self.env.cr.fetchall() if figure.sql else figure.read(self.env)
            found.append((figure, rows))
        return found

    @api.model
    def _update(self):
        """Measure, and bring the rows up to date; return them."""
        now, rows = fields.Datetime.now(), trusted(self.sudo()).search([("code", "!=", False)])
        by_code = {row.code: row for row in rows}
        for figure, found in self._measure():
            if not figure.alarm:
                continue
            row = by_code.get(figure.alarm.code) or rows.create({"code": figure.alarm.code})
            value = float(max((line[-1] or 0 for line in found), default=0))
            is_on = bool(found) and value > figure.alarm.limit
            since = is_on and (row.since or now)
            told = {} if is_on else {"told_at": False}
            row.write(
                {"value": value, "is_known": bool(found), "is_on": is_on, "since": since}
                | {"measured_at": now, **told}
            )
            rows |= row
        gone = rows.filtered(lambda row: row.code not in self._alarms())
        gone.write({"is_on": False, "is_known": False})
        return rows - gone

    @api.model
    def _open(self):
        self.check_access("read")
        domain = [("id", "in", self._update().ids)]
        return windows.rows(self._name, self.env._("System Status"), domain, {})

    # -- mail ---------------------------------------------------------------------------------

    @api.model
    def _cron_alarm(self):
        """Scheduled action: mail alarms to administrators, while no Prometheus asks."""
        rows, now = self._update(), fields.Datetime.now()
        due = rows.filtered(lambda row: row.is_on and not row._is_notified(now))
        if due and self._is_wanted():
            due._mail()
            due.write({"told_at": now})

    def _is_notified(self, now):
        """Return whether it was mailed within the hour; times in the future are ignored."""
        return bool(self.told_at) and now - AGAIN < self.told_at <= now

    @api.model
    def _is_wanted(self):
        # sudo: ir.config_parameter - a setting of the system
        if not str2bool(self.env["ir.config_parameter"].sudo().get_param(MAILED) or "1"):
            return False
        return not self._is_scraped()

    @api.model
    def _is_scraped(self):
        """Return whether Prometheus asked lately; read without the cache shared by all
        processes.
        """
        now, silent = fields.Datetime.now(), timedelta(minutes=figures.SILENT)
        times = [fields.Datetime.to_string(moment) for moment in (now - silent, now + silent)]
        self.env.cr.execute(
            "SELECT 1 FROM ir_config_parameter WHERE key = %s AND value BETWEEN %s AND %s",
            (figures.SCRAPED, *times),
        )
        return bool(self.env.cr.rowcount)

    @api.model
    def _note_scrape(self):
        """Store the time of Prometheus's request, once a minute, without invalidating caches."""
        now = fields.Datetime.now()
        self.env.cr.execute(
            "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value"
            " WHERE ir_config_parameter.value NOT BETWEEN %s AND excluded.value",
            (
                figures.SCRAPED,
                fields.Datetime.to_string(now),
                fields.Datetime.to_string(now - timedelta(minutes=1)),
            ),
        )

    def _mail(self):
        """Send the mail directly: the queue may be the fault."""
        # sudo: res.groups, mail.mail - the system tells its administrators
        group = self.env.ref("base.group_system").sudo()
        people = group.all_user_ids.filtered(lambda user: user.active and user.email)
        for lang, readers in people.grouped("lang").items():
            rows = self.with_context(lang=lang)
            items = Markup("").join(
                Markup("<li>%s: <b>%s</b>. %s</li>") % (row.title, row.reading, row.todo)
                for row in rows
            )
            subject = rows.env._("Water service: %s alarms of the system", len(rows))
            mail = self.env["mail.mail"].sudo()
            mail.create(
                {
                    "model": self._name,
                    "subject": subject,
                    "body_html": Markup("<ul>%s</ul>") % items,
                    "email_to": ", ".join(readers.mapped("email_formatted")),
                    "auto_delete": True,
                }
            ).send()
