from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date
from odoo.tools.mail import html_to_inner_content

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.moments import moment_text
from odoo.addons.water_service_desk.base.primary import need_primary
from odoo.addons.water_service_desk.base.roles import AGENT, CASE_GROUPS
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import strip_invisible

#: Letters with decisions: signed by a superior if a rule requires it.
SIGNED_KINDS = ("result", "refusal")
#: An equal letter within this time is a concurrent duplicate.
JUST_NOW = timedelta(minutes=10)
#: How a customer has come to know a notice.
HOW = [
    ("oral", "By word of mouth"),
    ("portal", "Opened on the customer's page"),
    ("post", "By post"),
    ("hand", "Handed over"),
]


class WaterNotice(models.Model):
    """A formal notice to the customer (S3.2.3c): written, or oral with person, time and content.

    Once sent it is evidence: read-only and never deleted.
    """

    _name = "water.notice"
    _inherit = [
        "water.readonly.mixin",
        "water.never.deleted.mixin",
        "water.letter.mixin",
        "water.mixin",
    ]
    _description = "Notice to the Customer"
    _package = (
        *("name", "kind", "mode", "subject", "body", "email_to", "told_to", "sent_at"),
        "appeal_until",
    )
    _dossier_order = 45
    _dossier = (
        "kind",
        "mode",
        "subject",
        "body",
        "email_to",
        "told_to",
        "recording_ref",
        "sent_at",
        "sent_by_id",
        "signed_by_id",
        "delivered_at",
        "appeal_until",
        "round",
    )
    _order = "sent_at desc, id desc"
    _allow_sudo_commands = False
    _personal = ("told_to", "email_to", "recording_ref")

    name = fields.Char(string="Letter Number", readonly=True, copy=False)
    complaint_id = fields.Many2one(
        "water.complaint", required=True, index=True, ondelete="restrict", readonly=True
    )
    kind = fields.Selection(
        [
            ("acceptance", "Acceptance"),
            ("refusal", "Refusal"),
            ("delay", "Delay"),
            ("result", "Result of the Complaint"),
        ],
        required=True,
        default="result",
    )
    mode = fields.Selection(
        [
            ("written", "Written"),
            ("oral", "Oral"),
            ("published", "Published under the query code"),
        ],
        required=True,
        default="written",
    )
    subject = fields.Char(required=True)
    body = fields.Html(sanitize=True)
    email_to = fields.Char(string="Sent to", groups=CASE_GROUPS, water_mask="email")
    letter = fields.Binary(
        string="Letter as Sent",
        attachment=True,
        readonly=True,
        groups=CASE_GROUPS,
        help="The PDF as it was sent: evidence of what the customer was told.",
    )
    told_to = fields.Char(
        groups=CASE_GROUPS, help="Oral notice: the person who was told.", water_mask="name"
    )
    recording_ref = fields.Char(string="Recording", help="Oral notice: reference of the recording.")
    sent_at = fields.Datetime(readonly=True)
    signed_by_id = fields.Many2one(
        "res.users",
        string="In the Name of",
        readonly=True,
        help="The first responsible person, even if a colleague sends it (S3.1.1).",
    )
    sent_by_id = fields.Many2one("res.users", string="Notified by", readonly=True)
    appeal_until = fields.Date(string="Appeal until", readonly=True)
    customer_message_ids = fields.One2many(
        "water.message",
        "notice_id",
        readonly=True,
        groups=CASE_GROUPS,
    )
    pause_id = fields.Many2one(
        "water.deadline.pause",
        string="Extension",
        readonly=True,
        ondelete="restrict",
        help="Notice of delay: the extension that it tells of.",
    )
    round = fields.Integer(readonly=True, help="How often the complaint had been reopened by then.")
    company_id = fields.Many2one(related="complaint_id.company_id", store=True, index=True)

    way = fields.Selection(
        [("mail", "Mail"), ("post", "Post"), ("hand", "Handed over")],
        string="Sent by",
        readonly=True,
        help="Written notice: how the letter goes out.",
    )
    delivered_at = fields.Datetime(readonly=True, help="When the customer has seen or heard it.")
    delivered_how = fields.Selection(HOW, string="Delivered", readonly=True)
    delivered_by_id = fields.Many2one("res.users", string="Delivery Recorded by", readonly=True)
    delivered_to = fields.Char(
        string="Received by",
        readonly=True,
        groups=CASE_GROUPS,
        help="Who took the letter, and what they are to the customer.",
    )
    delivery_ref = fields.Char(
        string="Postal Number", readonly=True, help="Number of the registered letter."
    )
    signature = fields.Binary(
        attachment=True,
        readonly=True,
        groups=CASE_GROUPS,
        help="The receiver's signature.",
    )
    can_deliver = fields.Boolean(compute="_compute_can_deliver", export_string_translation=False)

    @api.model
    def _readonly_message(self):
        return self.env._("Notify the customer with the button; what was sent is not changed.")

    @api.model
    def _send(self, complaint, values):
        """Make a notice, send it when it is written, and leave the evidence.

        :param complaint: one water.complaint the user may write
        :param values: kind, mode, subject, body; told_to and recording_ref when oral; way when
            written (by mail unless it says otherwise); what else it is about, such as pause_id
        :raises UserError: when a written notice has no address, or an oral one no listener
        :return: the notice
        """
        complaint.check_access("write")
        if not (self.env.su or self.env.user.has_group(AGENT)):
            raise AccessError(self.env._("Only service agents notify customers."))
        words = f"{values.get('subject') or ''}\n{html_to_inner_content(values.get('body') or '')}"
        self.env["water.forbidden.phrase"]._say(complaint, words, "notice")
        # sudo: complaint - the address may be masked for the sender's role
        self._check_published(values, complaint)
        self._check_values(values, complaint._notice_address())
        self._check_not_just_sent(values, complaint)
        if values.get("kind", "result") in SIGNED_KINDS and not self.env.su:
            complaint._check_signed("letter", values.get("body"), values.get("subject"))
        notice = self._create_sent(complaint, values)
        notice._tell_also(values)
        return notice.with_env(self.env)

    @api.model
    def _create_sent(self, complaint, values):
        owners = [complaint.sudo().company_id.id]
        numbers = self.env["ir.sequence"]._water_numbers("water.notice", owners)
        notice = trusted(self.sudo()).create(
            {**self._sent_values(complaint, values), "name": numbers[0]}
        )
        notice._deliver()
        return notice

    @api.model
    def _sent_values(self, complaint, values):
        """Return the values of a notice to the customer of ``complaint``, without its number."""
        is_oral = values["mode"] == "oral"
        way = (values.get("way") or "mail") if values["mode"] == "written" else False
        now = fields.Datetime.now()
        return {
            **values,
            "complaint_id": complaint.id,
            "round": complaint.reopen_count,
            "way": way,
            "email_to": complaint._notice_address() if way == "mail" else False,
            "sent_at": now,
            "sent_by_id": self.env.uid,
            "signed_by_id": self._signer(complaint, values).id,
            "delivered_at": now if is_oral else False,
            "delivered_how": "oral" if is_oral else False,
            "delivered_by_id": self.env.uid if is_oral else False,
        }

    @api.model
    def _signer(self, complaint, values):
        reviewer = self.env["water.appeal"].browse(values.get("appeal_id")).sudo().reviewer_id
        return reviewer or complaint.first_responsible_id or self.env.user

    def _judged_by(self):
        demands = self.complaint_id.demand_ids.filtered("verdict")
        rules = list(dict.fromkeys(strip_invisible(row.basis).rstrip(".。；;") for row in demands))
        return rules or (self.also_of_id and self.also_of_id._judged_by())

    @api.model
    def _check_published(self, values, complaint):
        if values["mode"] == "published" and not complaint.sudo().query_code_at:
            raise UserError(
                self.env._("%s has no query code under which to publish it.", complaint.name)
            )

    @api.model
    def _check_values(self, values, email):
        if not strip_invisible(html_to_inner_content(values.get("body") or "")):
            raise UserError(self.env._("Write what the customer is told."))
        if values["mode"] == "written" and (values.get("way") or "mail") == "mail" and not email:
            raise UserError(
                self.env._(
                    "The customer has no mail address: inform them orally, or have the"
                    " letter printed and sent by post or handed over."
                )
            )
        if values["mode"] == "oral" and not strip_invisible(values.get("told_to")):
            raise UserError(self.env._("Write down who was told."))

    @api.model
    def _check_not_just_sent(self, values, complaint):
        """Two people who send the same decision at once send it once: its days count from one day.

        :raises UserError: for the same letter to the same address as a moment ago
        """
        kind = values.get("kind", "result")
        if values["mode"] != "written" or kind not in SIGNED_KINDS:
            return
        facts = (kind, "written", values.get("way") or "mail", values.get("subject"))
        words, case = html_to_inner_content(values["body"]), complaint.sudo()
        since = fields.Datetime.now() - JUST_NOW
        for row in case.notice_ids.filtered(lambda row: row.sent_at and row.sent_at >= since):
            same = (row.kind, row.mode, row.way, row.subject) == facts
            there = row.round == case.reopen_count and row.email_to in (
                False,
                case._notice_address(),
            )
            if same and there and html_to_inner_content(row.body) == words:
                raise UserError(
                    self.env._(
                        "%(person)s has sent this letter at %(at)s: look at it before you send it"
                        " once more.",
                        person=row.sent_by_id.name,
                        at=moment_text(self.env, row.sent_at, case.company_id._water_reader_tz()),
                    )
                )

    def _deliver(self):
        """Queue the letter (mail with the PDF) and show the notice in the case's thread.

        A customer who prefers SMS or WeChat is told there too that the letter has come.
        """
        complaint = self.complaint_id
        if self.way == "mail":
            template = self.env.ref("water_complaints.mail_template_notice")
            wish = complaint.partner_id.water_message_medium
            for medium in ("mail", wish) if wish in ("sms", "wechat") else ("mail",):
                self.env["water.message"]._queue(template, self, medium).notice_id = self
        elif self.way:
            self._keep_letter()
        complaint._message_log(body=self.body, subject=self.subject)

    # -- the letter -----------------------------------------------------------------------

    def _letter_day(self):
        return self.sent_at

    def _letter_title(self):
        """Return the title of the letter in the language of the environment."""
        return {
            "acceptance": self.env._("Notice of Acceptance"),
            "refusal": self.env._("Notice of Refusal"),
            "delay": self.env._("Notice of Delay"),
            "result": self.env._("Notice of the Result"),
            "appeal_receipt": self.env._("Receipt of Your Appeal"),
            "appeal_decision": self.env._("Decision on Your Appeal"),
            "final": self.env._("Final Answer"),
        }[self.kind]

    def _letter_name(self):
        title = self.with_context(lang=self._letter_lang())._letter_title()
        return f"{title}-{self.complaint_id.name}.pdf"

    def _mail_subject(self):
        number = self.complaint_id.name
        if number in self.subject:
            return self.subject
        return self.env._("%(title)s (%(number)s)", title=self.subject, number=number)

    def _customer_appeal(self):
        """Return the last day for a review as a sentence; "" if none is possible."""
        if not self.appeal_until:
            return ""
        day = format_date(self.env, self.appeal_until, date_format="long")
        return self.env._("If you do not agree, you can ask for a review by %s.", day)

    def _message_case(self):
        return self.complaint_id

    # -- delivery ------------------------------------------------------------------------------
    # How a notice goes out, and the proof that it has reached the customer (S3.2.3c).
    #
    # A mail is proved by its message and by the customer opening the page; a printed letter by the
    # user who posted it or handed it over, with the receipt or the signature.

    def _compute_can_deliver(self):
        is_desk = self.env.user.has_group(AGENT)
        for notice in self:
            notice.can_deliver = is_desk and notice.mode == "written" and not notice.delivered_at

    def action_deliver(self):
        """Open the dialog that records how the printed letter reached the customer."""
        self.ensure_one()
        return windows.dialog(
            "water.delivery.wizard",
            self.env._("Record the Delivery"),
            {"default_notice_id": self.id},
        )

    def action_print(self):
        """Print the letter as it was sent."""
        self.check_access("read")
        return self.env.ref("water_complaints.action_report_water_notice").report_action(self)

    def _keep_letter(self):
        report = self.env["ir.actions.report"].sudo()
        report._render_qweb_pdf("water_complaints.action_report_water_notice", self.ids)
        self.invalidate_recordset(["letter"])  # kept as a file, behind the cache's back

    def _record_delivery(self, values):
        """Record once who received the printed letter, when and how.

        :param values: delivered_at (naive UTC), delivered_how, delivered_to, delivery_ref,
            signature
        :raises UserError: if it was delivered already, or not sent yet
        """
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group(AGENT)):
            raise AccessError(self.env._("Only service agents record a delivery."))
        for notice in self:
            notice._check_delivery(values)
        trusted(self.sudo()).write({**values, "delivered_by_id": self.env.uid})

    def _check_delivery(self, values):
        if self.mode != "written" or self.delivered_at:
            raise UserError(self.env._("%s has reached the customer already.", self.name))
        moment = values.get("delivered_at")
        if not moment or not self.sent_at <= moment <= fields.Datetime.now():
            raise UserError(
                self.env._("Choose when it was delivered: after it was written, and not later.")
            )
        if values.get("delivered_how") == "hand" and not strip_invisible(
            values.get("delivered_to")
        ):
            raise UserError(self.env._("Write down who received the letter."))
        if values.get("delivered_how") == "post" and not strip_invisible(
            values.get("delivery_ref")
        ):
            raise UserError(self.env._("Write down the number of the registered letter."))

    def _mark_delivered(self):
        unread = self.sudo().filtered(lambda notice: not notice.delivered_at)
        if unread:
            need_primary(self.env)
        trusted(unread).write({"delivered_at": fields.Datetime.now(), "delivered_how": "portal"})
        unread.customer_message_ids._mark_seen()
