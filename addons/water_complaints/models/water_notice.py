from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, is_html_empty
from odoo.tools.mail import html_to_inner_content

from odoo.addons.water_service_desk.tools.masking import mask_email, mask_name
from odoo.addons.water_service_desk.tools.trust import trusted


class WaterNotice(models.Model):
    """A formal notice to the customer (S3.2.3c): written, or oral with who, when and what.

    Once sent it is evidence: nobody changes or deletes it.
    """

    _name = "water.notice"
    _inherit = ["water.kept.mixin", "water.letter.mixin"]
    _description = "Notice to the Customer"
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
            ("result", "Result"),
            ("final", "Final answer"),
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
    email_to = fields.Char(
        string="Sent to", groups="water_service_desk.group_agent,water_service_desk.group_quality"
    )
    letter = fields.Binary(
        attachment=True,
        readonly=True,
        groups="water_service_desk.group_agent,water_service_desk.group_quality",
        help="The PDF as it was sent: evidence of what the customer was told.",
    )
    told_to = fields.Char(
        groups="water_service_desk.group_agent,water_service_desk.group_quality",
        help="Oral notice: the person who was told.",
    )
    recording_ref = fields.Char(string="Recording", help="Oral notice: reference of the recording.")
    sent_at = fields.Datetime(readonly=True)
    signed_by_id = fields.Many2one(
        "res.users",
        string="In the Name of",
        readonly=True,
        help="The first responsible person, whoever sends it for him (S3.1.1).",
    )
    sent_by_id = fields.Many2one("res.users", string="Notified by", readonly=True)
    delivered_at = fields.Datetime(readonly=True, help="When the customer has seen or heard it.")
    appeal_until = fields.Date(string="Appeal until", readonly=True)
    customer_message_ids = fields.One2many(
        "water.message",
        "notice_id",
        readonly=True,
        groups="water_service_desk.group_agent,water_service_desk.group_quality",
    )
    round = fields.Integer(readonly=True, help="How often the complaint had been reopened by then.")
    company_id = fields.Many2one(related="complaint_id.company_id", store=True, index=True)

    @api.model
    def _export_masks(self):
        return super()._export_masks() | {"told_to": mask_name, "email_to": mask_email}

    @api.model
    def _kept_message(self):
        return self.env._("Notify the customer with the button; what was sent is not changed.")

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("A notice that was sent is not deleted."))

    @api.model
    def _send(self, complaint, values):
        """Make a notice, send it when it is written, and leave the evidence.

        :param complaint: one water.complaint the user may write
        :param values: kind, mode, subject, body; told_to and recording_ref when oral
        :raises UserError: when a written notice has no address, or an oral one no listener
        :return: the notice
        """
        complaint.check_access("write")
        if not (self.env.su or self.env.user.has_group("water_service_desk.group_agent")):
            raise AccessError(self.env._("Only service agents notify customers."))
        words = f"{values.get('subject') or ''}\n{html_to_inner_content(values.get('body') or '')}"
        self.env["water.forbidden.phrase"]._say(complaint, words, "notice")
        # sudo: complaint - the address may be masked for the sender's role
        email = complaint.sudo().email_from
        self._check_values(values, email, complaint)
        is_oral = values["mode"] == "oral"
        now = fields.Datetime.now()
        notice = trusted(self.sudo()).create(
            {
                **values,
                "name": self.env["ir.sequence"]._water_numbers("water.notice", 1)[0],
                "complaint_id": complaint.id,
                "round": complaint.reopen_count,
                "email_to": email if values["mode"] == "written" else False,
                "sent_at": now,
                "sent_by_id": self.env.uid,
                "signed_by_id": complaint.first_responsible_id.id or self.env.uid,
                "delivered_at": now if is_oral else False,
                "appeal_until": complaint._appeal_until(),
            }
        )
        notice._deliver()
        if notice.kind in ("result", "final"):
            complaint._tell_duplicates(notice)
        return notice.with_env(self.env)

    def _copy_for(self, complaint, original, quiet=False):
        """Tell the customer of a merged complaint the same, without the data of another.

        :param complaint: water.complaint of that customer, with superuser rights
        :param original: the one whose result it is
        :param quiet: whether he was told already, with the original
        :return: the notice that is kept with his own complaint
        """
        clean = original._words_of_others(complaint)
        email = complaint.email_from
        mode = "published" if complaint.is_anonymous and not email else "written"
        subject = (self.subject or "").replace(original.name, complaint.name)
        notice = trusted(self.sudo()).create(
            {
                "complaint_id": complaint.id,
                "kind": self.kind,
                "mode": self.mode if quiet else mode,
                "told_to": self.told_to if quiet else False,
                "subject": clean(subject),
                "body": clean((self.body or "").replace(original.name, complaint.name)),
                "name": self.env["ir.sequence"]._water_numbers("water.notice", 1)[0],
                "round": complaint.reopen_count,
                "email_to": False if quiet else email,
                "sent_at": self.sent_at,
                "sent_by_id": self.sent_by_id.id,
                "signed_by_id": complaint.first_responsible_id.id or self.sent_by_id.id,
                "appeal_until": self.appeal_until,
            }
        )
        if email and not quiet:
            notice._deliver()
        return notice

    @api.model
    def _check_values(self, values, email, complaint):
        if is_html_empty(values.get("body")):
            raise UserError(self.env._("Write what the customer is told."))
        if values["mode"] == "published" and not complaint.sudo().query_code_at:
            raise UserError(
                self.env._("%s has no query code under which to publish it.", complaint.name)
            )
        if values["mode"] == "written" and not email:
            raise UserError(
                self.env._("The customer has no mail address: notify him by word of mouth.")
            )
        if values["mode"] == "oral" and not (values.get("told_to") or "").strip():
            raise UserError(self.env._("Write down who was told."))

    def _deliver(self):
        """Queue the letter (mail with the PDF) and show the notice in the case's thread.

        A customer who prefers SMS or WeChat is told there too that the letter has come.
        """
        complaint = self.complaint_id
        if self.mode == "written":
            template = self.env.ref("water_complaints.mail_template_notice")
            wish = complaint.partner_id.water_message_medium
            for medium in ("mail", wish) if wish in ("sms", "wechat") else ("mail",):
                self.env["water.message"]._queue(template, self, medium).notice_id = self
        complaint._message_log(body=self.body, subject=self.subject)

    # -- the letter -----------------------------------------------------------------------

    def _letter_title(self):
        """What the letter is called, in the language of the environment."""
        return {
            "acceptance": self.env._("Notice of Acceptance"),
            "refusal": self.env._("Notice of Refusal"),
            "delay": self.env._("Notice of Delay"),
            "result": self.env._("Notice of the Result"),
            "final": self.env._("Final Answer"),
        }[self.kind]

    def _letter_name(self):
        """File name in the customer's language: 处理结果告知书-TS202611-00042.pdf."""
        title = self.with_context(lang=self._letter_lang())._letter_title()
        return f"{title}-{self.complaint_id.name}.pdf"

    def _customer_appeal(self):
        """Until when the customer may ask for a review, as a sentence; none where he may not."""
        if not self.appeal_until or self.kind in ("acceptance", "delay"):
            return ""
        day = format_date(self.env, self.appeal_until, date_format="long")
        return self.env._("If you do not agree, you can ask for a review until %s.", day)

    def _message_case(self):
        """The case that messages about the notice belong to."""
        return self.complaint_id

    def _mark_delivered(self):
        """The customer has opened the notice on his page."""
        unread = self.sudo().filtered(lambda notice: not notice.delivered_at)
        trusted(unread).write({"delivered_at": fields.Datetime.now()})
        unread.customer_message_ids._mark_seen()
