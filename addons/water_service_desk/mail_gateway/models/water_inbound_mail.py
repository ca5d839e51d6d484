import base64
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...base import windows
from ...base.roles import AGENT, CONTACT_GROUPS, SUPERVISOR
from ...base.trust import trusted
from ...privacy.masking import mask_email
from .. import inbound

AGENT, SUPERVISOR = AGENT, SUPERVISOR
#: How much of a mail that was set aside is shown in the form (characters).
PREVIEW = 4000


class WaterInboundMail(models.Model):
    """A mail received through the e-mail door, and its result.

    No mail of customers is lost: quarantined ones are stored as received, so that a user can make a
    case of them, until the days in the settings are over.
    """

    _name = "water.inbound.mail"
    _inherit = ["water.readonly.mixin", "water.case.link.mixin", "water.mixin"]
    _description = "Incoming Mail"
    _dossier = False  # its words are in the thread of the case
    _order = "id desc"
    _rec_name = "subject"
    _allow_sudo_commands = False
    _case_required = False

    message_id = fields.Char(string="Message-Id", required=True, readonly=True)
    received_at = fields.Datetime(
        string="Came in at", required=True, readonly=True, default=fields.Datetime.now
    )
    sender = fields.Char(
        readonly=True, groups=CONTACT_GROUPS, index="btree_not_null", water_mask="email"
    )
    sender_name = fields.Char(readonly=True, groups=CONTACT_GROUPS, water_mask="name")
    sender_masked = fields.Char(
        string="Sender (Masked)", compute="_compute_sender_masked", compute_sudo=True
    )
    subject = fields.Char(readonly=True, groups=CONTACT_GROUPS, water_mask="all")
    department_id = fields.Many2one(
        "water.department", string="Addressed to", readonly=True, ondelete="set null"
    )
    outcome = fields.Selection(
        [
            ("case", "New case"),
            ("added", "Added to the case"),
            ("note", "Noted, sender not sure"),
            ("aside", "Quarantined"),
            ("ignored", "Automatic, not followed"),
            ("bounce", "Returned mail"),
            ("dropped", "Discarded"),
        ],
        string="Outcome of the Mail",
        required=True,
        readonly=True,
        default="aside",
        index=True,
    )
    reason = fields.Selection(
        [
            ("spam", "Marked as spam"),
            ("flood", "Too many from one sender"),
            ("large", "Too large"),
            ("error", "Could not be read"),
            ("empty", "Empty"),
            ("automatic", "Written by a machine"),
            ("own", "From one of our own addresses"),
            ("unaddressed", "None of our addresses in it"),
        ],
        string="Why",
        readonly=True,
    )
    raw = fields.Binary(
        string="Mail as It Came", readonly=True, groups=CONTACT_GROUPS, water_mask="all"
    )
    raw_name = fields.Char(compute="_compute_raw_name", export_string_translation=False)
    size = fields.Integer(string="Size (bytes)", readonly=True)
    preview = fields.Text(
        string="Content",
        compute="_compute_preview",
        groups=CONTACT_GROUPS,
        compute_sudo=True,
        water_mask="all",
    )
    company_id = fields.Many2one(required=True)
    can_make_case = fields.Boolean(compute="_compute_can", export_string_translation=False)
    can_drop = fields.Boolean(compute="_compute_can", export_string_translation=False)

    _message_uniq = models.Constraint("UNIQUE (message_id)", "This mail has been taken in already.")
    _flood_idx = models.Index("(sender, received_at)")

    @api.depends("sender", "sender_name")
    def _compute_sender_masked(self):
        for mail in self:
            mail.sender_masked = mask_email(mail.sender) if mail.sender else ""

    def _compute_raw_name(self):
        for mail in self:
            mail.raw_name = f"{mail.id}.eml"

    @api.depends("raw")
    def _compute_preview(self):
        door = self.env["water.mail.door"]
        for mail in self:
            # a screen asks for the size of files in place of their content
            raw = mail.with_context(bin_size=False, bin_size_raw=False).raw
            mail.preview = raw and door._preview(base64.b64decode(raw))[:PREVIEW]

    @api.depends("outcome")
    @api.depends_context("uid")
    def _compute_can(self):
        user = self.env.user
        agent, supervisor = user.has_group(AGENT), user.has_group(SUPERVISOR)
        for mail in self:
            waiting = mail.outcome == "aside"
            mail.can_make_case = waiting and bool(mail.size) and (agent or self.env.su)
            mail.can_drop = waiting and (supervisor or self.env.su)

    @api.model
    def _readonly_message(self):
        return self.env._("Incoming mails are stored by the system and cannot be entered by hand.")

    def action_make_case(self):
        """Make a case of a quarantined mail, as if it had passed the checks.

        :raises UserError: if it was handled already, or cannot be read
        """
        self.ensure_one()
        if not (self.env.su or self.env.user.has_group(AGENT)):
            raise AccessError(self.env._("Only service agents make cases of mails."))
        mail = self.sudo().with_context(bin_size=False, bin_size_raw=False)
        # before the access check: a handled mail is no longer readable
        if mail.outcome != "aside" or not mail.raw:
            raise UserError(self.env._("This mail is no longer quarantined."))
        self.check_access("read")
        case = self.env["water.mail.door"]._admit(mail)
        return windows.form(case)

    def action_drop(self):
        """Drop quarantined mails: their content is deleted at once.

        :raises AccessError: for anyone below supervisor
        """
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group(SUPERVISOR)):
            raise AccessError(self.env._("Only a supervisor throws mails away."))
        waiting = trusted(self.sudo()).filtered(lambda mail: mail.outcome == "aside")
        waiting.write({"outcome": "dropped", "raw": False, "subject": False})
        return True

    def _language_of(self, words):
        home = self.company_id.partner_id.lang or self.env.lang or "zh_CN"
        return inbound.language(words, home, dict(self.env["res.lang"].get_installed()))

    def _is_flood(self):
        limit = self.company_id.water_mail_flood
        return bool(limit) and self._sent_lately(self.sender) > limit

    @api.model
    def _sent_lately(self, sender, hours=1):
        """Return the number of recent mails of one sender, accepted or quarantined."""
        begin = fields.Datetime.now() - timedelta(hours=hours)
        return self.sudo().search_count(
            [
                ("sender", "=", sender),
                ("received_at", ">", begin),
                ("outcome", "in", ("case", "aside", "note")),
            ]
        )

    @api.autovacuum
    def _gc_mails(self):
        """Delete expired mails; the cases keep their own content."""
        for company in self.env["res.company"].search([("water_mail_keep_days", ">", 0)]):
            begin = fields.Datetime.now() - timedelta(days=company.water_mail_keep_days)
            old = [("company_id", "=", company.id), ("received_at", "<", begin)]
            trusted(self.sudo()).search(old, limit=10000).unlink()
