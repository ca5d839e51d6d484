from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html_sanitize, plaintext2html

from ...base.reader import read_by, reader_of
from ...base.roles import CONTACT_GROUPS
from ...base.telling import tell_staff
from ...case.births import SAME
from ...intake.models.water_case_intake import _spoken


class Answered(str):
    """The number of the mail that is answered; no remote caller can send an object of it."""

    __slots__ = ()


class WaterCaseMixin(models.AbstractModel):
    """A case that came, or goes on, by mail: who may have written it, and how to answer."""

    _inherit = "water.case.mixin"

    _settable_on_create = frozenset({"claimed_partner_id"})

    claimed_partner_id = fields.Many2one(
        "res.partner",
        string="Perhaps from",
        copy=False,
        readonly=True,
        groups=CONTACT_GROUPS,
        help="A customer has this mail address. That is no proof: ask before you disclose "
        "anything.",
        water_born=SAME,
    )

    def _leaves_questions_open(self):
        return super()._leaves_questions_open() or self._came_by_mail()

    def _came_by_mail(self):
        # by its id, which is remembered: asked of each of many new cases
        mail = self.env["ir.model.data"]._xmlid_to_res_id("water_service_desk.channel_email")
        return bool(self.channel_id) and self.channel_id.id == mail

    def _asked_of_customer(self):
        asked = []
        if self._leaves_questions_open():
            asked = [_spoken(question) for question in self._unanswered()]
        if not self._came_by_mail():
            return asked
        texts = self._missing_texts() | {"address": self.env._("Write the address or the place.")}
        wanted = [name for name in (*self._required_facts, "phone") if name != "category_id"]
        return [texts[name] for name in wanted if name in texts and not self[name]] + asked

    def action_identify(self):
        """Confirm the customer of the claimed address.

        :raises UserError: without a claim, or if the case has a customer already
        """
        self.ensure_one()
        self.check_access("write")
        self._check_unsealed()
        if not self._is_desk():
            raise UserError(self.env._("Only service agents make sure who a customer is."))
        customer = self.sudo().claimed_partner_id
        if not customer or self.sudo().partner_id:
            raise UserError(self.env._("Nothing left to confirm."))
        self.partner_id = customer.id
        self._log_events("identified")
        return True

    def _portal_author(self):
        if self.env.uid == SUPERUSER_ID:
            # sudo: res.partner - as whom strangers write
            known = reader_of(self.env).sudo() or self.sudo().partner_id
            return known or self.env.ref("base.public_partner").sudo()
        return super()._portal_author()

    def _voice_by_mail(self, sender):
        """Return who continues the case by answering a mail of ours.

        The present state counts, not that of the sending: the address may have been wrong, or a
        delegation may have ended.

        :param sender: address, in small letters
        :return: res.partner, an empty one for the customer; None: nobody with the right
        """
        # sudo: case - asked for incoming mail
        case = self.sudo()
        if sender == case.email_normalized:
            return case.partner_id.browse()
        told = case._additional_recipients().filtered(lambda row: row.email_normalized == sender)[
            :1
        ]
        delegation = case.delegation_id
        may_write = delegation.partner_id != told or delegation.files_cases
        return told if told and may_write else None

    def _go_on_by_mail(self, text, files, voice):
        """Add the answer of the customer or delegate to a mail of ours.

        :param voice: as returned by :meth:`_voice_by_mail`
        """
        read_by(self, voice)._portal_do("message", {"body": text}, files)
        if voice and self.delegation_id.partner_id == voice:
            self.delegation_id._log_act(self, "message")

    def _keep_mail(self, row, content, notes=()):
        """Store a mail in the thread as written, for the desk alone.

        :param row: water.inbound.mail
        :param content: ``tools.inbound.Content``, with its quoted mails
        :param notes: sentences about omitted parts
        """
        if content.html:
            body = html_sanitize(content.html, sanitize_attributes=True, strip_style=True)
        else:
            body = plaintext2html(content.text)
        remarks = Markup("").join(Markup("<p><em>%s</em></p>") % note for note in notes)
        quiet = self.sudo().with_context(
            mail_post_autofollow_author_skip=True, mail_notify_force_send=False
        )
        known = self.env["mail.message"].sudo().search_count([("message_id", "=", row.message_id)])
        quiet.message_post(
            body=remarks + Markup(body),  # noqa: S704  # cleaned above
            subject=row.subject,
            author_id=False,
            email_from=row.sender,
            message_type="email",
            subtype_xmlid="mail.mt_note",
            **({} if known else {"message_id": row.message_id}),
        )

    def _tell_unproved(self):
        """Notify the handler of a mail whose sender is not proved."""
        case = self.sudo()
        tell_staff(
            case,
            case._whose_turn() or case._supervisors(),
            lambda row: row.env._("%s: a mail that may be from the customer", row.name),
            lambda row: row.env._("Ask the customer before you use it: %s", row._staff_line()),
        )

    # -- answers -------------------------------------------------------------------------------

    def _reply_address(self, departments):
        mine = departments.filtered(
            lambda row: row.company_id in (self.company_id, self.company_id.browse())
        )
        own = self.sudo().department_id
        return ((own if own in mine else mine[:1]).alias_email) or ""

    def _mail_headers(self, departments):
        values = super()._mail_headers(departments)
        answered = self.env.context.get("water_answered")
        reply_to = self._reply_address(departments)
        if reply_to:
            values["reply_to"] = reply_to
        if isinstance(answered, Answered) and answered.startswith("<"):
            values["references"] = str(answered)
        return values

    @api.model
    def _prepare_claimed(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                vals["claimed_partner_id"] = False  # said, so that no default of a context counts
