from odoo import api, fields, models

from ...base import windows
from ...base.roles import CASE_GROUPS, CONTACT_GROUPS
from ...base.trust import trusted

REPORT = "water_service_desk.action_report_request_notice"


class WaterRequestNotice(models.Model):
    """A notice to the customer about a request (S2.3.2b, c): materials, a delay, or a refusal.

    The text is stored as handed out, even if the guide changes. A notice is read-only; the
    customer's acknowledgement is added once.
    """

    _name = "water.request.notice"
    _inherit = [
        "water.readonly.mixin",
        "water.never.deleted.mixin",
        "water.letter.mixin",
        "water.mixin",
    ]
    _description = "Notice about a Request"
    _order = "issued_at desc, id desc"
    _allow_sudo_commands = False
    _personal = ("acknowledged_by", "signature", "email_to")

    name = fields.Char(string="Notice Number", readonly=True, copy=False, index=True)
    request_id = fields.Many2one(
        "water.request", required=True, readonly=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(
        [
            ("instruction", "Everything at once"),
            ("delay", "Delay"),
            ("refusal", "Refusal"),
        ],
        required=True,
        readonly=True,
        default="instruction",
    )
    guide_id = fields.Many2one("water.guide", readonly=True, ondelete="restrict")
    content = fields.Json(
        readonly=True, help="The words of the notice, in the customer's language."
    )
    email_to = fields.Char(string="Sent to", readonly=True, groups=CASE_GROUPS, water_mask="email")
    letter = fields.Binary(
        string="Letter as Issued",
        attachment=True,
        readonly=True,
        groups=CASE_GROUPS,
        help="The PDF as it was issued.",
    )
    issued_at = fields.Datetime(required=True, readonly=True)
    issued_by_id = fields.Many2one("res.users", string="Issued by", required=True, readonly=True)
    acknowledged_at = fields.Datetime(readonly=True, copy=False)
    acknowledged_by = fields.Char(
        string="Acknowledged by",
        readonly=True,
        copy=False,
        groups=CONTACT_GROUPS,
        water_mask="name",
    )
    acknowledge_mode = fields.Selection(
        [("portal", "On their page"), ("counter", "Signed at the counter")],
        string="Acknowledged",
        readonly=True,
        copy=False,
    )
    acknowledge_user_id = fields.Many2one(
        "res.users", string="Signature Taken by", readonly=True, copy=False
    )
    signature = fields.Binary(attachment=True, readonly=True, copy=False)
    company_id = fields.Many2one(related="request_id.company_id", store=True, index=True)

    _instruction_uniq = models.UniqueIndex(
        "(request_id) WHERE kind = 'instruction'",
        "The customer has been told everything at once already.",
    )

    @api.model
    def _readonly_message(self):
        return self.env._("Issue a notice with the button; what was issued stays.")

    @api.model
    def _issue(self, request, kind, content):
        """Make a notice, its PDF and its mail, all together.

        :param request: one water.request, checked by the caller
        :param kind: value of the field
        :param content: the words, as :meth:`water.request._notice_content` gives them
        :return: the notice, with sudo
        """
        request_sudo = request.sudo()
        owners = [request_sudo.company_id.id]
        numbers = self.env["ir.sequence"]._water_numbers("water.request.notice", owners)
        # sudo: water.request.notice - made by the checked services of the request alone
        notice = trusted(self.sudo()).create(
            {
                "name": numbers[0],
                "request_id": request.id,
                "kind": kind,
                "guide_id": request_sudo.guide_id.id,
                "content": content,
                "email_to": request_sudo.email_from,
                "issued_at": fields.Datetime.now(),
                "issued_by_id": self.env.uid,
            }
        )
        notice._deliver()
        return notice

    def _deliver(self):
        self.env.ref(REPORT)._render_qweb_pdf(REPORT, self.ids)
        self.invalidate_recordset(["letter"])
        template = self.env.ref("water_service_desk.mail_template_request_notice")
        self.env["water.message"]._queue(template, self, "mail")

    def _acknowledge(self, mode, name, signature=False):
        """The customer has received the notice and says so; kept once.

        :param mode: ``portal`` or ``counter``
        :param name: who says so
        :param signature: base64 image of the signature at the counter
        """
        for notice in trusted(self.sudo()):
            if notice.acknowledged_at:
                continue
            at_counter = mode == "counter"
            notice.write(
                {
                    "acknowledged_at": fields.Datetime.now(),
                    "acknowledged_by": name,
                    "acknowledge_mode": mode,
                    "acknowledge_user_id": self.env.uid if at_counter else False,
                    "signature": signature or False,
                }
            )
            request = notice.request_id.with_env(self.env)
            request._log_events("notice_acknowledged", {"number": notice.name, "mode": mode})

    def action_print(self):
        """Print the letter as it was handed out."""
        self.check_access("read")
        return self.env.ref(REPORT).report_action(self)

    def _shown(self, message):
        """Close the dialog, show the message, and reload the case."""
        return windows.message(message, then=windows.RELOAD)

    def _message_case(self):
        return self.request_id

    # -- the letter -----------------------------------------------------------------------------

    def _kept_letter(self):
        """Return the PDF as handed out; empty if the user may not read the letter."""
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("res_field", "=", "letter"),
            ],
            limit=1,
        )

    def _letter_day(self):
        return self.issued_at

    def _letter_title(self):
        return {
            "instruction": self.env._("Notice of Everything Needed"),
            "delay": self.env._("Notice of Delay"),
            "refusal": self.env._("Notice of Refusal"),
        }[self.kind]

    def _letter_name(self):
        title = self.with_context(lang=self._letter_lang())._letter_title()
        return f"{title}-{self.name}.pdf"
