from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.mail import html_to_inner_content

from ...base.reader import reader_of
from ...base.roles import CONTACT_GROUPS


class WaterCaseMixin(models.AbstractModel):
    """A case whose customer is told things: whom, where, how, and what became of it."""

    _name = "water.case.mixin"
    _inherit = ["water.case.mixin", "water.addressee.mixin"]

    customer_message_ids = fields.One2many(
        "water.message", string="Customer Messages", groups=CONTACT_GROUPS
    )
    message_failed = fields.Boolean(
        string="Message Not Delivered", compute="_compute_message_failed"
    )

    def _compute_message_failed(self):
        """Whether the customer could not be told something."""
        messages = self.env["water.message"].sudo()
        link = messages._case_field(self._name)
        # sudo: water.message - that one failed is no secret to whoever works on the case
        lost = messages.search([(link, "in", self._origin.ids), ("state", "=", "given_up")])[link]
        for case in self:
            case.message_failed = case._origin in lost

    def message_post(self, **kwargs):
        """Look at what a member of staff writes to the customer; internal notes are his own.

        :raises UserError: when it holds words that customers are not told
        """
        if self._is_to_customer(kwargs):
            words = html_to_inner_content(kwargs.get("body") or "")
            self.env["water.forbidden.phrase"]._say(self, words, "message")
        return super().message_post(**kwargs)

    @api.model
    def _is_to_customer(self, values):
        """Whether the values of a message make it one that the customer reads."""
        if values.get("message_type") not in ("comment", "email"):
            return False
        comment = self.env.ref("mail.mt_comment")
        return (
            values.get("subtype_xmlid") == "mail.mt_comment"
            or values.get("subtype_id") == comment.id
        )

    def action_open_messages(self):
        """Open what the customer was told, with its delivery state."""
        return self._open_children("water.message", self.env._("Customer Messages"))

    def _message_case(self):
        """The case that a message about this record belongs to."""
        return self

    def _message_link(self):
        """What ties a message to this record: values of ``water.message``."""
        return {self.env["water.message"]._case_field(self._name): self.id}

    def _send_to_customer(self, template):
        """Queue a message to the customer of each case who can be reached.

        :param template: mail.template of the case's model, or an empty recordset
        """
        if template and self:
            self.env["water.message"]._queue(template, self)

    def _customer_link(self):
        """The customer's page about the case, as an absolute address.

        Whoever has no account gets a link that opens this case alone, for a time.
        """
        reader = reader_of(self.env)
        if reader:
            return self._reader_link(reader)
        if self._has_login():
            return f"{self.get_base_url()}{self.access_url}"
        return f"{self.get_base_url()}/water/track/link/{self._track_token()}"

    def _reader_link(self, reader):
        """Where whoever gets a copy follows the case: no key of the customer's is given away."""
        # sudo: case - whether he may read it, nothing of the case
        mine = self.sudo()._portal_domain(reader) & Domain("id", "=", self.id)
        path = self.access_url if self.sudo().search_count(mine, limit=1) else "/water/track"
        return f"{self.get_base_url()}{path}"

    def _is_urgent_news(self):
        """Nobody sleeps through a burst pipe."""
        return self.severity == "emergency" or super()._is_urgent_news()

    def _customer_door(self):
        """The address where the customer gets to the case, without a key in it."""
        path = self.access_url if self._has_login() else "/water/track"
        return f"{self.get_base_url()}{path}"

    def _after_create(self, vals_list):
        super()._after_create(vals_list)
        self._send_stage_mail()

    def _after_transition(self, origins, state):
        super()._after_transition(origins, state)
        self._send_stage_mail()

    def _send_stage_mail(self):
        """Send what the cases' columns have for the customer."""
        for stage, cases in self.grouped("stage_id").items():
            cases._send_to_customer(stage.sudo().mail_template_id)
