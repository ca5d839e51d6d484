from odoo import api, fields, models

from odoo.addons.phone_validation.tools import phone_validation

from ..roles import SUPERVISOR


class ResCompany(models.Model):
    _inherit = "res.company"

    water_hotline = fields.Char(string="Service Hotline", help="Shown to customers on letters.")
    water_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Office Hours",
        help="Working time of clocks whose standard names no calendar of its own.",
    )
    water_pause_days = fields.Integer(
        string="Pause without Approval",
        default=2,
        help="Days for which a clock may be paused before a supervisor has to approve.",
    )
    water_general_manager_id = fields.Many2one(
        "res.users", string="General Manager", help="Top of the escalation ladder."
    )
    water_return_days = fields.Integer(
        string="Return of Orders",
        default=2,
        help="Working days within which an order of another body can be returned to it.",
    )
    water_message_user_id = fields.Many2one(
        "res.users",
        string="Undelivered Messages",
        help="Is asked to reach customers whose messages were given up; empty: a supervisor.",
    )
    water_call_from = fields.Float(
        string="Call Customers Between",
        default=9,
        help="Hours of the office's time zone; the rest of the day is quiet.",
    )
    water_call_until = fields.Float(string="and", default=20)
    water_call_attempts = fields.Integer(
        string="Tries to Call",
        default=3,
        help="So many calls in vain, and the customer counts as unreachable (S2.3.3a).",
    )
    water_reveal_limit = fields.Integer(
        string="Reveals per Hour",
        default=20,
        help="How many customers one person may look at within an hour; his supervisor is told at"
        " the last. 0: no limit.",
    )
    water_export_limit = fields.Integer(
        string="Large Export",
        default=200,
        help="Exports and bulk reads above so many records are told to quality. 0: never.",
    )
    water_upload_max_files = fields.Integer(string="Files per Filing", default=10)
    water_upload_max_mb = fields.Integer(string="Megabytes per File", default=10)
    water_public_open = fields.Boolean(
        string="Public Page",
        default=True,
        help="Whoever has no account can file and follow cases at /water/report.",
    )
    water_public_per_source = fields.Integer(
        string="Filings per Address",
        default=20,
        help="Cases within an hour from one network address. 0: no limit.",
    )
    water_public_per_phone = fields.Integer(
        string="Filings per Telephone Number",
        default=5,
        help="Cases within a day with one telephone number. 0: no limit.",
    )
    water_public_per_session = fields.Integer(
        string="Filings per Browser",
        default=5,
        help="Cases within an hour from one browser. 0: no limit.",
    )
    water_public_work = fields.Integer(
        string="Work of the Browser",
        default=60000,
        help="Largest number that a visitor's browser has to try before it may send a form.",
    )
    water_track_attempts = fields.Integer(
        string="Wrong Codes",
        default=5,
        help="So many wrong codes for a number within an hour, and it is closed to strangers"
        " for the rest of it; four times as many from one network address.",
    )
    water_track_opens = fields.Integer(
        string="Links Opened",
        default=120,
        help="Links of mails and messages that one network address may open within an hour."
        " 0: no limit.",
    )
    water_track_actions = fields.Integer(
        string="Answers without Login",
        default=30,
        help="What may be sent about one case within an hour by whoever follows it without a"
        " login. 0: no limit.",
    )
    water_challenge_per_source = fields.Integer(
        string="Checks of Browsers",
        default=300,
        help="Checks against programs that one network address may ask for within an hour."
        " 0: no limit.",
    )
    water_portal_per_user = fields.Integer(
        string="Forms of a Customer",
        default=60,
        help="Filings, answers, uploads and decisions that one signed-in customer may send"
        " within an hour. 0: no limit.",
    )
    water_call_per_user = fields.Integer(
        string="Calls Picked Up",
        default=30,
        help="Callers that one agent's telephone may open within a minute. 0: no limit.",
    )

    water_visit_notice_hours = fields.Integer(
        string="Earliest New Appointment",
        default=24,
        help="Customers move an appointment to no window that begins sooner, in hours.",
    )
    water_visit_cutoff_hours = fields.Integer(
        string="Latest Move by the Customer",
        default=12,
        help="Hours before an appointment from which staff decide about another time.",
    )
    water_visit_window_hours = fields.Integer(
        string="Length of a Window", default=2, help="In hours, within working time."
    )
    water_visit_days = fields.Integer(
        string="Windows Ahead", default=10, help="Days ahead for which windows are offered."
    )
    water_delegate_invites = fields.Integer(
        string="Invitations of Delegates",
        default=10,
        help="Invitations that one holder may send within a day. 0: no limit.",
    )

    water_api_limit = fields.Integer(
        string="Calls of an Integration",
        default=120,
        help="Calls per minute that one integration may make. 0: no limit.",
    )
    water_mail_flood = fields.Integer(
        string="Mails of One Sender",
        default=10,
        help="More mails of one sender within an hour are set aside. 0: no limit.",
    )
    water_mail_max_mb = fields.Integer(
        string="Largest Mail", default=30, help="Megabytes; larger mails are set aside."
    )
    water_mail_spam_score = fields.Float(
        string="Spam Score",
        default=5.0,
        help="Mails with at least this score of the mail server are set aside. 0: only those it"
        " has marked as spam.",
    )
    water_mail_keep_days = fields.Integer(
        string="Mails Set Aside",
        default=30,
        help="Days after which incoming mails that became no case are deleted.",
    )

    _water_mails = models.Constraint(
        "CHECK (water_api_limit >= 0 AND water_mail_flood >= 0 AND water_mail_keep_days > 0"
        " AND water_mail_max_mb BETWEEN 1 AND 100 AND water_mail_spam_score >= 0)",
        "Limits of mails and of integrations must not be negative, and a mail has 1 to 100 MB.",
    )

    _water_limits = models.Constraint(
        "CHECK (water_upload_max_files > 0 AND water_upload_max_mb > 0 AND water_return_days > 0"
        " AND water_reveal_limit >= 0 AND water_export_limit >= 0)",
        "Days to return an order and limits must be positive.",
    )

    _water_visits = models.Constraint(
        "CHECK (water_visit_notice_hours BETWEEN 0 AND 336 AND water_visit_cutoff_hours BETWEEN 0"
        " AND 336 AND water_visit_window_hours BETWEEN 1 AND 12 AND water_visit_days BETWEEN 1"
        " AND 60 AND water_delegate_invites >= 0)",
        "Choose up to 336 hours of notice, windows of 1 to 12 hours, and 1 to 60 days ahead.",
    )

    _water_public = models.Constraint(
        "CHECK (water_public_per_source >= 0 AND water_public_per_phone >= 0"
        " AND water_public_per_session >= 0 AND water_track_attempts BETWEEN 1 AND 100"
        " AND water_public_work BETWEEN 1000 AND 2000000)",
        "Choose limits of the public page from 0, 1 to 100 wrong codes, and 1000 to 2000000 tries"
        " of the browser.",
    )

    _water_doors = models.Constraint(
        "CHECK (water_track_opens >= 0 AND water_track_actions >= 0 AND water_call_per_user >= 0"
        " AND water_challenge_per_source >= 0 AND water_portal_per_user >= 0)",
        "Limits of what customers and telephones send must not be negative.",
    )

    _water_calls = models.Constraint(
        "CHECK (water_call_from >= 0 AND water_call_until <= 24"
        " AND water_call_from < water_call_until AND water_call_attempts BETWEEN 1 AND 20)",
        "Choose calling hours that begin before they end, and 1 to 20 tries.",
    )

    @api.constrains("water_calendar_id")
    def _check_water_calendar(self):
        self.water_calendar_id._check_has_hours()

    def _water_calendar(self):
        """The calendar of clocks without one of their own."""
        self.ensure_one()
        if self.water_calendar_id:  # asked once per mail: the look-up below costs a query
            return self.water_calendar_id
        office = self.env.ref("water_service_desk.calendar_office", raise_if_not_found=False)
        return office or self.resource_calendar_id

    def _water_tz(self):
        """Name of the time zone by whose clock the company works."""
        return self._water_calendar().tz or "Asia/Shanghai"

    def _water_call_hours(self):
        """``(from, until)`` hours in which customers are called."""
        return self.water_call_from, self.water_call_until

    def _water_message_user(self):
        """Who is told of messages that were given up: a supervisor, unless somebody is named."""
        self.ensure_one()
        if self.water_message_user_id.active:
            return self.water_message_user_id
        # sudo: res.groups - that a supervisor exists is no secret
        group = self.env.ref(SUPERVISOR).sudo()
        people = group.all_user_ids.filtered(lambda u: u.active and self in u.company_ids)
        return people.sorted("id")[:1]

    def _water_phone(self, text):
        """A telephone number in its international form (E164); as typed when it is none.

        :param text: as people write it, read as a number of the company's country
        """
        country = self.country_id
        return text and phone_validation.phone_format(
            text,
            country.code or "CN",
            country.phone_code or 86,
            force_format="E164",
            raise_exception=False,
        )

    def _water_upload_help(self):
        """What customers may send, as a sentence in their language."""
        return self.env._(
            "Up to %(count)s files of at most %(size)s MB each: photos, PDF, Word, Excel,"
            " sound, video.",
            count=self.water_upload_max_files,
            size=self.water_upload_max_mb,
        )

    @api.model
    def _water_install_defaults(self):
        """Give every company that has none the office calendar (called by data)."""
        office = self.env.ref("water_service_desk.calendar_office")
        self.search([("water_calendar_id", "=", False)]).water_calendar_id = office
